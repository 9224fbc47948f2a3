"""Times the analysis of an experiment over a whole log, and compares what it rests on with DuckDB.

    bench_experiment.py --muster PATH --log DIR [--runs 5]

Four arms, six goals with their past, nine segments and more of the explored ones. The sums by arm and goal, which all its
statistics are made of, are asked of DuckDB too: the statement of `muster sql experiment`, over the same segments, timed
once. Prints Markdown; exits 1 where a sum differs.
"""

import argparse
import pathlib
import sys
import time

import contest
import duckdb
import folders
import muster_side

EXPERIMENT = """design: member-randomised
assignment: push_sent
arms:
  "08:30": {weight: 0.25, at: "08:30"}
  "12:30": {weight: 0.25, at: "12:30"}
  "17:00": {weight: 0.25, at: "17:00"}
  "20:20": {weight: 0.25, at: "20:20"}
control: "12:30"
primary: opened
goals:
  opened: {event: push_open, of: push, within: 24h}
  active-days: {days: activity, within: 7d}
  views: {count: post_view, within: 7d}
  commented: {event: comment, within: 7d}
  likes-per-view: {count: like, per: post_view, within: 7d}
  shares: {count: share, within: 14d}
segments: [platform, prior-activity]
"""
NAME = "timing"


def main():
    options = arguments()
    work = options.work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    own = muster_side.MusterSide(options.muster.resolve(), work / "workspace", options.log.resolve())
    own.ingest()
    folder = own.workspace / "pipelines" / "experiments"
    folder.mkdir(parents=True)
    (folder / f"{NAME}.yaml").write_text(EXPERIMENT)
    status = own.status
    print(f"{status['rows']:,} events, {status['members']:,} members. Medians of {options.runs} runs.\n")
    print("| work | whole process | engine | peak memory | rows |\n|---|---:|---:|---:|---:|")
    for what, words in [("goals and guardrails by arm", []), ("explored by segment, weekday and week", ["--explore"])]:
        call = ["experiment", "analyze", NAME, *words]
        timed = contest.alternate({"Muster": lambda: own.measured(*call)[0]}, options.runs, what)["Muster"]
        engine = contest.spread(muster_side.engine_seconds(timed.results))
        _, peak = own.measured(*call)
        print(f"| {what} | {timed} | {engine} | {peak / 1e6:,.0f} MB | {len(timed.results[-1]['rows'])} |")
    differences = compare(own)
    for difference in differences:
        print(f"\nDIFFERENT SUMS: {difference}")
    folders.remove(own.workspace)
    sys.exit(1 if differences else 0)


def arguments():
    parser = argparse.ArgumentParser(description="Times the analysis of an experiment.")
    parser.add_argument("--muster", required=True, type=pathlib.Path, help="the program")
    parser.add_argument("--log", required=True, type=pathlib.Path, help="a folder of JSON lines, a file a day")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--work", type=pathlib.Path, default=pathlib.Path(".build/bench-experiment"))
    return parser.parse_args()


def compare(own):
    """Where DuckDB's sums differ, and how long it took."""
    answer, _ = own.measured("experiment", "units", NAME)
    statement = own.text("sql", "experiment", NAME)
    started = time.perf_counter()
    connection = duckdb.connect(config={"threads": 2})
    rows = connection.execute(statement).fetchall()
    print(f"\nDuckDB {duckdb.__version__} took {time.perf_counter() - started:.1f} s for the {len(rows)} rows of sums.")
    if len(rows) != len(answer["rows"]):
        return [f"{len(answer['rows'])} rows, DuckDB has {len(rows)}"]
    return [
        f"{ours}, DuckDB has {theirs}" for ours, theirs in zip(answer["rows"], rows)
        if not all(equal(a, b) for a, b in zip(ours, theirs))]


def equal(a, b):
    if a is None or b is None or isinstance(a, str):
        return a == b
    return abs(a - float(b)) <= 1e-9 * max(1, abs(a))


if __name__ == "__main__":
    main()
