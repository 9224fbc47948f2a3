"""Parquet of other writers, ingested and compared cell by cell with the rows it was written from."""

import os
import pathlib
import subprocess
import sys

import parquet_rows
import parquet_writers
import segment_files
import workspaces

SEED = 31
ROWS = 400
SPARK_SECONDS_MAX = 300


def check(findings, muster_path, work):
    findings.scene = "parquet files"
    folder = pathlib.Path(work) / "parquet-files"
    rows = parquet_rows.rows(ROWS, SEED)
    files = list(parquet_writers.write_all(folder, rows)) + spark_files(findings, folder)
    muster = workspaces.make(
        muster_path, pathlib.Path(work) / "parquet", time_zone="Asia/Shanghai", keep_event_id=True, dimensions=[])
    paths = [str(path) for _, path, _ in files] + [str(path) for path in parquet_writers.write_empty(folder)]
    report = muster.json("ingest", *paths, "--quiet")
    wanted = {"read": ROWS * len(files), "stored": ROWS * len(files), "duplicate": 0, "rejected": 0}
    # The same ids come in every file with another event: other content, so all are kept.
    findings.equal({name: report[name] for name in wanted}, wanted, f"ingest [seed {SEED}]")
    again = muster.json("ingest", *paths, "--quiet")
    findings.equal((again["read"], len(again["skipped_sources"])), (0, len(paths)), "the same files again are skipped")

    frame = segment_files.read(workspaces.store_of(muster))
    stored = {}
    for event, ts, event_id, properties in frame.select("event", "ts", "event_id", "properties").iter_rows():
        stored.setdefault(event, []).append((ts, event_id, parquet_rows.parse(properties)))
    for event, _, names in files:
        found = sorted(stored.get(event, []), key=lambda record: record[2]["row"])
        findings.equal(len(found), ROWS, f"{event}: rows")
        wrong = []
        for row, (ts, event_id, properties) in zip(rows, found):
            # This one was told to keep milliseconds.
            unit = 1000 if event.endswith("-millis") else 1
            if (row["ts"] // unit * unit, row["event_id"], row["row"]) != (ts, event_id, properties["row"]):
                wrong.append(f"row {row['row']}: {ts} {event_id} {properties['row']}")
            wrong += parquet_rows.differences(row, properties, names)
        findings.check(not wrong, f"{event}: every cell [seed {SEED}]", "; ".join(wrong[:3]))


def spark_files(findings, folder):
    """What Spark writes, where it is installed: for this Python, or the one that MUSTER_SPARK_PYTHON names."""
    python = os.environ.get("MUSTER_SPARK_PYTHON", sys.executable)
    if subprocess.run([python, "-c", "import pyspark"], capture_output=True).returncode != 0:
        print("parquet files: Spark is not installed (MUSTER_SPARK_PYTHON names a Python that has it): left out")
        return []
    script = pathlib.Path(__file__).with_name("parquet_spark.py")
    call = subprocess.run(
        [python, str(script), str(folder), str(ROWS), str(SEED)], capture_output=True, text=True,
        timeout=SPARK_SECONDS_MAX)
    findings.check(call.returncode == 0, "Spark writes its files", call.stderr[-400:])
    lines = [line.split() for line in call.stdout.splitlines() if line.startswith("spark-")]
    return [(event, pathlib.Path(path), names.split(",")) for event, path, names in lines]
