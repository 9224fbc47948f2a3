"""The second peer: ClickHouse (chdb) reads the same JSON lines into a MergeTree table of its own."""

import os
import shutil

COLUMNS = (
    "event_id String, ts DateTime64(6, \\'UTC\\'), user_id String, event String, community_id String, "
    "platform String, content_id Nullable(String), properties Nullable(String)")


class ClickHouseSide:
    def __init__(self, log, folder):
        self.source = f"{log}/*.jsonl"
        self.folder = folder
        self._session = None

    def ingest(self):
        """JSON lines to a table ordered by day, event and member, on the disk when it returns."""
        from chdb import session

        if self._session:
            self._session.close()
        shutil.rmtree(self.folder, ignore_errors=True)
        self._session = session.Session(str(self.folder))
        ask = self._session.query
        ask("CREATE DATABASE b")
        ask("SET max_threads = 2")
        ask(
            "CREATE TABLE b.e (event_id String, ts DateTime64(6, 'UTC'), user_id String, event LowCardinality(String), "
            "community_id LowCardinality(String), platform LowCardinality(String), "
            "content_id LowCardinality(Nullable(String)), properties Nullable(String)) "
            "ENGINE = MergeTree PARTITION BY toYYYYMM(ts) ORDER BY (toDate(ts), event, user_id)")
        ask(
            f"INSERT INTO b.e SELECT * FROM file('{self.source}', JSONEachRow, '{COLUMNS}') "
            "SETTINGS date_time_input_format = 'best_effort'")
        os.sync()

    @property
    def row_count(self):
        return int(str(self._session.query("SELECT count() FROM b.e")).strip())
