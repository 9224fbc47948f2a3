"""The Swift statistics, asked one function at a time: a process that reads a call a line and answers with a list."""

import json
import subprocess


class ExperimentAnswers:
    def __init__(self, path):
        self.process = subprocess.Popen(
            [str(path), "answer"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)

    def ask(self, function, *x, lists=()):
        """Numbers; None where one is not finite. A dict with `error` where the statistics have no answer."""
        call = {"f": function, "x": [float(v) for v in x], "l": [[float(v) for v in row] for row in lists]}
        self.process.stdin.write(json.dumps(call) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"no answer to {function}")
        return json.loads(line)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Nearness:
    """Counts figures that agree to a relative (or absolute) distance, and keeps those that do not."""

    def __init__(self, findings):
        self.findings = findings
        self.figures = 0

    def near(self, found, expected, what, relative=1e-10, absolute=0.0):
        found = found if isinstance(found, (list, tuple)) else [found]
        expected = [float(v) for v in (expected if isinstance(expected, (list, tuple)) else [expected])]
        wrong = []
        if len(found) != len(expected):
            wrong.append(f"{len(found)} figures, expected {len(expected)}")
        for place, (mine, other) in enumerate(zip(found, expected)):
            self.figures += 1
            if mine is None:
                agrees = other != other or abs(other) == float("inf")
            else:
                agrees = abs(mine - other) <= max(relative * abs(other), absolute)
            if not agrees:
                wrong.append(f"[{place}] muster {mine!r}, expected {other!r}")
        self.findings.check(not wrong, what, "; ".join(wrong[:3]))
