"""One question, answered by Muster, by its SQL in DuckDB, and by hand."""

import dataclasses
import datetime as dt

import program
import segment_files


@dataclasses.dataclass
class Subject:
    """A store under check. `expected` are answers from its segments, `expected_raw` from its log, where there is one."""

    muster: program.Program
    expected: object
    seed: object
    expected_raw: object = None


def compare(findings, subject, question):
    """Checks every cell of one question."""
    what = f"{question} [seed {subject.seed}]"
    try:
        answer = subject.muster.json("query", *question.flags)
        statement = subject.muster.sql(*question.flags)
    except program.MusterFailed as failure:
        findings.check(False, what, failure)
        return
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
