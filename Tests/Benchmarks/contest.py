"""Engines that take turns at the same work."""

import statistics
import sys
import time

REST_SECONDS = 5


class Times:
    """Seconds of each run, and what each gave."""

    def __init__(self):
        self.seconds = []
        self.results = []

    def add(self, seconds, result):
        self.seconds.append(seconds)
        self.results.append(result)

    @property
    def median(self):
        return statistics.median(self.seconds)

    def __str__(self):
        return spread(self.seconds)


class Turns(Times):
    """A turn is a rest, and then the same work three times. As ClickBench has it, the first is cold, and the better of the
    others counts: code, files and memory are at hand then. An engine that lives in this process keeps its memory; a process
    that starts gets what has just been given back, and would else wait for the host of a virtual machine, which takes free
    memory away within seconds and returns it slowly. While it takes away what the last engine gave back, everything is
    slow: hence the rest.
    """

    def __init__(self):
        super().__init__()
        self.first = Times()


def spread(seconds):
    return f"{written(statistics.median(seconds))} ({written(min(seconds))}–{written(max(seconds))})"


def written(seconds):
    return f"{seconds * 1000:.1f} ms" if seconds < 1 else f"{seconds:.2f} s"


def alternate(turns, runs, what, once_over=float("inf"), between=lambda: None):
    """Takes each of `turns`, then each again, `runs` times; of what takes more seconds than `once_over` one turn, in which
    it is done once. `between` is called behind all that is done, untimed. Gives Turns by name.
    """
    taken = {name: Turns() for name in turns}
    for run in range(runs):
        for name, turn in turns.items():
            if run > 0 and taken[name].median > once_over:
                continue
            time.sleep(REST_SECONDS)
            done = [timed(turn, between)]
            if done[0][0] <= once_over:
                done += [timed(turn, between), timed(turn, between)]
            taken[name].first.add(*done[0])
            taken[name].add(*min(done[1:] or done, key=lambda one: one[0]))
            print(f"{what}, run {run + 1}: {name} {', '.join(written(one[0]) for one in done)}",
                  file=sys.stderr, flush=True)
    return taken


def timed(turn, between):
    """Seconds of a call, and what it gave."""
    started = time.perf_counter()
    result = turn()
    seconds = time.perf_counter() - started
    between()
    return seconds, result


def first_difference(answer, wanted, peer):
    if len(answer) != len(wanted):
        return f"{len(answer)} rows, {peer} has {len(wanted)}"
    return next(f"row {n}: {a}, {peer} has {w}" for n, (a, w) in enumerate(zip(answer, wanted)) if a != w)
