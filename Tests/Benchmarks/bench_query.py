"""Times questions beside DuckDB, ClickHouse and Polars, in one run, over one log, and compares all answers.

    bench_query.py --muster PATH --log DIR [--runs 5] [--growth]
    bench_query.py --muster PATH --events N --members M --days D [--runs 5]

The log is a folder of JSON lines (`*.jsonl`, the plain log, a file a day); without --log `muster simulate` makes one.
Peers answer from tables of their own, loaded before; Muster's engine time is `stats.elapsed_ms`, opening the store
included, and beside it the whole process. Engines take turns, each asked three times, and the better of the
second and third counts; of Muster the first is shown too. Figures are medians. With --growth the same questions over a
tenth of the events of the same members and days. Prints Markdown; exits 1 where answers differ.
"""

import argparse
import datetime as dt
import os
import pathlib
import re
import statistics
import subprocess
import sys

import contest
import duckdb_side
import folders
import log_forms
import muster_side
import questions

MEGABYTE = 1e6
# A peer that takes longer for a question is asked once.
LONG_SECONDS = 20


def main():
    options = arguments()
    muster, work = options.muster.resolve(), options.work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    log = options.log.resolve() if options.log else make_log(options, muster, work)
    files = sorted(log.glob("*.jsonl"))
    if not files:
        sys.exit(f"bench: {log} holds no *.jsonl")
    own = muster_side.MusterSide(muster, work / "workspace", log)
    own.ingest()
    status = own.status
    peers = load_peers(log, work)
    asked = [question for question in questions.questions(matured(status)) if re.search(options.only, question.name)]
    print(f"# Questions\n\n{facts(status, peers, options.runs)}\n")
    names = list(peers)
    print(f"| work | {' | '.join(names)} | Muster, engine | against the best | goal | asked first | whole process | goal "
          "| from index | segments read | peak memory | rows |")
    print("|---|" + "---:|" * (len(names) + 10))
    differences = []
    for question in asked:
        differences += contest_of(question, own, peers, options.runs)
    if options.growth:
        print_growth(asked, own, files, work, options.runs)
    for difference in differences:
        print(f"\nDIFFERENT ANSWERS: {difference}")
    if not options.keep_work:
        for name in ["workspace", "duckdb", "clickhouse", "tenth", "tenth-store"]:
            folders.remove(work / name)
    sys.exit(1 if differences else 0)


def arguments():
    parser = argparse.ArgumentParser(description="Times questions beside DuckDB, ClickHouse and Polars.")
    parser.add_argument("--muster", required=True, type=pathlib.Path, help="the program")
    parser.add_argument("--log", type=pathlib.Path, help="a folder of JSON lines, a file a day")
    parser.add_argument("--events", type=int, default=2_000_000)
    parser.add_argument("--members", type=int, default=100_000)
    parser.add_argument("--days", type=int, default=60)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--growth", action="store_true", help="also over a tenth of the events")
    parser.add_argument("--only", default="", help="only questions whose name has this pattern")
    parser.add_argument("--work", type=pathlib.Path, default=pathlib.Path(".build/bench-query"))
    parser.add_argument("--keep-work", action="store_true", help="leave the stores and tables in --work")
    return parser.parse_args()


def make_log(options, muster, work):
    log = work / f"log-{options.events}-{options.members}-{options.days}"
    if not (log / "complete").exists():
        folders.remove(log)
        sizes = ["--events", str(options.events), "--members", str(options.members), "--days", str(options.days)]
        zone = ["--time-zone", muster_side.TIME_ZONE, "--seed", "7", "--quiet"]
        subprocess.run([str(muster), "simulate", str(log), *sizes, *zone], check=True, stdout=sys.stderr)
        (log / "complete").touch()
    return log


def load_peers(log, work):
    """What each peer makes of a question, by its name; one that is not installed is left out, and said."""
    duckdb = duckdb_side.DuckDBSide(log, work / "duckdb")
    duckdb.ingest()
    parquet = duckdb.load_table()
    peers = {duckdb_side.VERSION: lambda question: lambda: duckdb.ask(question.sql)}
    try:
        import chdb
        import clickhouse_side

        clickhouse = clickhouse_side.ClickHouseSide(log, work / "clickhouse")
        clickhouse.load_table(parquet)
        peers[f"ClickHouse (chdb {chdb.__version__})"] = lambda question: (
            lambda: clickhouse.ask(question.clickhouse or question.sql))
    except ImportError:
        print("bench: chdb is not installed: ClickHouse is left out", file=sys.stderr)
    import polars_side

    polars = polars_side.PolarsSide(parquet)
    peers[polars_side.VERSION] = lambda question: (
        (lambda: polars.ask(question.name)) if polars.answers(question.name) else None)
    return peers


def matured(status):
    """A day on which the last push of the log has matured."""
    return str(dt.date.fromisoformat(status["last_day"]) + dt.timedelta(days=3))


def facts(status, peers, runs):
    lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "unknown")
    return (
        f"{os.cpu_count()} cores ({model}). {status['rows']:,} events, {status['members']:,} members, {status['days']} "
        f"days of {muster_side.TIME_ZONE}. {', '.join(peers)}; two threads each. Medians of {runs} "
        f"runs (least to most); of a peer that takes over {LONG_SECONDS} s, one.")


def contest_of(question, own, peers, runs):
    """Prints a row; gives the differences of the answers."""
    turns = {name: turn for name, peer in peers.items() if (turn := peer(question))}
    turns["Muster"] = lambda: own.ask(question.flags)
    timed = contest.alternate(turns, runs, question.name, once_over=LONG_SECONDS)
    engine = muster_side.engine_seconds(timed["Muster"].results)
    first = muster_side.engine_seconds(timed["Muster"].first.results)
    answer = timed["Muster"].results[-1]
    _, peak = own.measured("query", *question.flags)
    rows = texts(question.rows(own.rows(answer)))
    best = min(times.median for name, times in timed.items() if name != "Muster")
    cells = [str(timed[name]) if name in timed else "–" for name in peers]
    wall_goal = f"{question.wall_goal_ms} ms" if question.wall_goal_ms else "–"
    stats = answer["stats"]
    print(
        f"| {question.name} | {' | '.join(cells)} | {contest.spread(engine)} | {best / statistics.median(engine):.1f} × "
        f"| {question.goal} × | {contest.spread(first)} | {timed['Muster']} | {wall_goal} "
        f"| {'yes' if stats['from_index'] else 'no'} | {stats['segments_read']} "
        f"| {peak / MEGABYTE:,.0f} MB | {len(rows)} |", flush=True)
    wanted = {name: texts(timed[name].results[-1]) for name in timed if name != "Muster"}
    return [
        f"{question.name}: {contest.first_difference(rows, theirs, name)}"
        for name, theirs in wanted.items() if theirs != rows
    ]


def texts(rows):
    return [[str(value) for value in row] for row in rows]


def print_growth(asked, own, files, work, runs):
    """The same questions over a tenth of the events of the same members and days."""
    folder = work / "tenth"
    folders.remove(folder)
    folder.mkdir()
    log_forms.tenth(files, folder, own.status["rows"], own.status["members"])
    small = muster_side.MusterSide(pathlib.Path(own.program), work / "tenth-store", folder)
    small.ingest()
    status = small.status
    print(f"\n| work | {status['rows']:,} events, {status['members']:,} members | all | |\n|---|---:|---:|---:|")
    for question in asked:
        timed = contest.alternate(
            {"a tenth": lambda: small.ask(question.flags), "all": lambda: own.ask(question.flags)}, runs, question.name)
        tenth, whole = (muster_side.engine_seconds(timed[name].results) for name in ["a tenth", "all"])
        growth = statistics.median(whole) / statistics.median(tenth)
        print(f"| {question.name} | {contest.spread(tenth)} | {contest.spread(whole)} | {growth:.2f} × |", flush=True)


if __name__ == "__main__":
    main()
