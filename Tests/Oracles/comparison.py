"""One question, answered by Muster, by its SQL in DuckDB, and by hand."""

import concurrent.futures
import dataclasses
import datetime as dt

import community_days
import program
import segment_files
from findings import Findings


@dataclasses.dataclass
class Subject:
    """A store under check. `expected` answers from its segments, `expected_raw` from its log where there is one."""

    muster: program.Program
    expected: object
    seed: object
    expected_raw: object = None


def compare_all(findings, subject, questions):
    """Checks questions two at a time; what is found is in their order."""
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for found in pool.map(lambda question: compare(subject, question, findings.scene), questions):
            findings.add(found)


def compare(subject, question, scene):
    """Checks every cell of one question."""
    found = Findings(scene)
    compare_into(found, subject, question)
    return found


def compare_into(findings, subject, question):
    what = f"{question} [seed {subject.seed}]"
    try:
        answer = subject.muster.json("query", *question.flags)
        statement = subject.muster.sql(*question.flags)
    except program.MusterFailed as failure:
        findings.check(False, what, failure)
        return
    as_of = community_days.microseconds(dt.datetime.fromisoformat(answer["as_of"]))
    findings.check(as_of == subject.expected.as_of(question), f"{what}: as_of", answer["as_of"])
    columns = [column["name"] for column in answer["columns"]]
    try:
        result = segment_files.connection().execute(statement)
        names = [column[0] for column in result.description]
        rows = [[plain(value) for value in row] for row in result.fetchall()]
        findings.same_table(columns, answer["rows"], names, rows, f"{what} against its SQL in DuckDB")
    except segment_files.duckdb.Error as failure:
        findings.check(False, f"{what} in DuckDB", failure)
    findings.same_table(columns, answer["rows"], *subject.expected.answer(question), f"{what} against Polars")
    if subject.expected_raw is not None:
        wanted = subject.expected_raw.answer(question)
        findings.same_table(columns, answer["rows"], *wanted, f"{what} against the raw log")


def plain(value):
    """A value of DuckDB as JSON has it."""
    return value.isoformat() if isinstance(value, dt.date) else value
