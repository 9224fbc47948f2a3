"""Writes the small Parquet files that the unit tests read, each with the text that it has to become:

    parquet_fixtures.py FOLDER [PYTHON-WITH-SPARK]

The text is made from the values, not from the files. Written with pyarrow 26.0.1, DuckDB 2.0.0, Polars 2.1.0 and
Spark 4.0.1; run it again where a fixture is added, and look at the difference.
"""

import base64
import datetime as dt
import decimal
import json
import pathlib
import struct
import subprocess
import sys
import tempfile

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

import parquet_rows
import parquet_writers

COUNT, SEED = 12, 5
NAMES = ["flag", "i8", "u32", "i64", "f32", "f64", "text", "path", "few", "raw", "d38", "day", "clock_us", "at_us",
         "local", "tags", "who", "items", "scores"]
SPARK_NAMES = [name for name in NAMES if name not in ("u32", "clock_us")]
SPARK_KEPT = {"spark-default", "spark-legacy-lists", "spark-zstd-v2"}


def text(kind, value):
    """The JSON that a value becomes, None for a null."""
    if value is None:
        return None
    if isinstance(kind, tuple):
        return nested_text(kind, value)
    if kind == "bool":
        return "true" if value else "false"
    if kind in ("f32", "f64"):
        return number_text(value, narrow=kind == "f32")
    if kind == "bytes":
        return json.dumps(base64.b64encode(value).decode())
    if kind == "text":
        return json.dumps(value, ensure_ascii=False)
    if kind == "date":
        return f'"{dt.date(1970, 1, 1) + dt.timedelta(days=value)}"'
    if kind == "time_us":
        return f'"{moment(value)[11:]}"'
    if kind in ("ts_us", "local_us"):
        return f'"{moment(value)}{"Z" if kind == "ts_us" else ""}"'
    return str(value)


def nested_text(kind, value):
    if kind[0] == "decimal":
        return f"{value:f}" if value else f"{decimal.Decimal(0).scaleb(-kind[2]):f}"
    if kind[0] == "list":
        items = [text(kind[1], item) or "null" for item in value]
        return "[" + ",".join(items) + "]"
    if kind[0] == "map":
        return members((key, text(kind[1], item) or "null") for key, item in value.items())
    return members((name, text(inner, value.get(name))) for name, inner in kind[1].items())


def members(pairs):
    return "{" + ",".join(f"{json.dumps(name)}:{value}" for name, value in pairs if value is not None) + "}"


def number_text(value, narrow):
    if value != value:
        return '"NaN"'
    if value in (float("inf"), float("-inf")):
        return '"Infinity"' if value > 0 else '"-Infinity"'
    if not narrow:
        return repr(value)
    digits = next(said for said in (f"{value:.{count}g}" for count in range(1, 10))
                  if struct.pack("f", float(said)) == struct.pack("f", value))
    return repr(float(digits))


def moment(microseconds):
    return (dt.datetime(1970, 1, 1) + dt.timedelta(microseconds=microseconds)).isoformat(timespec="microseconds")


def lines(rows, event, names):
    for row in rows:
        fixed = [("event_id", text("text", row["event_id"])), ("ts", text("ts_us", row["ts"])),
                 ("user_id", text("text", row["user_id"])), ("event", text("text", event)), ("row", str(row["row"]))]
        yield members(fixed + [(name, text(parquet_rows.TYPES[name], row[name])) for name in names])


def write_pyarrow(folder, rows):
    integers = {name: "DELTA_BINARY_PACKED" for name in ["i8", "u32", "i64", "day", "clock_us", "at_us", "local", "row"]}
    texts = {"text": "DELTA_LENGTH_BYTE_ARRAY", "path": "DELTA_BYTE_ARRAY", "few": "DELTA_BYTE_ARRAY",
             "raw": "DELTA_LENGTH_BYTE_ARRAY", "d38": "DELTA_BYTE_ARRAY", "flag": "RLE"}
    split = {name: "BYTE_STREAM_SPLIT" for name in ["f32", "f64", "i64", "u32", "d38"]}
    for event, options in {
        "pyarrow-v1-snappy": dict(compression="snappy", row_group_size=5),
        "pyarrow-v2-gzip-delta": dict(
            compression="gzip", data_page_version="2.0", use_dictionary=False, column_encoding={**integers, **texts}),
        "pyarrow-v1-zstd-split": dict(
            compression="zstd", use_dictionary=False, column_encoding=split, data_page_size=64, write_batch_size=3,
            write_page_checksum=True),
        "pyarrow-v2-none": dict(compression="none", data_page_version="2.0"),
    }.items():
        pq.write_table(
            parquet_writers.table(rows, event, NAMES), folder / f"{event}.parquet", store_schema=False, **options)
        yield event, NAMES


def write_others(folder, rows):
    con = duckdb.connect()
    con.execute("SET TimeZone = 'UTC'; SET threads = 1")
    for event, codec, version in [("duckdb-v1-zstd", "zstd", "V1"), ("duckdb-v2-snappy", "snappy", "V2")]:
        source = parquet_writers.table(rows, event, NAMES)  # noqa: F841: DuckDB finds it by its name
        con.execute(
            f"COPY (SELECT * FROM source) TO '{folder / event}.parquet' "
            f"(FORMAT parquet, COMPRESSION {codec}, PARQUET_VERSION {version})")
        yield event, NAMES
    names = [name for name in NAMES if name != "scores"]
    for event, codec in [("polars-gzip", "gzip"), ("polars-none", "uncompressed")]:
        frame = pl.from_arrow(parquet_writers.table(rows, event, names))
        frame.write_parquet(folder / f"{event}.parquet", compression=codec)
        yield event, names


def write_spark(folder, python):
    script = pathlib.Path(__file__).with_name("parquet_spark.py")
    with tempfile.TemporaryDirectory() as work:
        call = subprocess.run(
            [python, str(script), work, str(COUNT), str(SEED), ",".join(SPARK_NAMES)], stdout=subprocess.PIPE, text=True,
            check=True)
        for line in call.stdout.splitlines():
            event, path, names = line.split()
            if event in SPARK_KEPT:
                (folder / f"{event}.parquet").write_bytes(pathlib.Path(path).read_bytes())
                yield event, names.split(",")


def write_plain_logs(folder):
    """A plain log whose properties come as JSON text, as a struct and as a map; and its lines."""
    records = [
        ("e1", "2025-07-01T08:00:00.250000", "u1", "view", "c1", "ios", "p1", {"push_id": "n1", "arm": "evening"}),
        ("e2", "2025-07-01T23:59:59.999999", "u2", "like", None, "web", "p1", {"length": "120"}),
        ("e3", "2025-07-02T00:00:00.000000", "u1", "view", "c2", None, None, None),
        ("e4", "2025-07-02T12:00:00.000000", None, "view", "c2", None, None, {"arm": "morning"}),
        ("e5", "2025-07-02T13:00:00.000000", "u3", "view", "c2", "ios", "p2", {}),
    ]
    names = ["event_id", "ts", "user_id", "event", "community_id", "platform", "content_id"]
    keys = ["push_id", "arm", "length"]
    columns = {name: [record[index] for record in records] for index, name in enumerate(names)}
    instants = pa.array(columns["ts"]).cast(pa.timestamp("us"))
    properties = [record[7] for record in records]
    forms = {
        "json": pa.array([None if value is None else json.dumps(value, indent=1) for value in properties]),
        "struct": pa.array(properties, pa.struct([(key, pa.string()) for key in keys])),
        "map": pa.array(
            [None if value is None else list(value.items()) for value in properties], pa.map_(pa.string(), pa.string())),
    }
    for form, made in forms.items():
        ts = {"json": pa.array([f"{text}Z" for text in columns["ts"]]), "map": instants}.get(
            form, instants.cast(pa.timestamp("us", "UTC")))
        table = pa.table({**columns, "ts": ts, "properties": made})
        pq.write_table(table, folder / f"plain-log-{form}.parquet", store_schema=False, compression="zstd")
    with open(folder / "plain-log.jsonl", "w", encoding="utf-8") as file:
        for record in records:
            row = dict(zip(names, record), ts=f"{record[1]}Z", properties=record[7])
            file.write(json.dumps({name: value for name, value in row.items() if value is not None}) + "\n")


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    rows = parquet_rows.rows(COUNT, SEED)
    written = list(write_pyarrow(folder, rows)) + list(write_others(folder, rows))
    if len(sys.argv) > 2:
        written += write_spark(folder, sys.argv[2])
    for event, names in written:
        (folder / f"{event}.jsonl").write_text("".join(f"{line}\n" for line in lines(rows, event, names)))
    write_plain_logs(folder)


if __name__ == "__main__":
    main()
