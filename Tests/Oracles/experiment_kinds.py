"""Kinds of figures and of planned units that the other experiments do not have, worked out from the log's lines.

Quantiles, hours to the first event, conditions inside an outcome, `clock: member`, deliveries taken for planned sends;
then what is explored, switchbacks and policies, each with a check of its own.
"""

import datetime as dt
import pathlib
import shutil

import experiment_analysis
import experiment_community as made
import experiment_explored
import experiment_policies
import experiment_records
import experiment_switchback
import workspaces
from experiment_analysis import ALL, BACK, GUARDRAILS, HOURS, LEFT, OPENED, TIMES
from experiment_expected import Experiment
from experiment_records import Measure, Outcome

FIRST_COMMENT = Outcome("first-comment", Measure("hours", ("comment",)), 120)
FIRST_VISIT = Outcome("first-visit", Measure("hours", None), 72)
DEAR = Outcome("dear", Measure("occurred", ("order",), where=("amount", 12.0)), 168)
DEAR_COUNT = Outcome("dear-count", Measure("count", ("order", "comment"), where=("amount", 15.0)), 168)
DEAR_SUM = Outcome("dear-sum", Measure("sum", ("order",), "amount", where=("amount", 15.0)), 168)
MEDIAN = Outcome("median-hours", Measure("hours", None), 120, quantile=0.5)
VIEWS = Outcome("views-90", Measure("count", ("view",)), 168, quantile=0.9)

MEMBERS = {"control": 0.4, "a": 0.3, "b": 0.3}
REACHED = {"08:30": 0.28, "12:30": 0.28, "20:20": 0.44}


def scenes(days):
    span = dict(first=days[0], last=days[-1])
    members = dict(design="member-randomised", arms=MEMBERS, control="control", log_name="members", **span)
    sends = dict(design="send-randomised", arms=HOURS, control="12:30", holdout="none", times=TIMES, log_name="hours",
                 guardrails=GUARDRAILS, **span)
    figures = [BACK, FIRST_COMMENT, FIRST_VISIT, DEAR, DEAR_COUNT, DEAR_SUM]
    return [
        Experiment("kinds-members", outcomes=[*figures, LEFT], guardrails=GUARDRAILS, **members),
        Experiment("kinds-members-fixed", outcomes=figures, looks="fixed", past=False, **members),
        Experiment("kinds-sends", outcomes=[OPENED, *figures, LEFT], **sends),
        Experiment("quantiles", outcomes=[BACK, MEDIAN, VIEWS], past=False, looks="fixed", **members),
        Experiment("quantiles-nightly", outcomes=[BACK, MEDIAN, VIEWS], past=False, **members),
        Experiment("member-clock", outcomes=[OPENED, *ALL], member_clock=True, **sends),
        Experiment("reached", design="send-randomised", arms=REACHED, control="12:30", times=TIMES[:3],
                   assignment="push_sent", outcomes=[OPENED, *ALL], log_name="hours", guardrails=GUARDRAILS, **span),
    ]


def check(findings, muster_path, work):
    work = pathlib.Path(work)
    for seed, zone, first in ((21, "America/New_York", dt.date(2025, 2, 9)), (22, "UTC", dt.date(2026, 2, 2))):
        log = made.ExperimentLog(seed, zone, first, 46, 1300)
        days = log.days[18:38]
        experiment_analysis.plan(log, days)
        muster = workspaces.make(
            muster_path, work / f"kinds-{zone.replace('/', '-')}", time_zone=zone,
            passive_events=("push_sent", "push_planned"))
        folder = pathlib.Path(muster.workspace)
        shutil.rmtree(folder / "log", ignore_errors=True)
        log.write(folder / "log")
        muster.run("ingest", str(folder / "log"), "--quiet")
        (folder / "pipelines" / "experiments").mkdir(parents=True)
        read = experiment_records.Log(folder / "log", log.calendar)
        for experiment in scenes(days):
            path = folder / "pipelines" / "experiments" / f"{experiment.name}.yaml"
            path.write_text(experiment_analysis.yaml_of(experiment))
            for as_of in (None, f"{days[15]}T13:37:11"):
                findings.scene = f"experiment {experiment.name} in {zone}, seed {seed}, as of {as_of}"
                experiment_analysis.compare(findings, muster, read, experiment, as_of)
        experiment_explored.check(findings, muster, read, days)
    experiment_switchback.check(findings, muster_path, work)
    experiment_policies.check(findings, muster_path, work)
