"""Other forms of a log of JSON lines that has a file a day: each function writes one into a folder."""

import datetime as dt
import json
import random
import re
import subprocess

INCREMENT = "one day onto the full store"
_TIME = re.compile(rb'"ts":"(\d{4}-\d\d-\d\d)')
_ID = re.compile(rb'"event_id":"')
_MEMBER = re.compile(rb'"user_id":"([^"]*)"')


def as_it_is(files, folder):
    for file in files:
        (folder / file.name).symlink_to(file)


def shuffled(files, folder):
    """Every record up to seven days late: a file's records go to its own day's file and the six after it."""
    pick = random.Random(7)
    open_files = {}
    for day, file in enumerate(files):
        for last in [d for d in open_files if d < day]:
            open_files.pop(last).close()
        for ahead in range(7):
            if day + ahead not in open_files:
                open_files[day + ahead] = open(folder / f"{day + ahead:03}.jsonl", "wb", buffering=1 << 20)
        with open(file, "rb") as lines:
            for line in lines:
                open_files[day + pick.randrange(7)].write(line)
    for rest in open_files.values():
        rest.close()


def csv(files, folder):
    import duckdb

    for file in files:
        duckdb.sql(
            f"COPY (SELECT event_id, ts, user_id, event, community_id, platform, content_id, properties FROM "
            f"read_json('{file}', format = 'newline_delimited', columns = {{event_id: 'VARCHAR', ts: 'VARCHAR', "
            f"user_id: 'VARCHAR', event: 'VARCHAR', community_id: 'VARCHAR', platform: 'VARCHAR', "
            f"content_id: 'VARCHAR', properties: 'VARCHAR'}})) TO '{folder / file.stem}.csv' (HEADER)")


def packed(program, suffix):
    def pack(files, folder):
        for file in files:
            with open(folder / f"{file.name}{suffix}", "wb") as out:
                subprocess.run([*program, "-c", str(file)], stdout=out, check=True)
    return pack


def next_day(files, folder):
    """The middle day once more, as the day after the last, with ids of its own."""
    first, middle, last = (_date(files[index]) for index in (0, len(files) // 2, -1))
    shift = dt.timedelta(days=(last - middle).days + 2)
    text = files[len(files) // 2].read_bytes()
    text = _TIME.sub(lambda found: b'"ts":"' + _shifted(found[1], shift), text)
    (folder / "next.jsonl").write_bytes(_ID.sub(b'"event_id":"next-', text))


def times(factor):
    """The same days and members with `factor` times the events."""
    def write(files, folder):
        for file in files:
            text = file.read_bytes()
            for copy in range(factor):
                named = _ID.sub(b'"event_id":"%d-' % copy, text) if copy else text
                with open(folder / file.name, "ab") as out:
                    out.write(named)
    return write


def tenth(files, folder, rows, members):
    """A tenth of the events, of the same days and the same members: the first of each member, and of the others as many
    as are wanting."""
    seen = set()
    share = max(0, rows / 10 - members) / max(1, rows - members)
    due = 0.0
    for file in files:
        with open(file, "rb") as lines, open(folder / file.name, "wb") as out:
            for line in lines:
                member = _MEMBER.search(line)[1]
                if member not in seen:
                    seen.add(member)
                    out.write(line)
                    continue
                due += share
                if due >= 1:
                    due -= 1
                    out.write(line)


def _date(file):
    with open(file, encoding="utf-8") as lines:
        return dt.date.fromisoformat(json.loads(lines.readline())["ts"][:10])


def _shifted(text, shift):
    return (dt.date.fromisoformat(text.decode()) + shift).isoformat().encode()


# Name, maker, and how many times the log's records it holds; 0 is not checked.
FORMS = [
    (INCREMENT, next_day, 0),
    ("shuffled over seven days", shuffled, 1),
    ("CSV", csv, 1),
    ("JSON lines, zstd", packed(["zstd", "-q", "-3"], ".zst"), 1),
    ("JSON lines, gzip", packed(["gzip", "-1"], ".gz"), 1),
    ("twice the events", times(2), 2),
    ("four times the events", times(4), 4),
]
