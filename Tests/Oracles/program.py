"""The program under check: every question is a process of its own."""

import json
import subprocess
import time


class MusterFailed(Exception):
    """A call that ended with another status than 0."""


class Program:
    def __init__(self, path, workspace):
        self.path = str(path)
        self.workspace = str(workspace)
        self.call_seconds = 0.0
        # Of the statements that it gives.
        self.dialect = "duckdb"

    def run(self, *words):
        """What `muster WORDS` prints."""
        started = time.perf_counter()
        call = subprocess.run([self.path, *words], cwd=self.workspace, capture_output=True, text=True)
        self.call_seconds += time.perf_counter() - started
        if call.returncode != 0:
            raise MusterFailed(f"muster {' '.join(words)}: status {call.returncode}: {call.stderr.strip()[-400:]}")
        return call.stdout

    def json(self, *words):
        return json.loads(self.run(*words, "--format", "json"))

    def sql(self, *words):
        return self.run("sql", *words, "--dialect", self.dialect)
