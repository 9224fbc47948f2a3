"""What gbstats and spotify-confidence say of cases: JSON list in, JSON list out. Runs in their own environment.

A case is {"kind", "treatment", "control"} with sums as `experiment_rivals.py` makes them.
"""

import json
import sys
import warnings

warnings.filterwarnings("ignore")

import pandas
import spotify_confidence
from gbstats.frequentist.tests import FrequentistConfig, SequentialConfig, SequentialTwoSidedTTest, TwoSidedTTest
from gbstats.models.statistics import (
    ProportionStatistic, RatioStatistic, RegressionAdjustedStatistic, SampleMeanStatistic, compute_theta,
)
from gbstats.utils import check_srm


def statistic(kind, row):
    if kind == "proportion":
        return ProportionStatistic(n=row[1], sum=row[0])
    if kind == "mean":
        return SampleMeanStatistic(n=row[0], sum=row[1], sum_squares=row[2])
    if kind == "ratio":
        return RatioStatistic(
            n=row[0], m_statistic=SampleMeanStatistic(n=row[0], sum=row[1], sum_squares=row[3]),
            d_statistic=SampleMeanStatistic(n=row[0], sum=row[2], sum_squares=row[4]), m_d_sum_of_products=row[5])
    return RegressionAdjustedStatistic(
        n=row[0], post_statistic=SampleMeanStatistic(n=row[0], sum=row[1], sum_squares=row[2]),
        pre_statistic=SampleMeanStatistic(n=row[0], sum=row[4], sum_squares=row[5]), post_pre_sum_of_products=row[7],
        theta=0)


def gbstats(case):
    one, zero = (statistic(case["kind"], case[arm]) for arm in ("treatment", "control"))
    if case["kind"] == "cuped":
        one.theta = zero.theta = compute_theta(zero, one)
    fixed = TwoSidedTTest(zero, one, FrequentistConfig(difference_type="absolute", alpha=0.05)).compute_result()
    sequential = SequentialTwoSidedTTest(
        zero, one, SequentialConfig(
            difference_type="absolute", alpha=0.05, sequential_tuning_parameter=case["reference"])).compute_result()
    return [fixed.expected, *fixed.ci, fixed.p_value], [*sequential.ci, sequential.p_value]


def confidence(case):
    """Means: Student's test and the z test. Proportions: chi-square, whose z is pooled, and the z test."""
    rows = [("control", case["control"]), ("treatment", case["treatment"])]
    places = (0, 0, 1) if case["kind"] == "proportion" else (1, 2, 0)
    frame = pandas.DataFrame(
        [{"group": name, "sum": row[places[0]], "squares": row[places[1]], "units": row[places[2]]} for name, row in rows])
    columns = dict(numerator_column="sum", denominator_column="units", categorical_group_columns="group")
    squares = dict(numerator_sum_squares_column="squares", interval_size=0.95)
    if case["kind"] == "proportion":
        tests = [spotify_confidence.ChiSquared(frame, **columns), spotify_confidence.ZTest(frame, **columns, **squares)]
    else:
        tests = [spotify_confidence.StudentsTTest(frame, **columns, **squares),
                 spotify_confidence.ZTest(frame, **columns, **squares)]
    answers = []
    for test in tests:
        row = test.difference(level_1="control", level_2="treatment").iloc[0]
        answers.append([float(row[name]) for name in ("difference", "ci_lower", "ci_upper", "p-value")])
    return answers


def main():
    answers = []
    for case in json.load(sys.stdin):
        if case["kind"] == "srm":
            answers.append({"srm": float(check_srm(case["units"], case["weights"]))})
            continue
        fixed, sequential = gbstats(case)
        answer = {"fixed": [float(v) for v in fixed], "sequential": [float(v) for v in sequential]}
        if case["kind"] in ("proportion", "mean"):
            answer["confidence"] = confidence(case)
        answers.append(answer)
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    main()
