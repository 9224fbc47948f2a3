"""Muster: every ingest and every question is a whole process."""

import json
import os
import pathlib
import subprocess
import tempfile
import time

import folders

TIME_ZONE = "Asia/Shanghai"


class MusterSide:
    def __init__(self, program, workspace, log):
        self.program = str(program)
        self.workspace = workspace
        self.log = str(log)
        self.store = workspace / ".muster"

    def ingest(self):
        """JSON lines to a store, on the disk when it returns."""
        folders.remove(self.workspace)
        self.workspace.mkdir(parents=True)
        (self.workspace / "muster.yaml").write_text(f"time-zone: {TIME_ZONE}\npassive-events: []\n")
        report = self._run("ingest", self.log, "--quiet")
        os.sync()
        if report["rejected"] or report["duplicate"]:
            raise SystemExit(f"bench: DuckDB stores every line, Muster does not: {report}")

    def ask(self, flags):
        return self._run("query", *flags)

    def text(self, *words):
        """What a call prints."""
        return subprocess.run(
            [self.program, *words], cwd=self.workspace, capture_output=True, text=True, check=True).stdout

    @property
    def status(self):
        return self._run("store", "status")

    def rows(self, answer):
        """The rows of an answer, each a dictionary."""
        names = [column["name"] for column in answer["columns"]]
        return [dict(zip(names, row)) for row in answer["rows"]]

    def measured(self, *words):
        """The answer of one call, and the most memory it had, in bytes."""
        peak = 0
        with tempfile.TemporaryFile("w+") as output:
            call = subprocess.Popen(
                [self.program, *words, "--format", "json"], cwd=self.workspace, stdout=output,
                stderr=subprocess.DEVNULL)
            while call.poll() is None:
                peak = max(peak, _peak(call.pid))
                time.sleep(0.002)
            if call.returncode != 0:
                raise SystemExit(f"bench: muster {' '.join(words)}: status {call.returncode}")
            output.seek(0)
            return json.load(output), peak

    def _run(self, *words):
        call = subprocess.run(
            [self.program, *words, "--format", "json"], cwd=self.workspace, capture_output=True, text=True)
        if call.returncode != 0:
            raise SystemExit(f"bench: muster {' '.join(words)}: status {call.returncode}: {call.stderr[-500:]}")
        return json.loads(call.stdout)


def engine_seconds(answers):
    """`stats.elapsed_ms` of each."""
    return [answer["stats"]["elapsed_ms"] / 1000 for answer in answers]


def _peak(pid):
    try:
        text = pathlib.Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in text.splitlines() if line.startswith("VmHWM:")), 0)
