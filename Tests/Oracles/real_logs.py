"""Real logs against the figures that were published or recomputed elsewhere, and cell for cell.

The logs lie outside the repository (datasets/README.md of the shared folder); where one is absent that is said.
"""

import concurrent.futures
import pathlib

import community_days
import comparison
import conditions
import expected_answers
import polars as pl
import segment_files
import workspaces
from questions import Question

# Retention on exactly day k: (returned, size), pooled over complete cells, days of UTC.
COLLEGE_RETENTION = {1: (590, 1349), 7: (354, 1346), 30: (144, 1330)}
ZULIP_RETENTION = {1: (1426, 5478), 7: (386, 5454), 30: (187, 5380)}

ZULIP_QUESTIONS = [
    Question("activity"), Question("activity", "week"), Question("activity", "month"),
    Question("activity", trailing=28), Question("retention"), Question("retention", "week"),
    Question("retention", "month"), Question("activity", "month", condition=conditions.ZULIP[0]),
    Question("activity", "month", by=("community",), condition=conditions.ZULIP[1]),
    Question("retention", "month", condition=conditions.ZULIP[0], as_of="2024-02-29T12:00:00Z"),
]
ZULIP_ZONES = {"UTC": ZULIP_QUESTIONS} | {
    zone: [ZULIP_QUESTIONS[index] for index in (0, 1, 4)] for zone in ("Asia/Shanghai", "America/New_York")}


def check(findings, muster_path, work, logs):
    for name, check_log in {
        "collegemsg/CollegeMsg.txt": check_college, "gharchive/2015-01-01-12.json.gz": check_archive,
        "zulip-lean/messages.csv.gz": check_zulip,
    }.items():
        path = pathlib.Path(logs) / name if logs else None
        if path is None or not path.exists():
            print(f"skipped: {name}: {'no such file in ' + str(logs) if logs else 'no --real-logs given'}", flush=True)
        else:
            check_log(findings, muster_path, pathlib.Path(work), path)


def load(muster_path, work, path, dataset, zone="UTC"):
    """A store of one real log."""
    muster = workspaces.make(muster_path, work / f"{dataset}-{zone.replace('/', '-')}", time_zone=zone)
    report = muster.json("ingest", "--dataset", dataset, str(path), "--quiet")
    return muster, report, segment_files.read(workspaces.store_of(muster))


def subject_of(muster, frame, calendar, name):
    frame = frame.with_columns(day=calendar.days(frame["ts"]))
    return comparison.Subject(muster, expected_answers.Expected(frame, calendar, ["push_sent"]), name)


def pooled(muster, periods):
    """(returned, size) by period from the pooled line."""
    rows = muster.json("query", "retention")["rows"]
    return {row[2]: (row[3], row[1]) for row in rows if row[0] is None and row[2] in periods}


def check_college(findings, muster_path, work, path):
    findings.scene = "collegemsg"
    muster, report, frame = load(muster_path, work, path, "collegemsg")
    findings.equal(report["stored"], 59_835, "messages")
    findings.equal(report["read"], 59_835, "records read")
    findings.equal(workspaces.status(muster)["members"], 1_350, "senders")
    findings.equal(frame["stored_day"].n_unique(), 193, "days with activity")
    lines = [line.split() for line in path.read_text().splitlines()]
    receivers = set(frame.select(conditions.text_of("to").alias("to"))["to"].to_list())
    findings.equal(len(receivers | {line[0] for line in lines}), 1_899, "senders and receivers")
    findings.equal(receivers, {line[1] for line in lines}, "receivers in properties.to")
    findings.equal(pooled(muster, COLLEGE_RETENTION), COLLEGE_RETENTION, "retention by day")
    subject = subject_of(muster, frame, community_days.CommunityCalendar("UTC"), "CollegeMsg")
    comparison.compare_all(findings, subject, ZULIP_QUESTIONS[:7])


def check_archive(findings, muster_path, work, path):
    findings.scene = "gharchive"
    muster, report, frame = load(muster_path, work, path, "gharchive")
    findings.equal((report["read"], report["stored"], report["duplicate"]), (8_273, 8_273, 0), "events")
    findings.equal(workspaces.status(muster)["members"], 3_886, "actors")
    opened = "event = 'PullRequestEvent' and properties.action = 'opened'"
    rows = muster.json("query", "activity", "--where", opened)["rows"]
    findings.equal(sum(row[1] for row in rows), 189, "pull requests opened")
    condition = conditions.Condition(
        opened, (pl.col("event") == "PullRequestEvent") & (conditions.text_of("action") == "opened"))
    subject = subject_of(muster, frame, community_days.CommunityCalendar("UTC"), "gharchive")
    asked = [Question("activity", by=("event",)), Question("activity", by=("event",), condition=condition)]
    comparison.compare_all(findings, subject, asked)


def check_zulip(findings, muster_path, work, path):
    # A store of 2,900 days waits for the disk most of the time: all are loaded at once.
    with concurrent.futures.ThreadPoolExecutor() as pool:
        loaded = list(pool.map(lambda zone: load(muster_path, work, path, "zulip-lean", zone), ZULIP_ZONES))
    for (zone, asked), (muster, report, frame) in zip(ZULIP_ZONES.items(), loaded):
        findings.scene = f"zulip-lean in {zone}"
        findings.equal((report["read"], report["stored"]), (956_250, 956_250), "messages")
        status = workspaces.status(muster)
        findings.equal(status["members"], 5_479, "users")
        findings.equal(frame["community"].n_unique(), 95, "streams")
        calendar = community_days.CommunityCalendar(zone)
        subject = subject_of(muster, frame, calendar, "zulip-lean")
        wrong = subject.expected.frame.filter(pl.col("day") != pl.col("stored_day")).height
        findings.equal(wrong, 0, "rows whose stored day is not the local date of Python's zoneinfo")
        if zone == "UTC":
            findings.equal(pooled(muster, ZULIP_RETENTION), ZULIP_RETENTION, "retention by day")
            segment_files.check(findings, workspaces.store_of(muster), status, zone)
        comparison.compare_all(findings, subject, asked)
