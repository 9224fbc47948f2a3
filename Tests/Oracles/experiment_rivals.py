"""Compares comparisons with gbstats and spotify-confidence: estimates and intervals to 1e-9, p to 1e-14 absolutely.

A variance taken from sums loses (mean / sd)² roundings whoever takes it, so p is held to that many times 1e-14 / 5 where
it is more: two sums that agree to the last bit already give such p.

Where a rule differs the difference itself is checked: gbstats takes a t where this product pools two proportions, and
counts arms of weight 0 into the degrees of freedom of its sample ratio test.
"""

import json
import pathlib
import subprocess

import numpy as np
from scipy import stats

from experiment_answers import ExperimentAnswers, Nearness

NEAR = 1e-9
P_NEAR = 1e-14


def check(findings, program, peers_python):
    findings.scene = "experiments rivals"
    near = Nearness(findings)
    answers = ExperimentAnswers(program)
    cases = [*proportions(), *means(), *ratios(), *adjusted(), *sample_ratios()]
    peers = subprocess.run(
        [str(peers_python), str(pathlib.Path(__file__).with_name("experiment_peers.py"))], input=json.dumps(cases),
        capture_output=True, text=True, check=True)
    for case, theirs in zip(cases, json.loads(peers.stdout)):
        compare(near, answers.ask, case, theirs)
    answers.close()
    return near.figures


def compare(near, ask, case, theirs):
    kind = case["kind"]
    if kind == "srm":
        p = ask("sampleRatio", lists=[case["units"], case["weights"]])
        arms = sum(weight > 0 for weight in case["weights"])
        near.near(p[1], stats.chi2.sf(p[0], arms - 1), "SRM", NEAR, P_NEAR)
        # gbstats counts every arm, so an arm of weight 0 makes its p larger.
        near.near(theirs["srm"], stats.chi2.sf(p[0], len(case["weights"]) - 1), "SRM of gbstats", NEAR, P_NEAR)
        return
    lists = [case["treatment"], case["control"]]
    function = {"proportion": "proportions", "mean": "means", "ratio": "ratios", "cuped": "cuped"}[kind]
    lost = roundings(case)
    fixed = ask(function, 0.95, 0, lists=lists)
    agree(near, [fixed[0], fixed[2], fixed[3], fixed[4]], theirs["fixed"], f"gbstats {kind} {lists}", lost)
    sequential = ask(function, 0.95, case["reference"], lists=lists)
    agree(near, [sequential[2], sequential[3], sequential[4]], theirs["sequential"], f"gbstats sequential {kind} {lists}",
          lost)
    if kind == "mean":
        student, normal = theirs["confidence"]
        agree(near, [fixed[0], fixed[2], fixed[3], fixed[4]], student, f"confidence Student {lists}", lost)
    elif kind == "proportion":
        chi_square, normal = theirs["confidence"]
        pooled = ask("twoProportions", *case["treatment"], *case["control"], 0.95)
        agree(near, [pooled[0], pooled[2], pooled[3], pooled[4]], [*normal[:3], chi_square[3]], f"confidence {lists}",
              lost)


def roundings(case):
    """1 + (mean / sd)² / 5, of the worst of the arm's variables."""
    worst = 0.0
    for row in (case["treatment"], case["control"]):
        for place in {"mean": [0], "cuped": [0, 3]}.get(case["kind"], []):
            n, total, squares = row[place:place + 3]
            worst = max(worst, (total / n) ** 2 / (squares / n - (total / n) ** 2))
    return 1 + worst / 5


def agree(near, mine, theirs, what, lost):
    """All but the last are estimates and ends of intervals; the last is a p."""
    width = abs(theirs[-2] - theirs[-3])
    near.near(mine[:-1], theirs[:-1], what, NEAR, NEAR * width)
    near.near(mine[-1], theirs[-1], what + " p", 0, P_NEAR * lost)


def proportions():
    rng = np.random.default_rng(1)
    for _ in range(60):
        n1, n0 = (int(v) for v in rng.integers(200, 50000, 2))
        yield {"kind": "proportion", "reference": float(rng.integers(100, 20000)),
               "treatment": [int(rng.binomial(n1, 0.21)), n1], "control": [int(rng.binomial(n0, 0.2)), n0]}


def means():
    rng = np.random.default_rng(2)
    for scale in (0.3, 3, 30, 100):  # mean over standard deviation
        for _ in range(15):
            arms = [np.round(rng.normal(scale, 1, int(rng.integers(50, 2000))), 6) for _ in range(2)]
            sums = [[len(v), float(v.sum()), float((v**2).sum())] for v in arms]
            yield {"kind": "mean", "reference": 5000.0, "treatment": sums[0], "control": sums[1]}


def ratios():
    rng = np.random.default_rng(3)
    for _ in range(40):
        rows = []
        for _ in range(2):
            d = rng.integers(1, 12, 400).astype(float)
            y = rng.binomial(d.astype(int), 0.3).astype(float)
            rows.append([400, *(float(v) for v in (y.sum(), d.sum(), (y**2).sum(), (d**2).sum(), (y * d).sum()))])
        yield {"kind": "ratio", "reference": 1000.0, "treatment": rows[0], "control": rows[1]}


def adjusted():
    rng = np.random.default_rng(4)
    for _ in range(40):
        rows = []
        for _ in range(2):
            x = rng.gamma(2, 2, 500)
            y = 0.6 * x + rng.gamma(2, 1, 500)
            rows.append([500, float(y.sum()), float((y**2).sum()), 500, float(x.sum()), float((x**2).sum()),
                         float(y.sum()), float((x * y).sum())])
        # gbstats leaves the overall mean of the past in both arms' means: only differences can be compared.
        yield {"kind": "cuped", "reference": 2000.0, "treatment": rows[0], "control": rows[1]}


def sample_ratios():
    rng = np.random.default_rng(5)
    for weights in ([1, 1], [3, 1], [1, 2, 3], [1, 0, 1], [0.5, 0.25, 0.25, 0]):
        share = np.array(weights) / sum(weights)
        yield {"kind": "srm", "units": [int(v) for v in rng.multinomial(9000, share)], "weights": [float(w) for w in weights]}
