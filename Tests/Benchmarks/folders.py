"""Folders that benchmarks make and remove."""

import pathlib
import shutil
import time

TRIES, PAUSE_SECONDS = 50, 0.2


def remove(folder):
    """Removes a folder, be there one or not. Others may still be deleting in it, as ClickHouse does in the background:
    what they take away meanwhile is no error, and what they put there is removed when they are done."""
    for _ in range(TRIES):
        shutil.rmtree(folder, ignore_errors=True)
        if not pathlib.Path(folder).exists():
            return
        time.sleep(PAUSE_SECONDS)
    shutil.rmtree(folder)
