"""The peer: DuckDB reads the same JSON lines into Parquet, and answers from a table of its own."""

import os

import duckdb

import folders

VERSION = f"DuckDB {duckdb.__version__}"

# As the design's peers.py: a member's local day is UTC+8, which is Asia/Shanghai.
COLUMNS = (
    "{event_id: 'VARCHAR', ts: 'TIMESTAMP', user_id: 'VARCHAR', event: 'VARCHAR', community_id: 'VARCHAR', "
    "platform: 'VARCHAR', content_id: 'VARCHAR', properties: 'JSON'}")


class DuckDBSide:
    def __init__(self, log, folder):
        self.source = f"{log}/*.jsonl"
        self.folder = folder
        self.file = folder / "log.parquet"
        self.connection = duckdb.connect()
        self.connection.execute("SET threads = 2; SET TimeZone = 'UTC'; SET enable_progress_bar = false")

    def ingest(self):
        """JSON lines to one Parquet file with zstd, on the disk when it returns."""
        folders.remove(self.folder)
        self.folder.mkdir(parents=True)
        self.connection.execute(
            f"COPY (SELECT * FROM read_json('{self.source}', format = 'newline_delimited', columns = {COLUMNS})) "
            f"TO '{self.file}' (FORMAT parquet, COMPRESSION zstd)")
        os.sync()

    def load_table(self):
        """A table of its own; gives the Parquet of the same rows, for the other peers. The log was ingested."""
        parquet = self.folder / "questions.parquet"
        self.connection.execute(
            f"""COPY (SELECT ts, user_id, event, community_id, platform, content_id, properties->>'push_id' AS push_id,
              properties->>'arm' AS arm, CAST(ts + INTERVAL 8 HOUR AS DATE) AS day FROM read_parquet('{self.file}'))
            TO '{parquet}' (FORMAT parquet, COMPRESSION zstd)""")
        self.connection.execute(f"CREATE OR REPLACE TABLE e AS SELECT * FROM read_parquet('{parquet}')")
        return parquet

    def ask(self, sql):
        return self.connection.execute(sql).fetchall()

    @property
    def row_count(self):
        return self.connection.execute(f"SELECT count(*) FROM read_parquet('{self.file}')").fetchall()[0][0]

    def sizes(self):
        """Bytes of its Parquet, and of the columns that a segment has, rows in the order of the log."""
        same = self.folder / "same-columns.parquet"
        self.connection.execute(
            f"""COPY (SELECT event, user_id, ts, community_id, platform, content_id,
              properties->>'push_id' AS push, properties->>'arm' AS arm, properties->>'experiment' AS experiment
            FROM read_parquet('{self.file}')) TO '{same}' (FORMAT parquet, COMPRESSION zstd)""")
        return self.file.stat().st_size, same.stat().st_size
