"""The segment files of a store, as three engines that Muster knows nothing of read them."""

import pathlib

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

ORDER = ["event", "member", "ts"]
DIALECT = "duckdb"


def paths_of(store):
    """All files. Right here because nobody is writing; see the design on globs."""
    return sorted(str(path) for path in pathlib.Path(store).glob("segments/day=*/*.parquet"))


def read(store):
    """Every row of every segment: `ts` in microseconds, `stored_day` from the folder."""
    frame = pl.read_parquet(paths_of(store), hive_partitioning=True, hive_schema={"day": pl.Date})
    return frame.with_columns(pl.col("ts").dt.epoch("us")).rename({"day": "stored_day"})


def connection():
    con = duckdb.connect()
    con.execute("SET threads = 2; SET TimeZone = 'UTC'")
    return con


def check(findings, store, status, zone):
    """Rows, sums, nulls, members, order and days, in pyarrow, Polars and DuckDB, against the catalog's totals."""
    paths = paths_of(store)
    findings.equal(status["segments"], len(paths), "store status: segments")
    findings.equal(status["segment_bytes"], sum(pathlib.Path(path).stat().st_size for path in paths), "segment_bytes")
    facts = {"pyarrow": arrow_facts(paths, store), "Polars": polars_facts(paths), "DuckDB": duckdb_facts(paths)}
    for engine, found in facts.items():
        for name, value in found.items():
            findings.check(value == facts["DuckDB"][name], f"{engine} reads {name}", (value, facts["DuckDB"][name]))
        findings.equal(status["rows"], found["rows"], f"rows in {engine}")
        findings.equal(status["days"], len(found["days"]), f"days in {engine}")
        findings.equal([status["first_day"], status["last_day"]], [found["days"][0], found["days"][-1]], engine)
    frame = pl.read_parquet(paths, hive_partitioning=True, hive_schema={"day": pl.Date})
    wrong = frame.filter(pl.col("ts").dt.convert_time_zone(zone).dt.date() != pl.col("day"))
    findings.check(wrong.is_empty(), f"the stored day is the local date in {zone} (Polars)", wrong.head(3).rows())
    wrong = connection().execute(
        "SELECT event, member, epoch_us(ts), day "
        "FROM read_parquet(?, hive_partitioning = true, hive_types = {'day': DATE}) "
        "WHERE CAST(ts AT TIME ZONE ? AS DATE) <> day LIMIT 3", [paths, zone]).fetchall()
    findings.check(not wrong, f"the stored day is the local date in {zone} (DuckDB)", wrong)
    unsorted = [path for path in paths if not is_sorted(path)]
    findings.check(not unsorted, "segments are sorted by event, member, ts", unsorted[:3])
    return facts["Polars"]


def is_sorted(path):
    keys = pq.ParquetFile(path).read(columns=ORDER)
    wanted = pc.sort_indices(keys, sort_keys=[(name, "ascending") for name in ORDER])
    return keys.equals(keys.take(wanted))


def arrow_facts(paths, store):
    partitioning = ds.partitioning(flavor="hive")
    table = ds.dataset(paths, partitioning=partitioning, partition_base_dir=f"{store}/segments").to_table()
    columns = [name for name in table.column_names if name != "day"]
    return {
        "rows": table.num_rows,
        "sum of ts": pc.sum(pc.cast(pc.cast(table["ts"], "int64"), pa.decimal128(38))).as_py(),
        "sum of member keys": pc.sum(pc.cast(table["member"], "int64")).as_py(),
        "distinct members": pc.count_distinct(table["member"]).as_py(),
        "nulls": {name: table[name].null_count for name in columns},
        "days": sorted(pc.unique(pc.cast(table["day"], "string")).to_pylist()),
    }


def polars_facts(paths):
    frame = pl.read_parquet(paths, hive_partitioning=True, hive_schema={"day": pl.Date})
    return {
        "rows": frame.height,
        "sum of ts": frame["ts"].dt.epoch("us").cast(pl.Int128).sum(),
        "sum of member keys": frame["member"].cast(pl.Int64).sum(),
        "distinct members": frame["member"].n_unique(),
        "nulls": {name: frame[name].null_count() for name in frame.columns if name != "day"},
        "days": [day.isoformat() for day in frame["day"].unique().sort().to_list()],
    }


def duckdb_facts(paths):
    con = connection()
    source = "read_parquet(?, hive_partitioning = true, hive_types = {'day': DATE})"
    names = [row[0] for row in con.execute(f"DESCRIBE SELECT * FROM {source}", [paths]).fetchall()]
    names = [name for name in names if name != "day"]
    nulls = ", ".join(f'count(*) - count("{name}")' for name in names)
    row = con.execute(
        f"SELECT count(*), sum(epoch_us(ts)::HUGEINT), sum(member), count(DISTINCT member), "
        f"list_sort(list(DISTINCT day::VARCHAR)), {nulls} FROM {source}", [paths]).fetchone()
    return {
        "rows": row[0], "sum of ts": row[1], "sum of member keys": row[2], "distinct members": row[3],
        "nulls": dict(zip(names, row[5:])), "days": row[4],
    }
