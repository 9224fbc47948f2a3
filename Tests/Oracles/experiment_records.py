"""Units of an experiment straight from the lines of a log: one row a planned unit, with what became of it."""

import bisect
import collections
import dataclasses
import datetime as dt
import json

import numpy as np
from community_days import DAY, microseconds

PASSIVE = {"push_sent", "push_planned"}
HOUR = 3_600_000_000
PAST = 14 * DAY


@dataclasses.dataclass
class Measure:
    """`kind`: occurred, count, days, sum or hours; `events` None is all activity.

    `where` is a property and a number that it is above."""

    kind: str
    events: tuple | None
    property: str | None = None
    where: tuple | None = None


@dataclasses.dataclass
class Outcome:
    name: str
    measure: Measure
    within: int
    per: Measure | None = None
    of_push: bool = False
    quantile: float | None = None

    @property
    def is_proportion(self):
        return self.measure.kind == "occurred" and self.per is None


@dataclasses.dataclass
class Figure:
    """What one outcome is of every unit; `mature` is the instant from which it counts."""

    values: np.ndarray
    denominators: np.ndarray
    past: np.ndarray
    past_denominators: np.ndarray
    mature: np.ndarray


@dataclasses.dataclass
class Units:
    members: list
    clusters: np.ndarray
    arms: np.ndarray
    days: list
    anchors: np.ndarray
    propensities: np.ndarray
    versions: list
    delivered: np.ndarray
    figures: list
    exclusions: dict


class Log:
    """Distinct records of a plain log, by member and in order."""

    def __init__(self, folder, calendar):
        self.calendar = calendar
        seen, self.records = set(), []
        for path in sorted(folder.glob("*.jsonl")):
            for text in path.read_text().splitlines():
                line = json.loads(text)
                if (line["event_id"], text) in seen:
                    continue
                seen.add((line["event_id"], text))
                instant = dt.datetime.fromisoformat(line["ts"].replace("Z", "+00:00"))
                self.records.append((microseconds(instant), line["user_id"], line["event"], line.get("community_id"),
                                     line.get("properties", {}), instant.astimezone(calendar.zone).date()))
        self.records.sort(key=lambda record: (record[0], record[2]))
        self.last_day = self.records[-1][5]
        self.first = {}
        for ts, member, event, *_ in self.records:
            if event not in PASSIVE:
                self.first.setdefault(member, ts)
        self.series = {}

    def before(self, as_of):
        """The records that count at `as_of`."""
        return self.records[:bisect.bisect_left(self.records, as_of, key=lambda record: record[0])]

    def series_of(self, measure, as_of, by_town):
        key = (repr(measure), as_of, by_town)
        if key not in self.series:
            self.series[key] = Series(self, measure, as_of, by_town)
        return self.series[key]


class Series:
    """Events of one measure by key, each with instant, day and number."""

    def __init__(self, log, measure, as_of, by_town):
        found = collections.defaultdict(list)
        for ts, member, event, town, properties, day in log.before(as_of):
            if event in PASSIVE if measure.events is None else event not in measure.events:
                continue
            if measure.where and not properties.get(measure.where[0], 0) > measure.where[1]:
                continue
            number = properties.get(measure.property) if measure.property else None
            found[(member, town) if by_town else member].append((ts, day, number))
        self.found = found
        self.times = {key: [row[0] for row in rows] for key, rows in found.items()}
        self.measure = measure

    def value(self, key, start, end):
        times = self.times.get(key, [])
        low, high = bisect.bisect_left(times, start), bisect.bisect_left(times, end)
        kind = self.measure.kind
        if kind == "occurred":
            return float(high > low)
        if kind == "count":
            return float(high - low)
        rows = self.found[key][low:high] if high > low else []
        if kind == "days":
            return float(len({row[1] for row in rows}))
        if kind == "sum":
            return float(sum(row[2] for row in rows if isinstance(row[2], (int, float))))
        return (rows[0][0] - start) / HOUR if rows else float("nan")


def read(log, experiment, as_of):
    """The units of `experiment` as they are known at `as_of`."""
    planned = [
        (ts, member, town, properties, day) for ts, member, event, town, properties, day in log.before(as_of)
        if event == experiment.assignment and properties.get("experiment") == experiment.log_name
        and experiment.first <= day <= experiment.last]
    exclusions = collections.Counter()
    groups = collections.OrderedDict()
    for row in planned:
        push = row[3].get("push_id")
        if experiment.unit == "send" and push is None:
            exclusions["without push"] += 1
            continue
        key = {"send": (row[1], push), "member": row[1], "town": (row[1], row[2])}[experiment.unit]
        groups.setdefault(key, []).append(row)
    kept = []
    for key, rows in groups.items():
        arms = [row[3]["arm"] for row in rows]
        if arms[0] not in experiment.arms:
            exclusions[f"unknown arm {arms[0]}"] += 1
        elif len(set(arms)) > 1 and not experiment.first_seen:
            exclusions["two arms"] += 1
        else:
            kept.append((key, rows[0]))
    sends = deliveries(log, as_of)
    units = frame(log, experiment, kept, sends)
    units.exclusions = dict(exclusions)
    has_past = np.array([log.first.get(member, as_of) < anchor for member, anchor in zip(units.members, units.anchors)])
    units.figures = [
        figure(log, experiment, outcome, kept, units, sends, has_past, as_of) for outcome in experiment.outcomes]
    return units


def deliveries(log, as_of):
    """First instants of deliveries by (member, push), and by member all of them."""
    sends = {}
    for ts, member, event, _, properties, _ in log.before(as_of):
        if event == "push_sent":
            sends.setdefault((member, properties.get("push_id")), ts)
    return sends


def frame(log, experiment, kept, sends):
    members = [row[1] for _, row in kept]
    towns = [row[2] for _, row in kept]
    clusters = towns if experiment.unit == "town" else members
    places = {name: place for place, name in enumerate(sorted(set(clusters)))}
    days = [row[4] for _, row in kept]
    delivered = [(row[1], row[3].get("push_id")) in sends for _, row in kept]
    return Units(
        members, np.array([places[name] for name in clusters], int),
        np.array([list(experiment.arms).index(row[3]["arm"]) for _, row in kept], int), days,
        np.array([log.calendar.start_of_day(day) for day in days], np.int64),
        np.array([row[3].get("propensity", np.nan) for _, row in kept], float),
        [row[3].get("plan") for _, row in kept], np.array(delivered, bool), [], {})


def figure(log, experiment, outcome, kept, units, sends, has_past, as_of):
    by_town = experiment.unit == "town"
    keys = [(row[1], row[2]) if by_town else row[1] for _, row in kept]
    start_of = log.calendar.start_of_day
    if outcome.of_push:
        return taps(log, experiment, outcome, kept, units, sends, has_past, as_of)
    length = outcome.within // 24 * DAY

    def columns(measure):
        series = log.series_of(measure, as_of, by_town)
        now = [series.value(key, start_of(day), start_of(day + length)) for key, day in zip(keys, units.days)]
        before = [series.value(key, start_of(day - PAST), start_of(day)) for key, day in zip(keys, units.days)]
        known = has_past & (measure.kind != "hours")
        return np.array(now, float), np.where(known, np.array(before, float), np.nan)

    values, past = columns(outcome.measure)
    below, past_below = (np.ones(len(keys)), np.full(len(keys), np.nan))
    if outcome.per:
        below, past_below = columns(outcome.per)
    mature = np.array([start_of(day + length) for day in units.days], np.int64)
    return Figure(values, below, past, past_below, mature)


def latest_send(calendar, experiment, day):
    """The instant at which the latest arm's push leaves on a day; its end where arms have no time."""
    times = [text for text in experiment.times if text]
    if experiment.member_clock:
        day += DAY  # a member's clock may lag by a day
    if not times:
        return calendar.start_of_day(day + DAY)
    hour, minute = max(tuple(int(part) for part in text.split(":")) for text in times)
    local = dt.datetime(day.year, day.month, day.day, hour, minute, tzinfo=calendar.zone)
    return microseconds(local.astimezone(dt.timezone.utc))


def taps(log, experiment, outcome, kept, units, sends, has_past, as_of):
    """Taps of a unit's own push from its send on; before the anchor those of any push."""
    tapped, any_push = collections.defaultdict(list), collections.defaultdict(list)
    for ts, member, event, _, properties, _ in log.before(as_of):
        if event in outcome.measure.events:
            tapped[(member, properties.get("push_id"))].append(ts)
            any_push[member].append(ts)
    window = outcome.within * HOUR
    values, past = [], []
    for (_, row), day in zip(kept, units.days):
        key = (row[1], row[3].get("push_id"))
        send = sends.get(key)
        found = [ts for ts in tapped.get(key, []) if send is not None and send <= ts < send + window]
        low, high = log.calendar.start_of_day(day - PAST), log.calendar.start_of_day(day)
        before = [ts for ts in any_push.get(row[1], []) if low <= ts < high]
        counts = outcome.measure.kind == "count"
        values.append(float(len(found)) if counts else float(bool(found)))
        past.append(float(len(before)) if counts else float(bool(before)))
    mature = {day: latest_send(log.calendar, experiment, day) + window for day in set(units.days)}
    return Figure(
        np.array(values), np.ones(len(values)), np.where(has_past, np.array(past), np.nan),
        np.full(len(values), np.nan), np.array([mature[day] for day in units.days], np.int64))
