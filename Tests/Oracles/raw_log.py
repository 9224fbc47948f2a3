"""The log as it lies in its files, read without Muster: the third way to every number."""

import json
import pathlib

import duckdb
import polars as pl

FIELDS = ["event_id", "ts", "user_id", "event", "community_id", "platform", "content_id"]


def files_of(folder):
    return sorted(str(path) for path in pathlib.Path(folder).glob("*.jsonl"))


def counts(folder):
    """Lines and distinct records, by DuckDB over the text of the lines; equal records of a simulated log are equal
    lines."""
    text = duckdb.execute(
        "SELECT count(*), count(DISTINCT json) FROM read_json_objects(?, format = 'newline_delimited')",
        [files_of(folder)])
    return text.fetchone()


def frame(folder, calendar):
    """Distinct records of a simulated log with the columns of a segment; `member` is the raw id."""
    schema = {name: pl.String for name in FIELDS}
    push = pl.Struct({
        "experiment": pl.String, "arm": pl.String, "push_id": pl.String, "propensity": pl.Float64, "plan": pl.String,
        "send_at": pl.String})
    lines = pl.concat([pl.read_ndjson(path, schema={**schema, "properties": push}) for path in files_of(folder)])
    records = lines.unnest("properties").unique()
    ts = pl.col("ts").str.to_datetime("%Y-%m-%dT%H:%M:%S%.fZ", time_unit="us", time_zone="UTC").dt.epoch("us")
    return records.select(
        pl.col("event"), pl.col("user_id").alias("member"), ts.alias("ts"), pl.col("community_id").alias("community"),
        pl.col("platform"), pl.col("content_id").alias("content"), pl.col("push_id").alias("push"), pl.col("arm"),
        properties_text().alias("properties"),
    ).with_columns(day=pl.Series(calendar.days(records.select(ts)["ts"])))


def properties_text():
    """What the dimensions leave of the properties, as text: keys in order, no blanks."""
    fields = [("experiment", '"'), ("plan", '"'), ("propensity", ""), ("send_at", '"')]
    texts = [
        pl.concat_str(pl.lit(f'"{name}":{quote}'), pl.col(name).cast(pl.String), pl.lit(quote))
        for name, quote in fields
    ]
    inner = pl.concat_str(texts, separator=",", ignore_nulls=True)
    return pl.when(pl.col("experiment").is_not_null()).then(pl.concat_str(pl.lit("{"), inner, pl.lit("}")))


def lines_of(folder):
    """Lines as parsed JSON, for logs that are too odd for a schema."""
    for path in files_of(folder):
        with open(path, encoding="utf-8") as file:
            yield from (json.loads(line) for line in file)
