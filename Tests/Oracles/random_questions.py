"""Random communities and random questions: every answer against its own SQL, run by DuckDB.

Communities are small and odd: ties, midnights, days of 23 and 25 hours, members on two platforms and in two communities
on one day, passive events. One connection a store; the seed of a pair is in every finding.
"""

import concurrent.futures
import datetime as dt
import json
import pathlib
import random
import zoneinfo

import comparison
import program
import segment_files
import workspaces
from findings import Findings

EVENTS = ["view", "like", "comment", "share", "signup", "push_sent"]
PLATFORMS = [None, "ios", "web", "\u00dcn\u00ef"]
# A zone, and a first day near which its clocks change, or a leap day or the 53rd week lies.
PLACES = [
    ("UTC", "2026-01-20"), ("Asia/Shanghai", "2024-02-10"), ("America/New_York", "2026-02-20"),
    ("America/New_York", "2026-10-15"), ("Australia/Lord_Howe", "2026-03-20"), ("Pacific/Apia", "2011-12-10"),
    ("Asia/Kolkata", "2020-12-10"),
]
FOREIGN_ZONES = ["America/New_York", "Asia/Tokyo", "Australia/Lord_Howe", "UTC", "America/St_Johns"]
DAY_COUNT = 45
PAIR_COUNT_BY_STORE = 300
CONDITIONS = [
    "platform = 'ios'", "platform != 'web'", "platform is null", "event = 'view' and platform = 'ios'",
    "community in ('c_0', 'c_1')", "properties.n > 4", "event like '%e%' or properties.n = 2", "community is not null",
]
# Of fitted intervals, whose quantile SQL has by an expansion.
INTERVAL_DIFFERENCE_MAX = 1e-6
RELATIVE_DIFFERENCE_MAX = 1e-10


def check(findings, muster_path, work, engine=segment_files, every=1):
    """One of `every` questions; `engine` runs the statements."""
    findings.scene = f"random questions in {engine.DIALECT}"
    for seed, (zone, first) in enumerate(PLACES, start=1):
        choice = random.Random(f"community {seed}")
        week_start = choice.choice(["monday", "monday", "sunday", "wednesday"])
        muster = workspaces.make(
            muster_path, pathlib.Path(work) / f"random-{seed}", time_zone=zone, week_start=week_start,
            dimensions=["platform", "community"])
        path = pathlib.Path(work) / f"random-{seed}.jsonl"
        write_log(path, choice, zone, dt.date.fromisoformat(first))
        muster.run("ingest", str(path), "--quiet", "--reject-limit", "1")
        load_zones(muster, choice)
        pairs = [
            random_question(random.Random(f"question {seed} {n}"), first)
            for n in range(seed % every, PAIR_COUNT_BY_STORE, every)
        ]
        compare_all(findings, muster, pairs, seed, compare, engine)


def write_log(path, choice, zone, first):
    """About 1,200 events of some 80 members; a third of them by five."""
    zone = zoneinfo.ZoneInfo(zone)
    lines = []
    for _ in range(1200):
        local = dt.datetime.combine(first + dt.timedelta(days=choice.randrange(DAY_COUNT)), dt.time(), zone)
        instant = local.astimezone(dt.timezone.utc)
        if choice.randrange(10):
            instant += dt.timedelta(seconds=choice.randrange(25 * 3600), microseconds=choice.choice([0, 0, 1]))
        event = choice.choice(EVENTS)
        record = {
            "ts": instant.isoformat(), "user_id": f"m{choice.randrange(5 if choice.randrange(3) == 0 else 80)}",
            "event": event, "platform": choice.choice(PLATFORMS), "properties": {"n": choice.randrange(9)},
            "community_id": f"c_{choice.randrange(3)}" if choice.randrange(2) else None,
        }
        lines.append(record)
        # A visit: more events soon after, some at the same instant.
        while choice.randrange(3) == 0:
            instant += dt.timedelta(seconds=choice.choice([0, 5, 600, 1800, 1801]))
            lines.append(record | {
                "ts": instant.isoformat(), "event": choice.choice(EVENTS), "platform": choice.choice(PLATFORMS)})
    path.write_text("".join(json.dumps({k: v for k, v in line.items() if v is not None}) + "\n" for line in lines))


def load_zones(muster, choice):
    """Half of the members have a zone of their own."""
    folder = pathlib.Path(muster.workspace)
    (folder / "datasets" / "people").mkdir(parents=True, exist_ok=True)
    (folder / "datasets" / "people" / "dataset.yaml").write_text(
        "kind: members\nmember: id\nformat: csv\nattributes: rest\n")
    rows = [f"m{number},{choice.choice(FOREIGN_ZONES)}" for number in range(80) if choice.randrange(2)]
    (folder / "people.csv").write_text("\n".join(["id,time-zone"] + rows) + "\n")
    muster.run("ingest", "people.csv", "--dataset", "people", "--quiet")


def random_question(choice, first):
    """Flags as one types them."""
    metric = choice.choice(
        ["activity", "activity", "retention", "retention", "retention", "lifecycle", "stickiness", "hours", "sessions"])
    words = [metric] + FLAGS[metric](choice)
    first = dt.date.fromisoformat(first)
    day = lambda: (first + dt.timedelta(days=choice.randrange(-3, DAY_COUNT + 3))).isoformat()
    days = sorted([day(), day()])
    if choice.randrange(2):
        words += ["--from", days[0]]
    if choice.randrange(2):
        words += ["--to", days[1]]
    if choice.randrange(3) == 0:
        words += ["--as-of", choice.choice([day(), f"{day()}T13:37:11.123457", f"{day()}T00:00:00"])]
    if choice.randrange(3) == 0:
        words += ["--where", choice.choice(CONDITIONS)]
    if choice.randrange(4) == 0:
        words += ["--zone", choice.choice(FOREIGN_ZONES)]
    return words


def activity_flags(choice):
    words = []
    if choice.randrange(3) == 0:
        words += ["--trailing", str(choice.choice([1, 7, 28]))]
    else:
        words += ["--granularity", choice.choice(["day", "week", "month"])]
    if choice.randrange(2):
        words += ["--by", choice.choice(["platform", "event", "event,platform", "community"])]
    return words


def retention_flags(choice):
    words = ["--cohort", choice.choice(["day", "week", "month"])]
    mode = choice.choice(["on", "on-or-after", "bracket", "full", "streak"])
    words += ["--mode", mode]
    words += ["--brackets", choice.choice(["0-1,2-5", "1-3,4-7,8-20", "2"])] if mode == "bracket" else [
        "--periods", str(choice.choice([0, 3, 8]))]
    words += ["--clock", choice.choice(["calendar", "calendar", "rolling", "rolling-hour"])]
    words += ["--start", choice.choice(["first", "signup", "view", "recurring", "recurring:share", "push_sent"])]
    words += choice.choice([[], [], ["--return", "view"], ["--return", "like,push_sent"], ["--return", "signup,view"]])
    words += choice.choice([[], [], ["--start-where", choice.choice(CONDITIONS)]])
    words += choice.choice([[], [], ["--return-where", choice.choice(CONDITIONS)]])
    words += ["--pool", choice.choice(["pooled", "pooled", "simple", "mixpanel"])]
    return words


def groups(choice):
    return choice.choice([[], ["--by", choice.choice(["platform", "event", "community,platform", "member.time-zone"])]])


FLAGS = {
    "activity": activity_flags,
    "retention": retention_flags,
    "lifecycle": lambda choice: ["--granularity", choice.choice(["day", "week", "month"])] + groups(choice),
    "stickiness": lambda choice: choice.choice(
        [[], ["--window", "7"], ["--window", "1"], ["--distribution"]]) + groups(choice),
    "hours": lambda choice: choice.choice([[], ["--clock", "member"]]) + groups(choice),
    "sessions": lambda choice: ["--granularity", choice.choice(["day", "week"])] + choice.choice(
        [[], ["--gap", "1h"], ["--gap", "12h"], ["--gap", "1s"]]) + groups(choice),
}


def compare_all(findings, muster, pairs, seed, compare, engine=segment_files):
    """The program twice at a time, each answer held against its statement by `compare`; one connection for the store."""
    connection, muster.dialect = engine.connection(), engine.DIALECT

    def ask(words):
        try:
            return muster.json("query", *words), muster.sql(*words)
        except program.MusterFailed as failure:
            return failure, None

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for number, (words, found) in enumerate(zip(pairs, pool.map(ask, pairs))):
            one = Findings(findings.scene)
            compare(one, connection, words, *found, f"{' '.join(words)} [store {seed}, question {number}]")
            findings.add(one)


def statement_rows(findings, connection, answer, statement, what):
    """Names and rows of the statement; nothing where the program refused the question, or DuckDB the statement."""
    if statement is None:
        # Both days may lie on the wrong sides of what holds data.
        findings.check("before it starts" in str(answer), what, answer)
        return None
    try:
        result = connection.execute(statement)
    except segment_files.duckdb.Error as failure:
        findings.check(False, f"{what} in DuckDB", failure)
        return None
    names = [column[0] for column in result.description]
    return names, [[comparison.plain(value) for value in row] for row in result.fetchall()]


def compare(findings, connection, words, answer, statement, what):
    wanted = statement_rows(findings, connection, answer, statement, what)
    if wanted is None:
        return
    names, rows = wanted
    columns = [column["name"] for column in answer["columns"]]
    if not answer["rows"] and not rows:
        findings.check(True, what)
        return
    differences = []
    if columns != names or len(rows) != len(answer["rows"]):
        differences.append(f"{columns} × {len(answer['rows'])}, DuckDB has {names} × {len(rows)}")
    limit = INTERVAL_DIFFERENCE_MAX if "recurring" in " ".join(words) else RELATIVE_DIFFERENCE_MAX
    for number, (row, expected) in enumerate(zip(answer["rows"], rows)):
        for name, value, wanted in zip(columns, row, expected):
            if not is_same(value, wanted, limit if name in ("low", "high") else RELATIVE_DIFFERENCE_MAX):
                differences.append(f"row {number} {row[:3]} column {name}: muster {value!r}, DuckDB {wanted!r}")
    findings.check(not differences, what, "; ".join(differences[:3]))


def is_same(value, expected, limit):
    if isinstance(value, bool) or isinstance(expected, bool) or value is None or expected is None:
        return value is expected
    if isinstance(value, float) or isinstance(expected, float):
        return abs(value - expected) <= limit * max(1.0, abs(expected))
    return value == expected
