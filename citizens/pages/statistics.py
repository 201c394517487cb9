"""The page of public numbers: what was published, in words and bars."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from citizens.models import StatisticsMonth
from citizens.rules.open_data import NO_STREET
from citizens.rules.suppression import TOTAL

TREND_MONTHS = 12
Values = tuple[int | None, int | None, float | None, int | None, int | None, int | None]


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table. None: kept back, or too few. ``share``: of the longest bar of its table, percent."""

    code: str
    name: str
    reported: int | None
    closed: int | None
    median_days: float | None
    on_time_percent: int | None
    answered: int | None
    satisfied_percent: int | None
    share: float = 0


@dataclass(frozen=True, slots=True)
class Point:
    """A month of the trend. ``up``: of the highest, percent."""

    month: dt.date
    closed: int | None
    median_days: float | None
    up: float
    chosen: bool


class Published:
    """What was published of a month."""

    def __init__(self, row: StatisticsMonth) -> None:
        self.row = row
        self.month: dt.date = row.month
        self.streets: list[tuple[str, str]] = [
            (code, name or _("未落到街道")) for code, name in row.contents["streets"]
        ]
        self.kinds = [(code, name) for code, name in row.contents["classes"]]
        self.cells: dict[tuple[str, str], Values] = {
            (street, kind): tuple(values) for street, kind, *values in row.contents["cells"]
        }

    def line(self, street: str, kind: str, name: str, code: str) -> Line | None:
        """None if that was not told of in this month."""
        found = self.cells.get((street, kind))
        return None if found is None else Line(code, name, *found)

    def by_kind(self, street: str) -> list[Line]:
        return _with_bars(self.line(street, code, name, code) for code, name in self.kinds)

    def by_street(self) -> list[Line]:
        return _with_bars(self.line(code, TOTAL, name, code) for code, name in self.streets)

    def street_name(self, street: str) -> str:
        return dict(self.streets).get(street, "")


def _with_bars(lines: Any) -> list[Line]:
    """The most first, with bars by what was closed; those where nothing happened are left out."""
    found = [line for line in lines if line is not None and (line.reported != 0 or line.closed != 0)]
    found.sort(key=lambda line: (line.code == NO_STREET, -(line.closed or 0), line.code))
    most = max((line.closed or 0 for line in found), default=0)
    return [
        Line(**{name: getattr(line, name) for name in line.__slots__} | {"share": _percent(line.closed, most)})
        for line in found
    ]


def trend(rows: Sequence[StatisticsMonth], street: str, month: dt.date) -> list[Point]:
    """The months with what was closed in a street or in all, oldest first."""
    lines = [(row.month, Published(row).line(street, TOTAL, "", "")) for row in rows]
    most = max((line.closed or 0 for _month, line in lines if line), default=0)
    return [
        Point(each, line.closed, line.median_days, _percent(line.closed, most), each == month)
        for each, line in sorted(lines, key=lambda pair: pair[0])
        if line is not None
    ]


def _percent(part: int | None, whole: int) -> float:
    return round(100 * (part or 0) / whole, 1) if whole else 0
