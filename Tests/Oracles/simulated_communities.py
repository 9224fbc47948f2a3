"""Seeded communities in three zones: files, totals, days, and every question three ways."""

import dataclasses
import datetime as dt
import pathlib

import activity_index
import community_days
import comparison
import conditions
import expected_answers
import polars as pl
import questions
import raw_log
import segment_files
import workspaces

GROUPS = [("platform",), ("event",), ("event", "platform")]


@dataclasses.dataclass
class Community:
    name: str
    seed: int
    zone: str
    first_day: dt.date
    day_count: int
    members: int
    events: int
    week_start: str = "monday"
    passive_events: tuple = ("push_sent", "push_planned")
    # Every one of this many questions is asked.
    stride: int = 1


COMMUNITIES = [
    Community("utc", 7, "UTC", dt.date(2026, 8, 1), 60, 4000, 100_000),
    Community(
        "new-york", 11, "America/New_York", dt.date(2025, 2, 20), 300, 2500, 90_000, week_start="sunday",
        passive_events=("push_sent", "push_planned", "points_redeem"), stride=2),
    Community(
        "shanghai", 13, "Asia/Shanghai", dt.date(2025, 2, 20), 300, 2500, 90_000, passive_events=(), stride=2),
]


def check(findings, muster_path, work, community):
    findings.scene = f"simulated {community.name}"
    log = pathlib.Path(work) / f"log-{community.name}"
    muster = workspaces.make(
        muster_path, pathlib.Path(work) / community.name, time_zone=community.zone, week_start=community.week_start,
        passive_events=community.passive_events)
    for old in raw_log.files_of(log):
        pathlib.Path(old).unlink()
    muster.run(
        "simulate", str(log), "--seed", str(community.seed), "--days", str(community.day_count), "--members",
        str(community.members), "--events", str(community.events), "--first-day", community.first_day.isoformat(),
        "--late-share", "0.1", "--duplicate-share", "0.05", "--quiet")
    totals = ingest_in_two_parts(findings, muster, log)
    lines, distinct = raw_log.counts(log)
    findings.equal(totals, {"read": lines, "stored": distinct, "duplicate": lines - distinct, "rejected": 0}, "ingest")

    status = workspaces.status(muster)
    findings.equal({name: status[name] for name in totals}, totals, "store status: totals")
    findings.equal(status["rows"], distinct, "store status: rows")
    calendar = community_days.CommunityCalendar(
        community.zone, ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday").index(
            community.week_start) + 1)
    store = workspaces.store_of(muster)
    facts = segment_files.check(findings, store, status, community.zone)
    activity_index.check(
        findings, store, ["community", "platform", "content", "push", "arm"], community.passive_events)
    raw = raw_log.frame(log, calendar)
    compare_with_log(findings, facts, raw, status)

    frame = segment_files.read(store)
    frame = frame.with_columns(day=calendar.days(frame["ts"]))
    wrong = frame.filter(frame["day"] != frame["stored_day"]).height
    findings.equal(wrong, 0, "rows whose stored day is not the local date of Python's zoneinfo")
    subject = comparison.Subject(
        muster, expected_answers.Expected(frame, calendar, community.passive_events), community.seed,
        expected_answers.Expected(raw, calendar, community.passive_events))
    asked = questions.question_list(frame["day"].min(), frame["day"].max(), conditions.SIMULATED, GROUPS)
    comparison.compare_all(findings, subject, asked[::community.stride])


def ingest_in_two_parts(findings, muster, log):
    """Every other file first, then all: days get two segments, and half of the files are skipped."""
    files = raw_log.files_of(log)
    first = muster.json("ingest", *files[1::2], "--quiet")
    second = muster.json("ingest", str(log), "--quiet")
    findings.equal(len(second["skipped_sources"]), len(files[1::2]), "sources skipped in the second call")
    third = muster.json("ingest", str(log), "--quiet")
    findings.equal((third["read"], third["stored"]), (0, 0), "read and stored when nothing is new")
    for report in (first, second):
        whole = report["stored"] + report["duplicate"] + report["rejected"]
        findings.equal(report["read"], whole, "read = stored + duplicate + rejected")
    return {name: first[name] + second[name] for name in ("read", "stored", "duplicate", "rejected")}


def compare_with_log(findings, facts, raw, status):
    """What the files hold against the distinct records of the log."""
    findings.equal(facts["rows"], raw.height, "rows against the log")
    findings.equal(facts["sum of ts"], raw["ts"].cast(pl.Int128).sum(), "sum of ts against the log")
    findings.equal(facts["distinct members"], raw["member"].n_unique(), "members against the log")
    findings.equal(status["members"], raw["member"].n_unique(), "store status: members")
    nulls = {name: raw[name].null_count() for name in facts["nulls"]}
    findings.equal(facts["nulls"], nulls, "nulls by column against the log")
