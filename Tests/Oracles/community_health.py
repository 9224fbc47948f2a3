"""Followers, health and members: native answers against their SQL in DuckDB and against SciPy.

Counts and rates are compared whole. What is censored (time to first response) or fitted (churn) is compared in its
inputs with the SQL, and its figures with SciPy: `ecdf` over censored data, and a fit of the same penalised likelihood
by `minimize`. Growth, referral and answers are also worked out from the events of the log, one by one.
"""

import collections
import datetime as dt
import itertools
import math
import pathlib

import community_log
import numpy as np
import program
import segment_files
import workspaces
from comparison import plain
from scipy import optimize, stats

SETTINGS = dict(week_start="sunday", contact_budget=7)
SECONDS = {"1h": 3_600, "24h": 86_400, "7d": 604_800}
DAY = 86_400

QUESTIONS = [
    "followers", "followers --granularity week", "followers --granularity month --where \"platform = 'ios'\"",
    "followers --from 2026-02-10 --to 2026-03-20 --granularity week", "followers --as-of 2026-03-01T13:00:00Z",
    "followers --view referral", "followers --view referral --granularity month",
    "followers --view referral --granularity week --as-of 2026-03-05T08:00:00Z", "followers --view tree",
    "followers --view tree --from 2026-02-15", "followers --view inviters --top 5",
    "followers --view inviters --where \"platform = 'web'\"", "followers --leave nobody --join join,share",
    "health", "health --every month", "health --view absence --every week", "health --view absence --every range",
    "health --view onion --every range --contributions like,view --where \"platform = 'ios'\"",
    "health --view onion --as-of 2026-03-01T13:00:00Z --to 2026-05-30",
    "health --view response --inputs", "health --view response --inputs --every week --opens comment,like",
    "health --view response --inputs --as-of 2026-03-01T13:00:00Z --every range", "health --view newcomers",
    "health --view newcomers --every range --where \"platform = 'web'\"",
    "health --view newcomers --opens comment --replies comment,like --as-of 2026-03-20T01:00:00Z",
    "health --view love", "health --view love --every week --from 2026-02-03", "health --view love --every range",
    "health --view churn --inputs", "health --view churn --inputs --where \"platform = 'ios'\"",
    "health --view churn --inputs --as-of 2026-03-25T13:00:00Z",
    "members", "members --by value", "members --by lifecycle,value --to 2026-03-03",
    "members --by value --where \"platform = 'ios'\"", "members --by risk --inputs --to 2026-04-01",
    "members --as-of 2026-03-01T13:00:00Z",
    "followers --zone America/New_York", "followers --view referral --granularity week --zone Asia/Shanghai",
    "health --zone Asia/Shanghai --every month", "health --view response --inputs --zone America/New_York",
    "health --view newcomers --zone Asia/Shanghai", "health --view love --zone America/New_York",
    "health --view churn --inputs --zone Asia/Shanghai", "members --by lifecycle,value --zone America/New_York",
]


def check(findings, muster_path, work, engine=segment_files, every=1):
    """One of `every` questions; `engine` runs the statements. What is fitted is looked at once, beside DuckDB."""
    is_whole = engine is segment_files
    for seed, zone in itertools.product((1, 2, 3) if is_whole else (1,), ("UTC",)):
        findings.scene = f"community {seed} in {zone}, {engine.DIALECT}"
        settings = {"time_zone": zone, **SETTINGS}
        muster = workspaces.make(muster_path, pathlib.Path(work) / f"community-{seed}", **settings)
        with open(pathlib.Path(muster.workspace) / "muster.yaml", "a") as file:
            file.write("followers-opening: {date: 2026-02-20, count: 40}\nlove-weights: {post_create: 3, share: 0.5}\n")
            file.write("value-weights: {recency: 2, frequency: 3, contribution: 4, referral: 1}\n")
        found = community_log.events(seed, dt.date(2026, 1, 5), 130, 90, 6_000)
        log = pathlib.Path(muster.workspace) / "log.jsonl"
        community_log.write(log, found)
        muster.json("ingest", str(log), "--quiet")
        muster.dialect = engine.DIALECT
        for question in QUESTIONS[::every]:
            against_sql(findings, muster, question, seed, engine)
        if not is_whole:
            continue
        against_events(findings, muster, found)
        response(findings, muster, "", seed)
        response(findings, muster, " --every week --opens comment,like", seed)
        churn(findings, muster, seed)


def words(question):
    """A question's words as a shell would part them."""
    parts = question.split('"')
    return [word for place, part in enumerate(parts) for word in ([part] if place % 2 else part.split())]


def against_sql(findings, muster, question, seed, engine):
    what = f"{question} [seed {seed}]"
    try:
        answer = muster.json("query", *words(question))
        result = engine.connection().execute(muster.sql(*words(question)))
    except (program.MusterFailed, segment_files.duckdb.Error) as failure:
        findings.check(False, what, failure)
        return
    names = [column[0] for column in result.description]
    rows = [[plain(value) for value in row] for row in result.fetchall()]
    columns = [column["name"] for column in answer["columns"]]
    findings.check(len(rows) > 0, f"{what} has rows")
    findings.same_table(columns, rounded(answer["rows"]), names, rounded(rows), f"{what} against its SQL in DuckDB")


def rounded(rows):
    """Sums of thousands of numbers differ in their last digits by the order of addition."""
    return [[float(f"{value:.11g}") if isinstance(value, float) else value for value in row] for row in rows]


# MARK: one by one


def against_events(findings, muster, found):
    """Growth, referral and answers straight from the definitions, by days of UTC."""
    events = [
        {**event, "at": int(dt.datetime.fromisoformat(event["ts"]).timestamp()), "day": event["ts"][:10]}
        for event in found
    ]
    kinds = collections.defaultdict(collections.Counter)
    for event in events:
        kinds[event["event"]][event["day"]] += 1
    opening, rows = 40, {}
    days = sorted({event["day"] for event in events})
    for day in days:
        if day < "2026-02-20":
            opening -= kinds["join"][day] - kinds["leave"][day]
    for day in days:
        joins, leaves = kinds["join"][day], kinds["leave"][day]
        rate = leaves / opening if opening > 0 else None
        rows[day] = [joins, leaves, joins - leaves, opening, rate]
        opening += joins - leaves
    answer = muster.json("query", "followers")["rows"]
    findings.check([row[0] for row in answer[1:]] == days, "days of followers", len(answer))
    for row in answer[1:]:
        same = all(a == b or (a is not None and b is not None and abs(a - b) < 1e-12)
                   for a, b in zip(row[1:6], rows[row[0]]))
        findings.check(same, f"followers on {row[0]} one by one", (row, rows[row[0]]))
    referral(findings, muster, events)


def referral(findings, muster, events):
    as_of = int(dt.datetime.fromisoformat(muster.json("query", "followers")["as_of"]).timestamp())
    code = lambda event: event.get("properties", {}).get("invite_id")
    firsts = {}
    for event in sorted((e for e in events if e["event"] == "join"), key=lambda e: (e["at"], code(e) or "~")):
        firsts.setdefault(event["user_id"], event)
    invites = [event for event in events if event["event"] == "invite"]
    joined = collections.Counter()
    for join in firsts.values():
        candidates = [
            invite for invite in invites if code(invite) == code(join) is not None
            and invite["user_id"] != join["user_id"] and 0 <= join["at"] - invite["at"] < 7 * DAY
        ]
        if not candidates:
            continue
        latest = max(invite["at"] for invite in candidates)
        senders = {invite["user_id"] for invite in candidates if invite["at"] == latest}
        if len(senders) == 1:
            joined[(senders.pop(), latest, code(join))] += 1
    groups = collections.Counter((i["user_id"], i["at"], code(i)) for i in invites if i["at"] + 7 * DAY <= as_of)
    matured, inviters = sum(groups.values()), len({group[0] for group in groups})
    converted = sum(min(count, joined[group]) for group, count in groups.items())
    row = muster.json("query", "followers", "--view", "referral")["rows"][0]
    wanted = [None, len(invites), matured, inviters, converted, sum(joined[group] for group in groups)]
    findings.equal(row[:6], wanted, "referral one by one")
    findings.check(converted > 0, "somebody came by an invite", converted)
    findings.check(abs(row[8] - matured / inviters * (converted / matured)) < 1e-12, "k = invites per inviter · share")


# MARK: censored and fitted


def response(findings, muster, flags, seed):
    """Every figure of time to first response from its inputs by SciPy."""
    inputs = muster.json("query", *words(f"health --view response --inputs{flags}"))["rows"]
    shown = muster.json("query", *words(f"health --view response{flags}"))
    names = [column["name"] for column in shown["columns"]]
    for row in shown["rows"]:
        cells = dict(zip(names, row))
        mine = [item for item in inputs if cells["period"] in (None, item[0])]
        what = f"response{flags} of {cells['period']} [seed {seed}]"
        ended = np.repeat([i[1] for i in mine if i[2]], [i[3] for i in mine if i[2]])
        waiting = np.repeat([i[1] for i in mine if not i[2]], [i[3] for i in mine if not i[2]])
        findings.equal((cells["topics"], cells["answered"]), (len(ended) + len(waiting), len(ended)), what)
        if len(ended) + len(waiting) == 0:
            continue
        curve = stats.ecdf(stats.CensoredData(uncensored=ended.astype(float), right=waiting.astype(float))).sf
        half = curve.quantiles[curve.probabilities <= 0.5 + 1e-12]
        died = np.intersect1d(half, ended)
        close(findings, cells["median_seconds"], died[0] / 1e6 if len(died) else None, f"{what}: median")
        band = curve.confidence_interval(method="log-log") if len(ended) else None
        last = max(np.concatenate([ended, waiting]))
        for name, seconds in SECONDS.items():
            survival = float(curve.evaluate(seconds * 1e6)) if len(ended) else 1.0
            unseen = seconds * 1e6 > last and survival > 0
            close(findings, cells[f"within_{name}"], None if unseen else 1 - survival, f"{what}: within {name}")
            if unseen or not 0 < survival < 1:
                findings.equal(cells[f"low_{name}"], None, f"{what}: no interval of {name}")
                continue
            close(findings, cells[f"low_{name}"], 1 - float(band.high.evaluate(seconds * 1e6)), f"{what}: low {name}")
            close(findings, cells[f"high_{name}"], 1 - float(band.low.evaluate(seconds * 1e6)), f"{what}: high {name}")


def close(findings, value, wanted, what, difference=1e-9):
    same = value == wanted if value is None or wanted is None else abs(value - wanted) <= difference * max(1, abs(wanted))
    findings.check(same, what, f"muster {value!r}, expected {wanted!r}")


def churn(findings, muster, seed):
    """The fit, its mean risk, the members contacted and the calibration, from the inputs by SciPy."""
    inputs = [row for row in muster.json("query", "health", "--view", "churn", "--inputs")["rows"]]
    days = sorted({row[0] for row in inputs})
    tests = days[-8:]
    closed = (dt.date.fromisoformat(tests[0]) - dt.timedelta(days=14)).isoformat()
    train = [row for row in inputs if row[0] <= closed]
    vector = lambda row: [row[1], row[2] - row[3], math.log1p(row[4])]
    features = np.array([vector(row) for row in train], float)
    members, churned = (np.array([row[place] for row in train], float) for place in (5, 6))
    mean = np.average(features, axis=0, weights=members)
    deviation = np.sqrt(np.average((features - mean) ** 2, axis=0, weights=members))
    scaled = (features - mean) / deviation

    def loss(beta):
        z = beta[0] + scaled @ beta[1:]
        p = 1 / (1 + np.exp(-z))
        residual = members * p - churned
        return (
            np.sum(members * np.logaddexp(0, z) - churned * z) + beta[1:] @ beta[1:] / 2,
            np.concatenate([[residual.sum()], scaled.T @ residual + beta[1:]]))

    beta = optimize.minimize(loss, np.zeros(4), jac=True, method="BFGS", options={"gtol": 1e-9}).x
    risk = lambda row: 1 / (1 + math.exp(-(beta[0] + (np.array(vector(row)) - mean) / deviation @ beta[1:])))
    shown = muster.json("query", "health", "--view", "churn")["rows"]
    findings.equal(len(shown), len(days) + 1, f"lines of churn [seed {seed}]")
    parts = {"test": tests, "train": [day for day in days if day <= closed]}
    for row in shown:
        mine = [item for item in inputs if (item[0] in tests if row[0] is None else item[0] == row[0])]
        what = f"churn of {row[0]} [seed {seed}]"
        findings.equal(row[2:4], [sum(i[5] for i in mine), sum(i[6] for i in mine)], what)
        part = "test" if row[0] is None or row[0] in tests else "train" if row[0] in parts["train"] else "gap"
        findings.equal(row[1], part, f"{what}: part")
        if part != "test":
            findings.equal(row[5:9], [None] * 4, f"{what}: nothing is measured on what was fitted on")
            continue
        close(findings, row[5], sum(risk(i) * i[5] for i in mine) / row[2], f"{what}: risk", 1e-6)
        if row[0] is not None:
            close(findings, row[7], contacted(mine, risk, SETTINGS["contact_budget"]), f"{what}: hits", 1e-9)
    tenths = muster.json("query", "health", "--view", "calibration")["rows"]
    findings.equal(sum(row[1] for row in tenths), shown[0][2], f"members of the calibration [seed {seed}]")
    findings.equal(sum(row[2] for row in tenths), shown[0][3], f"churned of the calibration [seed {seed}]")
    pooled = sum(row[1] * row[3] for row in tenths if row[1]) / shown[0][2]
    close(findings, pooled, shown[0][5], f"mean risk of the calibration [seed {seed}]")


def contacted(rows, risk, budget):
    """Expected hits among the members of the highest risk, by lot where risks are equal."""
    left, hits = budget, 0.0
    for _, group in itertools.groupby(sorted(rows, key=lambda row: -risk(row)), key=risk):
        group = list(group)
        members = sum(row[5] for row in group)
        taken = min(left, members)
        hits += sum(row[6] for row in group) * taken / members
        left -= taken
    return hits
