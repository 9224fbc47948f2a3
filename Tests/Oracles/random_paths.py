"""Random communities and random questions about funnels, content, pushes and states: every answer against its own SQL.

The seed of a pair is in every finding.
"""

import datetime as dt
import json
import pathlib
import random
import zoneinfo

import comparison
import random_questions
import segment_files
import workspaces

EVENTS = ["view", "view", "like", "comment", "share", "signup", "push_sent", "push_planned"]
PLACES = [("UTC", "2026-01-20"), ("America/New_York", "2026-02-20"), ("Australia/Lord_Howe", "2026-03-20")]
DAY_COUNT = 40
PAIR_COUNT_BY_STORE = 250
COLUMNS = ["platform", "community"]
STATES = {
    "states": {
        "signed": {"event": "signup", "to": ["seen"]},
        "seen": {"event": "view", "to": ["liked", "said", "seen"]},
        "liked": {"event": ["like", "share"], "to": ["said"]},
        "said": {"event": "comment"},
    },
    "start": ["signed", "seen"],
}
DIFFERENCE_MAX = 1e-9


def check(findings, muster_path, work, engine=segment_files, every=1):
    """One of `every` questions; `engine` runs the statements."""
    findings.scene = f"random paths in {engine.DIALECT}"
    for seed, (zone, first) in enumerate(PLACES, start=1):
        choice = random.Random(f"paths {seed}")
        muster = workspaces.make(
            muster_path, pathlib.Path(work) / f"paths-{seed}", time_zone=zone,
            dimensions=["platform", "community", "push", "arm"], passive_events=["push_sent", "push_planned"],
            join_events=["signup", "push_planned"], leave_events=["share"],
            followers_opening=f"{{date: {dt.date.fromisoformat(first) + dt.timedelta(days=9)}, count: 12}}")
        path = pathlib.Path(work) / f"paths-{seed}.jsonl"
        write_log(path, choice, zone, dt.date.fromisoformat(first))
        muster.run("ingest", str(path), "--quiet", "--reject-limit", "1")
        states = pathlib.Path(work) / "states.yaml"
        states.write_text(json.dumps(STATES))  # JSON is YAML
        pairs = [
            question(random.Random(f"path {seed} {n}"), first, str(states))
            for n in range(seed % every, PAIR_COUNT_BY_STORE, every)
        ]
        random_questions.compare_all(findings, muster, pairs, seed, compare, engine)


def write_log(path, choice, zone, first):
    """About 1,500 events of 60 members in visits, many of them at one instant."""
    zone = zoneinfo.ZoneInfo(zone)
    lines = []
    for _ in range(700):
        instant = dt.datetime.combine(first + dt.timedelta(days=choice.randrange(DAY_COUNT)), dt.time(), zone)
        instant = instant.astimezone(dt.timezone.utc) + dt.timedelta(minutes=choice.choice([0, 30, 31, 600, 601, 1200]))
        member = f"m{choice.randrange(60)}"
        while True:
            record = {
                "ts": instant.isoformat(), "user_id": member, "event": choice.choice(EVENTS),
                "platform": choice.choice([None, "ios", "web", "\u00dcn\u00ef"]),
                "community_id": choice.choice([None, "c_0", "c_1"]),
                "properties": {"n": choice.randrange(3)} | choice.choice([{}, {"push_id": choice.choice("pqr")}])
                | choice.choice([{}, {"arm": "a"}, {"arm": "none"}]),
            }
            lines.append({key: value for key, value in record.items() if value is not None})
            if choice.randrange(2) == 0:
                break
            instant += dt.timedelta(seconds=choice.choice([0, 0, 5, 1800, 1801]))
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))


def question(choice, first, states):
    """Flags as one types them."""
    metric = choice.choice(["funnel", "funnel", "funnel", "content", "push", "push", "states"])
    words = [metric] + (state_flags(choice, states) if metric == "states" else FLAGS[metric](choice))
    first = dt.date.fromisoformat(first)
    day = lambda: (first + dt.timedelta(days=choice.randrange(-2, DAY_COUNT + 2))).isoformat()
    days = sorted([day(), day()])
    if choice.randrange(2):
        words += ["--from", days[0]]
    if choice.randrange(2):
        words += ["--to", days[1]]
    if choice.randrange(3) == 0:
        words += ["--as-of", choice.choice([day(), f"{day()}T13:37:11.123457", f"{day()}T00:00:00"])]
    if choice.randrange(4) == 0:
        words += ["--where", choice.choice(["platform = 'ios'", "properties.n > 0", "community is not null"])]
    if choice.randrange(5) == 0:
        words += ["--zone", choice.choice(random_questions.FOREIGN_ZONES)]
    return words


def funnel_flags(choice):
    words = ["--steps", ",".join(choice.choice(EVENTS) for _ in range(choice.choice([2, 2, 3, 3, 4])))]
    words += ["--window", choice.choice(["1s", "10m", "30m", "24h", "7d", "30d"])]
    words += ["--entry", choice.choice(["first", "any"])]
    words += ["--order", choice.choice(["ordered", "ordered", "strict", "any"])]
    words += ["--ties", choice.choice(["either", "strictly-later"])]
    words += ["--open-windows", choice.choice(["leave-out", "include"])]
    words += choice.choice([[], [], ["--exclude", choice.choice(EVENTS)]])
    words += choice.choice([[], [], ["--hold", choice.choice(["platform", "community", "properties.n"])]])
    words += choice.choice([[], ["--by", choice.choice(COLUMNS)], ["--by", "community,platform"]])
    return words + ["--attribution", choice.choice(["first", "last"])]


def content_flags(choice):
    if choice.randrange(4) == 0:
        return ["--event", "view", "--preference", "platform"] + choice.choice([[], ["--by", "community"]])
    words = ["--event", "view", "--item", choice.choice(COLUMNS)] + choice.choice([[], ["--age"]])
    words += ["--top", str(choice.choice([1, 2, 20]))]
    ranks = ["viewers", "views", "like_rate", "comment_rate", "share_rate"]
    per = choice.choice([None, "delivered", "followers", "followers"])
    words += ["--rank", choice.choice(ranks + ["reach_rate"] * 2 if per == "followers" else ranks)]
    return words + (["--per", per] if per else [])


def push_flags(choice):
    words = ["--open", choice.choice(["view", "like"])]
    words += ["--by", choice.choice(["platform", "push", "push,platform", "arm", "platform,arm"])]
    words += choice.choice([[], ["--window", choice.choice(["1s", "1h", "3d"])]])
    shape = choice.randrange(9)
    if shape > 6:
        return words + ["--triangle"] + choice.choice([[], ["--holdout", "a"]])
    if shape == 0:
        return words + ["--fatigue"]
    if shape == 1:
        return words + ["--guardrails", "comment:24h,share:7d"]
    words += ["--leave", choice.choice(["share:72h", "comment:1h"])]
    return words + ["--attribution", choice.choice(["direct", "direct", "window", "braze", "baseline-adjusted"])]


def state_flags(choice, path):
    tables = ["states", "transitions", "impossible", "ageing", "time"]
    horizons = choice.choice([[], ["--horizons", "1s,30m,90d"], ["--horizons", "2d"]])
    return ["--from-file", path, "--table", choice.choice(tables)] + horizons


FLAGS = {"funnel": funnel_flags, "content": content_flags, "push": push_flags}


def compare(findings, connection, words, answer, statement, what):
    wanted = random_questions.statement_rows(findings, connection, answer, statement, what)
    if wanted is None:
        return
    names, rows = wanted
    columns = [column["name"] for column in answer["columns"]]
    found = answer["rows"]
    if not found and not rows:
        findings.check(True, what)
        return
    findings.check(columns == names and len(rows) == len(found), f"{what}: shape", f"{columns} {len(found)}, {names} {len(rows)}")
    differences = [
        f"row {number} {row[:3]} column {name}: muster {value!r}, DuckDB {wanted!r}"
        for number, (row, expected) in enumerate(zip(found, rows)) for name, value, wanted in zip(columns, row, expected)
        if not random_questions.is_same(value, wanted, 1e-6 if name in ("low", "high") else DIFFERENCE_MAX)
    ]
    findings.check(not differences, what, "; ".join(differences[:3]))
