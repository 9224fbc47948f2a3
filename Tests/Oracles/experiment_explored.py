"""`experiment analyze --explore`, worked out anew: segments, weekdays, weeks, and the push before."""

import pathlib

import experiment_analysis
import experiment_estimates as estimates
import experiment_records
import numpy as np
from community_days import DAY
from experiment_analysis import BACK, HOURS, OPENED, POSTS, TIMES
from experiment_estimates import TooLittle
from experiment_expected import Expected, Experiment
from experiment_records import PAST, Measure, Series
from scipy import optimize, stats

COLUMNS = ["metric", "segment", "group", "arm", "units", "control_value", "difference", "diff_low", "diff_high", "p",
           "p_adjusted", "shrunken", "interaction_p", "finding"]
WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
FACTS = """kind: members
member: id
attributes: [city]
"""


def check(findings, muster, log, days):
    folder = pathlib.Path(muster.workspace)
    cities = {member: ("north", "south", "west")[int(member[1:]) % 3] for member in log.first if int(member[1:]) % 7}
    (folder / "datasets" / "crm").mkdir(parents=True, exist_ok=True)
    (folder / "datasets" / "crm" / "dataset.yaml").write_text(FACTS)
    (folder / "facts.csv").write_text("id,city\n" + "".join(f"{one},{city}\n" for one, city in sorted(cities.items())))
    muster.run("ingest", "--dataset", "crm", str(folder / "facts.csv"), "--quiet")
    span = dict(first=days[0], last=days[-1], past=False)
    sends = dict(design="send-randomised", arms=HOURS, control="12:30", holdout="none", times=TIMES, **span)
    scenes = [
        Experiment("explored", outcomes=[OPENED, BACK, POSTS], log_name="hours", looks="fixed", **sends),
        Experiment("explored-nightly", outcomes=[BACK, OPENED], log_name="hours", **sends),
        Experiment("explored-members", design="member-randomised", arms={"control": 0.4, "a": 0.3, "b": 0.3},
                   control="control", outcomes=[BACK, POSTS], log_name="members", looks="fixed", **span),
    ]
    for experiment in scenes:
        text = experiment_analysis.yaml_of(experiment) + "segments: [prior-activity, member.city]\n"
        (folder / "pipelines" / "experiments" / f"{experiment.name}.yaml").write_text(text)
        for as_of in (None, f"{days[15]}T13:37:11"):
            findings.scene = f"explored {experiment.name} in {log.calendar.zone}, as of {as_of}"
            answer = muster.json("experiment", "analyze", experiment.name, "--explore",
                                 *(["--as-of", as_of] if as_of else []))
            instant = log.calendar.instant(as_of) if as_of else log.calendar.start_of_day(log.last_day + DAY)
            expected = Expected(experiment, experiment_records.read(log, experiment, instant), log.calendar, instant)
            compare(findings, answer, Explored(expected, log, cities).rows())


def compare(findings, answer, wanted):
    findings.equal([column["name"] for column in answer["columns"]], COLUMNS, "columns")
    found = {tuple(row[:4]): row for row in answer["rows"]}
    wanted = {tuple(row[:4]): row for row in wanted}
    findings.equal(sorted(found), sorted(wanted), "rows")
    for key in found.keys() & wanted.keys():
        for column, mine, other in list(zip(COLUMNS, found[key], wanted[key]))[4:]:
            holds = mine == other
            if isinstance(other, float) and mine is not None:
                holds = abs(mine - other) <= 1e-8 * max(1, abs(other))
            findings.check(holds, f"{key} {column}", f"muster has {mine!r}, expected {other!r}")


class Explored:
    def __init__(self, expected, log, cities):
        self.expected, self.experiment, self.log, self.cities = expected, expected.experiment, log, cities

    def rows(self):
        """All rows of all goals; p are adjusted within a goal."""
        found = []
        for place, outcome in enumerate(self.experiment.outcomes):
            rows = [row for segment, groups in self.segments() for row in self.compared(place, segment, groups)]
            rows += self.previous(place)
            adjusted = stats.false_discovery_control([row["p"] for row in rows]) if rows else []
            for row, p in zip(rows, adjusted):
                differs = row["interaction"] is None or row["interaction"] < self.experiment.alpha
                word = "no evidence of a difference"
                if p < self.experiment.alpha and differs:
                    word = "higher here" if row["difference"] > 0 else "lower here"
                found.append([outcome.name, row["segment"], row["group"], row["arm"], row["units"], row["control"],
                              row["difference"], row["low"], row["high"], row["p"], float(p), row["shrunken"],
                              row["interaction"], word])
        return found

    def segments(self):
        """(name, group of each unit or None)."""
        units, experiment = self.expected.units, self.experiment
        yield "prior-activity", [self.prior(member, day) for member, day in zip(units.members, units.days)]
        yield "member.city", [self.cities.get(member) for member in units.members]
        yield "weekday", [WEEKDAYS[day.weekday()] for day in units.days]
        first = min(units.days)
        entered = {}
        for member, day in zip(units.members, units.days):
            entered[member] = min(day, entered.get(member, day))
        is_fixed = experiment.design == "member-randomised"
        yield "week", [
            f"week {(day - first).days // 7 + 1}" if is_fixed or (entered[member] - first).days < 7 else None
            for member, day in zip(units.members, units.days)]

    def prior(self, member, day):
        start_of = self.log.calendar.start_of_day
        if not self.log.first.get(member, 1 << 62) < start_of(day):
            return "new"
        series = self.log.series_of(Measure("days", None), self.expected.as_of, False)
        count = int(series.value(member, start_of(day - PAST), start_of(day)))
        return "0" if count == 0 else "1–3" if count <= 3 else "4–9" if count <= 9 else "10–14"

    def compared(self, place, segment, groups):
        rows, kept = self.expected.rows_at(place, self.expected.as_of)
        groups = np.array([group or "" for group in groups])[kept]
        found = []
        for arm in self.experiment.treatments:
            cells = []
            for group in sorted(set(groups) - {""}):
                try:
                    cells.append((group, *self.pair(rows.where(groups == group), arm)))
                except TooLittle:
                    pass
            values = np.array([pair.difference for _, pair, _, _ in cells])
            variances = np.array([pair.error**2 for _, pair, _, _ in cells])
            interaction, shrunken = None, [None] * len(cells)
            if len(cells) > 1:
                mean = np.average(values, weights=1 / variances)
                q = ((values - mean) ** 2 / variances).sum()
                interaction = float(stats.chi2.sf(q, len(cells) - 1))
            if len(cells) > 2:
                shrunken = drawn_together(values, variances)
            found += [self.row(segment, group, arm, pair, one, zero, toward, interaction)
                      for (group, pair, one, zero), toward in zip(cells, shrunken)]
        return found

    def pair(self, rows, arm):
        found, one, zero = estimates.pair(rows, arm, self.experiment.control_place, False)
        found.pooled = None  # errors of groups are those of the delta method, of shares too
        return found, one, zero

    def row(self, segment, group, arm, pair, one, zero, shrunken, interaction):
        half, p = estimates.fixed_half(pair, self.experiment.alpha), float(estimates.fixed_p(pair))
        if self.experiment.looks == "sequential":
            sequence = self.experiment.sequence(arm)
            half = pair.error * sequence.half_width(pair.units, self.experiment.alpha)
            p = sequence.p(pair.units, pair.difference / pair.error)
        low, high = float(pair.difference - half), float(pair.difference + half)
        return dict(segment=segment, group=str(group), arm=list(self.experiment.arms)[arm], units=pair.units,
                    control=zero.value, difference=pair.difference, low=low, high=high, p=p, shrunken=shrunken,
                    interaction=interaction)

    def previous(self, place):
        """Units by the arm of the member's unit before, where sends draw their arm."""
        if self.experiment.design != "send-randomised":
            return []
        rows, kept = self.expected.rows_at(place, self.expected.as_of)
        units = self.expected.units
        before = np.full(len(units.days), -1)
        last = {}
        for unit in sorted(range(len(units.days)), key=lambda unit: units.days[unit]):
            before[unit] = last.get(units.members[unit], -1)
            last[units.members[unit]] = units.arms[unit]
        rows.arms = before[kept]
        rows.weights = np.ones(len(rows.arms))
        rows = rows.where(rows.arms >= 0)
        found = []
        for arm in self.experiment.treatments:
            try:
                pair, one, zero = self.pair(rows, arm)
            except TooLittle:
                continue
            found.append(self.row("previous push", "all", arm, pair, one, zero, None, None))
        return found


def drawn_together(values, variances):
    """Each toward the mean of all, by τ² of Paule and Mandel."""
    def excess(tau2):
        weights = 1 / (variances + tau2)
        mean = np.average(values, weights=weights)
        return (weights * (values - mean) ** 2).sum() - (len(values) - 1)

    tau2 = 0.0
    if excess(0.0) > 0:
        tau2 = optimize.brentq(excess, 0, 10 * (np.var(values) + variances.max()) + 1e-9, xtol=1e-18, rtol=1e-14)
    mean = np.average(values, weights=1 / (variances + tau2))
    return [float(mean + (value - mean) * tau2 / (tau2 + variance)) for value, variance in zip(values, variances)]
