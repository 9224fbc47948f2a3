"""Prints what `experiment-checks time` has to find: the mean of p and interval width over its million comparisons, by SciPy."""

import numpy as np
from scipy import stats

COUNT = 1_000_000


def main():
    index = np.arange(COUNT)
    zero, one = index % 1024, index % 1021
    events0, units0 = 4000.0 + zero, 40_000.0 + 7 * zero
    events1, units1 = 4100.0 + 2 * one, 40_500.0 + 3 * one
    p0, p1 = events0 / units0, events1 / units1
    pooled = (events0 + events1) / (units0 + units1)
    z = (p1 - p0) / np.sqrt(pooled * (1 - pooled) * (1 / units0 + 1 / units1))
    half = stats.norm.isf(0.025) * np.sqrt(p0 * (1 - p0) / units0 + p1 * (1 - p1) / units1)
    print("two proportions, fixed:", repr(float(np.mean(2 * stats.norm.sf(abs(z)) + 2 * half))))

    mean0, mean1 = 3 * events0 / units0, 3 * events1 / units1
    v0 = (31 * events0 - 9 * events0**2 / units0) / (units0 - 1) / units0
    v1 = (30 * events1 - 9 * events1**2 / units1) / (units1 - 1) / units1
    t, error, answer = welch(mean1, v1, units1, mean0, v0, units0)
    print("two means, Welch:", answer)

    few0, few1 = 400 + zero // 8, 400 + one // 8
    w0 = (12 * 200.0 + zero % 7 - 600.0**2 / few0) / (few0 - 1) / few0
    w1 = (12 * 210.0 + one % 7 - 630.0**2 / few1) / (few1 - 1) / few1
    print("two means of 400 units, Welch:", welch(630 / few1, w1, few1, 600 / few0, w0, few0)[2])

    n = units0 + units1
    information = n * (-2 * np.log(0.05) + np.log(-2 * np.log(0.05) + 1)) / 25_000
    half = error * np.sqrt(2 * (information + 1) / information * np.log(np.sqrt(information + 1) / 0.05))
    p = np.minimum(1, np.sqrt(information + 1) * np.exp(-information * t**2 / (2 * (information + 1))))
    print("two means, sequential:", repr(float(np.mean(p + 2 * half))))


def welch(mean1, v1, units1, mean0, v0, units0):
    error = np.sqrt(v0 + v1)
    freedom = (v0 + v1) ** 2 / (v0**2 / (units0 - 1) + v1**2 / (units1 - 1))
    t = (mean1 - mean0) / error
    width = 2 * stats.t.isf(0.025, freedom) * error
    return t, error, repr(float(np.mean(2 * stats.t.sf(abs(t), freedom) + width)))


if __name__ == "__main__":
    main()
