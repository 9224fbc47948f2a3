"""A question as one types it, in a form that can also be worked out by hand."""

import dataclasses
import datetime as dt


@dataclasses.dataclass(frozen=True)
class Question:
    metric: str
    granularity: str = "day"
    trailing: int | None = None
    by: tuple = ()
    condition: object = None
    first: dt.date | None = None
    last: dt.date | None = None
    as_of: str | None = None
    periods: int | None = None

    @property
    def flags(self):
        words = [self.metric]
        if self.metric == "retention":
            words += ["--cohort", self.granularity]
            words += ["--periods", str(self.periods)] if self.periods is not None else []
        elif self.trailing:
            words += ["--trailing", str(self.trailing)]
        else:
            words += ["--granularity", self.granularity]
        words += ["--by", ",".join(self.by)] if self.by else []
        words += ["--where", self.condition.text] if self.condition else []
        words += ["--from", self.first.isoformat()] if self.first else []
        words += ["--to", self.last.isoformat()] if self.last else []
        words += ["--as-of", self.as_of] if self.as_of else []
        return words

    @property
    def last_period(self):
        """Default: 30 days, 12 weeks or months."""
        return self.periods if self.periods is not None else (30 if self.granularity == "day" else 12)

    def __str__(self):
        return " ".join(f'"{word}"' if " " in word else word for word in self.flags)


def question_list(first, last, conditions, groups):
    """What is asked of a store whose data runs from `first` to `last`."""
    middle = first + (last - first) / 2
    cut = (first + dt.timedelta(days=3), last - dt.timedelta(days=4))
    outside = (first - dt.timedelta(days=9), last + dt.timedelta(days=9))
    instants = [
        None, middle.isoformat(), f"{middle.isoformat()}T13:37:11.123457", f"{middle.isoformat()}T23:59:59Z",
        f"{middle.isoformat()}T00:00:00", (last + dt.timedelta(days=400)).isoformat(),
    ]
    shapes = [dict(granularity=size) for size in ("day", "week", "month")] + [dict(trailing=n) for n in (7, 28)]
    asked = []
    for shape in shapes:
        asked.append(Question("activity", **shape))
        asked += [Question("activity", by=by, **shape) for by in groups]
        asked += [Question("activity", first=a, last=b, **shape) for a, b in (cut, outside, (middle, middle))]
        asked += [Question("activity", as_of=instant, **shape) for instant in instants[1:]]
        asked.append(Question("activity", by=groups[0], as_of=instants[2], last=outside[1], **shape))
        asked.append(Question("activity", condition=conditions[0], as_of=instants[2], last=last, **shape))
    asked += [Question("activity", condition=condition) for condition in conditions]
    asked += [Question("activity", condition=condition, trailing=7) for condition in conditions[:2]]
    asked += [
        Question("activity", condition=condition, by=groups[-1], granularity="week", first=cut[0], last=cut[1])
        for condition in conditions
    ]
    for size in ("day", "week", "month"):
        asked += [Question("retention", size, periods=periods) for periods in (None, 0, 3)]
        asked += [Question("retention", size, first=a, last=b) for a, b in (cut, outside, (middle, middle))]
        asked += [Question("retention", size, as_of=instant) for instant in instants[1:]]
        asked += [Question("retention", size, condition=condition) for condition in conditions[:3]]
        asked.append(
            Question("retention", size, condition=conditions[1], first=cut[0], last=cut[1], as_of=instants[2]))
    asked += [Question("retention", "week", condition=condition, periods=4) for condition in conditions[3:]]
    before = dict(first=first, last=first + dt.timedelta(days=8), as_of=(first - dt.timedelta(days=30)).isoformat())
    asked += [Question("activity", **before), Question("activity", trailing=7, **before)]
    asked.append(Question("retention", **before))
    return asked
