"""Days, weeks and months of a community, worked out with Python's zoneinfo and nothing of Muster's."""

import datetime as dt
import functools
import zoneinfo

import polars as pl

DAY = dt.timedelta(days=1)
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.timezone.utc)


def microseconds(instant):
    return (instant - EPOCH) // dt.timedelta(microseconds=1)


class CommunityCalendar:
    """The days of one zone. `week_start` is 1 for Monday to 7 for Sunday."""

    def __init__(self, zone, week_start=1):
        self.zone = zoneinfo.ZoneInfo(zone)
        self.week_start = week_start

    def days(self, ts):
        """The local date of each UTC microsecond of a Polars series. No zone has changed its offset within a minute
        since 1972."""
        minutes = ts // 60_000_000
        distinct = minutes.unique()
        dates = [dt.datetime.fromtimestamp(minute * 60, self.zone).date() for minute in distinct.to_list()]
        table = pl.DataFrame({"minute": distinct, "day": pl.Series(dates, dtype=pl.Date)})
        return minutes.to_frame("minute").join(table, on="minute", how="left", maintain_order="left")["day"]

    @functools.cache
    def start_of_day(self, day):
        """UTC microseconds of the first instant of a date, which is not always midnight."""
        for fold in (0, 1):
            local = dt.datetime(day.year, day.month, day.day, tzinfo=self.zone, fold=fold)
            instant = local.astimezone(dt.timezone.utc)
            if instant.astimezone(self.zone).replace(tzinfo=None, fold=0) == local.replace(tzinfo=None, fold=0):
                return microseconds(instant)
        # Midnight does not exist: the clock jumps over it. The date begins where the jump ends.
        noon = dt.datetime(day.year, day.month, day.day, 12, tzinfo=self.zone)
        low, high = (int((noon - DAY).timestamp()), int(noon.timestamp()))
        while high - low > 1:
            middle = (low + high) // 2
            if dt.datetime.fromtimestamp(middle, self.zone).date() < day:
                low = middle
            else:
                high = middle
        return high * 1_000_000

    def instant(self, text):
        """As-of as it is typed: a date is the end of that day, a time without an offset is local."""
        if len(text) == 10:
            return self.start_of_day(dt.date.fromisoformat(text) + DAY)
        instant = dt.datetime.fromisoformat(text)
        return microseconds(instant if instant.tzinfo else instant.replace(tzinfo=self.zone))

    def number(self, granularity, day):
        """The place of the interval that holds `day`: a count of days, weeks or months."""
        if granularity == "day":
            return day.toordinal()
        if granularity == "month":
            return day.year * 12 + day.month - 1
        return (day.toordinal() - self.week_start) // 7

    def first_day(self, granularity, number):
        """The first day of the interval with this number."""
        if granularity == "day":
            return dt.date.fromordinal(number)
        if granularity == "month":
            return dt.date(number // 12, number % 12 + 1, 1)
        return dt.date.fromordinal(number * 7 + self.week_start)

    def has_begun(self, granularity, number, as_of):
        return self.start_of_day(self.first_day(granularity, number)) < as_of

    def has_ended(self, granularity, number, as_of):
        return self.start_of_day(self.first_day(granularity, number + 1)) <= as_of


def day_range(first, last):
    return [first + index * DAY for index in range((last - first).days + 1)]
