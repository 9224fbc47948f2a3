"""The seeded log of a small community in which members invite, join, leave, ask and answer."""

import datetime as dt
import json
import random


def events(seed, first_day, day_count, member_count, event_count):
    """Events as dictionaries of the plain log: ties of instants, strokes of midnight and reused links among them."""
    source = random.Random(seed)
    start = dt.datetime.combine(first_day, dt.time(), dt.timezone.utc)
    members = [f"m{number}" for number in range(member_count)]
    found = []
    for _ in range(event_count):
        # A third of the members come often, the others now and then and only for a while.
        number = source.randrange(member_count // 3) if source.random() < 0.6 else source.randrange(member_count)
        span = day_count if number % 3 else 1 + number * 7 % day_count
        seconds = source.randrange(span * 86_400)
        if source.random() < 0.1:
            seconds -= seconds % 86_400
        elif source.random() < 0.3:
            seconds -= seconds % 7_200
        kind = source.choices(
            ["view", "post_create", "comment", "like", "share", "invite", "join", "leave", "push_sent"],
            [30, 6, 18, 14, 4, 8, 6, 3, 8])[0]
        event = {
            "ts": (start + dt.timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ"), "user_id": members[number],
            "event": kind, "platform": source.choice(["ios", "web", None]),
        }
        if kind in ("post_create", "comment", "like") and source.random() < 0.95:
            event["content_id"] = f"t{seconds // 40_000 - source.choice([0, 0, 0, 1, 2])}"
        if kind in ("invite", "join") and source.random() < 0.8:
            event["properties"] = {"invite_id": f"c{seconds // 300_000}-{source.randrange(3)}"}
        found.append(event)
    return found


def write(path, found):
    lines = []
    for number, event in enumerate(found):
        lines.append(json.dumps({"event_id": f"e{number}", **{k: v for k, v in event.items() if v is not None}}))
    path.write_text("".join(line + "\n" for line in lines))
