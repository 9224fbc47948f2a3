"""Rows of every type that Parquet files come with, and what Muster's text of them has to mean. Standard library only:
Spark's Python reads it too.

A type is a word (`i32`, `text`, `ts_us`, …), or `("decimal", digits, scale)`, `("list", type)`, `("map", type)`,
`("struct", {name: type})`. Times are whole numbers of their unit.
"""

import base64
import datetime as dt
import decimal
import json
import random
import struct

FIRST_TS = 1_751_328_000_000_000  # 2025-07-01, in microseconds
TYPES = {
    "flag": "bool", "i8": "i8", "i16": "i16", "i32": "i32", "i64": "i64", "u8": "u8", "u16": "u16", "u32": "u32",
    "u64": "u64", "f32": "f32", "f64": "f64", "text": "text", "path": "text", "few": "text", "same": "text",
    "never": "text", "raw": "bytes", "d9": ("decimal", 9, 2), "d18": ("decimal", 18, 4), "d38": ("decimal", 38, 10),
    "day": "date", "clock_ms": "time_ms", "clock_us": "time_us", "at_ms": "ts_ms", "at_us": "ts_us", "at_ns": "ts_ns",
    "local": "local_us", "tags": ("list", "text"), "grid": ("list", ("list", "i32")),
    "who": ("struct", {"name": "text", "home": ("struct", {"city": "text", "zip": "i32"})}),
    "items": ("list", ("struct", {"sku": "text", "n": "i32", "notes": ("list", "text")})),
    "scores": ("map", "i64"), "groups": ("map", ("list", "text")),
}
WORDS = ["", "a", "like", "社区", "say \"hi\"", "back\\slash", "line\nbreak\ttab\r", "é" * 40, "\u0001\u001f", "😀", "/"]


def rows(count, seed):
    """Rows of plain values: event id, time in microseconds, member, event, and a value or None for each type."""
    chance = random.Random(seed)
    made = []
    for number in range(count):
        row = {"event_id": f"e{number}", "ts": FIRST_TS + number * 1_000_003, "user_id": f"u{number % 17}", "row": number}
        for name, kind in TYPES.items():
            row[name] = None if chance.random() < 0.15 else value(kind, chance, number, name)
        row["same"], row["never"] = "always the same", None
        made.append(row)
    return made


def value(kind, chance, number, name=""):
    if isinstance(kind, tuple):
        return nested(kind, chance, number)
    if kind[0] in "iu" and kind[1:].isdigit():
        low, high = (-(1 << int(kind[1:]) - 1), (1 << int(kind[1:]) - 1) - 1) if kind[0] == "i" else (
            0, (1 << int(kind[1:])) - 1)
        return chance.choice([low, high, 0, 7, chance.randint(low, high), min(high, max(low, number))])
    if kind == "text":
        if name == "few":
            return chance.choice(["view", "like", "share"])
        if name == "path":
            return f"/community/{number // 10}/post/{number}"
        return chance.choice(WORDS) + (str(number) if chance.random() < 0.5 else "")
    if kind == "f32":
        return struct.unpack("f", struct.pack("f", chance.choice([0.0, -1.5, 3.1415, 1e-7, 1e20, chance.random()])))[0]
    if kind == "f64":
        return chance.choice([0.0, -0.1, 1e300, 5e-324, float("nan"), float("inf"), float("-inf"), chance.random()])
    return {
        "bool": lambda: chance.random() < 0.7,
        "bytes": lambda: chance.randbytes(chance.randrange(6)),
        "date": lambda: chance.choice([0, -1, 20270, chance.randint(-100_000, 200_000)]),
        "time_ms": lambda: chance.randrange(86_400_000),
        "time_us": lambda: chance.randrange(86_400_000_000),
        "ts_ms": lambda: chance.choice([0, -1, FIRST_TS // 1000 + number]),
        "ts_us": lambda: chance.choice([0, -1, FIRST_TS + number * 7, chance.randint(-(10**15), 4 * 10**15)]),
        "ts_ns": lambda: FIRST_TS * 1000 + chance.choice([0, 1, 999, 1000, number * 1001]),
        "local_us": lambda: FIRST_TS + number * 11,
    }[kind]()


def nested(kind, chance, number):
    if kind[0] == "decimal":
        digits = chance.choice([1, kind[1] // 2, kind[1]])
        unscaled = chance.choice([0, 1, -1, 10**digits - 1, 1 - 10**digits, chance.randrange(10**digits)])
        return decimal.Decimal(unscaled).scaleb(-kind[2], decimal.Context(prec=60))
    if kind[0] == "struct":
        return {name: None if chance.random() < 0.3 else value(inner, chance, number) for name, inner in kind[1].items()}
    count = chance.choice([0, 1, 2, 3])
    items = [None if chance.random() < 0.2 else value(kind[1], chance, number) for _ in range(count)]
    return items if kind[0] == "list" else {f"k{index}": item for index, item in enumerate(items)}


def meaning(kind, given):
    """What a value means, in a form that compares."""
    if given is None:
        return None
    if isinstance(kind, tuple):
        if kind[0] == "list":
            return [meaning(kind[1], item) for item in given]
        if kind[0] == "map":
            return {key: meaning(kind[1], item) for key, item in given.items()}
        if kind[0] == "struct":
            pairs = {name: meaning(inner, given.get(name)) for name, inner in kind[1].items()}
            return {name: item for name, item in pairs.items() if item is not None}
        return decimal.Decimal(given)
    if kind in ("f32", "f64"):
        return "NaN" if given != given else given
    return given


def read(kind, said):
    """The same of what JSON says, parsed with decimals for numbers with a point."""
    if said is None:
        return None
    if isinstance(kind, tuple):
        if kind[0] == "list":
            return [read(kind[1], item) for item in said]
        if kind[0] == "map":
            return {key: read(kind[1], item) for key, item in said.items()}
        if kind[0] == "struct":
            return {name: read(kind[1][name], item) for name, item in said.items()}
        return decimal.Decimal(said)
    if kind in ("f32", "f64"):
        if said == "NaN":
            return said
        number = float({"Infinity": "inf", "-Infinity": "-inf"}.get(said, said))
        return struct.unpack("f", struct.pack("f", number))[0] if kind == "f32" else number
    if kind == "bytes":
        return base64.b64decode(said, validate=True)
    if kind == "date":
        return (dt.date.fromisoformat(said) - dt.date(1970, 1, 1)).days
    if kind.startswith("time_"):
        clock = instant("1970-01-01T" + said) // 1000
        return clock // 1000 if kind == "time_ms" else clock
    if kind.startswith(("ts_", "local_")):
        assert said.endswith("Z") == kind.startswith("ts_"), said
        return instant(said.removesuffix("Z")) // {"ms": 1_000_000, "us": 1000, "ns": 1}[kind[-2:]]
    return said


def instant(text):
    """Nanoseconds of a time in UTC."""
    whole, fraction = text.split(".")
    since = dt.datetime.fromisoformat(whole) - dt.datetime(1970, 1, 1)
    return (since.days * 86_400 + since.seconds) * 1_000_000_000 + int(fraction.ljust(9, "0"))


def parse(text):
    return json.loads(text, parse_float=decimal.Decimal)


def differences(given, properties, names):
    """Cells of one row that are not what they should be."""
    found = []
    for name in names:
        wanted, said = meaning(TYPES[name], given[name]), read(TYPES[name], properties.get(name))
        if wanted != said:
            found.append(f"row {given['row']} {name}: muster {properties.get(name)!r}, expected {given[name]!r}")
    extra = set(properties) - set(names) - {"row"}
    return found + [f"row {given['row']}: unexpected {sorted(extra)}"] * bool(extra)
