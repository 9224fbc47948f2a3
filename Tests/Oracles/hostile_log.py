"""A log with everything a plain log can hold: repeats, conflicts, missing ids, odd properties, records to reject.

Its records lie around the night of 2010-11-07, when St. John's set its clocks back across midnight (00:01 became
23:01 of the day before): the only rule in the tz database's recent past under which dates are not ascending.
"""

import datetime as dt
import json
import random

import polars as pl

ZONE = "America/St_Johns"
# Muster's rule (ColumnBuilder.swift): a dimension that is "" in a log is missing. definitions.md says nothing of it.
EMPTY_DIMENSION_IS_MISSING = True
PASSIVE = ["push_sent", "shown"]
FIRST = dt.datetime(2010, 10, 20, tzinfo=dt.timezone.utc)
CHANGE = dt.datetime(2010, 11, 7, 2, 31, tzinfo=dt.timezone.utc)  # 00:01 local
TEXTS = ["", "m", "a 中文", "中x", "it's \"so\"", "line\nbreak", "tab\t", "1.5", "true", "\U0001f600", "zzz", "%_"]
NUMBERS = ["3", "3.0", "1.50", "1.5", "-2", "0", "1e2", "100.5", "\"3\"", "\" 3\"", "\"0x3\"", "true", "null", "[3]"]
NESTED = ['{"b":"x"}', '{"b":"y","c":[1]}', '{"c":{"b":"x"}}', '"x"', '["x"]', "{}", "null"]


def write(path, seed, count=6000):
    """Writes the log. Gives its distinct records as a frame without days, and what ingest must report."""
    chance = random.Random(seed)
    records, lines, rejected = [], [], 0
    for number in range(count):
        ts = instant(chance)
        record = {
            "ts": ts,
            "member": f"m{int(chance.paretovariate(0.4)) % 900}" + chance.choice(["", "", " é", "\"q\""]),
            "event": chance.choice(["read", "post", "like", "shown", "push_sent", "Éclair", "a b"]),
            "platform": chance.choice([None, "ios", "web", "Web", "微信", ""]),
            "content": chance.choice([None, "p1", "p10", "p2"]),
            "properties": properties(chance),
            "event_id": None if chance.random() < 0.1 else f"id{number}",
        }
        records.append(record)
        lines.append(text(record, chance))
        if record["event_id"] and chance.random() < 0.08:  # the same again, written otherwise
            lines.append(text(record, chance))
        if record["event_id"] and chance.random() < 0.03:  # the same id, other content
            other = dict(record, event="like" if record["event"] != "like" else "post")
            records.append(other)
            lines.append(text(other, chance))
        if chance.random() < 0.02:
            rejected += 1
            lines.append(chance.choice(REJECTED))
    chance.shuffle(lines)
    path.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    report = {
        "read": len(lines), "stored": len(records), "rejected": rejected,
        "duplicate": len(lines) - len(records) - rejected,
    }
    frame = pl.DataFrame(records, infer_schema_length=None).drop("event_id")
    if EMPTY_DIMENSION_IS_MISSING:
        frame = frame.with_columns(pl.col("platform", "content").replace({"": None}))
    return frame.with_columns(pl.col("ts").dt.epoch("us")), report


def instant(chance):
    """Some near the change of the clocks, some very near, most anywhere in 26 days."""
    place = chance.random()
    if place < 0.6:
        return FIRST + dt.timedelta(microseconds=chance.randrange(26 * 86_400_000_000))
    span = 7_200_000_000 if place < 0.85 else 90_000_000
    return CHANGE + dt.timedelta(microseconds=chance.randrange(-span, span))


REJECTED = [
    '{"ts":"2010-11-01T00:00:00Z","event":"read"}',
    '{"ts":"2010-11-01T00:00:00Z","user_id":"m1"}',
    '{"user_id":"m1","event":"read"}',
    '{"ts":"yesterday","user_id":"m1","event":"read"}',
    '{"ts":"1989-12-31T23:59:59.999999Z","user_id":"m1","event":"read"}',
    '{"ts":"2999-01-01T00:00:00Z","user_id":"m1","event":"read"}',
    '{"ts":"2010-11-01T00:00:00Z","user_id":"m1","event":"read"',
    "[]",
]


def properties(chance):
    """JSON text of properties, or nothing."""
    if chance.random() < 0.3:
        return None
    parts = []
    if chance.random() < 0.7:
        parts.append('"n":' + chance.choice(NUMBERS))
    if chance.random() < 0.5:
        parts.append('"s":' + json.dumps(chance.choice(TEXTS), ensure_ascii=chance.random() < 0.5))
    if chance.random() < 0.4:
        parts.append('"a":' + chance.choice(NESTED))
    if chance.random() < 0.4:
        parts.append('"flag":' + chance.choice(["true", "false", "null", '"true"', "1"]))
    if chance.random() < 0.1:
        parts.append('"odd key":"v"')
    return "{" + ",".join(parts) + "}" if parts else None


def text(record, chance):
    """The record as a line, its fields in any order, its time in one of several zones."""
    zone = dt.timezone(dt.timedelta(minutes=chance.choice([0, 0, -150, 480])))
    written = record["ts"].astimezone(zone).isoformat(timespec="microseconds")
    fields = [
        ("ts", json.dumps(written.replace("+00:00", "Z"))), ("user_id", json.dumps(record["member"])),
        ("event", json.dumps(record["event"], ensure_ascii=chance.random() < 0.5)),
        ("event_id", json.dumps(record["event_id"])), ("platform", json.dumps(record["platform"])),
        ("content_id", json.dumps(record["content"])), ("properties", record["properties"] or "null"),
    ]
    fields = [(name, value) for name, value in fields if value != "null" or chance.random() < 0.5]
    chance.shuffle(fields)
    return "{" + ",".join(f'"{name}":{value}' for name, value in fields) + "}"
