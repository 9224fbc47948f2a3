"""What the answers are, by shared/definitions.md, worked out with Polars.

A frame has a row an event: event, member (a key or an id), ts (UTC microseconds), day (its community day), dimensions,
properties (JSON text). Nothing here knows how Muster stores or counts.
"""

import math

import polars as pl

from community_days import DAY, day_range

NORMAL_QUANTILE = 1.959963984540054
RETENTION_COLUMNS = ["cohort", "size", "period", "returned", "complete", "rate", "low", "high"]


class Expected:
    """Answers over one frame."""

    def __init__(self, frame, calendar, passive_events):
        self.frame = frame
        self.calendar = calendar
        self.passive_events = list(passive_events)

    def answer(self, question):
        """Columns and rows."""
        if question.metric == "retention":
            return self._retention(question)
        return self._trailing(question) if question.trailing else self._activity(question)

    def as_of(self, question):
        """UTC microseconds; by default the end of the last day that holds data."""
        if question.as_of:
            return self.calendar.instant(question.as_of)
        return self.calendar.start_of_day(self.frame["day"].max() + DAY)

    def _range(self, question, as_of):
        """The days asked for, by default the first and the last that hold data."""
        days = self.frame.filter(pl.col("ts") < as_of)["day"]
        return question.first or days.min(), question.last or days.max()

    def _qualifying(self, question, as_of):
        live = self.frame.filter(pl.col("ts") < as_of, ~pl.col("event").is_in(self.passive_events))
        return live.filter(question.condition.holds) if question.condition else live

    def _numbers(self, granularity, days):
        """The interval of each day, as a frame."""
        return pl.DataFrame(
            {"day": days, "number": [self.calendar.number(granularity, day) for day in days]},
            schema={"day": pl.Date, "number": pl.Int64})

    def _activity(self, question):
        size, by = question.granularity, list(question.by)
        as_of = self.as_of(question)
        first, last = self._range(question, as_of)
        live = self._qualifying(question, as_of)
        intervals = self._numbers(size, day_range(first, last))
        counted = (
            live.join(intervals, on="day").group_by("number", *by)
            .agg(pl.len().alias("events"), pl.col("member").n_unique().alias("active"))
            .sort("number", *by, nulls_last=True))
        ended = {number: self.calendar.has_ended(size, number, as_of) for number in intervals["number"].unique()}
        name = lambda number: self.calendar.first_day(size, number).isoformat()
        if by:
            rows = [[name(row[0]), *row[1:], ended[row[0]]] for row in counted.iter_rows()]
            return ["period", *by, "events", "active_members", "complete"], rows
        counts = {row[0]: row[1:] for row in counted.iter_rows()}
        new = None if question.condition else self._new_members(live, intervals)
        rows = []
        for number in intervals["number"].unique(maintain_order=True):
            begun = self.calendar.has_begun(size, number, as_of)
            values = [*counts.get(number, (0, 0))] + ([new.get(number, 0)] if new is not None else [])
            rows.append([name(number), *(values if begun else [None] * len(values)), ended[number]])
        return ["period", "events", "active_members", *(["new_members"] if new is not None else []), "complete"], rows

    @staticmethod
    def _starts(live):
        """The day of each member's first event."""
        return live.group_by("member").agg(pl.col("day").sort_by("ts").first())

    def _new_members(self, live, intervals):
        return dict(self._starts(live).join(intervals, on="day").group_by("number").len().iter_rows())

    def _trailing(self, question):
        by, span = list(question.by), question.trailing
        as_of = self.as_of(question)
        first, last = self._range(question, as_of)
        pairs = self._qualifying(question, as_of).select("member", "day", *by).unique()
        pairs = pairs.filter(pl.col("day") > first - span * DAY, pl.col("day") <= last)
        steps = pl.DataFrame({"step": range(span)})
        # A member of day d is among those of the `span` days d, d + 1, …
        reached = pairs.join(steps, how="cross").with_columns(
            pl.col("day").cast(pl.Int32) + pl.col("step").cast(pl.Int32))
        reached = reached.with_columns(pl.col("day").cast(pl.Date)).filter(pl.col("day").is_between(first, last))
        counted = (
            reached.group_by("day", *by).agg(pl.col("member").n_unique().alias("active")).sort(
                "day", *by, nulls_last=True))
        begun = lambda day: self.calendar.has_begun("day", day.toordinal(), as_of)
        ended = lambda day: self.calendar.has_ended("day", day.toordinal(), as_of)
        if by:
            rows = [[row[0].isoformat(), *row[1:], ended(row[0])] for row in counted.iter_rows() if begun(row[0])]
            return ["period", *by, "active_members", "complete"], rows
        counts = dict(counted.iter_rows())
        rows = [
            [day.isoformat(), counts.get(day, 0) if begun(day) else None, ended(day)] for day in day_range(first, last)
        ]
        return ["period", "active_members", "complete"], rows

    def _retention(self, question):
        size, last_period = question.granularity, question.last_period
        as_of = self.as_of(question)
        first, last = self._range(question, as_of)
        live = self._qualifying(question, as_of)
        intervals = self._numbers(size, live["day"].unique().to_list())
        starts = (
            self._starts(live).filter(pl.col("day").is_between(first, last)).join(intervals, on="day")
            .select("member", pl.col("number").alias("cohort")))
        sizes = dict(starts.group_by("cohort").len().sort("cohort").iter_rows())
        active = live.select("member", "day").unique().join(intervals, on="day").select("member", "number").unique()
        returned = (
            active.join(starts, on="member").with_columns(period=pl.col("number") - pl.col("cohort"))
            .filter(pl.col("period").is_between(0, last_period)).group_by("cohort", "period").len())
        counts = {(cohort, period): count for cohort, period, count in returned.iter_rows()}
        cells, sums = [], {period: None for period in range(last_period + 1)}
        for cohort in sorted(sizes):
            for period in range(last_period + 1):
                head = [self.calendar.first_day(size, cohort).isoformat(), sizes[cohort], period]
                if not self.calendar.has_begun(size, cohort + period, as_of):
                    cells.append([*head, None, False, None, None, None])
                    continue
                count = counts.get((cohort, period), 0)
                complete = self.calendar.has_ended(size, cohort + period, as_of)
                cells.append([*head, count, complete, *rate_and_interval(count, sizes[cohort])])
                if complete:
                    size_sum, count_sum = sums[period] or (0, 0)
                    sums[period] = (size_sum + sizes[cohort], count_sum + count)
        pooled = []
        for period, total in sums.items() if sizes else []:
            if total is None:
                pooled.append([None, None, period, None, False, None, None, None])
            else:
                pooled.append([None, total[0], period, total[1], True, *rate_and_interval(total[1], total[0])])
        return RETENTION_COLUMNS, pooled + cells


def rate_and_interval(count, size):
    """The rate and Wilson's 95 % interval."""
    p, z2 = count / size, NORMAL_QUANTILE**2
    centre = (p + z2 / (2 * size)) / (1 + z2 / size)
    half = NORMAL_QUANTILE / (1 + z2 / size) * math.sqrt(p * (1 - p) / size + z2 / (4 * size * size))
    return [p, centre - half, centre + half]
