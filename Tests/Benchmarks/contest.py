"""Engines that take turns at the same work."""

import pathlib
import statistics
import subprocess
import sys
import time

REST_SECONDS = 5
TOUCH = "import mmap; room = mmap.mmap(-1, 1 << 29); room.madvise(mmap.MADV_HUGEPAGE); room[::4096] = bytes(1 << 17)"


class Times:
    """Seconds of each run, and what the last one gave."""

    def __init__(self, seconds, last=None):
        self.seconds = seconds
        self.last = last

    @property
    def median(self):
        return statistics.median(self.seconds)

    def __str__(self):
        return f"{written(self.median)} ({written(min(self.seconds))}–{written(max(self.seconds))})"


def written(seconds):
    return f"{seconds * 1000:.1f} ms" if seconds < 1 else f"{seconds:.2f} s"


def alternate(turns, runs, what, once_over=float("inf"), between=lambda: None, reading=()):
    """Runs each of `turns` once, then each again, `runs` times; what took more seconds than `once_over` runs once.
    `between` is called behind each, untimed. Before each, the files in the folders `reading` are read and memory is made
    ready. Gives Times by name.
    """
    seconds = {name: [] for name in turns}
    last = {}
    for run in range(runs):
        for name, turn in turns.items():
            if run > 0 and seconds[name][0] > once_over:
                continue
            read_files(reading)
            ready_memory()
            started = time.perf_counter()
            result = turn()
            seconds[name].append(time.perf_counter() - started)
            between()
            last[name] = result
            print(f"{what}, run {run + 1}: {name} {written(seconds[name][-1])}", file=sys.stderr, flush=True)
    return {name: Times(seconds[name], last[name]) for name in turns}


def read_files(folders):
    """Systems drop from memory what was not read for a while: all turns find their files there."""
    for folder in folders:
        for file in pathlib.Path(folder).rglob("*"):
            if file.is_file():
                with file.open("rb", buffering=0) as bytes_in:
                    while bytes_in.read(1 << 20):
                        pass


def ready_memory():
    """The host of a virtual machine takes free memory back, which disturbs whoever runs then, and giving it again costs
    many times what clearing it does. So each turn begins when that of the last is over, and finds memory that a process
    has just given back.
    """
    time.sleep(REST_SECONDS)
    subprocess.run([sys.executable, "-c", TOUCH], check=True)


def first_difference(answer, wanted, peer):
    if len(answer) != len(wanted):
        return f"{len(answer)} rows, {peer} has {len(wanted)}"
    return next(f"row {n}: {a}, {peer} has {w}" for n, (a, w) in enumerate(zip(answer, wanted)) if a != w)
