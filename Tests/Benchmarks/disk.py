"""Bytes of a store, by what they are for."""

PARTS = {"segments": "segments", "member dictionary": "members", "duplicate sidecars": "duplicates", "index": "index"}


def of_store(store):
    """Bytes by part; `all` is the whole folder."""
    sizes = {name: sum(file.stat().st_size for file in (store / folder).rglob("*") if file.is_file())
             for name, folder in PARTS.items()}
    sizes["all"] = sum(file.stat().st_size for file in store.rglob("*") if file.is_file())
    return sizes
