"""What `experiment analyze` must say of units: every row, worked out anew at each night."""

import dataclasses
import math

import experiment_estimates as estimates
import numpy as np
from community_days import DAY
from experiment_estimates import Rows, Sequence, TooLittle
from experiment_records import latest_send
from scipy import stats


@dataclasses.dataclass
class Experiment:
    """An experiment as the check describes it; its file is made from this."""

    name: str
    design: str
    arms: dict
    control: str
    outcomes: list
    first: object
    last: object
    log_name: str
    holdout: str | None = None
    times: tuple = ()
    guardrails: dict = dataclasses.field(default_factory=dict)
    looks: str = "sequential"
    past: bool = True
    first_seen: bool = False
    planned_units: int | None = None
    reference_units: float | None = None
    alpha: float = 0.05
    assignment: str = "push_planned"
    member_clock: bool = False

    @property
    def unit(self):
        return {"send-randomised": "send", "member-randomised": "member", "community-randomised": "town"}[self.design]

    @property
    def treatments(self):
        names = list(self.arms)
        return [names.index(name) for name in names if name not in (self.control, self.holdout)]

    @property
    def control_place(self):
        return list(self.arms).index(self.control)

    def sequence(self, arm):
        if self.reference_units:
            return Sequence(self.reference_units)
        if not self.planned_units:
            return Sequence(5000)
        weights = list(self.arms.values())
        return Sequence(max(100, self.planned_units * (weights[arm] + weights[self.control_place]) / 4))


class Expected:
    def __init__(self, experiment, units, calendar, as_of):
        self.experiment, self.units, self.calendar, self.as_of = experiment, units, calendar, as_of
        self.weights, self.versions = self.weighting()
        self.compared = [self.comparable(arm) for arm in range(len(experiment.arms))]
        self.nights = self.looks()

    def weighting(self):
        """1 / propensity where the log has them and shares changed, else the plan versions where there are several."""
        units = self.units
        known = ~np.isnan(units.propensities)
        if known.all() and len(known):
            return 1 / units.propensities, None
        if len(set(units.versions)) > 1:
            return np.ones(len(known)), np.array([str(version) for version in units.versions])
        return np.ones(len(known)), None

    def looks(self):
        """Every end of a community day from the first anchor on, and as-of."""
        found, day = [], min(self.units.days)
        while self.calendar.start_of_day(day + DAY) < self.as_of:
            day += DAY
            found.append(self.calendar.start_of_day(day))
        return [*found, self.as_of] if self.experiment.looks == "sequential" else [self.as_of]

    def rows_at(self, place, look):
        outcome, figure, units = self.experiment.outcomes[place], self.units.figures[place], self.units
        kept = (figure.mature <= look) & ~np.isnan(figure.values) & ~np.isnan(figure.denominators)
        rows = Rows(
            units.arms, units.clusters, self.weights, figure.values, figure.denominators, figure.past,
            figure.past_denominators, outcome.is_proportion, outcome.per is not None,
            self.experiment.looks == "fixed", outcome.quantile)
        return rows.where(kept), kept

    def compare(self, place, arm, look):
        rows, kept = self.rows_at(place, look)
        if self.versions is not None:
            return estimates.by_version(
                rows, self.versions[kept], arm, self.experiment.control_place, self.experiment.past)[0]
        return self.pair(rows, kept, arm)[0]

    def pair(self, rows, kept, arm):
        control = self.experiment.control_place
        return estimates.pair(rows.where(self.compared[arm][kept]), arm, control, self.experiment.past)

    def comparable(self, arm):
        """Units of versions that could draw both the arm and the control: what they show does not add to 1 without."""
        units, control = self.units, self.experiment.control_place
        found = np.ones(len(units.days), bool)
        if not {arm, control} <= set(units.arms):
            return found
        for version in set(units.versions) if self.versions is None else ():
            mine = np.array([text == version for text in units.versions])
            shares = {(a, e) for a, e in zip(units.arms[mine], units.propensities[mine])}
            seen = {a for a, _ in shares}
            if len(seen) == len(shares) and sum(e for _, e in shares) > 1 - 1e-6 and not {arm, control} <= seen:
                found &= ~mine
        return found

    def p(self, place, arm):
        """The running minimum over the nights that have an answer; None where as-of has none."""
        least = 1.0
        for look in self.nights:
            try:
                found = self.compare(place, arm, look)
            except TooLittle:
                continue
            if self.experiment.looks == "fixed":
                least = estimates.fixed_p(found)
            else:
                least = min(least, self.experiment.sequence(arm).p(found.units, found.difference / found.error))
        return least

    def goal_rows(self):
        """Rows of all goals, then of guardrails."""
        experiment = self.experiment
        goals = range(len(experiment.outcomes) - len(experiment.guardrails))
        found = {}
        for place in range(len(experiment.outcomes)):
            for arm in range(len(experiment.arms)):
                if arm != experiment.control_place:
                    try:
                        found[place, arm] = (self.compare(place, arm, self.as_of), self.p(place, arm))
                    except TooLittle:
                        pass
        alphas, holm = {}, {}
        families = [[(0, arm) for arm in experiment.treatments],
                    [(place, arm) for place in goals[1:] for arm in experiment.treatments]]
        for family in families:
            # What is not known yet counts among the comparisons.
            p = [found[key][1] if key in found else 1.0 for key in family]
            holm.update(zip(family, estimates.holm(p)))
            alphas.update(zip(family, estimates.holm_alphas(p, experiment.alpha)))
        self.found, self.alphas = found, alphas
        return [self.row(place, arm, found, alphas, holm) for place in range(len(experiment.outcomes))
                for arm in range(len(experiment.arms))]

    def row(self, place, arm, found, alphas, holm):
        experiment = self.experiment
        rows, _ = self.rows_at(place, self.as_of)
        mine = rows.arms == arm
        row = [experiment.outcomes[place].name, list(experiment.arms)[arm], len(set(rows.clusters[mine].tolist()))]
        row += self.own(place, arm)
        if (place, arm) not in found:
            return [*row, None, None, None, None, None, None]
        comparison, p = found[place, arm]
        low, high = self.interval(comparison, arm, alphas.get((place, arm), experiment.alpha))
        lift = comparison.difference / comparison.plain_control if comparison.plain_control else None
        return [*row, comparison.difference, low, high, lift, p, holm.get((place, arm))]

    def interval(self, comparison, arm, alpha):
        if self.experiment.looks == "fixed":
            half = estimates.fixed_half(comparison, alpha)
        else:
            half = comparison.error * self.experiment.sequence(arm).half_width(comparison.units, alpha)
        return comparison.difference - half, comparison.difference + half

    def own(self, place, arm):
        """Value and interval of one arm; of plan versions as the comparison combines them."""
        rows, kept = self.rows_at(place, self.as_of)
        control = self.experiment.control_place
        try:
            if self.versions is None:
                figure = self.own_figure(rows, kept, arm)
            else:
                other = self.experiment.treatments[0] if arm == control else arm
                pair = estimates.by_version(rows, self.versions[kept], other, control, self.experiment.past)
                figure = pair[2 if arm == control else 1]
        except TooLittle:
            return [None, None, None]
        return self.band(figure.value, figure.error, figure.units, arm)

    def own_figure(self, rows, kept, arm):
        """Over all units, of an arm that not all of its units' versions could compare over those."""
        if arm != self.experiment.control_place and not self.compared[arm].all():
            try:
                return self.pair(rows, kept, arm)[1]
            except TooLittle:
                pass
        return estimates.arm_figure(rows, arm, self.experiment.past)

    def band(self, value, error, units, arm):
        if self.experiment.looks == "fixed":
            half = error * stats.t.isf(self.experiment.alpha / 2, units - 1)
        else:
            half = error * self.experiment.sequence(arm).half_width(units, self.experiment.alpha)
        return [value, value - half, value + half]

    def sample_ratio(self):
        """(units, promised shares, p): planned units of days whose last send has left, whatever the arm."""
        experiment, units = self.experiment, self.units
        leaves = {day: latest_send(self.calendar, experiment, day) for day in set(units.days)}
        ends = np.array([leaves[day] for day in units.days], np.int64)
        if experiment.unit == "town":
            ends = first_rows_only(units.clusters, ends)
        names = list(experiment.arms)
        closed = ends <= self.as_of
        counts = np.array([(closed & (units.arms == arm)).sum() for arm in range(len(names))])
        strata = self.strata()
        if strata is None:
            return counts, None, None
        expected = np.zeros(len(names))
        for version, shares in strata:
            expected += shares * (closed & version).sum()
        total = counts.sum()
        if experiment.looks == "fixed":
            p = stats.chisquare(counts, expected).pvalue if total else None
            return counts, expected / total, p
        least = 0.0
        for look in self.nights:
            factor = 0.0
            for version, shares in strata:
                held = [(version & (ends <= look) & (units.arms == arm)).sum() for arm in range(len(names))]
                factor += estimates.log_bayes_factor(held, shares)
            least = max(least, factor)
        return counts, expected / total, math.exp(-least)

    def strata(self):
        """Plan versions with the shares that were promised in each; None where one promised none."""
        units, experiment = self.units, self.experiment
        weights = np.array(list(experiment.arms.values()))
        if np.isnan(units.propensities).any():
            return [(np.ones(len(units.days), bool), weights)]
        found = []
        for version in sorted(set(units.versions)):
            mine = np.array([text == version for text in units.versions])
            shares = []
            for arm in range(len(weights)):
                drawn = set(np.round(units.propensities[mine & (units.arms == arm)], 12))
                if len(drawn) > 1:
                    return None
                shares.append(drawn.pop() if drawn else np.nan)
            shares = np.array(shares)
            unseen, left = np.isnan(shares), 1 - np.nansum(shares)
            if left < -1e-6:
                return None
            if unseen.any():  # what the others leave of 1 was theirs
                shares[unseen] = left * weights[unseen] / weights[unseen].sum() if left > 1e-6 else 0
            found.append((mine, shares))
        return found

    def delivered(self):
        names = list(self.experiment.arms)
        rows = []
        for arm, name in enumerate(names):
            if name != self.experiment.holdout:
                mine = self.units.arms == arm
                share = float(self.units.delivered[mine].mean()) if mine.any() else None
                rows.append(["delivered", name, int(mine.sum()), share])
        return rows


def first_rows_only(clusters, ends):
    """What is drawn is the community: it is planned with the first of its members, the others count no more."""
    found, never = np.full(len(ends), np.iinfo(np.int64).max), set()
    for place in np.argsort(ends, kind="stable"):
        if clusters[place] not in never:
            never.add(clusters[place])
            found[place] = ends[place]
    return found
