"""Conditions of --where, each as one types it and as a Polars expression written by hand.

Polars' own and, or, not and comparisons are three-valued; only what is true counts.
"""

import dataclasses
import json
import re

import polars as pl

JSON_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")


@dataclasses.dataclass(frozen=True)
class Condition:
    text: str
    holds: pl.Expr

    def __hash__(self):
        return hash(self.text)


def text_at(properties, *keys):
    """The text form of a value within JSON text: a string's characters, anything else as it is written."""
    value = json.loads(properties, parse_int=WrittenNumber, parse_float=WrittenNumber)
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str) else json.dumps(value, separators=(",", ":"))


class WrittenNumber(str):
    """A number as it is written."""


def text_of(*keys):
    def extract(column):
        known = {value: text_at(value, *keys) for value in column.unique().to_list() if value is not None}
        return pl.Series([known.get(value) for value in column.to_list()], dtype=pl.String)

    return pl.col("properties").map_batches(extract, return_dtype=pl.String)


def number_of(*keys):
    def convert(column):
        return pl.Series(
            [float(text) if text is not None and JSON_NUMBER.fullmatch(text) else None for text in column.to_list()],
            dtype=pl.Float64)

    return text_of(*keys).map_batches(convert, return_dtype=pl.Float64)


def truth_of(*keys):
    return text_of(*keys).replace_strict({"true": True, "false": False}, default=None, return_dtype=pl.Boolean)


event, platform, content, push, arm, community = map(
    pl.col, ("event", "platform", "content", "push", "arm", "community"))

# Of a simulated log.
SIMULATED = [
    Condition("platform = 'ios'", platform == "ios"),
    Condition(
        "event in ('comment', 'share') and not platform = 'web'",
        event.is_in(["comment", "share"]) & ~(platform == "web")),
    Condition("content is null", content.is_null()),
    Condition(
        "properties.experiment = 'push_time' or event = 'like'",
        (text_of("experiment") == "push_time") | (event == "like")),
    Condition("push is not null and arm != '08:30'", push.is_not_null() & (arm != "08:30")),
    Condition("content like 'p\\_1%' or community like 'c__'".replace("\\_", "_"),
              content.str.contains(r"^p.1") | community.str.contains(r"^c..$")),
    Condition(
        "not (platform = 'ios' or content < 'p_3')", ~((platform == "ios") | (content < "p_3"))),
    Condition(
        "platform not in ('ios', 'web') and (content is not null or event = 'message')",
        ~platform.is_in(["ios", "web"]) & (content.is_not_null() | (event == "message"))),
    Condition("properties.nothing is null and arm not in ('08:30')",
              text_of("nothing").is_null() & ~arm.is_in(["08:30"])),
]

# Of the hostile log.
HOSTILE = [
    Condition("properties.n > 1.5", number_of("n") > 1.5),
    Condition("properties.n <= 1e2 and event != 'read'", (number_of("n") <= 100) & (event != "read")),
    Condition("properties.a.b = 'x'", text_of("a", "b") == "x"),
    Condition("properties.flag = true", truth_of("flag")),
    Condition("not properties.flag = true", ~truth_of("flag")),
    Condition("properties.n = '1.50'", text_of("n") == "1.50"),
    Condition("properties.n in (3, 1.5, -2)", number_of("n").is_in([3.0, 1.5, -2.0])),
    Condition("properties.n not in (3)", ~number_of("n").is_in([3.0])),
    Condition("properties.n is null", text_of("n").is_null()),
    Condition("properties.a is not null", text_of("a").is_not_null()),
    Condition("properties.s like '%\u4e2d_'", text_of("s").str.contains("(?s)\u4e2d.$")),
    Condition("properties.s >= 'm' or platform is null", (text_of("s") >= "m") | platform.is_null()),
    Condition("properties.s = 'it''s \"so\"'", text_of("s") == "it's \"so\""),
    Condition("properties.\"odd key\" = 'v'", text_of("odd key") == "v"),
    Condition("properties.s != ''", text_of("s") != ""),
]

# Of the Zulip archive.
ZULIP = [
    Condition("properties.n_chars >= 200", number_of("n_chars") >= 200),
    Condition("community < 's1' or content is null", (community < "s1") | content.is_null()),
]
