"""Units of experiments: the sums of random experiments over random communities, each against its own SQL in DuckDB.

Communities are odd: plans repeated and changed, sends early, late, again and without a plan, taps of other pushes,
members whose community has two arms, numbers that are none, days of 23 and 25 hours. The seed is in every finding.
"""

import concurrent.futures
import datetime as dt
import json
import pathlib
import random
import zoneinfo

import program
import random_questions
import segment_files
import workspaces
from findings import Findings

PLACES = [("UTC", "2026-01-20"), ("America/New_York", "2026-02-20"), ("Australia/Lord_Howe", "2026-03-20")]
DAY_COUNT = 32
MEMBER_COUNT = 50
EXPERIMENT_COUNT_BY_STORE = 40
AMOUNTS = [1, 0.1, 2.5, -3, "many", 1e3, 1e300, None, "7"]
ARMS = ["a", "b", "none"]
MEASURES = [
    {"event": "activity"}, {"event": "like"}, {"count": ["view", "like"]}, {"count": "activity"}, {"days": "activity"},
    {"days": "view"}, {"event": "share", "sum": "properties.amount"}, {"hours-to-first": "view"},
    {"count": "share", "where": "properties.amount > 1"}, {"event": "view", "where": "platform = 'ios'"},
]
TAPS = [{"event": "push_open"}, {"count": "push_open"}, {"days": "push_open"}, {"hours-to-first": "push_open"}]


def check(findings, muster_path, work, engine=segment_files, every=1):
    """One of `every` experiments; `engine` runs the statements."""
    findings.scene = f"experiment units in {engine.DIALECT}"
    for seed, (zone, first) in enumerate(PLACES, start=1):
        choice = random.Random(f"units {seed}")
        muster = workspaces.make(
            muster_path, pathlib.Path(work) / f"units-{seed}", time_zone=zone,
            dimensions=["platform", "community", "push", "arm"], passive_events=["push_sent", "push_planned"])
        path = pathlib.Path(work) / f"units-{seed}.jsonl"
        write_log(path, choice, zone, dt.date.fromisoformat(first))
        muster.run("ingest", str(path), "--quiet", "--reject-limit", "1")
        load_facts(muster, choice)
        folder = pathlib.Path(muster.workspace) / "pipelines" / "experiments"
        folder.mkdir(parents=True)
        asked = []
        for number in range(seed % every, EXPERIMENT_COUNT_BY_STORE, every):
            one = random.Random(f"experiment {seed} {number}")
            (folder / f"e{number}.yaml").write_text(json.dumps(experiment(one, first)))  # JSON is YAML
            asked.append([f"e{number}"] + as_of(one, first))
        with_units = compare_all(findings, muster, asked, seed, engine)
        if every == 1:  # of a few, most may have none
            findings.check(with_units > len(asked) / 2, f"most experiments of store {seed} have units", with_units)


def write_log(path, choice, zone, first):
    """About 1,200 events, and for each day the plans, sends and taps of a push."""
    zone = zoneinfo.ZoneInfo(zone)
    midnight = lambda day: dt.datetime.combine(first + dt.timedelta(days=day), dt.time(), zone).astimezone(dt.timezone.utc)
    lines = []
    for _ in range(1200):
        event = choice.choice(["view", "view", "like", "share", "push_open"])
        day = choice.randrange(DAY_COUNT)
        properties = {"push_id": f"p{day}"} if event == "push_open" else {}
        if event == "share":
            properties["amount"] = choice.choice(AMOUNTS)
        lines.append({
            "ts": midnight(day) + dt.timedelta(minutes=choice.randrange(25 * 60)), "event": event,
            "user_id": f"m{choice.randrange(MEMBER_COUNT)}", "platform": choice.choice([None, "ios", "web"]),
            "community_id": choice.choice([None, "c1", "c2", "c3"]), "properties": properties})
    for day in range(4, DAY_COUNT - 2):
        for member in range(MEMBER_COUNT):
            if choice.randrange(4):
                lines += push(choice, midnight(day), member, f"p{day}")
    choice.shuffle(lines)
    text = "".join(json.dumps(dict(line, ts=line["ts"].isoformat())) + "\n" for line in lines)
    path.write_text(text)


def push(choice, start, member, name):
    """The plan of one push to a member, its sends and taps."""
    arm = ARMS[choice.randrange(3) if choice.randrange(60) == 0 else member % 3]
    if choice.randrange(80) == 0:
        arm = choice.choice(["z", None])
    community = ["c1", "c2", "c3"][member % 3] if choice.randrange(200) else choice.choice([None, "c1"])
    record = lambda ts, event, **properties: {
        "ts": ts, "event": event, "user_id": f"m{member}", "platform": choice.choice([None, "ios"]),
        "community_id": community, "properties": {key: value for key, value in properties.items() if value is not None}}
    own = name if choice.randrange(25) else None
    lines = [record(start, "push_planned", push_id=own, arm=arm, propensity=0.25)]
    if choice.randrange(20) == 0:
        again = start + dt.timedelta(hours=choice.choice([0, 10, 30]))
        lines.append(record(again, "push_planned", push_id=own, arm=choice.choice([arm, arm, "b"])))
    for _ in range(choice.choice([0, 1, 1, 2])):
        sent = start + dt.timedelta(hours=choice.randrange(-2, 30))
        lines.append(record(sent, "push_sent", push_id=choice.choice([name] * 9 + ["other"]), arm=arm))
        if choice.randrange(2):
            lines.append(record(sent + dt.timedelta(hours=choice.randrange(-3, 40)), "push_open", push_id=name))
    return lines


def load_facts(muster, choice):
    """Arms and outcomes of a test that was run elsewhere."""
    folder = pathlib.Path(muster.workspace)
    (folder / "datasets" / "people").mkdir(parents=True)
    (folder / "datasets" / "people" / "dataset.yaml").write_text(
        "kind: members\nmember: id\nformat: csv\nattributes: rest\n")
    rows = [
        f"m{number},{choice.choice(['a', 'b', 'none', 'z', ''])},{choice.choice(['1', '2.5', 'many', '', '1e999', '-3'])},"
        f"{choice.choice(['true', 'False', 'TRUE', '1', '0', 'no', ''])}" for number in range(MEMBER_COUNT + 20)]
    (folder / "people.csv").write_text("\n".join(["id,arm,score,came"] + rows) + "\n")
    muster.run("ingest", "people.csv", "--dataset", "people", "--quiet")


def experiment(choice, first):
    """The keys of one experiment."""
    arms = {name: {"weight": weight} for name, weight in zip(ARMS, (0.25, 0.5, 0.25))}
    common = {"arms": arms, "control": "a", "holdout": "none"}
    if choice.randrange(8) == 0:
        goals = {"score": {"fact": "score"}, "came": {"fact": "came"}, "both": {"fact": "score", "per": {"fact": "came"}}}
        condition = choice.choice([{}, {"where": "member.score != 'many'"}])
        return {"design": "member-randomised", "assignment": "member.arm", "primary": "score", "goals": goals} | common | condition
    goals = {}
    for number, measure in enumerate(choice.sample(MEASURES, 4)):
        ratio = {"per": choice.choice(["view", {"days": "activity"}])} if choice.randrange(4) == 0 else {}
        goals[f"g{number}"] = measure | {"within": f"{choice.choice([1, 2, 7, 35])}d"} | ratio
    taps = choice.choice(TAPS) | {"of": "push", "within": choice.choice(["2h", "24h", "36h"])}
    if choice.randrange(4) == 0:
        taps["where"] = "platform is null"
    goals["tapped"] = taps
    design = choice.choice(["send-randomised", "member-randomised", "community-randomised"])
    days = sorted(choice.sample(range(DAY_COUNT), 2))
    day = lambda number: (dt.date.fromisoformat(first) + dt.timedelta(days=number)).isoformat()
    keys = {"design": design, "primary": "g0", "goals": goals, "past": choice.randrange(3) > 0} | common
    keys |= choice.choice([{}, {"from": day(days[0]), "to": day(days[1])}])
    keys |= choice.choice([{}, {}, {"where": "platform = 'ios'"}])
    if design == "member-randomised":
        keys |= choice.choice([{}, {"in-two-arms": "first-seen"}]) | choice.choice([{}, {"assignment": "push_sent"}])
    return keys


def as_of(choice, first):
    day = dt.date.fromisoformat(first) + dt.timedelta(days=choice.randrange(8, DAY_COUNT + 5))
    return choice.choice([[], ["--as-of", day.isoformat()], ["--as-of", f"{day}T13:37:11"]])


def compare_all(findings, muster, asked, seed, engine):
    """How many of the experiments have units."""
    connection, muster.dialect = engine.connection(), engine.DIALECT
    with_units = 0

    def ask(words):
        try:
            return muster.json("experiment", "units", *words), muster.sql("experiment", *words)
        except program.MusterFailed as failure:
            return failure, None

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for words, (answer, statement) in zip(asked, pool.map(ask, asked)):
            what = f"{' '.join(words)} [store {seed}]"
            one = Findings(findings.scene)
            if statement is None:
                one.check(False, what, answer)
            else:
                random_questions.compare(one, connection, words, answer, statement, what)
                with_units += any(row[2] for row in answer["rows"])
            findings.add(one)
    return with_units
