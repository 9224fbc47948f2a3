"""Times ingest beside DuckDB and ClickHouse, in one run, on one log; then Muster alone on other forms of it.

    bench_ingest.py --muster PATH --log DIR [--runs 5] [--forms]

The log is a folder of JSON lines (`*.jsonl`, the plain log, a file a day). Engines take turns, each does it three times, and
the better of the second and third counts; figures are medians, whole process, output synced. Muster's first times are
printed beside. With --forms also: the log shuffled over seven days, as CSV, gzip and zstd, a day onto the full store, twice
and four times the events. Prints Markdown; exits 1 where an engine did not store every line.
"""

import argparse
import os
import pathlib
import subprocess
import sys
import time

import clickhouse_side
import contest
import disk
import duckdb_side
import folders
import log_forms
import muster_side

MEGABYTE = 1e6


def main():
    options = arguments()
    work = options.work.resolve()
    folders.remove(work)
    work.mkdir(parents=True)
    log = options.log.resolve()
    files = sorted(log.glob("*.jsonl"))
    if not files:
        sys.exit(f"bench: {log} holds no *.jsonl")
    own = muster_side.MusterSide(options.muster.resolve(), work / "workspace", log)
    duckdb = duckdb_side.DuckDBSide(log, work / "duckdb")
    peers = {"DuckDB": duckdb.ingest}
    try:
        import chdb  # noqa: F401
        clickhouse = clickhouse_side.ClickHouseSide(log, work / "clickhouse")
        peers["ClickHouse"] = clickhouse.ingest
    except ImportError:
        clickhouse = None
        print("bench: chdb is not installed: ClickHouse is left out", file=sys.stderr)

    def settle():
        if clickhouse:
            clickhouse.rest()
        # The log is in memory for each of them.
        subprocess.run(["cat", *map(str, files)], stdout=subprocess.DEVNULL, check=True)

    settle()
    timed = contest.alternate(
        {**peers, "Muster": own.ingest}, options.runs, f"ingest of {len(files)} files", between=settle)
    rows = own.status["rows"]
    stored = {"DuckDB": duckdb.row_count} | ({"ClickHouse": clickhouse.row_count} if clickhouse else {})
    wrong = [f"{name} stored {count}, Muster {rows}" for name, count in stored.items() if count != rows]
    size = sum(file.stat().st_size for file in files)
    print(f"# Ingest\n\n{len(files)} files, {size / MEGABYTE:,.0f} MB, {rows:,} events; {os.cpu_count()} cores; "
          f"load {os.getloadavg()[0]:.1f} at the end; medians of {options.runs} (least to most).\n")
    print("| engine | JSON lines → own store, synced | against Muster |\n|---|---:|---:|")
    for name, times in timed.items():
        print(f"| {name} | {times} | {times.median / timed['Muster'].median:.2f} × |")
    print(f"\nMuster behind the others: {timed['Muster'].first}.")
    with_id, without_id = duckdb.sizes()
    print_disk(disk.of_store(own.store), without_id)
    if options.forms:
        wrong += print_forms(own, log, files, work, timed["Muster"].median, rows)
    for line in wrong:
        print(f"\nWRONG: {line}")
    if not options.keep_work:
        folders.remove(work)
    sys.exit(1 if wrong else 0)


def arguments():
    parser = argparse.ArgumentParser(description="Times ingest beside DuckDB and ClickHouse.")
    parser.add_argument("--muster", required=True, type=pathlib.Path, help="the program")
    parser.add_argument("--log", required=True, type=pathlib.Path, help="a folder of JSON lines, a file a day")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--forms", action="store_true", help="also other forms of the log; needs six times its room")
    parser.add_argument("--work", type=pathlib.Path, default=pathlib.Path(".build/bench-ingest"))
    parser.add_argument("--keep-work", action="store_true")
    return parser.parse_args()


def print_disk(store, without_id):
    print("\n| on disk | MB |\n|---|---:|")
    for name, size in store.items():
        print(f"| {name} | {size / MEGABYTE:,.1f} |")
    print(f"| DuckDB Parquet, zstd, same columns as segments | {without_id / MEGABYTE:,.1f} |")
    disk.print_shares(store, without_id)


def print_forms(own, log, files, work, whole, rows):
    """Prints a row for each form of the log; gives what was wrong."""
    wrong = []
    print("\n| form of the log | seconds | against the log in order | peak memory | stored |\n|---|---:|---:|---:|---:|")
    for name, make, expected in log_forms.FORMS:
        folder = work / "form"
        folders.remove(folder)
        folder.mkdir()
        make(files, folder)
        store = own.store if name == log_forms.INCREMENT else work / "form-store"
        if store != own.store:
            folders.remove(store)
        subprocess.run(["cat", *map(str, folder.iterdir())], stdout=subprocess.DEVNULL, check=True)
        # What wrote the form is not to be waited for by who reads it.
        os.sync()
        started = time.perf_counter()
        report, peak = own.measured("ingest", str(folder), "--quiet", "--store", str(store))
        os.sync()
        seconds = time.perf_counter() - started
        part = report["stored"] / rows
        print(f"| {name} | {seconds:.2f} | {seconds / (whole * part):.2f} × a record | {peak / MEGABYTE:,.0f} MB "
              f"| {report['stored']:,} |", flush=True)
        if report["stored"] != round(expected * rows) and expected:
            wrong.append(f"{name}: stored {report['stored']} of {round(expected * rows)}")
        folders.remove(folder)
    return wrong


if __name__ == "__main__":
    main()
