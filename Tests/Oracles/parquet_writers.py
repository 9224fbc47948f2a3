"""Parquet files of the same rows as pyarrow, DuckDB and Polars write them, with every codec, page version and encoding
that each knows."""

import pathlib

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

import parquet_rows

ARROW = {
    "bool": pa.bool_(), "i8": pa.int8(), "i16": pa.int16(), "i32": pa.int32(), "i64": pa.int64(), "u8": pa.uint8(),
    "u16": pa.uint16(), "u32": pa.uint32(), "u64": pa.uint64(), "f32": pa.float32(), "f64": pa.float64(),
    "text": pa.string(), "bytes": pa.binary(), "date": pa.date32(), "time_ms": pa.time32("ms"),
    "time_us": pa.time64("us"), "ts_ms": pa.timestamp("ms", "UTC"), "ts_us": pa.timestamp("us", "UTC"),
    "ts_ns": pa.timestamp("ns", "UTC"), "local_us": pa.timestamp("us"),
}
INTEGERS = ["i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64", "day", "clock_ms", "clock_us", "at_ms", "at_us",
            "at_ns", "local", "ts", "row"]
TEXTS = ["event_id", "user_id", "event", "text", "path", "few", "same", "never", "raw"]
ALL = list(parquet_rows.TYPES)


def arrow_type(kind):
    if not isinstance(kind, tuple):
        return ARROW[kind]
    if kind[0] == "decimal":
        return pa.decimal128(kind[1], kind[2])
    if kind[0] == "list":
        return pa.list_(arrow_type(kind[1]))
    if kind[0] == "map":
        return pa.map_(pa.string(), arrow_type(kind[1]))
    return pa.struct([(name, arrow_type(inner)) for name, inner in kind[1].items()])


def table(rows, event, names=ALL):
    """The rows as Arrow has them; `event` is the file's name, by which its records are found again."""
    columns = {
        "event_id": pa.array([row["event_id"] for row in rows]),
        "ts": pa.array([row["ts"] for row in rows], pa.int64()).cast(ARROW["ts_us"]),
        "user_id": pa.array([row["user_id"] for row in rows]),
        "event": pa.array([event] * len(rows)),
        "row": pa.array([row["row"] for row in rows], pa.int64()),
    }
    for name in names:
        kind = parquet_rows.TYPES[name]
        values = [as_pairs(kind, row[name]) for row in rows]
        if isinstance(kind, str) and kind.startswith(("ts_", "local_", "time_", "date")):
            storage = pa.int32() if kind in ("date", "time_ms") else pa.int64()
            columns[name] = pa.array(values, storage).cast(ARROW[kind])
        else:
            columns[name] = pa.array(values, arrow_type(kind))
    return pa.table(columns)


def as_pairs(kind, value):
    """Maps as lists of pairs, as Arrow takes them."""
    if isinstance(kind, tuple) and kind[0] == "map" and value is not None:
        return list(value.items())
    return value


def pyarrow_variants():
    """Name, options, names of columns."""
    encodings = {name: "DELTA_BINARY_PACKED" for name in INTEGERS}
    lengths = {name: "DELTA_LENGTH_BYTE_ARRAY" for name in TEXTS}
    prefixes = {name: "DELTA_BYTE_ARRAY" for name in TEXTS + ["d38"]}
    split = {name: "BYTE_STREAM_SPLIT" for name in ["f32", "f64", "i32", "i64", "u32", "d9", "d18", "d38", "at_us"]}
    for codec in ["NONE", "SNAPPY", "GZIP", "ZSTD"]:
        for version in ["1.0", "2.0"]:
            for dictionary in [True, False]:
                name = f"{codec}-v{version[0]}-{'dictionary' if dictionary else 'plain'}".lower()
                yield name, dict(compression=codec, data_page_version=version, use_dictionary=dictionary), ALL
            for what, chosen in [("delta-lengths", {**encodings, **lengths}), ("delta-prefixes", prefixes),
                                 ("split", split), ("runs", {"flag": "RLE"})]:
                yield f"{codec}-v{version[0]}-{what}".lower(), dict(
                    compression=codec, data_page_version=version, use_dictionary=False, column_encoding=chosen), ALL
    small = dict(data_page_size=200, write_batch_size=7, row_group_size=97, dictionary_pagesize_limit=600)
    for version in ["1.0", "2.0"]:
        yield f"small-pages-v{version[0]}", dict(
            small, data_page_version=version, write_page_checksum=True, write_page_index=True), ALL
    yield "int96", dict(use_deprecated_int96_timestamps=True), [name for name in ALL if name not in ("at_ms", "local")]
    yield "format-1", dict(version="1.0", coerce_timestamps="us"), [
        name for name in ALL if name not in ("u32", "at_ns", "at_ms")]
    yield "format-1-millis", dict(version="1.0", coerce_timestamps="ms", allow_truncated_timestamps=True), [
        "at_ms", "text", "scores"]
    yield "other-list-names", dict(use_compliant_nested_type=False), ALL
    yield "decimals-as-integers", dict(store_decimal_as_integer=True), ["d9", "d18", "d38"]
    yield "spark-flavor", dict(flavor="spark"), ["text", "i32", "tags", "d18"]


def write_pyarrow(folder, rows):
    for name, options, names in pyarrow_variants():
        event = f"pyarrow-{name}"
        path = folder / f"{event}.parquet"
        pq.write_table(table(rows, event, names), path, **options)
        yield event, path, names


def write_duckdb(folder, rows):
    names = [name for name in ALL if name != "at_ns"]
    con = duckdb.connect()
    con.execute("SET TimeZone = 'UTC'; SET threads = 1")
    for codec in ["uncompressed", "snappy", "gzip", "zstd"]:
        for version in ["V1", "V2"]:
            event = f"duckdb-{codec}-{version}".lower()
            path = folder / f"{event}.parquet"
            source = table(rows, event, names)  # noqa: F841: DuckDB finds it by its name
            con.execute(
                f"COPY (SELECT * FROM source) TO '{path}' "
                f"(FORMAT parquet, COMPRESSION {codec}, PARQUET_VERSION {version}, ROW_GROUP_SIZE 2048)")
            yield event, path, names


def write_polars(folder, rows):
    names = [name for name in ALL if parquet_rows.TYPES[name][0] != "map"]
    for codec in ["uncompressed", "snappy", "gzip", "zstd"]:
        for label, options in [("", {}), ("-small", dict(row_group_size=83, data_page_size=300, statistics="full"))]:
            event = f"polars-{codec}{label}"
            path = folder / f"{event}.parquet"
            pl.from_arrow(table(rows, event, names)).write_parquet(path, compression=codec, **options)
            yield event, path, names


def write_all(folder, rows):
    """The files, as (name, path, columns)."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for writer in (write_pyarrow, write_duckdb, write_polars):
        yield from writer(folder, rows)


def write_empty(folder):
    """Files without rows; not every writer says where their columns would lie."""
    folder = pathlib.Path(folder)
    source = table([], "empty")
    paths = [folder / f"empty-{writer}.parquet" for writer in ("pyarrow", "duckdb", "polars")]
    pq.write_table(source, paths[0])
    duckdb.connect().execute(f"COPY (SELECT * FROM source) TO '{paths[1]}' (FORMAT parquet)")
    names = [name for name in source.column_names if not pa.types.is_map(source.schema.field(name).type)]
    pl.from_arrow(source.select(names)).write_parquet(paths[2])
    return paths
