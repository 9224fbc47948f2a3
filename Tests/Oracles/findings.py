"""Counts what agrees and keeps what does not: metric, flags, row, column, both values."""

SHOWN_DIFFERENCES_MAX = 3
RATE_DIFFERENCE_MAX = 1e-12


class Findings:
    def __init__(self, scene=""):
        self.passed = 0
        self.failed = 0
        self.scene = scene
        self.lines = []

    def check(self, holds, what, detail=""):
        """One fact: true, or a line."""
        if holds:
            self.passed += 1
        else:
            self.failed += 1
            self.lines.append(f"FAILED {self.scene}: {what}{': ' + str(detail) if detail != '' else ''}")
        return bool(holds)

    def add(self, other):
        """Takes over what was found elsewhere."""
        self.passed += other.passed
        self.failed += other.failed
        self.lines += other.lines

    def take_lines(self):
        """The lines so far; none are kept."""
        lines, self.lines = self.lines, []
        return lines

    def equal(self, found, expected, what):
        self.check(found == expected, what, f"muster has {found!r}, expected {expected!r}")

    def same_table(self, columns, rows, expected_columns, expected_rows, what):
        """Two tables, cell for cell and in order."""
        if list(columns) != list(expected_columns):
            return self.check(False, what, f"columns {list(columns)}, expected {list(expected_columns)}")
        differences = []
        if len(rows) != len(expected_rows):
            differences.append(f"{len(rows)} rows, expected {len(expected_rows)}")
        for number, (row, expected) in enumerate(zip(rows, expected_rows)):
            for name, value, wanted in zip(columns, row, expected):
                if not same_value(value, wanted):
                    differences.append(f"row {number} {row[:2]} column {name}: muster {value!r}, expected {wanted!r}")
            if len(differences) >= SHOWN_DIFFERENCES_MAX:
                break
        return self.check(not differences, what, "; ".join(differences[:SHOWN_DIFFERENCES_MAX]))


def same_value(value, expected):
    """Exact, null for null and type for type; rates to 1e-12."""
    if isinstance(expected, float) and isinstance(value, (int, float)) and not isinstance(value, bool):
        return abs(value - expected) <= RATE_DIFFERENCE_MAX
    return type(value) is type(expected) and value == expected
