"""The statistics of experiments beside SciPy and statsmodels, and beside gbstats and spotify-confidence.

The last two pin old versions of NumPy and pandas, so they have an environment of their own, `experiment-peers` beside
`oracles` in the build folder. The Swift side is the test program `ExperimentChecks`.

    experiment_checks.py PROGRAM WORK      the same check alone
"""

import hashlib
import pathlib
import subprocess
import sys

import experiment_rivals
import experiment_statistics
from findings import Findings

REQUIREMENTS = pathlib.Path(__file__).with_name("experiment_requirements.txt")


def check(findings, program, work):
    figures = experiment_statistics.check(findings, program)
    figures += experiment_rivals.check(findings, program, peers_python(work.parent / "experiment-peers"))
    findings.check(figures > 15_000, "most figures were compared", figures)
    timed = subprocess.run([str(program), "time"], capture_output=True, text=True)
    findings.check(timed.returncode == 0, "a million comparisons add up to what SciPy has", timed.stdout)


def peers_python(folder):
    """The interpreter of the peers' environment, which is made anew when its requirements change."""
    wanted = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
    mark = folder / "made-from"
    python = folder / "bin" / "python"
    if not mark.exists() or mark.read_text() != wanted:
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", "-r",
                        str(REQUIREMENTS)], check=True)
        mark.write_text(wanted)
    return python


if __name__ == "__main__":
    results = Findings()
    check(results, pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
    print("\n".join(results.take_lines()))
    print(f"{results.passed} passed, {results.failed} failed")
    sys.exit(1 if results.failed else 0)
