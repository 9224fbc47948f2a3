"""Values of send-hour policies, worked out from the log's lines: IPS, self-normalised, doubly robust, each clustered.

Arms are drawn with propensities of the member's own; one hour is clearly best for all, another in the south, and a
member's own hour is that of most sessions before the anchor, by the community's clock or the member's.
"""

import collections
import datetime as dt
import json
import math
import pathlib
import zoneinfo

import numpy as np
import workspaces
from community_days import DAY, EPOCH, CommunityCalendar
from scipy import stats

ARMS = {"08:30": 8.5, "12:30": 12.5, "20:20": 20 + 1 / 3}
HELD = 0.1
DRAWS = ([0.3, 0.3, 0.3], [0.45, 0.27, 0.18])
FIRST = dt.date(2026, 2, 2)
HOUR, SECOND = 3_600_000_000, 1_000_000
ZONES = {"north": "Europe/Berlin", "south": "Asia/Tokyo"}
FILE = """design: send-randomised
clock: {clock}
arms:
  "08:30": {{weight: 0.3, at: "08:30"}}
  "12:30": {{weight: 0.3, at: "12:30"}}
  "20:20": {{weight: 0.3, at: "20:20"}}
  none: {{weight: 0.1}}
control: "12:30"
holdout: none
primary: opened
goals:
  opened: {{event: push_open, of: push, within: 24h}}
segments: [member.city]
past: false
"""
FACTS = """kind: members
member: id
attributes: [city, zone]
"""


def check(findings, muster_path, work):
    scene = Scene(11)
    muster = workspaces.make(
        muster_path, pathlib.Path(work) / "policies", time_zone="Europe/Berlin",
        passive_events=("push_sent", "push_planned"))
    folder = pathlib.Path(muster.workspace)
    (folder / "pipelines" / "experiments").mkdir(parents=True)
    (folder / "datasets" / "crm").mkdir(parents=True)
    (folder / "datasets" / "crm" / "dataset.yaml").write_text(FACTS)
    (folder / "facts.csv").write_text(
        "id,city,zone\n" + "".join(f"m{one},{city},{ZONES[city]}\n" for one, city in enumerate(scene.cities)))
    (folder / "log.jsonl").write_text("".join(json.dumps(line) + "\n" for line in scene.lines))
    muster.run("ingest", "log.jsonl", "--quiet")
    muster.run("ingest", "--dataset", "crm", "facts.csv", "--quiet")
    for clock in ("community", "member"):
        findings.scene = f"policies by the clock of the {clock}"
        (folder / "pipelines" / "experiments" / "hours.yaml").write_text(FILE.format(clock=clock))
        answer = muster.json("experiment", "policy", "hours")
        columns = [column["name"] for column in answer["columns"]]
        found = {(row[0], row[1]): dict(zip(columns, row)) for row in answer["rows"]}
        wanted = scene.values(clock)
        findings.equal(sorted(found), sorted(wanted), "rows")
        for key in found.keys() & wanted.keys():
            for column, other in wanted[key].items():
                mine = found[key][column]
                holds = mine == other if other is None or mine is None else abs(mine - other) <= 1e-9 * max(1, other)
                findings.check(holds, f"{key} {column}", f"muster has {mine!r}, expected {other!r}")


class Scene:
    def __init__(self, seed):
        self.numbers = np.random.default_rng(seed)
        self.calendar = CommunityCalendar("Europe/Berlin")
        self.cities = ["north" if member % 3 else "south" for member in range(900)]
        self.lines, self.sends, self.events = [], [], collections.defaultdict(list)
        self.deliveries = collections.defaultdict(list)
        for member in range(900):
            self.habits(member)
            self.pushes(member)
        self.add(self.calendar.start_of_day(FIRST + 40 * DAY), 0, "view")
        self.lines = [self.lines[place] for place in self.numbers.permutation(len(self.lines))]

    def add(self, ts, member, event, **properties):
        instant = EPOCH + dt.timedelta(microseconds=int(ts))
        line = {"ts": instant.isoformat().replace("+00:00", "Z"), "user_id": f"m{member}", "event": event}
        self.lines.append({**line, "properties": properties} if properties else line)

    def habits(self, member):
        """Sessions of one to three events around a favourite hour, at times elsewhere; some members have none."""
        if member % 19 == 0:
            return
        favourite = (7, 9, 12, 13, 19, 21)[member % 6]
        for offset in range(30):
            if self.numbers.random() < 0.5:
                hour = favourite if self.numbers.random() < 0.7 else int(self.numbers.integers(0, 24))
                ts = self.calendar.start_of_day(FIRST + (offset - 10) * DAY) + hour * HOUR
                for _ in range(int(self.numbers.integers(1, 4))):
                    ts += int(self.numbers.integers(0, 40 * 60)) * SECOND
                    self.events[member].append(ts)
                    self.add(ts, member, "view")

    def pushes(self, member):
        draws = DRAWS[member % 2]
        south = self.cities[member] == "south"
        for offset in range(0, 20, 3):
            day = FIRST + (offset + member % 3) * DAY
            start = self.calendar.start_of_day(day)
            drawn = int(self.numbers.choice(4, p=[*draws, HELD]))
            arm = [*ARMS, "none"][drawn]
            propensity = [*draws, HELD][drawn]
            push = f"p-{day}"
            self.add(start, member, "push_planned", push_id=push, arm=arm, propensity=propensity, plan="1")
            if arm == "none":
                continue
            opened = 0
            if self.numbers.random() > 0.05:
                sent = start + int(ARMS[arm] * 3600) * SECOND
                self.add(sent, member, "push_sent", push_id=push, arm=arm)
                self.deliveries[member].append(sent)
                rate = {"08:30": 0.5 if south else 0.1, "12:30": 0.12, "20:20": 0.2 if south else 0.6}[arm]
                if self.numbers.random() < rate:
                    opened = 1
                    self.add(sent + int(self.numbers.integers(60, 72_000)) * SECOND, member, "push_open", push_id=push)
            self.sends.append((member, start, list(ARMS).index(arm), propensity / (1 - HELD), opened))

    def own_hours(self, member, zone):
        """(start, hour) of sessions that count."""
        found, last = [], None
        for ts in sorted(self.events[member]):
            if last is None or ts - last > HOUR // 2:
                local = (EPOCH + dt.timedelta(microseconds=ts)).astimezone(zone)
                if not any(sent <= ts < sent + 24 * HOUR for sent in self.deliveries[member]):
                    found.append((ts, local.hour))
            last = ts
        return found

    def own_arm(self, sessions, anchor):
        counts = collections.Counter(hour for ts, hour in sessions if ts < anchor)
        if not counts:
            return 1
        hour = min(hour for hour in counts if counts[hour] == max(counts.values()))

        def away(arm):
            distance = abs(list(ARMS.values())[arm] - (hour + 0.5))
            return min(distance, 24 - distance)

        return min(range(3), key=away)

    def values(self, clock):
        members = np.array([send[0] for send in self.sends])
        arms = np.array([send[2] for send in self.sends])
        propensities = np.array([send[3] for send in self.sends])
        y = np.array([send[4] for send in self.sends], float)
        segments = np.array([self.cities[member] == "south" for member in members], int)
        folds = np.array([fold(f"m{member}") for member in members])
        q, best, best_by_segment = learned(arms, y, segments, folds)
        own = np.zeros(len(y), int)
        cache = {}
        for place, (member, anchor, *_) in enumerate(self.sends):
            if member not in cache:
                zone = ZONES[self.cities[member]] if clock == "member" else "Europe/Berlin"
                cache[member] = self.own_hours(member, zoneinfo.ZoneInfo(zone))
            own[place] = self.own_arm(cache[member], anchor)
        policies = {"one best hour": best[folds], "best hour by segment": best_by_segment[folds, segments],
                    "own most active hour": own}
        logged = clustered(members, y, np.ones(len(y)))
        rows = {("logging", "observed"): row(logged, None, len(y), None, None)}
        for name, chosen in policies.items():
            weights = np.where(chosen == arms, 1 / propensities, 0)
            robust = q[folds, segments, chosen] + weights * (y - q[folds, segments, arms])
            size, largest = weights.sum() ** 2 / (weights**2).sum(), weights.max() / weights.sum()
            ones = np.ones(len(y))
            for estimator, above, below in (
                    ("ips", weights * y, ones), ("self-normalised", weights * y, weights),
                    ("doubly robust", robust, ones)):
                rows[name, estimator] = row(clustered(members, above, below), logged, len(y), size, largest)
        return rows


def fold(text):
    """The member's fold: a hash of the id, by folded multiplication."""
    mask, (k0, k1, k2) = (1 << 64) - 1, (0x9E3779B97F4A7C15, 0xD6E8FEB86659FD93, 0xA0761D6478BD642F)
    raw, seed = text.encode(), 0x4D7573746572466F

    def folded(a, b):
        product = (a & mask) * (b & mask)
        return (product ^ product >> 64) & mask

    h = seed ^ folded(seed ^ k0, len(raw) ^ k1)
    if len(raw) >= 4:
        a, b = (int.from_bytes(part, "little") for part in (raw[:4], raw[-4:]))
    else:
        a, b = raw[0] << 16 | raw[len(raw) >> 1] << 8 | raw[-1], 0
    return (folded(h ^ a ^ k0, folded(b ^ k2, len(raw) ^ h ^ k1)) >> 32) % 5


def learned(arms, y, segments, folds):
    """q by fold, segment and arm, and the best arms by fold: all from the other folds."""
    q, best, by_segment = np.zeros((5, 2, 3)), np.zeros(5, int), np.zeros((5, 2), int)
    for one in range(5):
        other = folds != one
        for segment in range(2):
            q[one, segment] = [y[other & (segments == segment) & (arms == arm)].mean() for arm in range(3)]
        best[one] = np.argmax([y[other & (arms == arm)].mean() for arm in range(3)])
        by_segment[one] = q[one].argmax(axis=1)
    return q, best, by_segment


def clustered(members, above, below):
    """(value, influence of each member)."""
    totals = np.bincount(members, above), np.bincount(members, below)
    present = np.bincount(members) > 0
    value = totals[0].sum() / totals[1].sum()
    return value, (totals[0] - value * totals[1])[present] / totals[1].sum()


def row(found, logged, sends, size, largest):
    (value, influence), count = found, len(found[1])

    def half(parts):
        return math.sqrt(count / (count - 1) * (parts**2).sum()) * stats.t.isf(0.025, count - 1)

    cells = dict(value=value, low=value - half(influence), high=value + half(influence), difference=None,
                 difference_low=None, difference_high=None, sends=sends, effective_sends=size, largest_weight=largest,
                 refusal=None)
    if logged is not None:
        difference, room = value - logged[0], half(influence - logged[1])
        cells.update(difference=difference, difference_low=difference - room, difference_high=difference + room)
    return cells
