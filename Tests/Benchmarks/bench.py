"""Times ingest and questions of Muster beside DuckDB, in one run, on one log, and compares the answers.

    bench.py --muster PATH --log DIR [--runs 3]
    bench.py --muster PATH --events N --members M --days D [--generator generate.py] [--runs 3]

The log is a folder of JSON lines (`*.jsonl`, the plain log). Without --log it is made in --work: by --generator
(`generate.py OUT --events N --members M --days D --seed 7 --jsonl`), else by `muster simulate`. Engines take turns;
figures are medians. Prints Markdown; exits 1 where answers differ.
"""

import argparse
import os
import pathlib
import shutil
import subprocess
import sys

import contest
import disk
import duckdb_side
import muster_side

MEGABYTE = 1e6


def main():
    options = arguments()
    muster = options.muster.resolve()
    work = options.work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    log = options.log.resolve() if options.log else make_log(options, muster, work)
    files = sorted(log.glob("*.jsonl"))
    if not files:
        sys.exit(f"bench: {log} holds no *.jsonl")
    own = muster_side.MusterSide(muster, work / "workspace", log)
    peer = duckdb_side.DuckDBSide(log, work / "duckdb")

    ingest = contest.alternate(
        {"DuckDB": peer.ingest, "Muster": own.ingest}, options.runs, f"ingest of {len(files)} files")
    peer.load_table()
    differences, rows = [], []
    for name, flags in muster_side.QUESTIONS.items():
        turns = {"DuckDB": lambda: peer.ask(name), "Muster": lambda: own.ask(flags)}
        timed = contest.alternate(turns, options.runs, name)
        wanted, answer = timed["DuckDB"].last, own.rows_as_peer(name, timed["Muster"].last)
        same = wanted == answer
        if not same:
            differences.append(f"{name}: {contest.first_difference(answer, wanted)}")
        rows.append((name, timed, own.take_engine_seconds(), len(wanted), same))

    size = sum(path.stat().st_size for path in files)
    print(f"# Benchmark\n\n{facts(size, len(files), own, options.runs)}\n")
    print_times(ingest, rows)
    print_disk(disk.of_store(own.store), peer)
    for difference in differences:
        print(f"\nDIFFERENT ANSWERS: {difference}")
    if not options.keep_work:
        shutil.rmtree(work / "workspace")
        shutil.rmtree(work / "duckdb")
    sys.exit(1 if differences else 0)


def arguments():
    parser = argparse.ArgumentParser(description="Times Muster beside DuckDB.")
    parser.add_argument("--muster", required=True, type=pathlib.Path, help="the program")
    parser.add_argument("--log", type=pathlib.Path, help="a folder of JSON lines")
    parser.add_argument("--events", type=int, default=2_000_000)
    parser.add_argument("--members", type=int, default=100_000)
    parser.add_argument("--days", type=int, default=60)
    parser.add_argument("--generator", type=pathlib.Path, help="a generate.py; default: muster simulate")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--work", type=pathlib.Path, default=pathlib.Path(".build/bench"))
    parser.add_argument("--keep-work", action="store_true", help="leave the store and DuckDB's file in --work")
    return parser.parse_args()


def make_log(options, muster, work):
    """A log of this size; an earlier one of the same size and maker is used again."""
    maker = options.generator.stem if options.generator else "simulate"
    log = work / f"log-{maker}-{options.events}-{options.members}-{options.days}"
    if (log / "complete").exists():
        return log
    shutil.rmtree(log, ignore_errors=True)
    sizes = ["--events", str(options.events), "--members", str(options.members), "--days", str(options.days)]
    if options.generator:
        command = [sys.executable, str(options.generator), str(log), *sizes, "--seed", "7", "--jsonl"]
    else:
        zone = ["--time-zone", muster_side.TIME_ZONE, "--seed", "7", "--quiet"]
        command = [str(muster), "simulate", str(log), *sizes, *zone]
    subprocess.run(command, check=True, stdout=sys.stderr)
    for parquet in log.glob("*.parquet"):  # the generator's by-product
        parquet.unlink()
    (log / "complete").touch()
    return log


def facts(size, file_count, own, runs):
    lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "unknown")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    load, status = os.getloadavg()[0], own.status
    return (
        f"{os.cpu_count()} cores ({model}), {memory / 2**30:.0f} GiB, load {load:.1f} at the end. Log: {file_count} "
        f"files, {size / MEGABYTE:,.0f} MB, {status['rows']:,} events, {status['members']:,} members, "
        f"{status['days']} days of {muster_side.TIME_ZONE}. {duckdb_side.VERSION}, 2 threads. Medians of {runs} "
        f"runs (least to most).")


def print_times(ingest, rows):
    print("| work | DuckDB | Muster, engine | ratio | Muster, whole process | ratio | rows | same |")
    print("|---|---:|---:|---:|---:|---:|---:|---|")
    peer, own = ingest["DuckDB"], ingest["Muster"]
    ratio = f"{peer.median / own.median:.1f} ×"
    print(f"| JSON lines → store, synced | {peer} | – | – | {own} | {ratio} | – | – |")
    for name, timed, engine, count, same in rows:
        peer, own = timed["DuckDB"], timed["Muster"]
        print(
            f"| {name} | {peer} | {engine} | {peer.median / engine.median:.1f} × | {own} "
            f"| {peer.median / own.median:.1f} × | {count} | {'yes' if same else 'NO'} |")


def print_disk(store, peer):
    with_id, without_id = peer.sizes()
    print("\n| on disk | MB |\n|---|---:|")
    for name, size in store.items():
        print(f"| Muster {name} | {size / MEGABYTE:,.1f} |")
    print(f"| DuckDB Parquet, zstd | {with_id / MEGABYTE:,.1f} |")
    print(f"| DuckDB Parquet, zstd, same columns as segments | {without_id / MEGABYTE:,.1f} |")
    print(f"| segments against the same columns | {store['segments'] / without_id:.2f} × |")


if __name__ == "__main__":
    main()
