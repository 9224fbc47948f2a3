"""The A/B test of Cookie Cats through the whole product: its file, its description, its experiment, its figures.

90,189 players, the first gate at level 30 or 40. The log lies outside the repository; where it is absent that is said.
"""

import csv
import gzip
import math
import pathlib
import shutil

import numpy as np
import workspaces
from scipy import stats

# Published: (treated with the event, treated, control with the event, control), z, p.
PUBLISHED = {"retained-1": ((20_119, 45_489, 20_034, 44_700), -1.78409, 0.07440966),
             "retained-7": ((8_279, 45_489, 8_502, 44_700), -3.164359, 0.00155425)}
SAMPLE_RATIO_P = 0.00860799


def check(findings, muster_path, work, logs):
    path = pathlib.Path(logs) / "cookie-cats" / "cookie_cats.csv.gz" if logs else None
    if path is None or not path.exists():
        print(f"skipped: cookie-cats: {'no such file in ' + str(logs) if logs else 'no --real-logs given'}", flush=True)
        return
    findings.scene = "cookie-cats"
    muster = workspaces.make(muster_path, pathlib.Path(work) / "cookie-cats", time_zone="UTC")
    target = pathlib.Path(muster.workspace) / "pipelines" / "experiments"
    target.mkdir(parents=True)
    shutil.copy(workspaces.REPOSITORY / "pipelines" / "experiments" / "cookie-cats.yaml", target)
    report = muster.json("ingest", "--dataset", "cookie-cats", str(path), "--quiet")
    findings.equal((report["stored"], report["rejected"]), (90_189, 0), "players")
    answer = muster.json("experiment", "analyze", "cookie-cats")
    names = [column["name"] for column in answer["columns"]]
    rows = {(row[0], row[1]): dict(zip(names, row)) for row in answer["rows"]}
    with gzip.open(path, "rt") as file:
        players = list(csv.DictReader(file))
    arms = {name: [row for row in players if row["version"] == name] for name in ("gate_30", "gate_40")}
    for name, members in arms.items():
        findings.equal(rows["sample-ratio", name]["units"], len(members), f"units of {name}")
        near(findings, rows["sample-ratio", name]["p"], SAMPLE_RATIO_P, "sample ratio", 1e-8)
    adjusted = shares(findings, rows, arms)
    numbers = {name: np.array([float(row["sum_gamerounds"]) for row in members]) for name, members in arms.items()}
    mean = stats.ttest_ind(numbers["gate_40"], numbers["gate_30"], equal_var=False)
    row = rows["rounds", "gate_40"]
    near(findings, row["difference"], numbers["gate_40"].mean() - numbers["gate_30"].mean(), "rounds")
    near(findings, row["p"], mean.pvalue, "p of rounds")
    # Day 1 and the rounds are the other goals: Holm over two; the primary goal stands alone.
    pair = sorted([rows["retained-1", "gate_40"]["p"], mean.pvalue])
    holm = {pair[0]: min(1.0, 2 * pair[0]), pair[1]: max(min(1.0, 2 * pair[0]), pair[1])}
    near(findings, adjusted["retained-1"], holm[rows["retained-1", "gate_40"]["p"]], "Holm of day 1")
    near(findings, adjusted["retained-7"], rows["retained-7", "gate_40"]["p"], "Holm of day 7")


def shares(findings, rows, arms):
    """Both days of retention, from the file and as they were published; adjusted p by goal."""
    adjusted = {}
    for goal, (counts, z, p) in PUBLISHED.items():
        column = goal.replace("retained-", "retention_")
        found = [(sum(row[column].lower() == "true" for row in arms[name]), len(arms[name])) for name in
                 ("gate_40", "gate_30")]
        findings.equal((*found[0], *found[1]), counts, f"counts of {goal}")
        (x1, n1), (x0, n0) = found
        pooled = (x1 + x0) / (n1 + n0)
        exact = (x1 / n1 - x0 / n0) / math.sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n0))
        row = rows[goal, "gate_40"]
        near(findings, row["difference"], x1 / n1 - x0 / n0, f"difference of {goal}")
        near(findings, row["p"], 2 * stats.norm.sf(abs(exact)), f"p of {goal}")
        near(findings, row["p"], p, f"published p of {goal}", 1e-8)
        found_z = math.copysign(stats.norm.isf(row["p"] / 2), row["difference"])
        near(findings, found_z, z, f"published z of {goal}", 1e-5)
        adjusted[goal] = row["p_adjusted"]
    return adjusted


def near(findings, found, expected, what, distance=1e-9):
    findings.check(found is not None and abs(found - expected) <= distance, what,
                   f"muster has {found!r}, expected {float(expected)!r}")
