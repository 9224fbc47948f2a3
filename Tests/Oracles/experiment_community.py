"""Seeded communities with planned sends, written as a plain log: what experiments are worked out from.

Some sends are missed, some planned twice, in two arms, in an arm that nobody knows or without a push; some taps come
before their send or too late. Members join on the way, so that some have no past.
"""

import datetime as dt
import json

import numpy as np
from community_days import DAY, EPOCH, CommunityCalendar

BACKGROUND = {"view": 40, "comment": 16, "like": 14, "post_create": 8, "order": 8, "leave": 2}
SECOND = 1_000_000


class ExperimentLog:
    """A log that is being made."""

    def __init__(self, seed, zone, first_day, day_count, member_count):
        self.numbers = np.random.default_rng(seed)
        self.calendar = CommunityCalendar(zone)
        self.days = [first_day + place * DAY for place in range(day_count)]
        self.members = [f"m{number}" for number in range(member_count)]
        self.rates = self.numbers.gamma(1.2, 0.35, member_count)
        self.joined = np.where(
            self.numbers.random(member_count) < 0.7, 0, self.numbers.integers(0, day_count, member_count))
        self.towns = [f"t{number // 5}" for number in range(member_count)]
        self.second_towns = [
            f"t{self.numbers.integers(0, member_count // 5)}" if self.numbers.random() < 0.15 else None
            for _ in range(member_count)]
        self.lines = []
        self.add_background()

    def add(self, ts, member, event, town=None, **properties):
        instant = EPOCH + dt.timedelta(microseconds=int(ts))
        line = {"event_id": f"e{len(self.lines)}", "ts": instant.isoformat().replace("+00:00", "Z"), "user_id": member,
                "event": event}
        if town:
            line["community_id"] = town
        if properties:
            line["properties"] = properties
        self.lines.append(line)

    def instant_in(self, day):
        """Somewhere in a community day, which has 23 to 25 hours; at times on its first microsecond or its last."""
        start, end = self.calendar.start_of_day(day), self.calendar.start_of_day(day + DAY)
        drawn = self.numbers.random()
        return start if drawn < 0.01 else end - 1 if drawn < 0.02 else int(self.numbers.integers(start, end))

    def add_background(self):
        names, weights = list(BACKGROUND), np.array(list(BACKGROUND.values()), float)
        for place, member in enumerate(self.members):
            counts = self.numbers.poisson(self.rates[place], len(self.days))
            for index in range(self.joined[place], len(self.days)):
                for name in self.numbers.choice(names, counts[index], p=weights / weights.sum()):
                    self.act(place, self.days[index], str(name))

    def act(self, place, day, name):
        second = self.second_towns[place]
        town = second if second and self.numbers.random() < 0.4 else self.towns[place]
        amount = {}
        if name == "order" and self.numbers.random() < 0.95:
            amount = {"amount": round(float(self.numbers.gamma(2, 9)), 2)}
        self.add(self.instant_in(day), self.members[place], name, town, **amount)

    def plan(self, experiment, place, day, arm, push, propensity=None, version=None, at=None, town=None):
        """One planned unit, and its delivery and tap where they come about."""
        member = self.members[place]
        properties = {"experiment": experiment, "push_id": push, "arm": arm, "propensity": propensity, "plan": version}
        send = None
        if at is not None:
            hour, minute = (int(part) for part in at.split(":"))
            local = dt.datetime(day.year, day.month, day.day, hour, minute, tzinfo=self.calendar.zone)
            send = (local.astimezone(dt.timezone.utc) - EPOCH) // dt.timedelta(microseconds=1)
            properties["send_at"] = local.isoformat()
        known = {name: value for name, value in properties.items() if value is not None}
        self.add(self.calendar.start_of_day(day), member, "push_planned", town, **known)
        if send is None or self.numbers.random() < 0.07:
            return None
        send += int(self.numbers.integers(0, 40 * SECOND))
        labels = {"experiment": experiment, "push_id": push, "arm": arm}
        self.add(send, member, "push_sent", town, **labels)
        return send

    def tap(self, place, push, send):
        self.add(send, self.members[place], "push_open", push_id=push)

    def write(self, folder):
        """In several files, lines in no order."""
        folder.mkdir(parents=True, exist_ok=True)
        order = self.numbers.permutation(len(self.lines))
        for number, part in enumerate(np.array_split(order, 3)):
            text = "".join(json.dumps(self.lines[place]) + "\n" for place in part)
            (folder / f"part-{number}.jsonl").write_text(text)


def plan_sends(log, experiment, days, arms, *, versions, open_rates, cadence=1.0, uneven=False, echo=None,
               barred=()):
    """A send-randomised experiment: `arms` have a time of day or none, `versions` list their shares by version.

    `echo` is an arm whose members comment more on the day of their send. `barred` lists arms that every third member
    cannot get, the first arm the first third, who tap more; the last arm keeps its share."""
    numbers, names = log.numbers, list(arms)
    for index, day in enumerate(days):
        version = index * len(versions) // len(days)
        shares = np.array(versions[version])
        for place in np.nonzero(log.joined <= log.days.index(day) + 2)[0]:
            if numbers.random() >= cadence:
                continue
            own, label = shares, str(version + 1)
            if place % 3 < len(barred):
                own, label = np.where(np.arange(len(shares)) == barred[place % 3], 0, shares), f"{label}/{place % 3}"
                own[:-1] *= (1 - shares[-1]) / own[:-1].sum()
            if uneven and place % 3 == 0:
                own = shares[::-1]
            drawn = int(numbers.choice(len(names), p=own))
            push = f"{experiment}-{day}"
            sends = [log.plan(experiment, place, day, names[drawn], push, float(own[drawn]), label,
                              arms[names[drawn]])]
            odd = numbers.random()
            if odd < 0.004:
                log.plan(experiment, place, day, names[drawn], push, float(own[drawn]), label)
            elif odd < 0.008:
                other = int(np.nonzero((own > 0) & (np.arange(len(own)) != drawn))[0][0])
                log.plan(experiment, place, day, names[other], push, float(own[other]), label)
            elif odd < 0.010:
                log.plan(experiment, place, day, "unheard-of", push + "-odd", 0.1, label)
            elif odd < 0.012:
                log.add(log.calendar.start_of_day(day), log.members[place], "push_planned", experiment=experiment,
                        arm=names[drawn], propensity=float(own[drawn]))
            elif odd < 0.014:
                log.add(log.instant_in(day), log.members[place], "push_sent", experiment=experiment,
                        push_id=push + "-unplanned", arm=names[drawn])
            rate = open_rates[drawn] * (1 + np.tanh(log.rates[place] - 0.4)) * (1 + 0.5 * version)
            rate *= 1 if label.isdigit() else 1.8 - 0.9 * (place % 3)
            if sends[0] is not None and numbers.random() < rate:
                delay = float(numbers.exponential(9 * 3600))
                log.tap(place, push, sends[0] + int(delay * SECOND))
            elif sends[0] is not None and numbers.random() < 0.01:
                log.tap(place, push, sends[0] - int(numbers.integers(1, 5 * 3600)) * SECOND)
            if echo == names[drawn] and numbers.random() < 0.5:
                log.act(place, day, "comment")


def plan_members(log, experiment, days, shares, *, versions=None, in_two=0.01, echo=None):
    """A member-randomised experiment: members enter on the way and are planned again now and then."""
    numbers, names = log.numbers, list(shares)
    for place in range(len(log.members)):
        entry = int(numbers.integers(0, len(days)))
        version = 0 if versions is None else entry * len(versions) // len(days)
        own = list(shares.values()) if versions is None else versions[version]
        arm = names[int(numbers.choice(len(names), p=own))]
        text = None if versions is None else f"v{version + 1}"
        for index in range(entry, len(days), 3):
            log.plan(experiment, place, days[index], arm, f"{experiment}-{days[index]}", None, text, "10:00")
            if echo == arm and index < entry + 9 and numbers.random() < 0.6:
                log.act(place, days[index], "comment")
        if numbers.random() < in_two and entry + 1 < len(days):
            other = names[(names.index(arm) + 1) % len(names)]
            log.plan(experiment, place, days[entry + 1], other, f"{experiment}-{days[entry + 1]}", None, text, "10:00")


def plan_towns(log, experiment, days, shares):
    """A community-randomised experiment; members of two communities are planned in both."""
    numbers, names = log.numbers, list(shares)
    arms = {}
    for place in range(len(log.members)):
        for town in sorted({log.towns[place], log.second_towns[place]} - {None}):
            if town not in arms:
                arms[town] = names[int(numbers.choice(len(names), p=list(shares.values())))]
    for place in range(len(log.members)):
        entry = int(numbers.integers(0, 4))
        for town in sorted({log.towns[place], log.second_towns[place]} - {None}):
            for index in range(entry, len(days), 7):
                log.plan(experiment, place, days[index], arms[town], f"{experiment}-{town}-{days[index]}", at="09:00",
                         town=town)
                if arms[town] == names[-1] and numbers.random() < 0.3:
                    log.add(log.instant_in(days[index]), log.members[place], "comment", town)
