"""Statistics of arms from units, by their definitions and with a line of NumPy a unit where the program keeps sums."""

import dataclasses
import math

import numpy as np
from scipy import special, stats

UNITS_MIN, EVENTS_MIN = 100, 25


class TooLittle(Exception):
    """An arm below 100 units, 25 events or 25 non-events, or without any spread."""


@dataclasses.dataclass
class Rows:
    """Units of one figure that count at one look; arrays of one length. `weights` are 1 / propensity, or 1."""

    arms: np.ndarray
    clusters: np.ndarray
    weights: np.ndarray
    values: np.ndarray
    below: np.ndarray
    past: np.ndarray
    past_below: np.ndarray
    is_proportion: bool
    is_ratio: bool
    is_fixed: bool
    quantile: float | None = None

    def where(self, kept):
        columns = ("arms", "clusters", "weights", "values", "below", "past", "past_below")
        return dataclasses.replace(self, **{name: getattr(self, name)[kept] for name in columns})


@dataclasses.dataclass
class ArmFigure:
    value: float
    error: float
    units: int
    plain: float
    # Of each cluster by its number: what it adds to the value's error.
    influence: dict


@dataclasses.dataclass
class Pair:
    difference: float
    error: float
    units: int
    freedom: float
    plain_control: float
    pooled: tuple | None = None


def theta(y, x, known):
    """θ and x̄ by the units with a past; the others count as x̄, which changes neither sum."""
    centre = x[known].mean()
    spread = ((x[known] - centre) ** 2).sum()
    slope = ((x[known] - centre) * y[known]).sum() / spread if spread > 0 else 0.0
    return slope, centre


def adjusted(rows, with_past):
    """(numerator, denominator, θ or None) of each unit after the past is taken out."""
    known = ~np.isnan(rows.past)
    if not with_past or len(known) == 0 or known.mean() < 0.5:
        return rows.values, rows.below, None
    slope, centre = theta(rows.values, rows.past, known)
    values = rows.values - np.where(known, slope * (rows.past - centre), 0)
    below = rows.below
    if rows.is_ratio:
        slope_below, centre_below = theta(rows.below, rows.past_below, known)
        below = rows.below - np.where(known, slope_below * (rows.past_below - centre_below), 0)
    return values, below, slope


def arm_figure(rows, arm, with_past, least=(UNITS_MIN, EVENTS_MIN)):
    """An arm by the delta method over its clusters, or a quantile of it."""
    if rows.quantile is not None:
        return quantile_figure(rows.values[rows.arms == arm], rows.quantile, least[0])
    values, below, _ = adjusted(rows, with_past)
    mine = rows.arms == arm
    clusters, place = np.unique(rows.clusters[mine], return_inverse=True)
    units = len(clusters)
    events = int((rows.values[mine] != 0).sum())
    if units < least[0] or rows.is_proportion and min(events, int(mine.sum()) - events) < least[1]:
        raise TooLittle(f"{units} units, {events} events of {int(mine.sum())}")
    weights = rows.weights[mine]
    above = np.bincount(place, weights * values[mine])
    under = np.bincount(place, weights * below[mine])
    plain = (weights * rows.values[mine]).sum() / (weights * rows.below[mine]).sum()
    value = above.sum() / under.sum()
    influence = (above - value * under) / under.sum()
    error = math.sqrt(units / (units - 1) * (influence**2).sum())
    if not error > 0:
        raise TooLittle("no spread")
    return ArmFigure(float(value), error, units, float(plain), dict(zip(clusters.tolist(), influence.tolist())))


def quantile_figure(values, share, least):
    """One value a unit: the interval runs from order statistic to order statistic, its width stands for the error."""
    count = len(values)
    if count < least:
        raise TooLittle(f"{count} units")
    ordered = np.sort(values)
    ranks = np.arange(count + 1)
    below = stats.binom.cdf(ranks, count, share)
    low = max([rank for rank in ranks[1:] if below[rank - 1] <= 0.025], default=None)
    high = min([rank for rank in ranks[1:] if stats.binom.sf(rank - 1, count, share) <= 0.025], default=None)
    if low is None or high is None:
        raise TooLittle(f"{count} units have no interval")
    ends = float(ordered[low - 1]), float(ordered[high - 1])
    value = float(np.quantile(values, share))
    error = (ends[1] - ends[0]) / (2 * stats.norm.isf(0.025))
    if not error > 0:
        raise TooLittle("no spread")
    return ArmFigure(value, error, count, value, {})


def pair(rows, arm, control, with_past, least=(UNITS_MIN, EVENTS_MIN)):
    """Two arms, with the covariance of those that share clusters."""
    one, zero = (arm_figure(rows, place, with_past, least) for place in (arm, control))
    union = set(one.influence) | set(zero.influence)
    shared = one.influence.keys() & zero.influence.keys()
    covariance = sum(one.influence[key] * zero.influence[key] for key in shared) * len(union) / (len(union) - 1)
    v1, v0 = one.error**2, zero.error**2
    freedom = len(union) - 1 if shared else (v1 + v0) ** 2 / (v1**2 / (one.units - 1) + v0**2 / (zero.units - 1))
    units = len(union) if union else one.units + zero.units
    found = Pair(one.value - zero.value, math.sqrt(v1 + v0 - 2 * covariance), units, freedom, zero.plain)
    counts = [(rows.values[rows.arms == place].sum(), int((rows.arms == place).sum())) for place in (arm, control)]
    is_of_members = not shared and counts[0][1] == one.units and counts[1][1] == zero.units
    if rows.is_fixed and rows.is_proportion and is_of_members and adjusted(rows, with_past)[2] is None:
        found.pooled = tuple(counts)
    return found, one, zero


def by_version(rows, versions, arm, control, with_past):
    """Within each plan version that holds both arms, combined by the size of the two; the whole is held to the rule."""
    pair(rows, arm, control, with_past)
    found = []
    for version in sorted(set(versions)):
        try:
            found.append(pair(rows.where(versions == version), arm, control, with_past, least=(2, 1)))
        except TooLittle:
            pass
    if not found:
        raise TooLittle("no version holds both arms")
    sizes = [row[0].units for row in found]
    shares = np.array(sizes) / sum(sizes)
    sides = []
    for side in (1, 2):
        parts = [row[side] for row in found]
        value = float(sum(share * part.value for share, part in zip(shares, parts)))
        variance = sum((share * part.error) ** 2 for share, part in zip(shares, parts))
        plain = float(sum(share * part.plain for share, part in zip(shares, parts)))
        sides.append((value, variance, sum(part.units for part in parts), plain))
    (y1, v1, n1, _), (y0, v0, n0, plain) = sides
    freedom = (v1 + v0) ** 2 / (v1**2 / (n1 - 1) + v0**2 / (n0 - 1))
    figures = [ArmFigure(value, math.sqrt(variance), units, plain, {}) for value, variance, units, plain in sides]
    return Pair(y1 - y0, math.sqrt(v1 + v0), sum(sizes), freedom, plain), *figures


class Sequence:
    """The asymptotic confidence sequence that is narrowest at N*."""

    def __init__(self, reference):
        self.rho2 = (-2 * math.log(0.05) + math.log(-2 * math.log(0.05) + 1)) / reference

    def half_width(self, n, alpha):
        """In standard errors."""
        grown = n * self.rho2 + 1
        return math.sqrt(n) * math.sqrt(2 * grown / (n * n * self.rho2) * math.log(math.sqrt(grown) / alpha))

    def one_sided(self, n, alpha):
        grown = n * self.rho2 + 1
        return math.sqrt(n) * math.sqrt(2 * grown / (n * n * self.rho2) * math.log1p(math.sqrt(grown) / (2 * alpha)))

    def p(self, n, z):
        grown = n * self.rho2 + 1
        return min(1.0, math.sqrt(grown) * math.exp(-n * self.rho2 * z * z / (2 * grown)))


def fixed_p(found):
    if found.pooled:
        (x1, n1), (x0, n0) = found.pooled
        share = (x1 + x0) / (n1 + n0)
        z = (x1 / n1 - x0 / n0) / math.sqrt(share * (1 - share) * (1 / n1 + 1 / n0))
        return 2 * stats.norm.sf(abs(z))
    return 2 * stats.t.sf(abs(found.difference) / found.error, found.freedom)


def fixed_half(found, alpha):
    if found.pooled:
        variance = sum(x / n * (1 - x / n) / n for x, n in found.pooled)
        return math.sqrt(variance) * stats.norm.isf(alpha / 2)
    return found.error * stats.t.isf(alpha / 2, found.freedom)


def holm(p):
    """Adjusted p."""
    order = sorted(range(len(p)), key=lambda place: p[place])
    found, running = [0.0] * len(p), 0.0
    for step, place in enumerate(order):
        running = max(running, min(1.0, (len(p) - step) * p[place]))
        found[place] = running
    return found


def holm_alphas(p, alpha):
    """The share of α by which each comparison is decided: from the first that is not rejected on, that one's."""
    order = sorted(range(len(p)), key=lambda place: p[place])
    found, stopped = [0.0] * len(p), None
    for step, place in enumerate(order):
        share = alpha / (len(p) - step)
        if stopped is None and p[place] > share:
            stopped = share
        found[place] = share if stopped is None else stopped
    return found


def log_bayes_factor(counts, shares):
    """Dirichlet(100 w) against exactly w, over the sequence of assignments."""
    counts, shares = np.array(counts, float), np.array(shares, float)
    counts, shares = counts[shares > 0], shares[shares > 0] / shares.sum()
    prior = 100 * shares
    found = special.gammaln(prior.sum()) - special.gammaln(prior.sum() + counts.sum())
    return found + (special.gammaln(prior + counts) - special.gammaln(prior) - counts * np.log(shares)).sum()
