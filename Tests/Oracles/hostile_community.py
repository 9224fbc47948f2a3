"""The hostile log in a zone whose clocks went back across midnight: totals, contents, and every question."""

import datetime as dt
import pathlib

import activity_index
import community_days
import comparison
import conditions
import expected_answers
import hostile_log
import questions
import segment_files
import workspaces

SEED = 23
GROUPS = [("platform",), ("platform", "content"), ("event", "platform")]
CONTENTS = ["event", "ts", "platform", "content"]


def check(findings, muster_path, work):
    findings.scene = "hostile log"
    muster = workspaces.make(
        muster_path, pathlib.Path(work) / "hostile", time_zone=hostile_log.ZONE,
        passive_events=hostile_log.PASSIVE, dimensions=["platform", "content"], keep_event_id=True)
    path = pathlib.Path(work) / "hostile.jsonl"
    raw, wanted = hostile_log.write(path, SEED)
    report = muster.json("ingest", str(path), "--quiet")
    findings.equal({name: report[name] for name in wanted}, wanted, f"ingest [seed {SEED}]")
    status = workspaces.status(muster)
    store = workspaces.store_of(muster)
    segment_files.check(findings, store, status, hostile_log.ZONE)
    activity_index.check(findings, store, ["platform", "content"], hostile_log.PASSIVE)

    calendar = community_days.CommunityCalendar(hostile_log.ZONE)
    raw = raw.with_columns(day=calendar.days(raw["ts"]))
    frame = segment_files.read(store)
    frame = frame.with_columns(day=calendar.days(frame["ts"]))
    findings.equal(status["members"], raw["member"].n_unique(), "store status: members")
    stored, given = (rows.select(CONTENTS).sort(CONTENTS).rows() for rows in (frame, raw))
    different = [pair for pair in zip(stored, given) if pair[0] != pair[1]]
    findings.check(not different, "event, ts, platform, content of every record", different[:2])
    subject = comparison.Subject(
        muster, expected_answers.Expected(frame, calendar, hostile_log.PASSIVE), SEED,
        expected_answers.Expected(raw, calendar, hostile_log.PASSIVE))
    asked = questions.question_list(frame["day"].min(), frame["day"].max(), conditions.HOSTILE, GROUPS)
    asked += [
        questions.Question(metric, condition=condition, first=day, last=day, periods=2)
        for metric in ("activity", "retention") for day in (dt.date(2010, 11, 6), dt.date(2010, 11, 7))
        for condition in (None, conditions.HOSTILE[8])
    ]
    comparison.compare_all(findings, subject, asked)
