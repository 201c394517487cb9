"""From what was counted to what is published. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from statistics import median

from citizens.rules.suppression import TOTAL, Key, kept_back
from insight.rules import next_month

# What stands in a published cell, after its street and its class.
COLUMNS = ("reported", "closed", "median_days", "on_time_percent", "answered", "satisfied_percent")
# The code of what happened in the district and in none of its streets.
NO_STREET = "none"
PLEASED = 4  # Of five: 满意 and 很满意.
_DAY_SECONDS = 86_400


@dataclass(slots=True)
class Tally:
    """What was counted of one class in one street in a month. ``seconds``: from report to end, of each that ended."""

    reported: int = 0
    closed: int = 0
    late: int = 0
    answered: int = 0
    satisfied: int = 0
    seconds: list[float] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        self.reported += other.reported
        self.closed += other.closed
        self.late += other.late
        self.answered += other.answered
        self.satisfied += other.satisfied
        self.seconds += other.seconds


@dataclass(frozen=True, slots=True)
class Cell:
    """What is published of a class in a street; either may be TOTAL. None: too few, or others could be told by it."""

    street: str
    kind: str
    reported: int | None
    closed: int | None
    median_days: float | None
    on_time_percent: int | None
    answered: int | None
    satisfied_percent: int | None

    @property
    def values(self) -> list[float | None]:
        return [getattr(self, name) for name in COLUMNS]


def published(tallies: Mapping[Key, Tally], *, streets: Iterable[str], kinds: Iterable[str], least: int) -> list[Cell]:
    """Every cell of the table with its totals; each count guarded as a table of its own, for nothing joins them."""
    rows, columns = [TOTAL, *streets], [TOTAL, *kinds]
    hidden = {
        name: kept_back({key: getattr(tally, name) for key, tally in tallies.items()}, least)
        for name in ("reported", "closed", "answered")
    }
    summed = {(row, column): Tally() for row in rows for column in columns}
    for (row, column), tally in tallies.items():
        for key in ((row, column), (row, TOTAL), (TOTAL, column), (TOTAL, TOTAL)):
            summed[key].add(tally)
    return [
        _cell(key, tally, {name: key in keys for name, keys in hidden.items()}, least) for key, tally in summed.items()
    ]


def _cell(key: Key, tally: Tally, hidden: Mapping[str, bool], least: int) -> Cell:
    timed = not hidden["closed"] and tally.closed >= least
    asked = not hidden["answered"] and tally.answered >= least
    return Cell(
        *key,
        reported=None if hidden["reported"] else tally.reported,
        closed=None if hidden["closed"] else tally.closed,
        median_days=round(median(tally.seconds) / _DAY_SECONDS, 1) if timed and len(tally.seconds) >= least else None,
        on_time_percent=_percent(tally.closed - tally.late, tally.closed) if timed else None,
        answered=None if hidden["answered"] else tally.answered,
        satisfied_percent=_percent(tally.satisfied, tally.answered) if asked else None,
    )


def _percent(part: int, whole: int) -> int:
    """Rounded, half up; all of them and none of them are said of nothing less."""
    share = (200 * part + whole) // (2 * whole)
    return min(max(share, 1), 99) if 0 < part < whole else share


def months_over(first: dt.date, today: dt.date, settle_days: int) -> Iterator[dt.date]:
    """The first days of the months from that of ``first`` on which ended more than ``settle_days`` ago."""
    month = first.replace(day=1)
    while (after := next_month(month)) + dt.timedelta(days=settle_days) <= today:
        yield month
        month = after
