"""`muster experiment analyze` beside a second computation, from the log's own lines to the verdict.

Communities with planned sends are made with a seed, loaded by the program, and analysed by it; every row is worked out
again from the lines with NumPy and SciPy, each night by itself.
"""

import datetime as dt
import pathlib
import shutil

import experiment_community as made
import experiment_cookie_cats
import experiment_drift
import experiment_records
import workspaces
from community_days import DAY
from experiment_expected import Expected, Experiment
from experiment_records import Measure, Outcome
from experiment_words import Words

ESTIMATE_NEARNESS, P_NEARNESS = 1e-9, 1e-9

COLUMNS = ["metric", "arm", "units", "value", "low", "high", "difference", "diff_low", "diff_high", "lift", "p",
           "p_adjusted", "verdict"]

OPENED = Outcome("opened", Measure("occurred", ("push_open",)), 24, of_push=True)
BACK = Outcome("back", Measure("occurred", None), 48)
POSTS = Outcome("posts", Measure("count", ("comment", "post_create")), 72)
AMOUNT = Outcome("amount", Measure("sum", ("order",), "amount"), 168)
LIKES = Outcome("likes-per-view", Measure("count", ("like",)), 72, per=Measure("count", ("view",)))
DAYS = Outcome("days", Measure("days", None), 120)
LEFT = Outcome("left", Measure("occurred", ("leave",)), 72)
ALL = [BACK, POSTS, AMOUNT, LIKES, DAYS, LEFT]
GUARDRAILS = {"left": ("increase", 0.03)}

HOURS = {"08:30": 0.25, "12:30": 0.25, "20:20": 0.40, "none": 0.10}
TIMES = ("08:30", "12:30", "20:20", None)


def yaml_of(experiment):
    """The experiment as a file."""
    lines = [f"design: {experiment.design}", f"from: {experiment.first}", f"to: {experiment.last}",
             f"where: \"properties.experiment = '{experiment.log_name}'\"", "arms:"]
    times = experiment.times or [None] * len(experiment.arms)
    for (name, weight), at in zip(experiment.arms.items(), times):
        lines.append(f'  "{name}": {{weight: {weight}{f", at: {chr(34)}{at}{chr(34)}" if at else ""}}}')
    lines.append(f'control: "{experiment.control}"')
    if experiment.holdout:
        lines.append(f"holdout: {experiment.holdout}")
    goals = [outcome for outcome in experiment.outcomes if outcome.name not in experiment.guardrails]
    lines += [f"primary: {goals[0].name}", "goals:"]
    lines += [f"  {outcome.name}: {{{outcome_text(outcome)}}}" for outcome in goals]
    if experiment.guardrails:
        lines.append("guardrails:")
    for outcome in experiment.outcomes[len(goals):]:
        harm, margin = experiment.guardrails[outcome.name]
        lines.append(f"  {outcome.name}: {{{outcome_text(outcome)}, harm: {harm}, margin: {margin}}}")
    lines += [f"looks: {experiment.looks}", f"past: {str(experiment.past).lower()}", f"alpha: {experiment.alpha}"]
    if experiment.assignment != "push_planned":
        lines.append(f"assignment: {experiment.assignment}")
    if experiment.member_clock:
        lines.append("clock: member")
    if experiment.first_seen:
        lines.append("in-two-arms: first-seen")
    for key, value in (("planned-units", experiment.planned_units), ("reference-units", experiment.reference_units)):
        if value:
            lines.append(f"{key}: {value}")
    return "\n".join(lines) + "\n"


def outcome_text(outcome):
    key = {"occurred": "event", "sum": "event", "count": "count", "days": "days", "hours": "hours-to-first"}
    measure = outcome.measure
    events = "activity" if measure.events is None else f"[{', '.join(measure.events)}]"
    text = f"{key[measure.kind]}: {events}, within: {outcome.within}h"
    text += f", sum: properties.{measure.property}" if measure.property else ""
    if measure.where:
        text += f', where: "properties.{measure.where[0]} > {measure.where[1]}"'
    text += f", quantile: {outcome.quantile}" if outcome.quantile else ""
    text += f", per: [{', '.join(outcome.per.events)}]" if outcome.per else ""
    return text + (", of: push" if outcome.of_push else "")


def scenes(days):
    """Experiments of one community; their logs are planned by `plan`."""
    last = days[-1]
    sends = dict(design="send-randomised", arms=HOURS, control="12:30", holdout="none", times=TIMES, first=days[0],
                 last=last, guardrails=GUARDRAILS)
    halves = {"control": 0.5, "new": 0.5}
    members = dict(design="member-randomised", control="control", first=days[0], last=last, guardrails=GUARDRAILS)
    return [
        Experiment("hours", outcomes=[OPENED, *ALL], log_name="hours", planned_units=2400, **sends),
        Experiment("hours-fixed", outcomes=[OPENED, *ALL], log_name="hours", looks="fixed", past=False, **sends),
        Experiment("hours-part", outcomes=[BACK, OPENED, LEFT], log_name="hours",
                   **{**sends, "first": days[3], "last": days[9]}, past=False, alpha=0.1),
        Experiment("changed", outcomes=[OPENED, *ALL], log_name="changed", reference_units=400, **sends),
        Experiment("changed-plain", outcomes=[OPENED, *ALL], log_name="changed", past=False, **sends),
        Experiment("barred", outcomes=[OPENED, *ALL], log_name="barred", **sends),
        Experiment("uneven", outcomes=[OPENED, POSTS, LEFT], log_name="uneven", **sends),
        Experiment("members", outcomes=ALL, log_name="members", arms={"control": 0.4, "a": 0.3, "b": 0.3}, **members),
        Experiment("members-fixed", outcomes=ALL, log_name="members", arms={"control": 0.4, "a": 0.3, "b": 0.3},
                   looks="fixed", past=False, **members),
        Experiment("members-past", outcomes=ALL, log_name="members", arms={"control": 0.4, "a": 0.3, "b": 0.3},
                   looks="fixed", first_seen=True, **members),
        Experiment("versions", outcomes=ALL, log_name="versions", arms=halves, past=False, **members),
        Experiment("versions-past", outcomes=ALL, log_name="versions", arms=halves, looks="fixed", **members),
        Experiment("towns", design="community-randomised", arms=halves, control="control", outcomes=ALL,
                   log_name="towns", first=days[0], last=last, guardrails=GUARDRAILS),
        Experiment("towns-plain", design="community-randomised", arms=halves, control="control", outcomes=ALL,
                   log_name="towns", first=days[0], last=last, guardrails=GUARDRAILS, looks="fixed", past=False),
    ]


def plan(log, days):
    arms = dict(zip(HOURS, TIMES))
    shares = list(HOURS.values())
    made.plan_sends(log, "hours", days, arms, versions=[shares], open_rates=[0.2, 0.12, 0.3, 0], cadence=0.4,
                    echo="20:20")
    made.plan_sends(log, "changed", days, arms, versions=[shares, [0.1, 0.1, 0.6, 0.2]],
                    open_rates=[0.12, 0.12, 0.12, 0], cadence=0.4)
    names = list(HOURS)
    other = next(name for name in names if name != "12:30")
    made.plan_sends(log, "barred", days, arms, versions=[shares], open_rates=[0.12, 0.12, 0.12, 0], cadence=0.4,
                    barred=(names.index(other), names.index("12:30")))
    made.plan_sends(log, "uneven", days, arms, versions=[shares], open_rates=[0.12, 0.15, 0.18, 0], cadence=0.2,
                    uneven=True)
    made.plan_members(log, "members", days, {"control": 0.4, "a": 0.3, "b": 0.3}, echo="b")
    made.plan_members(log, "versions", days, {"control": 0.5, "new": 0.5}, versions=[[0.3, 0.7], [0.7, 0.3]])
    made.plan_towns(log, "towns", days[:14], {"control": 0.5, "new": 0.5})


# The last two change their clocks on the eleventh day of planned sends: 23 hours in New York, 25 in Berlin. Looks lie
# in the middle of days, and around the instant at which the last push of that day has left or could have been answered.
COMMUNITIES = [
    (5, "UTC", dt.date(2026, 2, 2), [(15, "T13:37:11"), (8, "")]),
    (6, "America/New_York", dt.date(2025, 2, 9), [(15, "T13:37:11"), (10, "T20:30:00"), (11, "T20:30:00")]),
    (7, "Europe/Berlin", dt.date(2025, 9, 28), [(15, "T13:37:11"), (10, "T20:00:00"), (11, "T20:00:00")]),
]


def check(findings, muster_path, work, logs):
    for community in COMMUNITIES:
        check_community(findings, muster_path, pathlib.Path(work), *community)
    experiment_drift.check(findings, muster_path, work)
    experiment_cookie_cats.check(findings, muster_path, work, logs)


def check_community(findings, muster_path, work, seed, zone, first, looks):
    log = made.ExperimentLog(seed, zone, first, 46, 1300)
    days = log.days[18:38]
    plan(log, days)
    name = f"experiments-{zone.replace('/', '-')}"
    muster = workspaces.make(muster_path, work / name, time_zone=zone, passive_events=("push_sent", "push_planned"))
    folder = work / name / "log"
    shutil.rmtree(folder, ignore_errors=True)
    log.write(folder)
    report = muster.json("ingest", str(folder), "--quiet")
    findings.scene = f"experiments in {zone}, seed {seed}"
    findings.equal(report["stored"], len(log.lines), "lines stored")
    (work / name / "pipelines" / "experiments").mkdir(parents=True)
    read = experiment_records.Log(folder, log.calendar)
    ends = [None] + [f"{days[place]}{time}" for place, time in looks]
    for experiment in scenes(days):
        path = work / name / "pipelines" / "experiments" / f"{experiment.name}.yaml"
        path.write_text(yaml_of(experiment))
        for as_of in ends:
            findings.scene = f"experiment {experiment.name} in {zone}, seed {seed}, as of {as_of}"
            compare(findings, muster, read, experiment, as_of)


def compare(findings, muster, log, experiment, as_of):
    """Every cell of one analysis."""
    words = ["--as-of", as_of] if as_of else []
    answer = muster.json("experiment", "analyze", experiment.name, *words)
    instant = log.calendar.instant(as_of) if as_of else log.calendar.start_of_day(log.last_day + DAY)
    found = dt.datetime.fromisoformat(answer["as_of"])
    findings.equal(experiment_records.microseconds(found), instant, "as_of")
    findings.equal([column["name"] for column in answer["columns"]], COLUMNS, "columns")
    expected = Expected(experiment, experiment_records.read(log, experiment, instant), log.calendar, instant)
    rows = {(row[0], row[1]): row for row in answer["rows"]}
    wanted = {(row[0], row[1]): row for row in expected.goal_rows()}
    for row in expected.delivered():
        wanted[(row[0], row[1])] = row + [None] * 8
    counts, shares, p = expected.sample_ratio()
    for arm, name in enumerate(experiment.arms):
        share = counts[arm] / counts.sum() if counts.sum() else None
        away = share - shares[arm] if shares is not None else None
        wanted[("sample-ratio", name)] = [
            "sample-ratio", name, int(counts[arm]), share, None, None, away, None, None, None, p, None]
    findings.equal(set(rows), set(wanted) | {("verdict", None)}, "rows")
    compare_words(findings, Words(expected, p), rows)
    compare_exclusions(findings, expected, answer["notes"])
    for key, row in wanted.items():
        for column, mine, other in zip(COLUMNS, rows.get(key, [None] * 13), row):
            same(findings, f"{key} {column}", mine, other, column)


def compare_exclusions(findings, expected, notes):
    """What is left out is counted in a note, and no note counts what is not left out."""
    wanted = []
    for name, count in expected.units.exclusions.items():
        unit, row = ("unit", "planned row") if count == 1 else ("units", "planned rows")
        if name.startswith("unknown arm "):
            wanted.append(f"Left out: {count} {unit} of the arm '{name[12:]}', which the experiment does not have.")
        elif name == "two arms":
            wanted.append(f"Left out: {count} {unit} planned in two arms.")
        else:
            wanted.append(f"Left out: {count} {row} without a push.")
    findings.equal(sorted(note for note in notes if note.startswith("Left out:")), sorted(wanted), "exclusions")
    for outcome, figure in zip(expected.experiment.outcomes, expected.units.figures):
        count = int((figure.mature > expected.as_of).sum())
        found = [note for note in notes if note.startswith(f"{outcome.name}: ") and "not counted yet" in note]
        holds = not found if count == 0 else len(found) == 1 and f" {count} units are not counted yet" in found[0]
        findings.check(holds, f"open windows of {outcome.name}", f"{found}, expected {count}")


def compare_words(findings, words, rows):
    """The verdict, and what each goal and guardrail says by itself; figures within are not read again."""
    verdict = rows[("verdict", None)]
    findings.equal(verdict[2], words.units(), "units of the verdict")
    findings.check(verdict[-1].startswith(words.verdict()), "verdict", f"{verdict[-1]!r}, expected {words.verdict()!r}")
    experiment = words.experiment
    for place, outcome in enumerate(experiment.outcomes):
        for arm, name in enumerate(experiment.arms):
            said, wanted = rows[(outcome.name, name)][-1], words.row(place, arm)
            holds = said is None if wanted is None else wanted == "" or said is not None and said.startswith(wanted)
            findings.check(holds, f"words of {outcome.name} of {name}", f"{said!r}, expected {wanted!r}")


def same(findings, what, found, expected, column):
    if expected is None or isinstance(expected, (int, str)) or found is None:
        return findings.equal(found, expected, what)
    if column in ("p", "p_adjusted"):
        near = abs(found - expected) <= P_NEARNESS
    else:
        near = abs(found - expected) <= ESTIMATE_NEARNESS * max(abs(expected), 1e-3)
    findings.check(near, what, f"muster has {found!r}, expected {float(expected)!r}")
