"""Bytes of a store, by what they are for."""

import struct

PARTS = {"segments": "segments", "member dictionary": "members", "duplicate sidecars": "duplicates"}
EVENTS, DIMENSIONS = "index by day and event", "index by dimension"


def of_store(store):
    """Bytes by part; `all` is the whole folder."""
    sizes = {name: sum(file.stat().st_size for file in (store / folder).rglob("*") if file.is_file())
             for name, folder in PARTS.items()}
    index = sum(file.stat().st_size for file in (store / "index").iterdir())
    sizes[DIMENSIONS] = sum(dimension_bytes(file.read_bytes()) for file in (store / "index").glob("*.index"))
    sizes[EVENTS] = index - sizes[DIMENSIONS]
    sizes["all"] = sum(file.stat().st_size for file in store.rglob("*") if file.is_file())
    return sizes


def print_shares(sizes, peer):
    """Rows of what the goals of size are about, against the peer's bytes."""
    shares = [("segments",), ("segments", "member dictionary"), ("segments", "member dictionary", EVENTS)]
    for names in shares:
        print(f"| {', '.join(names)} against it | {sum(sizes[name] for name in names) / peer:.2f} × |")


def dimension_bytes(index):
    """Bytes of the entries and sets of dimensions in an activity index: see ActivityIndex.md."""
    event_count, dimension_count = struct.unpack_from("<II", index, 120)
    offset, total = 128, 0
    for _ in range(event_count):
        name, = struct.unpack_from("<I", index, offset + 32)
        offset += 36 + name
    for _ in range(dimension_count):
        name, = struct.unpack_from("<I", index, offset)
        offset += 4 + name
        _, _, _, entries, _, sets, _ = struct.unpack_from("<IIQQQQQ", index, offset)
        total += entries + sets
        offset += 48
    return total
