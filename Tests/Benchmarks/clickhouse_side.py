"""The second peer: ClickHouse (chdb) reads the same JSON lines into a MergeTree table of its own."""

import json
import os
import re

import folders

COLUMNS = (
    "event_id String, ts DateTime64(6, \\'UTC\\'), user_id String, event String, community_id String, "
    "platform String, content_id Nullable(String), properties Nullable(String)")


class ClickHouseSide:
    def __init__(self, log, folder):
        self.source = f"{log}/*.jsonl"
        self.folder = folder
        self.row_count = 0
        self._session = None

    def _open(self):
        from chdb import session

        self.rest()
        folders.remove(self.folder)
        self._session = session.Session(str(self.folder))
        self._session.query("CREATE DATABASE b")
        self._session.query("SET max_threads = 2")
        self._session.query("SET join_use_nulls = 1")
        return self._session.query

    def load_table(self, parquet):
        """A table of the rows of `parquet`, ordered by day, event and member."""
        ask = self._open()
        ask(
            "CREATE TABLE b.e (ts DateTime64(6, 'UTC'), user_id String, event LowCardinality(String), "
            "community_id LowCardinality(String), platform LowCardinality(String), "
            "content_id LowCardinality(Nullable(String)), push_id LowCardinality(Nullable(String)), "
            "arm LowCardinality(Nullable(String)), day Date) "
            "ENGINE = MergeTree PARTITION BY toYYYYMM(day) ORDER BY (day, event, user_id)")
        ask(
            "INSERT INTO b.e SELECT ts, user_id, event, community_id, platform, content_id, push_id, arm, day "
            f"FROM file('{parquet}', Parquet)")

    def ask(self, sql):
        """The rows of a statement over `e`."""
        named = re.sub(r"\b(FROM|JOIN) e\b", r"\1 b.e AS e", sql)
        return json.loads(str(self._session.query(named, "JSONCompact")))["data"]

    def ingest(self):
        """JSON lines to a table ordered by day, event and member, on the disk when it returns."""
        ask = self._open()
        ask(
            "CREATE TABLE b.e (event_id String, ts DateTime64(6, 'UTC'), user_id String, event LowCardinality(String), "
            "community_id LowCardinality(String), platform LowCardinality(String), "
            "content_id LowCardinality(Nullable(String)), properties Nullable(String)) "
            "ENGINE = MergeTree PARTITION BY toYYYYMM(ts) ORDER BY (toDate(ts), event, user_id)")
        ask(
            f"INSERT INTO b.e SELECT * FROM file('{self.source}', JSONEachRow, '{COLUMNS}') "
            "SETTINGS date_time_input_format = 'best_effort'")
        os.sync()

    def rest(self):
        """Closes the table: merges of its parts would go on behind whoever comes next."""
        if self._session:
            self.row_count = int(str(self._session.query("SELECT count() FROM b.e")).strip())
            self._session.close()
            self._session = None
