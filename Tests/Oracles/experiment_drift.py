"""Shares that change while the base rate drifts: the pooled difference is an effect out of nothing, ours is not.

Week one: 30 % come back, a tenth of the members are treated. Week two: 10 % come back, nine tenths are. Nothing works.
"""

import datetime as dt
import json
import math
import pathlib

import numpy as np
import workspaces
from scipy import stats

FIRST, EACH = dt.date(2026, 5, 4), 1500
WEEKS = ((0.3, 0.1), (0.1, 0.9))
FILE = """design: {design}
where: "properties.experiment = '{name}'"
arms: {{old: {{weight: 0.5}}, new: {{weight: 0.5}}}}
control: old
primary: back
looks: {looks}
past: false
goals:
  back: {{event: visit, within: 1d}}
"""


def check(findings, muster_path, work):
    muster = workspaces.make(
        muster_path, pathlib.Path(work) / "experiment-drift", time_zone="UTC",
        passive_events=("push_sent", "push_planned"))
    folder = pathlib.Path(muster.workspace)
    (folder / "pipelines" / "experiments").mkdir(parents=True)
    numbers = np.random.default_rng(3)
    lines, counts = [], {}
    for week, (rate, share) in enumerate(WEEKS):
        day = FIRST + dt.timedelta(days=7 * week)
        for member in range(EACH):
            name, arm = f"w{week}-{member}", "new" if numbers.random() < share else "old"
            came = numbers.random() < rate
            seen, total = counts.get(arm, (0, 0))
            counts[arm] = (seen + came, total + 1)
            for experiment, logged in (("logged", {"propensity": share if arm == "new" else 1 - share}), ("plain", {})):
                lines.append({"ts": f"{day}T00:00:00Z", "user_id": name, "event": "push_planned", "properties": {
                    "experiment": experiment, "push_id": f"{experiment}-{day}", "arm": arm, "plan": str(week + 1),
                    **logged}})
            if came:
                lines.append({"ts": f"{day}T15:00:00Z", "user_id": name, "event": "visit"})
    log = folder / "log.jsonl"
    log.write_text("".join(json.dumps({"event_id": f"e{n}", **line}) + "\n" for n, line in enumerate(lines)))
    muster.run("ingest", str(log), "--quiet")
    (x1, n1), (x0, n0) = counts["new"], counts["old"]
    pooled = (x1 + x0) / (n1 + n0)
    naive = (x1 / n1 - x0 / n0) / math.sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n0))
    findings.scene = "experiment with drift"
    findings.check(2 * stats.norm.sf(abs(naive)) < 1e-9, "the pooled difference looks like an effect", naive)
    for design in ("send-randomised", "member-randomised"):
        for name in ("logged", "plain"):
            for looks in ("fixed", "sequential"):
                findings.scene = f"experiment with drift, {design}, {name}, {looks}"
                title = f"{design}-{name}-{looks}"
                path = folder / "pipelines" / "experiments" / f"{title}.yaml"
                path.write_text(FILE.format(design=design, name=name, looks=looks))
                rows = {tuple(row[:2]): row for row in muster.json("experiment", "analyze", title)["rows"]}
                row, ratio = rows["back", "new"], rows["sample-ratio", "new"]
                findings.check(abs(row[6]) < 0.05 and row[7] < 0 < row[8] and row[10] > 0.05, "no effect is found", row)
                findings.check(abs(row[3] - rows["back", "old"][3] - row[6]) < 1e-9,
                               "the difference is that of the values shown", (row[3], rows["back", "old"][3], row[6]))
                # Versions are tested within themselves: where nothing was logged the file promised halves. At one look
                # all versions together are held against what was expected of them.
                is_alarm = name == "plain" and looks == "sequential"
                findings.equal(ratio[10] < 0.001, is_alarm, "alarm of the sample ratio")
