"""Engines that take turns at the same work."""

import statistics
import sys
import time


class Times:
    """Seconds of each run, and what each gave."""

    def __init__(self):
        self.seconds = []
        self.results = []

    def take(self, turn):
        started = time.perf_counter()
        result = turn()
        self.seconds.append(time.perf_counter() - started)
        self.results.append(result)

    @property
    def median(self):
        return statistics.median(self.seconds)

    def __str__(self):
        return spread(self.seconds)


class Turns(Times):
    """A turn is the same work twice, and counts by the second time: code, files and memory are at hand then. An engine
    that lives in this process keeps its memory; a process that starts gets what has just been given back, and would else
    wait for the host of a virtual machine, which takes free memory away within seconds and returns it slowly.
    """

    def __init__(self):
        super().__init__()
        self.first = Times()


def spread(seconds):
    return f"{written(statistics.median(seconds))} ({written(min(seconds))}–{written(max(seconds))})"


def written(seconds):
    return f"{seconds * 1000:.1f} ms" if seconds < 1 else f"{seconds:.2f} s"


def alternate(turns, runs, what, once_over=float("inf"), between=lambda: None):
    """Takes each of `turns`, then each again, `runs` times; what took more seconds than `once_over` is done once and
    counts so. `between` is called behind each, untimed. Gives Turns by name.
    """
    taken = {name: Turns() for name in turns}
    for run in range(runs):
        for name, turn in turns.items():
            times = taken[name]
            if run > 0 and times.first.seconds[0] > once_over:
                continue
            for part in (times.first, times):
                part.take(turn)
                between()
                print(f"{what}, run {run + 1}: {name} {written(part.seconds[-1])}", file=sys.stderr, flush=True)
                if part.seconds[-1] > once_over:
                    break
            if not times.seconds:
                times.seconds, times.results = times.first.seconds, times.first.results
    return taken


def first_difference(answer, wanted, peer):
    if len(answer) != len(wanted):
        return f"{len(answer)} rows, {peer} has {len(wanted)}"
    return next(f"row {n}: {a}, {peer} has {w}" for n, (a, w) in enumerate(zip(answer, wanted)) if a != w)
