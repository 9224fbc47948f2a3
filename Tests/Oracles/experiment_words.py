"""What `experiment analyze` says in words, from the figures of the second computation."""

import experiment_estimates as estimates
from experiment_estimates import TooLittle
from scipy import stats

SAMPLE_RATIO_ALARM = 0.001
COMPLETE_DAYS = 14


class Words:
    """`expected` has its goal rows already."""

    def __init__(self, expected, sample_ratio_p):
        self.expected, self.experiment = expected, expected.experiment
        self.is_alarm = sample_ratio_p is not None and sample_ratio_p < SAMPLE_RATIO_ALARM
        self.goals = len(self.experiment.outcomes) - len(self.experiment.guardrails)

    def harm(self, place, arm):
        """(least harm, most harm), each with confidence 1 − α, in the direction of harm."""
        experiment = self.experiment
        comparison, _ = self.expected.found[place, arm]
        direction, _ = experiment.guardrails[experiment.outcomes[place].name]
        difference = comparison.difference if direction == "increase" else -comparison.difference
        if experiment.looks == "fixed":
            half = comparison.error * stats.t.isf(experiment.alpha, comparison.freedom)
        else:
            half = comparison.error * experiment.sequence(arm).one_sided(comparison.units, experiment.alpha)
        return difference - half, difference + half

    def row(self, place, arm):
        """The beginning of what one row says; None where it says nothing."""
        experiment = self.experiment
        if self.is_alarm:
            return None
        if arm == experiment.control_place or (place, arm) not in self.expected.found:
            return "" if self.is_short(place, arm) else None
        if place >= self.goals:
            if arm not in experiment.treatments:
                return ""
            margin = experiment.guardrails[experiment.outcomes[place].name][1]
            low, high = self.harm(place, arm)
            if low > margin:
                return "harmed by more than"
            return "inside the margin" if high < margin else "open: harm up to"
        low, high = self.bounds(place, arm)
        return "higher" if low > 0 else "lower" if high < 0 else "no difference shown"

    def is_short(self, place, arm):
        rows, kept = self.expected.rows_at(place, self.expected.as_of)
        if arm != self.experiment.control_place:
            rows = rows.where(self.expected.compared[arm][kept])
        names = {arm, self.experiment.control_place}
        for name in names:
            try:
                estimates.arm_figure(rows, name, self.experiment.past)
            except TooLittle:
                return True
        return False

    def bounds(self, place, arm):
        comparison, _ = self.expected.found[place, arm]
        return self.expected.interval(comparison, arm, self.expected.alphas.get((place, arm), self.experiment.alpha))

    def verdict(self):
        """The beginning of the verdict: the first rule that fits."""
        experiment, names = self.experiment, list(self.experiment.arms)
        if self.is_alarm:
            return "no verdict"
        guardrails = range(self.goals, len(experiment.outcomes))
        harmed = {arm for arm in experiment.treatments for place in guardrails
                  if (place, arm) in self.expected.found and self.row(place, arm) == "harmed by more than"}
        if harmed == set(experiment.treatments):
            return "stopped"
        left = [arm for arm in experiment.treatments if arm not in harmed and (0, arm) in self.expected.found]
        if not left:
            return "insufficient-data"
        full = experiment.looks == "sequential" or self.units() >= (experiment.planned_units or 0)
        if self.days() >= COMPLETE_DAYS and full:
            safe = [arm for arm in left if self.bounds(0, arm)[0] > 0
                    and all(self.row(place, arm) == "inside the margin" for place in guardrails)]
            if safe:
                return f"ship {names[max(safe, key=lambda arm: self.expected.found[0, arm][0].difference)]}"
            if all(self.bounds(0, arm)[1] < 0 for arm in left):
                return f"keep {experiment.control}"
        better = [arm for arm in left if self.bounds(0, arm)[0] > 0]
        # Without a plan nightly looks have no last one.
        is_open = experiment.looks == "sequential" and not experiment.planned_units
        if is_open or self.units() < (experiment.planned_units or 0) or self.days() < COMPLETE_DAYS or better:
            return "keep running"
        return "no difference larger than"

    def units(self):
        """Distinct units of all arms whose windows of the primary goal have closed."""
        rows, _ = self.expected.rows_at(0, self.expected.as_of)
        return len(set(rows.clusters.tolist()))

    def days(self):
        """Days from the first anchor to the last that has closed."""
        mature = self.expected.units.figures[0].mature
        closed = [day for day, instant in zip(self.expected.units.days, mature) if instant <= self.expected.as_of]
        return (max(closed) - min(self.expected.units.days)).days + 1 if closed else 0
