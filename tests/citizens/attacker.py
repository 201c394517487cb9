"""Somebody who has every file that was ever published, knows the rules, and wants the numbers that are not in them.

Of each month and count it writes down what is known, calls the rest unknown, and asks a solver for the least and the
greatest value that each unknown can have: rows and columns add up to their totals, and what is kept back is not zero.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import linprog

COUNTS = ("reported", "closed", "answered")
TOTAL = "total"
Key = tuple[str, str]
Table = Mapping[Key, int | None]


def bounds(table: Table) -> dict[Key, tuple[float, float]]:
    """The least and the greatest value of each unknown of a table with totals."""
    unknown = {key: place for place, key in enumerate(key for key, count in table.items() if count is None)}
    rows, columns = ({key[side] for key in table} - {TOTAL} for side in (0, 1))
    lines = [[*((row, column) for column in columns), (row, TOTAL)] for row in (*rows, TOTAL)]
    lines += [[*((row, column) for row in rows), (TOTAL, column)] for column in (*columns, TOTAL)]
    left, right = np.zeros((len(lines), len(unknown))), np.zeros(len(lines))
    for number, line in enumerate(lines):
        for key in line:
            sign = -1 if key == line[-1] else 1
            if key in unknown:
                left[number, unknown[key]] += sign
            else:
                right[number] -= sign * (table[key] or 0)
    found = {}
    for key, place in unknown.items():
        ends = []
        for sign in (1, -1):
            aim = np.zeros(len(unknown))
            aim[place] = sign
            solved = linprog(aim, A_eq=left, b_eq=right, bounds=(1, None))
            assert solved.status in (0, 3), solved.message
            ends.append(sign * solved.fun if solved.status == 0 else float("inf"))
        found[key] = (round(ends[0], 6), round(ends[1], 6))
    return found


@dataclass
class Attacker:
    """``known``: (month, count) -> its table, put together from all editions; ``editions``: of each month, as read."""

    known: dict[tuple[str, str], dict[Key, int | None]] = field(default_factory=dict)
    editions: dict[str, set[str]] = field(default_factory=dict)

    def read(self, files: Iterable[bytes]) -> None:
        for file in files:
            text = file.decode("utf-8-sig")
            months: dict[str, list[str]] = {}
            for row in csv.DictReader(io.StringIO(text)):
                months.setdefault(row["month"], []).append(str(sorted(row.items())))
                for count in COUNTS:
                    table = self.known.setdefault((row["month"], count), {})
                    key = (row["street_code"], row["class_code"])
                    told = int(row[count]) if row[count] else None
                    table[key] = told if told is not None else table.get(key)
            for month, lines in months.items():
                self.editions.setdefault(month, set()).add("\n".join(lines))

    def narrowest(self) -> float:
        """How far apart the ends of the best guess at anything are."""
        guesses = [each for table in self.known.values() for each in bounds(table).values()]
        assert guesses, "nothing was kept back: there is nothing to attack"
        return min(most - least for least, most in guesses)
