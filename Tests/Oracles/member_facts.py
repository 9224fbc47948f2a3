"""Facts of members: filters and breakdowns by `member.X` over a seeded community, three ways.

Facts come in two loads; what the later one gives replaces what was there, what it leaves empty stays. Polars joins them
to the raw log by the members' own ids, DuckDB runs the SQL that Muster prints.
"""

import csv
import datetime as dt
import pathlib
import random

import community_days
import comparison
import expected_answers
import polars as pl
import raw_log
import segment_files
import workspaces
from conditions import JSON_NUMBER, Condition, event, platform
from questions import Question

SEED = 23
PASSIVE = ["push_sent", "push_planned"]
NAMES = ["arm", "rounds", "odd key"]
DATASET = """kind: members
member: id
format: csv
attributes: rest
"""


def number_of(name):
    def convert(column):
        return pl.Series(
            [float(text) if text is not None and JSON_NUMBER.fullmatch(text) else None for text in column.to_list()],
            dtype=pl.Float64)

    return pl.col(f"member.{name}").map_batches(convert, return_dtype=pl.Float64)


arm, odd = pl.col("member.arm"), pl.col("member.odd key")
CONDITIONS = [
    Condition("member.arm = 'a'", arm == "a"),
    Condition("member.arm != 'a'", arm != "a"),
    Condition("not member.arm in ('a', 'b''s') and platform = 'ios'", ~arm.is_in(["a", "b's"]) & (platform == "ios")),
    Condition("member.rounds > 50", number_of("rounds") > 50),
    Condition("member.rounds <= 1e1 or member.arm is null", (number_of("rounds") <= 10) | arm.is_null()),
    Condition("member.\"odd key\" like '%中_' and event != 'like'", odd.str.contains("(?s)中.$") & (event != "like")),
    Condition("member.rounds = '7'", pl.col("member.rounds") == "7"),
]


def check(findings, muster_path, work):
    findings.scene = "member facts"
    work = pathlib.Path(work)
    muster = workspaces.make(muster_path, work / "facts", time_zone="Asia/Shanghai")
    folder = pathlib.Path(muster.workspace)
    (folder / "datasets" / "crm").mkdir(parents=True)
    (folder / "datasets" / "crm" / "dataset.yaml").write_text(DATASET)
    muster.run(
        "simulate", "log", "--seed", str(SEED), "--days", "40", "--members", "1500", "--events", "40000",
        "--first-day", "2026-03-01", "--quiet")
    muster.run("ingest", str(folder / "log"), "--quiet")
    calendar = community_days.CommunityCalendar("Asia/Shanghai", 1)
    raw = raw_log.frame(folder / "log", calendar)
    facts = load_facts(findings, muster, folder, sorted(raw["member"].unique().to_list()))

    status = workspaces.status(muster)
    findings.equal(status["members_with_facts"], len(facts), "store status: members with facts")
    silent = set(raw["member"]) - set(raw.filter(~pl.col("event").is_in(PASSIVE))["member"])
    never = len(silent | (set(facts) - set(raw["member"])))
    findings.equal(status["members_never_active"], never, "store status: members who were never active")
    compare_file(findings, folder, facts)

    columns = {"member": list(facts), **{f"member.{name}": [row[name] for row in facts.values()] for name in NAMES}}
    frame = raw.join(pl.DataFrame(columns, schema={name: pl.String for name in columns}), on="member", how="left")
    subject = comparison.Subject(muster, expected_answers.Expected(frame, calendar, PASSIVE), SEED)
    comparison.compare_all(findings, subject, question_list())


def question_list():
    asked = []
    for condition in CONDITIONS:
        asked += [
            Question("activity", condition=condition), Question("activity", condition=condition, trailing=7),
            Question("activity", condition=condition, granularity="week", by=("member.arm", "platform")),
            Question("retention", "week", condition=condition, periods=4),
        ]
    for by in (("member.arm",), ("event", "member.odd key"), ("member.arm", "member.rounds")):
        asked += [Question("activity", by=by), Question("activity", by=by, granularity="month")]
        asked.append(Question("activity", by=by, trailing=5, last=dt.date(2026, 3, 20)))
    return asked


def load_facts(findings, muster, folder, members):
    """Two loads; the facts that hold after them, by id."""
    numbers = random.Random(SEED)
    known = {}
    extra = [f"only-facts-{number}" for number in range(40)]
    for load, share in enumerate((0.8, 0.4)):
        rows = []
        for member in members + extra:
            if numbers.random() > share:
                continue
            row = {
                "arm": numbers.choice(["a", "b's", "c", ""]),
                "rounds": numbers.choice([str(numbers.randrange(120)), "7", "7.0", "1e1", "many", "-3", ""]),
                "odd key": numbers.choice(["", "x中y", "line\nbreak", '"quoted"', "中", "z中é"]),
            }
            rows.append((member, row))
        rows += rows[:25]
        path = folder / f"facts-{load}.csv"
        with open(path, "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["id", *NAMES])
            writer.writerows([member, *(row[name] for name in NAMES)] for member, row in rows)
        stored = 0
        for member, row in rows:
            given = {name: value for name, value in row.items() if value != ""}
            if member not in known or any(known[member][name] != value for name, value in given.items()):
                stored += 1
            known.setdefault(member, dict.fromkeys(NAMES)).update(given)
        report = muster.json("ingest", "--dataset", "crm", str(path), "--quiet")
        wanted = {"read": len(rows), "stored": stored, "duplicate": len(rows) - stored, "rejected": 0}
        findings.equal({name: report[name] for name in wanted}, wanted, f"load {load + 1} of facts")
    return known


def compare_file(findings, folder, facts):
    """The file of facts as other engines read it: one row a member, ascending keys, the right values."""
    paths = sorted((folder / ".muster" / "members").glob("facts-*.parquet"))
    newest = str(paths[-1])
    frame = pl.read_parquet(newest)
    findings.check(frame["member"].is_sorted() and frame["member"].is_unique().all(), "keys of the facts ascend")
    findings.equal(frame.columns, ["member", *sorted(NAMES)], "columns of the facts")
    wanted = sorted(([row[name] for name in sorted(NAMES)] for row in facts.values()), key=str)
    findings.equal(sorted((list(row[1:]) for row in frame.iter_rows()), key=str), wanted, "facts in Polars")
    rows = segment_files.connection().execute("SELECT * FROM read_parquet(?)", [newest]).fetchall()
    findings.equal(sorted((list(row[1:]) for row in rows), key=str), wanted, "facts in DuckDB")
