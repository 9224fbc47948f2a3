"""Spark as the engine of the checks that DuckDB serves else: a share of the same questions, answered by the statements
of the other dialect. Where Spark is installed: for this Python, or the one that MUSTER_SPARK_PYTHON names."""

import json
import os
import pathlib
import subprocess
import sys

import community_health
import experiment_units
import random_paths
import random_questions
import segment_files

DIALECT = "spark"
# One of so many questions: each takes seconds.
EVERY = {random_questions: 50, random_paths: 30, community_health: 3, experiment_units: 20}


class StatementFailed(segment_files.duckdb.Error):
    """What Spark does not run."""


class Result:
    """Names and rows, as a connection of DuckDB gives them."""

    def __init__(self, names, rows):
        self.description = [(name,) for name in names]
        self._rows = rows

    def fetchall(self):
        return self._rows


class Connection:
    def __init__(self):
        server = pathlib.Path(__file__).with_name("spark_server.py")
        self.process = subprocess.Popen(
            [python(), str(server)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    def execute(self, statement):
        self.process.stdin.write(json.dumps(statement) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise StatementFailed("Spark ended")
        answer = json.loads(line)
        if "error" in answer:
            raise StatementFailed(answer["error"])
        return Result(answer["names"], answer["rows"])


_connections = []


def connection():
    """One for all: Spark takes seconds to start."""
    if not _connections:
        _connections.append(Connection())
    return _connections[0]


def python():
    return os.environ.get("MUSTER_SPARK_PYTHON", sys.executable)


def check(findings, muster_path, work):
    if subprocess.run([python(), "-c", "import pyspark"], capture_output=True).returncode != 0:
        print("spark: Spark is not installed (MUSTER_SPARK_PYTHON names a Python that has it): left out")
        return
    engine = sys.modules[__name__]
    for part, every in EVERY.items():
        part.check(findings, muster_path, pathlib.Path(work) / "spark", engine, every)
        for line in findings.take_lines():
            print(line, flush=True)
    for open_connection in _connections:
        open_connection.process.stdin.close()
        open_connection.process.wait()
    _connections.clear()
