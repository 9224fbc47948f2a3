"""A switchback from the log's lines: slots, blocks, and the test of all orders that the draw could have given."""

import datetime as dt
import itertools
import json
import pathlib

import numpy as np
import workspaces
from community_days import DAY, EPOCH, CommunityCalendar

ARMS = {"12:30": "12:30", "20:20": "20:20"}
FILE = """design: switchback
from: {first}
arms:
  "12:30": {{weight: 0.5, at: "12:30"}}
  "20:20": {{weight: 0.5, at: "20:20"}}
control: "12:30"
primary: back
goals:
  back: {{event: view, within: 1d}}
  views: {{count: view, within: 2d}}
past: false
switchback: {{burn-in: {burn_in}, burn-out: {burn_out}}}
plan: {{days: [tuesday, friday], account: {{sends: 1, per: day}}}}
"""


def check(findings, muster_path, work):
    for seed, zone, burn_in, burn_out in ((3, "UTC", 0, 0), (4, "Europe/Berlin", 0, 0), (5, "UTC", 4, 4)):
        findings.scene = f"switchback in {zone}, seed {seed}"
        scene = Switchback(seed, CommunityCalendar(zone))
        muster = workspaces.make(muster_path, pathlib.Path(work) / f"switchback-{seed}", time_zone=zone)
        folder = pathlib.Path(muster.workspace)
        (folder / "pipelines" / "experiments").mkdir(parents=True)
        text = FILE.format(first=scene.first, burn_in=burn_in, burn_out=burn_out)
        (folder / "pipelines" / "experiments" / "mass.yaml").write_text(text)
        (folder / "log.jsonl").write_text("".join(json.dumps(line) + "\n" for line in scene.lines))
        muster.run("ingest", "log.jsonl", "--quiet")
        answer = muster.json("experiment", "analyze", "mass")
        columns = [column["name"] for column in answer["columns"]]
        rows = {(row[0], row[1]): dict(zip(columns, row)) for row in answer["rows"]}
        for goal, length in (("back", 1), ("views", 2)):
            compare(findings, rows, goal, scene.slots(goal, length), burn_in, burn_out)


class Switchback:
    """Twelve weeks, Tuesdays and Fridays; 150 members; evenings are better, Fridays busy."""

    def __init__(self, seed, calendar):
        self.calendar, numbers = calendar, np.random.default_rng(seed)
        self.first = dt.date(2026, 2, 3)
        self.lines, self.views, self.planned = [], [], []
        orders = {}
        for week in range(16):
            for offset in (0, 3):
                day = self.first + (7 * week + offset) * DAY
                key = (week // 2, offset)
                orders.setdefault(key, numbers.permutation(list(ARMS)))
                arm = str(orders[key][week % 2])
                start, end = calendar.start_of_day(day), calendar.start_of_day(day + DAY)
                for member in range(150):
                    if numbers.random() < 0.05:
                        continue
                    self.planned.append((key, week % 2, day, arm, member))
                    self.add(start, member, "push_planned", push_id=f"mass-{day}", arm=arm, propensity=0.5, plan="1")
                    rate = 0.2 + 0.2 * (offset == 3) + 0.12 * (arm == "20:20")
                    for _ in range(numbers.poisson(rate * (0.5 + member % 3 / 2))):
                        ts = int(numbers.integers(start, end + (end - start) // 2))
                        self.views.append((member, ts))
                        self.add(ts, member, "view")
        self.add(calendar.start_of_day(self.first + 120 * DAY), 0, "view")

    def add(self, ts, member, event, **properties):
        instant = EPOCH + dt.timedelta(microseconds=int(ts))
        line = {"ts": instant.isoformat().replace("+00:00", "Z"), "user_id": f"m{member}", "event": event}
        self.lines.append({**line, "properties": properties} if properties else line)

    def slots(self, goal, length):
        """(day, block, arm, mean of its members) in the order of days."""
        by_member = {}
        for member, ts in self.views:
            by_member.setdefault(member, []).append(ts)
        groups = {}
        for block, _, day, arm, member in self.planned:
            low, high = self.calendar.start_of_day(day), self.calendar.start_of_day(day + length * DAY)
            count = sum(low <= ts < high for ts in by_member.get(member, []))
            groups.setdefault((day, block, arm), []).append(min(count, 1) if goal == "back" else count)
        return [(*key, float(np.mean(values))) for key, values in sorted(groups.items())]


def compare(findings, rows, goal, slots, burn_in, burn_out):
    slots = slots[burn_in:len(slots) - burn_out]
    blocks = {}
    for _, block, arm, value in slots:
        blocks.setdefault(block, {})[arm] = value
    pairs = [block for block in blocks.values() if len(block) == 2]
    differences = np.array([block["20:20"] - block["12:30"] for block in pairs])
    row = rows[goal, "20:20"]
    signs = np.array(list(itertools.product((-1, 1), repeat=len(differences))))

    def p(effect):
        moved = differences - effect
        sums = np.abs(signs @ moved)
        return float((sums >= abs(moved.sum()) - 1e-12).mean())

    near(findings, row["difference"], differences.mean(), f"difference of {goal}")
    near(findings, row["p"], p(0.0), f"p of {goal}")
    for arm in ARMS:
        value = np.mean([block[arm] for block in pairs])
        near(findings, rows[goal, arm]["value"], value, f"{goal} of {arm}")
        findings.equal(rows[goal, arm]["units"], len([1 for _, _, own, _ in slots if own == arm]), f"slots of {arm}")
    # The ends: just inside an effect is not rejected, just outside it is.
    # One treatment: Holm leaves α as it is, to the primary goal and to the one other.
    alpha, room = 0.05, 1e-7
    low, high = row["diff_low"], row["diff_high"]
    for end, inside in ((low, low + room), (high, high - room)):
        findings.check(p(inside) > alpha, f"inside of the interval of {goal}", f"p({inside}) = {p(inside)}")
        outside = end - (inside - end)
        findings.check(p(outside) <= alpha, f"outside of the interval of {goal}", f"p({outside}) = {p(outside)}")


def near(findings, found, expected, what):
    findings.check(found is not None and abs(found - expected) <= 1e-9, what,
                   f"muster has {found!r}, expected {float(expected)!r}")
