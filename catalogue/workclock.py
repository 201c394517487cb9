"""Pure arithmetic of working time: no ORM, no settings, no clock. Whole microseconds inside, so nothing is lost.

Two kinds answer to :class:`WorkClock`: one that follows a calendar, and one for demonstrations that never closes.
Moments go in aware and come out aware in UTC. Asia/Shanghai has kept one offset (+8) since 1991.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from typing import Protocol

from django.utils.translation import gettext as _

Slot = tuple[int, int]
"""From and to, microseconds after the local midnight."""

Week = tuple[tuple[Slot, ...], ...]
"""Hours of Monday to Sunday."""

SHANGHAI = dt.timezone(dt.timedelta(hours=8), "Asia/Shanghai")
SECOND = 1_000_000
DAY = 86_400 * SECOND
SPARE_YEARS = 3
LAST_YEAR = 2400


class WorkClock(Protocol):
    @property
    def version(self) -> int: ...

    @property
    def note(self) -> str: ...

    @property
    def day_seconds(self) -> int:
        """Business seconds of one workday."""

    def add(self, start: dt.datetime, seconds: float, around_the_clock: bool = False) -> dt.datetime:
        """Return the earliest moment not before ``start`` that has ``seconds`` of working time behind it."""

    def seconds_between(self, a: dt.datetime, b: dt.datetime, around_the_clock: bool = False) -> float:
        """Return the working time from ``a`` to ``b``, negative when ``b`` is the earlier one."""

    def is_workday(self, day: dt.date) -> bool: ...

    def warning_for(self, moment: dt.datetime) -> str:
        """Return a sentence when the calendar only guesses at ``moment``, else an empty string."""


def parse_slots(texts: Sequence[Sequence[str]]) -> tuple[Slot, ...]:
    """Read ``[["09:00","12:00"],…]``; ``24:00`` ends a day. Raise ValueError unless ascending and apart."""
    slots = tuple((_after_midnight(opens), _after_midnight(closes)) for opens, closes in texts)
    edges = [edge for slot in slots for edge in slot]
    if any(later <= earlier for earlier, later in pairwise(edges)):
        raise ValueError(f"slots must ascend and not touch: {texts}")
    return slots


def parse_week(texts: Sequence[Sequence[Sequence[str]]] | None) -> Week | None:
    """Read the hours of Monday to Sunday. Raise ValueError unless there are seven days and one has hours."""
    if texts is None:
        return None
    week = tuple(parse_slots(day) for day in texts)
    if len(week) != 7 or not any(week):
        raise ValueError(f"a week has seven days, and one of them hours: {texts}")
    return week


def _after_midnight(text: str) -> int:
    if text == "24:00":
        return DAY
    at = dt.time.fromisoformat(text)
    return (at.hour * 3600 + at.minute * 60 + at.second) * SECOND


def length(slots: tuple[Slot, ...]) -> int:
    return sum(closes - opens for opens, closes in slots)


def _real_add(start: dt.datetime, micros: int) -> dt.datetime:
    return start.astimezone(dt.UTC) + dt.timedelta(microseconds=micros)


def _micros(span: dt.timedelta) -> int:
    return (span.days * 86_400 + span.seconds) * SECOND + span.microseconds


@dataclass(frozen=True, slots=True)
class Table:
    """``behind[i]``: working microseconds before day ``i``; ``slots[i]``: its hours. Immutable: swapped as a whole."""

    first: int
    last: int
    midnight: dt.datetime
    slots: tuple[tuple[Slot, ...], ...]
    behind: tuple[int, ...]


@dataclass(slots=True)
class CalendarClock:
    """Working time over ``days`` (exceptions) on top of a ``week``; without one, ``slots`` from Monday to Friday.

    One workday, as deadlines count it, is the length of ``slots`` whatever the day of the week.
    """

    version: int
    slots: tuple[Slot, ...]
    days: Mapping[dt.date, tuple[Slot, ...]]
    known_from: dt.date
    known_until: dt.date
    note: str = ""
    week: Week | None = None
    _table: Table = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if not self.slots or (self.week is not None and not any(self.week)):
            raise ValueError("a workday needs hours")
        self._table = self._build(self.known_from.year, self.known_until.year + SPARE_YEARS)

    @property
    def day_seconds(self) -> int:
        return length(self.slots) // SECOND

    def hours_of(self, day: dt.date) -> tuple[Slot, ...]:
        special = self.days.get(day)
        return self.plain_hours(day) if special is None else special

    def plain_hours(self, day: dt.date) -> tuple[Slot, ...]:
        """Return what the week says of ``day``, whatever holiday it may be."""
        if self.week is not None:
            return self.week[day.weekday()]
        return self.slots if day.weekday() < 5 else ()

    def spans(self, a: dt.datetime, b: dt.datetime) -> list[tuple[dt.datetime, dt.datetime]]:
        """Return the stretches of working time from ``a`` to ``b``, in Shanghai time, one or more for each day."""
        found = []
        day, last = a.astimezone(SHANGHAI).date(), b.astimezone(SHANGHAI).date()
        while day <= last:
            midnight = dt.datetime.combine(day, dt.time(), SHANGHAI)
            for opens, closes in self.hours_of(day):
                low = max(a, midnight + dt.timedelta(microseconds=opens))
                high = min(b, midnight + dt.timedelta(microseconds=closes))
                if low < high:
                    found.append((low.astimezone(SHANGHAI), high.astimezone(SHANGHAI)))
            day += dt.timedelta(days=1)
        return found

    def is_workday(self, day: dt.date) -> bool:
        return bool(self.hours_of(day))

    def warning_for(self, moment: dt.datetime) -> str:
        day = moment.astimezone(SHANGHAI).date()
        if self.known_from <= day <= self.known_until:
            return ""
        return _("%(year)d年放假安排尚未纳入工作日历，暂按周一至周五推算") % {"year": day.year}

    def add(self, start: dt.datetime, seconds: float, around_the_clock: bool = False) -> dt.datetime:
        micros = round(seconds * SECOND)
        if around_the_clock or micros == 0:
            return _real_add(start, micros)
        table = self._covering(start, start)
        target = _position(table, start) + micros
        table = self._reaching(table, target)
        if micros > 0:
            day = bisect_left(table.behind, target) - 1
            after_midnight = _forward(table.slots[day], target - table.behind[day])
        else:
            day = bisect_right(table.behind, target) - 1
            after_midnight = _backward(table.slots[day], target - table.behind[day])
        return table.midnight + dt.timedelta(days=day, microseconds=after_midnight)

    def seconds_between(self, a: dt.datetime, b: dt.datetime, around_the_clock: bool = False) -> float:
        if around_the_clock:
            return _micros(b - a) / SECOND
        table = self._covering(a, b)
        return (_position(table, b) - _position(table, a)) / SECOND

    def _covering(self, a: dt.datetime, b: dt.datetime) -> Table:
        table = self._table
        days = len(table.slots)
        if 0 <= (a - table.midnight).days < days and 0 <= (b - table.midnight).days < days:
            return table
        years = [moment.astimezone(SHANGHAI).year for moment in (a, b)]
        self._table = table = self._build(min(*years, table.first), max(*years, table.last))
        return table

    def _reaching(self, table: Table, target: int) -> Table:
        """Return ``table``, or a longer one from the same first day on, so that ``target`` keeps its meaning."""
        if target <= 0:
            raise OverflowError("before the first year of the calendar")
        while target > table.behind[-1]:
            per_year = 200 * length(self.slots)
            self._table = table = self._build(
                table.first, table.last + SPARE_YEARS + (target - table.behind[-1]) // per_year
            )
        return table

    def _build(self, first_year: int, last_year: int) -> Table:
        if last_year > LAST_YEAR:
            raise OverflowError("beyond the last year of the calendar")
        first = dt.date(first_year, 1, 1)
        count = (dt.date(last_year + 1, 1, 1) - first).days
        slots = tuple(self.hours_of(first + dt.timedelta(days=i)) for i in range(count))
        behind = tuple(accumulate((length(of_day) for of_day in slots), initial=0))
        midnight = dt.datetime(first_year, 1, 1, tzinfo=SHANGHAI).astimezone(dt.UTC)
        return Table(first=first_year, last=last_year, midnight=midnight, slots=slots, behind=behind)


def _position(table: Table, moment: dt.datetime) -> int:
    span = moment - table.midnight
    at = span.seconds * SECOND + span.microseconds
    done = table.behind[span.days]
    for opens, closes in table.slots[span.days]:
        if at <= opens:
            break
        done += min(at, closes) - opens
    return done


def _forward(slots: tuple[Slot, ...], micros: int) -> int:
    """Return the earliest time of the day with ``micros`` behind it, 0 < micros <= the day."""
    for opens, closes in slots:
        if micros <= closes - opens:
            return opens + micros
        micros -= closes - opens
    raise AssertionError("more than the day holds")


def _backward(slots: tuple[Slot, ...], micros: int) -> int:
    """Return the latest time of the day with ``micros`` behind it, 0 <= micros < the day."""
    for opens, closes in slots:
        if micros < closes - opens:
            return opens + micros
        micros -= closes - opens
    raise AssertionError("more than the day holds")


@dataclass(frozen=True, slots=True)
class DemonstrationClock:
    """A calendar that never closes and runs ``scale`` times as fast, so that escalation can be watched at any hour."""

    version: int
    scale: int
    day_seconds: int

    @property
    def note(self) -> str:
        return _("演示时钟：全天不停，时限缩短为 1/%(scale)d") % {"scale": self.scale}

    def add(self, start: dt.datetime, seconds: float, around_the_clock: bool = False) -> dt.datetime:
        return _real_add(start, round(seconds * SECOND / self.scale))

    def seconds_between(self, a: dt.datetime, b: dt.datetime, around_the_clock: bool = False) -> float:
        return _micros(b - a) * self.scale / SECOND

    def is_workday(self, day: dt.date) -> bool:
        return True

    def warning_for(self, moment: dt.datetime) -> str:
        return ""
