"""Workspaces made for the check."""

import pathlib
import shutil

import program

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]


def make(muster, folder, **settings):
    """A workspace with the repository's datasets and these settings; `_` stands for `-`."""
    folder = pathlib.Path(folder)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for description in sorted((REPOSITORY / "datasets").glob("*/dataset.yaml")):
        target = folder / "datasets" / description.parent.name
        target.mkdir(parents=True)
        shutil.copy(description, target)
    lines = [f"{name.replace('_', '-')}: {yaml(value)}\n" for name, value in settings.items()]
    (folder / "muster.yaml").write_text("".join(lines))
    return program.Program(muster, folder)


def yaml(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"[{', '.join(value)}]" if isinstance(value, (list, tuple)) else str(value)


def store_of(muster):
    return pathlib.Path(muster.workspace) / ".muster"


def status(muster):
    return muster.json("store", "status")
