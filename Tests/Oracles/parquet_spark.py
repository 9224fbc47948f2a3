"""Parquet files of the same rows as Spark writes them: parquet_spark.py FOLDER COUNT SEED [COLUMN,…]. Prints a line a
file: name, path, columns."""

import datetime as dt
import pathlib
import shutil
import sys

from pyspark.sql import SparkSession, types

import parquet_rows

SPARK = {
    "bool": types.BooleanType(), "i8": types.ByteType(), "i16": types.ShortType(), "i32": types.IntegerType(),
    "i64": types.LongType(), "f32": types.FloatType(), "f64": types.DoubleType(), "text": types.StringType(),
    "bytes": types.BinaryType(), "date": types.DateType(), "ts_us": types.TimestampType(),
    "local_us": types.TimestampNTZType(),
}
NAMES = [name for name, kind in parquet_rows.TYPES.items() if isinstance(kind, tuple) or kind in SPARK]
EPOCH = dt.datetime(1970, 1, 1)
VARIANTS = {
    "default": {},
    "legacy-lists": {"spark.sql.parquet.writeLegacyFormat": "true", "spark.sql.parquet.compression.codec": "gzip"},
    "micros": {"spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS"},
    "zstd-v2": {"spark.sql.parquet.compression.codec": "zstd", "parquet.writer.version": "v2"},
    "none-plain": {"spark.sql.parquet.compression.codec": "none", "parquet.enable.dictionary": "false"},
    "small-pages": {"parquet.page.size": "300", "parquet.page.row.count.limit": "20", "parquet.block.size": "4096"},
}


def spark_type(kind):
    if not isinstance(kind, tuple):
        return SPARK[kind]
    if kind[0] == "decimal":
        return types.DecimalType(kind[1], kind[2])
    if kind[0] == "list":
        return types.ArrayType(spark_type(kind[1]))
    if kind[0] == "map":
        return types.MapType(types.StringType(), spark_type(kind[1]))
    return types.StructType([types.StructField(name, spark_type(inner)) for name, inner in kind[1].items()])


def spark_value(kind, value):
    if value is None:
        return None
    if kind == "date":
        return dt.date(1970, 1, 1) + dt.timedelta(days=value)
    if kind == "ts_us":
        return (EPOCH + dt.timedelta(microseconds=value)).replace(tzinfo=dt.timezone.utc)
    if kind == "local_us":
        return EPOCH + dt.timedelta(microseconds=value)
    return value


def main():
    folder, count, seed = pathlib.Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    rows = parquet_rows.rows(count, seed)
    names = sys.argv[4].split(",") if len(sys.argv) > 4 else NAMES
    session = SparkSession.builder.master("local[1]").config("spark.sql.session.timeZone", "UTC").config(
        "spark.ui.enabled", "false").config("spark.sql.shuffle.partitions", "1").getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    fields = [("event_id", SPARK["text"]), ("ts", SPARK["ts_us"]), ("user_id", SPARK["text"]), ("event", SPARK["text"]),
              ("row", SPARK["i64"])] + [(name, spark_type(parquet_rows.TYPES[name])) for name in names]
    schema = types.StructType([types.StructField(name, kind) for name, kind in fields])
    for variant, options in VARIANTS.items():
        event = f"spark-{variant}"
        values = [
            (row["event_id"], spark_value("ts_us", row["ts"]), row["user_id"], event, row["row"],
             *(spark_value(parquet_rows.TYPES[name], row[name]) for name in names)) for row in rows]
        for key, value in options.items():
            session.conf.set(key, value)
        target = folder / event
        writer = session.createDataFrame(values, schema).coalesce(1).write
        for key, value in options.items():
            writer = writer.option(key, value)
        writer.mode("overwrite").parquet(str(target))
        for key in options:
            session.conf.unset(key)
        made, = target.glob("*.parquet")
        path = folder / f"{event}.parquet"
        shutil.move(made, path)
        shutil.rmtree(target)
        print(event, path, ",".join(names), flush=True)
    session.stop()


if __name__ == "__main__":
    main()
