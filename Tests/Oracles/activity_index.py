"""The activity indexes of a store, read as ActivityIndex.md describes them, against DuckDB over the segments."""

import pathlib
import struct

import segment_files
from pyroaring import BitMap

MISSING = 2**32 - 1


class Index:
    """One index file. Sets are turned into keys of members."""

    def __init__(self, path):
        self.bytes = pathlib.Path(path).read_bytes()
        magic, version, self.head_bytes, file_bytes, self.rows = struct.unpack_from("<4sIQQQ", self.bytes)
        if (magic, version, file_bytes) != (b"MUSA", 2, len(self.bytes)):
            raise ValueError(f"{path} is no index")
        self.keys = None
        self.keys, _ = self.set_at(64)
        self.qualifying_events, = struct.unpack_from("<Q", self.bytes, 88)
        self.qualifying, _ = self.set_at(96)
        event_count, dimension_count = struct.unpack_from("<II", self.bytes, 120)
        offset = 128
        self.events, self.dimensions = [], {}
        for _ in range(event_count):
            count, = struct.unpack_from("<Q", self.bytes, offset)
            members, _ = self.set_at(offset + 8)
            name, offset = self.text(offset + 32)
            self.events.append((name, count, members))
        for _ in range(dimension_count):
            name, offset = self.text(offset)
            values, entries, start, size, _, set_size, _ = struct.unpack_from("<IIQQQQQ", self.bytes, offset)
            offset += 48
            self.dimensions[name] = None if values == MISSING else self.block(start, size, set_size, values, entries)
        if offset != self.head_bytes:
            raise ValueError(f"{path}: the head ends at {offset}, not at {self.head_bytes}")

    def text(self, offset):
        count, = struct.unpack_from("<I", self.bytes, offset)
        return self.bytes[offset + 4:offset + 4 + count].decode(), offset + 4 + count

    def set_at(self, offset):
        start, size, count, _ = struct.unpack_from("<QIIQ", self.bytes, offset)
        if size == 0:
            return self.keys, 0
        return self.members(start, size, count), size

    def members(self, start, size, count):
        found = list(BitMap.deserialize(self.bytes[start:start + size]))
        if len(found) != count:
            raise ValueError(f"a set of {len(found)} says it has {count}")
        return found if self.keys is None else [self.keys[place] for place in found]

    def block(self, start, size, set_size, value_count, entry_count):
        """Rows of (event, value, events, members): entries of `size` bytes, and behind them their sets."""
        ends = struct.unpack_from(f"<{value_count}I", self.bytes, start)
        texts = start + value_count * 4
        values = [self.bytes[texts + low:texts + high].decode() for low, high in zip([0, *ends[:-1]], ends)]
        offset = texts + (ends[-1] if value_count else 0)
        columns = [struct.unpack_from(f"<{entry_count}I", self.bytes, offset + n * entry_count * 4) for n in range(5)]
        offset += entry_count * 20
        if offset != start + size:
            raise ValueError(f"entries end at {offset}, not at {start + size}")
        rows = []
        for event, value, count, member_count, byte_count in zip(*columns):
            members = self.events[event][2] if byte_count == 0 else self.members(offset, byte_count, member_count)
            offset += byte_count
            rows.append((self.events[event][0], None if value == MISSING else values[value], count, members))
        if offset != start + size + set_size:
            raise ValueError(f"sets end at {offset}, not at {start + size + set_size}")
        return rows


def check(findings, store, dimensions, passive):
    """Each file against its segment: counts and members of all, by event, and by event and value."""
    con = segment_files.connection()
    paths = segment_files.paths_of(store)
    passive = sorted(passive)
    names = {pathlib.Path(path).stem for path in paths}
    found = {path.stem for path in pathlib.Path(store).glob("index/*.index")}
    findings.equal(found, names, "every segment has an index, and no other file is there")
    for path in paths:
        index = Index(pathlib.Path(store) / "index" / f"{pathlib.Path(path).stem}.index")
        con.execute("CREATE OR REPLACE TABLE rows AS SELECT * FROM read_parquet(?)", [path])
        what = f"index of {pathlib.Path(path).name}"
        findings.equal(index.rows, con.execute("SELECT count(*) FROM rows").fetchone()[0], f"{what}: rows")
        findings.check(index.keys == members(con, "true", []), f"{what}: members")
        active = "NOT list_contains(?, event)"
        findings.equal(
            index.qualifying_events, con.execute(f"SELECT count(*) FROM rows WHERE {active}", [passive]).fetchone()[0],
            f"{what}: events that are not passive")
        findings.check(index.qualifying == members(con, active, [passive]), f"{what}: members who are not passive")
        wanted = con.execute("SELECT event, count(*) FROM rows GROUP BY 1 ORDER BY 1").fetchall()
        findings.equal([event[:2] for event in index.events], wanted, f"{what}: events")
        wrong = [name for name, _, keys in index.events if keys != members(con, "event = ?", [name])]
        findings.check(not wrong, f"{what}: members by event", wrong)
        findings.equal(list(index.dimensions), dimensions, f"{what}: dimensions")
        for name, rows in index.dimensions.items():
            check_dimension(findings, con, name, rows, what)
    check_first_days(findings, con, store, paths, passive)


def check_first_days(findings, con, store, paths, passive):
    """`index/first-days` against the day of each member's earliest event that is not passive."""
    file = (pathlib.Path(store) / "index" / "first-days").read_bytes()
    magic, kind, run_count, size, _ = struct.unpack_from("<4sIQQQ", file)
    findings.equal((magic, kind, size), (b"MUSB", 6, len(file) - 32), "first-days: header")
    member_count, = struct.unpack_from("<Q", file, 40)
    numbers = list(varints(file[64:]))
    findings.equal(len(numbers), run_count * 2, "first-days: runs")
    day, found = 0, {}
    for count, step in zip(numbers[::2], numbers[1::2]):
        first = sum(map(len, found.values()))
        day += (step >> 1) ^ -(step & 1)
        found.setdefault(day, []).extend(range(first, first + count))
    days = {key: day - 2**31 for day, keys in found.items() if day for key in keys}
    findings.equal(sum(map(len, found.values())), member_count, "first-days: members")
    wanted = con.execute(
        "SELECT member, epoch_us(arg_min(day, ts)::TIMESTAMP) // 86400000000 "
        "FROM read_parquet(?, hive_partitioning = true, hive_types = {'day': DATE}) "
        "WHERE NOT list_contains(?, event) GROUP BY 1", [paths, passive]).fetchall()
    different = sorted(set(days.items()) ^ set(wanted))
    findings.check(not different, "first-days: the day of each member's first event", different[:3])


def varints(data):
    """Numbers of seven bits a byte, the lowest first."""
    number = shift = 0
    for byte in data:
        number |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            yield number
            number = shift = 0


def check_dimension(findings, con, name, rows, what):
    distinct, = con.execute(f'SELECT count(DISTINCT "{name}") FROM rows').fetchone()
    if rows is None:
        findings.check(distinct > 256, f"{what}: {name} has too many values", distinct)
        return
    order = "event, value NULLS LAST"
    wanted = con.execute(
        f'SELECT event, "{name}" AS value, count(*), list_sort(list(DISTINCT member)) FROM rows '
        f"GROUP BY ALL ORDER BY {order}").fetchall()
    findings.equal([row[:3] for row in rows], [row[:3] for row in wanted], f"{what}: {name}")
    wrong = [row[:2] for row, (*_, keys) in zip(rows, wanted) if row[3] != keys]
    findings.check(not wrong, f"{what}: members by event and {name}", wrong[:3])


def members(con, condition, values):
    rows = con.execute(f"SELECT DISTINCT member FROM rows WHERE {condition} ORDER BY 1", values).fetchall()
    return [key for key, in rows]
