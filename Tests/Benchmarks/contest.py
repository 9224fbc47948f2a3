"""Engines that take turns at the same work."""

import statistics
import subprocess
import sys
import time

TOUCH = "room = bytearray(1 << 30); room[::4096] = bytes(1 << 18)"


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


def alternate(turns, runs, what, once_over=float("inf"), between=lambda: None):
    """Runs each of `turns` once, then each again, `runs` times; what took more seconds than `once_over` runs once.
    `between` is called behind each, untimed; before each a gigabyte of memory is touched. Gives Times by name.
    """
    seconds = {name: [] for name in turns}
    last = {}
    for run in range(runs):
        for name, turn in turns.items():
            if run > 0 and seconds[name][0] > once_over:
                continue
            ready_memory()
            started = time.perf_counter()
            result = turn()
            seconds[name].append(time.perf_counter() - started)
            between()
            last[name] = result
            print(f"{what}, run {run + 1}: {name} {written(seconds[name][-1])}", file=sys.stderr, flush=True)
    return {name: Times(seconds[name], last[name]) for name in turns}


def ready_memory():
    """A host takes free memory away from a virtual machine, and giving it again costs many times what clearing it does:
    all turns find memory that a process has just given back.
    """
    subprocess.run([sys.executable, "-c", TOUCH], check=True)


def first_difference(answer, wanted, peer):
    if len(answer) != len(wanted):
        return f"{len(answer)} rows, {peer} has {len(wanted)}"
    return next(f"row {n}: {a}, {peer} has {w}" for n, (a, w) in enumerate(zip(answer, wanted)) if a != w)
