"""Compares every number of Muster with other engines, over logs that it makes and logs that are real.

    verify.py --muster PATH --work DIR [--real-logs DIR] [--only PART]

Every cell of activity and retention three ways: the SQL that Muster prints, run by DuckDB over the segments; an
independent computation over the segments; the same over the raw log. Goes on after a difference, prints each, and
exits 1 at the end where there was one.
"""

import argparse
import pathlib
import sys
import time

import community_health
import experiment_analysis
import experiment_checks
import experiment_kinds
import experiment_units
import hostile_community
import member_facts
import parquet_files
import random_paths
import random_questions
import real_logs
import simulated_communities
import spark_engine
from findings import Findings


def main():
    arguments = argparse.ArgumentParser(description="Compares every number of Muster with other engines.")
    arguments.add_argument("--muster", required=True, type=pathlib.Path, help="the program")
    arguments.add_argument("--work", required=True, type=pathlib.Path, help="a folder for workspaces; made anew")
    arguments.add_argument("--real-logs", type=pathlib.Path, help="the folder of real logs")
    arguments.add_argument("--only", default="", help="only parts whose name holds this")
    options = arguments.parse_args()
    muster, work = options.muster.resolve(), options.work.resolve()
    logs = options.real_logs.resolve() if options.real_logs else None
    work.mkdir(parents=True, exist_ok=True)

    findings = Findings()
    parts = {
        community.name: lambda community=community: simulated_communities.check(findings, muster, work, community)
        for community in simulated_communities.COMMUNITIES
    }
    parts["hostile"] = lambda: hostile_community.check(findings, muster, work)
    parts["random"] = lambda: random_questions.check(findings, muster, work)
    parts["community"] = lambda: community_health.check(findings, muster, work)
    parts["paths"] = lambda: random_paths.check(findings, muster, work)
    parts["facts"] = lambda: member_facts.check(findings, muster, work)
    parts["parquet"] = lambda: parquet_files.check(findings, muster, work)
    parts["units"] = lambda: experiment_units.check(findings, muster, work)
    parts["spark"] = lambda: spark_engine.check(findings, muster, work)
    parts["real"] = lambda: real_logs.check(findings, muster, work, logs)
    parts["experiments-analyze"] = lambda: experiment_analysis.check(findings, muster, work, logs)
    parts["experiments-kinds"] = lambda: experiment_kinds.check(findings, muster, work)
    parts["experiments"] = lambda: experiment_checks.check(findings, muster.parent / "ExperimentChecks", work)
    for name, part in parts.items():
        if options.only not in name:
            continue
        before, started = (findings.passed, findings.failed), time.perf_counter()
        try:
            part()
        except Exception as failure:  # the other parts still have something to say
            findings.check(False, f"the part ended early: {type(failure).__name__}", failure)
        for line in findings.take_lines():
            print(line)
        passed, failed = findings.passed - before[0], findings.failed - before[1]
        print(f"{name}: {passed} passed, {failed} failed, {time.perf_counter() - started:.1f} s", flush=True)
    print(f"verify: {findings.passed} passed, {findings.failed} failed")
    sys.exit(1 if findings.failed else 0)


if __name__ == "__main__":
    main()
