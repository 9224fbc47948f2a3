"""The peer: DuckDB reads the same JSON lines into Parquet, and answers from a table of its own."""

import os
import shutil

import duckdb

VERSION = f"DuckDB {duckdb.__version__}"

# As the design's peers.py: a member's local day is UTC+8, which is Asia/Shanghai.
COLUMNS = (
    "{event_id: 'VARCHAR', ts: 'TIMESTAMP', user_id: 'VARCHAR', event: 'VARCHAR', community_id: 'VARCHAR', "
    "platform: 'VARCHAR', content_id: 'VARCHAR', properties: 'JSON'}")

# Names are those of muster_side.QUESTIONS.
QUESTIONS = {
    "daily active members": "SELECT day, count(DISTINCT user_id) FROM e GROUP BY day ORDER BY day",
    "events and members by day and event": """
        SELECT day, event, count(*), count(DISTINCT user_id) FROM e GROUP BY day, event ORDER BY day, event""",
    "retention, 31 periods": """
        WITH a AS (SELECT DISTINCT user_id, day FROM e), f AS (SELECT user_id, min(day) c FROM a GROUP BY user_id)
        SELECT f.c, date_diff('day', f.c, a.day) k, count(*) FROM a JOIN f USING (user_id)
        WHERE date_diff('day', f.c, a.day) <= 30 GROUP BY 1, 2 ORDER BY 1, 2""",
    "trailing 28 days active": """
        WITH a AS (SELECT DISTINCT user_id, day FROM e), d AS (SELECT DISTINCT day FROM a)
        SELECT d.day, count(DISTINCT a.user_id)
        FROM d JOIN a ON a.day <= d.day AND a.day > d.day - INTERVAL 28 DAY GROUP BY d.day ORDER BY d.day""",
}


class DuckDBSide:
    def __init__(self, log, folder):
        self.source = f"{log}/*.jsonl"
        self.folder = folder
        self.file = folder / "log.parquet"
        self.connection = duckdb.connect()
        self.connection.execute("SET threads = 2; SET TimeZone = 'UTC'; SET enable_progress_bar = false")

    def ingest(self):
        """JSON lines to one Parquet file with zstd, on the disk when it returns."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.connection.execute(
            f"COPY (SELECT * FROM read_json('{self.source}', format = 'newline_delimited', columns = {COLUMNS})) "
            f"TO '{self.file}' (FORMAT parquet, COMPRESSION zstd)")
        os.sync()

    def load_table(self):
        self.connection.execute(
            f"CREATE TABLE e AS SELECT *, CAST(ts + INTERVAL 8 HOUR AS DATE) AS day FROM read_parquet('{self.file}')")

    def ask(self, name):
        return self.connection.execute(QUESTIONS[name]).fetchall()

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
