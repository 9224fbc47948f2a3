"""Compares the statistics of experiments with SciPy and statsmodels, to 1e-10 of each figure.

The Swift side is the test program `ExperimentChecks answer`. Inputs are drawn with a fixed seed, so a difference can be
looked at again.
"""

import warnings

import numpy as np
from scipy import integrate, optimize, stats
from statsmodels.duration.survfunc import CumIncidenceRight, SurvfuncRight, survdiff
from statsmodels.stats import proportion
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.power import NormalIndPower
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

from experiment_answers import ExperimentAnswers, Nearness


def check(findings, program):
    answers = ExperimentAnswers(program)
    near = Nearness(findings)
    for part in (distributions, proportions, means, clusters, multiplicity, quantiles, ratios_of_samples, survival,
                 designs, beliefs, cells, randomisation):
        findings.scene = f"experiments {part.__name__}"
        part(near, answers.ask, np.random.default_rng(20))
    answers.close()
    return near.figures


def distributions(near, ask, rng):
    for _ in range(200):
        x, p = rng.normal(scale=4), rng.uniform()
        near.near(ask("normal", x, p), [stats.norm.pdf(x), stats.norm.cdf(x), stats.norm.sf(x), stats.norm.ppf(p)], "normal")
        freedom, t = float(np.exp(rng.uniform(0, 9))), rng.normal(scale=3)
        d = stats.t(freedom)
        near.near(ask("student", freedom, t, p), [d.pdf(t), d.cdf(t), d.sf(t), d.ppf(p)], f"t {freedom} {t} {p}", 2e-10)
        k, shape = int(rng.integers(1, 300)), float(np.exp(rng.uniform(-2, 7)))
        x = k * rng.uniform(0.3, 2)
        d = stats.chi2(k)
        near.near(ask("chisquare", k, x, p), [d.pdf(x), d.cdf(x), d.sf(x), d.ppf(p)], f"chi-square {k} {x} {p}")
        x = shape * rng.uniform(0.3, 2)
        d = stats.gamma(shape)
        near.near(ask("gamma", shape, x, p), [d.pdf(x), d.cdf(x), d.sf(x), d.ppf(p)], f"gamma {shape} {x} {p}")
        a, b = np.exp(rng.uniform(-1, 7, 2))
        x = rng.beta(a, b)
        d = stats.beta(a, b)
        near.near(ask("beta", a, b, x, p), [d.pdf(x), d.cdf(x), d.sf(x), d.ppf(p)], f"beta {a} {b} {x} {p}")
        n, q = int(rng.integers(1, 5000)), rng.uniform()
        k = int(rng.binomial(n, q))
        d = stats.binom(n, q)
        near.near(ask("binomial", n, q, k, p), [d.pmf(k), d.cdf(k), d.sf(k), d.ppf(p)], f"binomial {n} {q} {k} {p}")


def proportions(near, ask, rng):
    for _ in range(100):
        n1, n0 = (int(v) for v in rng.integers(100, 90000, 2))
        x1, x0 = int(rng.binomial(n1, 0.3)), int(rng.binomial(n0, 0.28))
        level = rng.choice([0.9, 0.95, 0.99])
        z, p = proportion.proportions_ztest([x1, x0], [n1, n0])
        low, high = proportion.confint_proportions_2indep(
            x1, n1, x0, n0, method="wald", compare="diff", alpha=1 - level, correction=False)
        found = ask("twoProportions", x1, n1, x0, n0, level)
        near.near([found[0], found[2], found[3], found[4], found[7]], [x1 / n1 - x0 / n0, low, high, p, z],
                  f"two proportions {x1}/{n1} {x0}/{n0}", absolute=1e-14)
        near.near(found[4], stats.chi2_contingency([[x1, n1 - x1], [x0, n0 - x0]], correction=False)[1],
                  "the pooled z is the chi-square of the table")
        near.near(ask("wilson", x1, n1, level),
                  list(proportion.proportion_confint(x1, n1, 1 - level, method="wilson")), "Wilson", absolute=1e-15)
    for n in (30, 100):
        exact_coverage(near, ask, n)


def exact_coverage(near, ask, n):
    """The enumerated coverage of Wilson's interval is that of statsmodels' interval."""
    mine = [ask("wilson", x, n, 0.95) for x in range(n + 1)]
    theirs = [proportion.proportion_confint(x, n, 0.05, method="wilson") for x in range(n + 1)]
    for p in np.arange(0.0203, 0.98, 0.0107):
        mass = stats.binom.pmf(np.arange(n + 1), n, p)
        coverage = [sum(m for m, (low, high) in zip(mass, ends) if low <= p <= high) for ends in (mine, theirs)]
        near.near(coverage[0], coverage[1], f"coverage at n = {n}, p = {p}", 1e-12)


def sums(values):
    return [len(values), values.sum(), (values**2).sum()]


def means(near, ask, rng):
    for _ in range(100):
        one, zero = rng.gamma(2, 3, int(rng.integers(20, 3000))), rng.gamma(2, 2.9, int(rng.integers(20, 3000)))
        level = rng.choice([0.9, 0.95, 0.999])
        compared = CompareMeans(DescrStatsW(one), DescrStatsW(zero))
        t, p, freedom = compared.ttest_ind(usevar="unequal")
        low, high = compared.tconfint_diff(1 - level, usevar="unequal")
        found = ask("means", level, 0, lists=[sums(one), sums(zero)])
        near.near(found, [one.mean() - zero.mean(), (one.mean() - zero.mean()) / t, low, high, p, freedom,
                          one.mean() / zero.mean() - 1], "Welch", absolute=1e-13)
        margin = 0.3
        _, p, _ = compared.ttest_ind(alternative="smaller", usevar="unequal", value=margin)
        found = ask("nonInferiority", 0.05, 0, 1, margin, lists=[sums(one), sums(zero)])
        upper = compared.tconfint_diff(0.05, alternative="smaller", usevar="unequal")[1]
        lower = compared.tconfint_diff(0.05, alternative="larger", usevar="unequal")[0]
        near.near(found, [one.mean() - zero.mean(), lower, upper, p], "non-inferiority", absolute=1e-13)


def clusters(near, ask, rng):
    """The delta method by the residuals of each unit, and CUPED by least squares on the units."""
    for _ in range(50):
        arms = []
        for _ in range(2):
            d = rng.integers(1, 9, 300).astype(float)
            arms.append((rng.binomial(d.astype(int), 0.4).astype(float), d))
        rows = [[len(y), y.sum(), d.sum(), (y**2).sum(), (d**2).sum(), (y * d).sum()] for y, d in arms]
        values, variances = zip(*[residual_variance(y, d) for y, d in arms])
        freedom = sum(variances) ** 2 / sum(v**2 / 299 for v in variances)
        half = stats.t.isf(0.025, freedom) * sum(variances) ** 0.5
        difference = values[0] - values[1]
        found = ask("ratios", 0.95, 0, lists=rows)
        near.near(found[:5], [difference, sum(variances) ** 0.5, difference - half, difference + half,
                              2 * stats.t.sf(abs(difference) / sum(variances) ** 0.5, freedom)], "ratios", absolute=1e-13)
        r, v = values[0], variances[0]
        reach = stats.t.isf(0.025, 299) * v**0.5 / (r * (1 - r))
        near.near(ask("logit", 0.95, lists=rows[:1]),
                  [float(1 / (1 + np.exp(-(np.log(r / (1 - r)) + s * reach)))) for s in (-1, 1)], "logit")
        x = [rng.normal(5, 2, 300), rng.normal(5, 2, 300)]
        y = [0.7 * a + rng.normal(1, 1, 300) for a in x]
        rows = [[300, b.sum(), (b**2).sum(), 300, a.sum(), (a**2).sum(), b.sum(), (a * b).sum()] for a, b in zip(x, y)]
        theta = stats.linregress(np.concatenate(x), np.concatenate(y)).slope
        adjusted = [b - theta * (a - np.concatenate(x).mean()) for a, b in zip(x, y)]
        test = stats.ttest_ind(adjusted[0], adjusted[1], equal_var=False)
        interval = test.confidence_interval(0.95)
        found = ask("cuped", 0.95, 0, lists=rows)
        near.near([found[0], found[2], found[3], found[4], found[7]],
                  [adjusted[0].mean() - adjusted[1].mean(), interval.low, interval.high, test.pvalue, theta], "CUPED",
                  1e-9, 1e-12)


def residual_variance(y, d):
    r = y.sum() / d.sum()
    e = (y - r * d) / d.mean()
    return r, float((e**2).sum() / (len(e) - 1) / len(e))


def multiplicity(near, ask, rng):
    for _ in range(100):
        p = np.round(rng.uniform(size=int(rng.integers(1, 12))) ** 3, 3)
        for name, method in (("holm", "holm"), ("benjaminiHochberg", "fdr_bh"), ("bonferroni", "bonferroni")):
            near.near(ask(name, *p), list(multipletests(p, method=method)[1]), name, absolute=1e-15)


def quantiles(near, ask, rng):
    for _ in range(100):
        values = np.round(rng.gamma(2, 3, int(rng.integers(60, 400))), 1)
        share = rng.choice([0.25, 0.5, 0.9])
        found = ask("quantile", share, 0.95, lists=[values])
        near.near(found[0], np.quantile(values, share), "quantile of type 7", 1e-14)
        # stats.quantile_test takes the widest ranks that its one-sided tests keep, as David and Nagaraja do.
        interval = stats.quantile_test(values, p=share).confidence_interval(0.95)
        near.near(found[1:], [interval.low, interval.high], f"ranks of {len(values)} values at {share}", 1e-14)


def ratios_of_samples(near, ask, rng):
    for _ in range(60):
        weights = rng.uniform(0.2, 2, int(rng.integers(2, 6)))
        units = rng.multinomial(int(rng.integers(500, 200000)), weights / weights.sum())
        found = ask("sampleRatio", lists=[units, weights])
        expected = weights / weights.sum() * units.sum()
        test = stats.chisquare(units, expected)
        near.near(found[:2], [test.statistic, test.pvalue], "chi-square of arms", 1e-9)
        share = weights / weights.sum()
        factor = stats.dirichlet_multinomial(100 * share, int(units.sum())).logpmf(units)
        factor -= stats.multinomial(int(units.sum()), share).logpmf(units)
        near.near(found[2], factor, "Bayes factor of arms", 1e-9, 1e-8)


def survival(near, ask, rng):
    for _ in range(40):
        count = 150
        time = np.ceil(rng.exponential(10, count))
        status = rng.choice([0, 1, 2], count, p=[0.3, 0.45, 0.25])
        rows = [[t, 0 if s else 1, int(s == 1), int(s == 2)] for t, s in zip(time, status)]
        curve = SurvfuncRight(time, (status > 0).astype(int))
        found = ask("kaplanMeier", 0.95, lists=rows)
        steps = np.array([v if v is not None else np.nan for v in found[1:]]).reshape(-1, 6)
        near.near(list(steps[:, 0]), list(curve.surv_times), "Kaplan–Meier, times")
        near.near(list(steps[:, 2]), list(curve.surv_prob), "Kaplan–Meier, S", absolute=1e-14)
        inner = curve.surv_prob > 1e-12
        near.near(list(steps[inner, 3]), list(curve.surv_prob_se[inner]), "Kaplan–Meier, se")
        last = curve.surv_times[curve.surv_prob <= 0.5 + 1e-12]
        near.near(found[0], last[0] if len(last) else np.nan, "median")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # where nobody is left statsmodels divides by 0; those rows are left out
            both = CumIncidenceRight(time, status)
        found = np.array(ask("aalenJohansen", 0, lists=rows)).reshape(-1, 5)
        kept = np.isin(both.times, found[:, 0])
        for cause in (0, 1):
            near.near(list(found[:, 1 + cause]), list(both.cinc[cause][kept]), "Aalen–Johansen, F", absolute=1e-14)
            proper = np.isfinite(both.cinc_se[cause][kept])
            near.near(list(found[proper, 3 + cause]), list(both.cinc_se[cause][kept][proper]), "Aalen–Johansen, se", 1e-9)
        group = rng.integers(0, 3, count)
        statistic, p = survdiff(time, (status > 0).astype(int), group)
        found = ask("logRank", *group, lists=[[t, 0 if s else 1, int(s > 0)] for t, s in zip(time, status)])
        near.near(found[:2], [statistic, p], "log-rank", 1e-9)


def designs(near, ask, rng):
    for _ in range(40):
        p, effect, n = rng.uniform(0.02, 0.5), rng.uniform(0.005, 0.05), int(rng.integers(200, 40000)) * 2
        share = rng.choice([0.5, 0.25])
        n1 = n * share
        expected = proportion.power_proportions_2indep(effect, p, n1, ratio=(1 - share) / share, return_results=False)
        found = ask("power", 0, p, share, 0, 0.05, effect, n, 0.8)
        near.near(found[0], expected, f"power of proportions, {share} treated", 1e-9)
        solve = NormalIndPower()
        found = ask("power", 1, 2.5, share, 0, 0.05, effect * 10, n, 0.8)
        near.near(found[0], solve.power(effect * 10 / 2.5, n1, 0.05, ratio=(1 - share) / share), "power of means", 1e-9)
        units = solve.solve_power(effect * 10 / 2.5, None, 0.05, 0.8, ratio=(1 - share) / share) / share
        near.near(found[1], np.ceil(units - 1e-6), "units of means", 0, 1)
        # statsmodels looks for the effect to five digits only: its power at ours is the better check.
        near.near(solve.power(found[2] / 2.5, n1, 0.05, ratio=(1 - share) / share), 0.8, "detectable effect", 1e-9)


def beliefs(near, ask, rng):
    for _ in range(8):
        arms = [[int(rng.binomial(n, 0.1)), n] for n in (int(v) for v in rng.integers(200, 3000, 3))]
        posteriors = [stats.beta(x + 1, n - x + 1) for x, n in arms]
        near.near(ask("bestArm", 0, lists=arms), best(posteriors, 0, 1), "Beta", 1e-7, 1e-10)
        normals = [[rng.normal(0, 1), rng.uniform(0.3, 2)] for _ in range(3)]
        near.near(ask("bestArm", 1, lists=normals), best([stats.norm(*row) for row in normals], -20, 20), "Normal",
                  1e-7, 1e-10)


def best(posteriors, low, high):
    """By adaptive quadrature over the places that matter."""
    places = sorted(d.ppf(q) for d in posteriors for q in (1e-9, 0.01, 0.5, 0.99, 1 - 1e-9))
    chance, loss = [], []
    for index, own in enumerate(posteriors):
        others = posteriors[:index] + posteriors[index + 1:]

        def beaten(x):
            return float(np.prod([d.cdf(x) for d in others]))

        def integral(function):
            cuts = [low] + places + [high]
            return sum(integrate.quad(function, a, b, epsabs=1e-14, epsrel=1e-11)[0] for a, b in zip(cuts, cuts[1:]) if b > a)

        chance.append(integral(lambda x: own.pdf(x) * beaten(x)))
        loss.append(integral(lambda x: own.cdf(x) * (1 - beaten(x))))
    return chance + loss


def cells(near, ask, rng):
    for _ in range(40):
        count = int(rng.integers(3, 30))
        errors = rng.uniform(0.5, 2, count)
        values = rng.normal(3, rng.choice([0.1, 2]), count) + rng.normal(size=count) * errors
        found = ask("cells", lists=np.column_stack([values, errors]))
        weights = 1 / errors**2
        mean = (weights * values).sum() / weights.sum()
        q = (weights * (values - mean) ** 2).sum()
        near.near(found[:3], [mean, q, stats.chi2.sf(q, count - 1)], "heterogeneity")

        def excess(between):
            w = 1 / (errors**2 + between)
            return (w * (values - (w * values).sum() / w.sum()) ** 2).sum() - (count - 1)

        between = optimize.brentq(excess, 0, 1e4, xtol=1e-15, rtol=1e-14) if excess(0) > 0 else 0.0
        w = 1 / (errors**2 + between)
        centre = (w * values).sum() / w.sum()
        kept = between / (between + errors**2)
        shrunken = centre + kept * (values - centre)
        deviation = np.sqrt(kept * errors**2 + (1 - kept) ** 2 / w.sum())
        near.near(found[3:], [centre, between, *np.column_stack([shrunken, deviation]).ravel()], "shrunken cells", 1e-9)


def randomisation(near, ask, rng):
    """Against scipy's exact permutation test, and its p just inside and outside of the interval's ends."""
    for _ in range(20):
        differences = np.round(rng.normal(0.8, 1, int(rng.integers(7, 12))), 1)

        def p(effect):
            return stats.permutation_test(
                (differences - effect,), lambda d, axis: np.abs(d.mean(axis)), permutation_type="samples",
                alternative="greater", n_resamples=np.inf, vectorized=True).pvalue

        found = ask("randomisation", 0.95, 999, lists=[differences])
        near.near(found[:2], [differences.mean(), p(0)], f"randomisation {list(differences)}", 1e-12, 1e-15)
        inside = [p(found[2] + 1e-7), p(found[3] - 1e-7)]
        outside = [p(found[2] - 1e-7), p(found[3] + 1e-7)]
        near.findings.check(min(inside) > 0.05 >= max(outside), "the interval is the test turned round",
                            f"{list(differences)} {found} {inside} {outside}")
