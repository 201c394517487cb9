"""A year of a calendar as twelve months to look at, and hours as people write them."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from catalogue.calendars import DayPlan
from catalogue.workclock import SECOND, CalendarClock, Slot
from lianqin.kernel.numbers import whole

FIRST_YEAR, LAST_YEAR = 2004, 2100


@dataclass(frozen=True, slots=True)
class Day:
    """One square. ``look`` is work, rest, holiday, makeup or own; ``mark`` is the letter on it."""

    date: dt.date
    look: str
    mark: str
    note: str
    hours: str
    changed: bool
    today: bool
    known: bool


@dataclass(frozen=True, slots=True)
class Month:
    """Weeks from Monday to Sunday; None where another month has the day."""

    number: int
    weeks: tuple[tuple[Day | None, ...], ...]
    workdays: int


def months_of(
    year: int, clock: CalendarClock, plans: Mapping[dt.date, DayPlan], *, today: dt.date, changed: Collection[dt.date]
) -> list[Month]:
    """Return the twelve months of a year as the calendar has them."""
    found = []
    for number in range(1, 13):
        weeks = []
        for week in calendar.Calendar().monthdatescalendar(year, number):
            weeks.append(
                tuple(
                    _day(date, clock, plans.get(date), today, changed) if date.month == number else None
                    for date in week
                )
            )
        days = [day for week in weeks for day in week if day is not None]
        found.append(Month(number, tuple(weeks), sum(clock.is_workday(day.date) for day in days)))
    return found


def _day(
    date: dt.date, clock: CalendarClock, plan: DayPlan | None, today: dt.date, changed: Collection[dt.date]
) -> Day:
    hours, plain = clock.hours_of(date), clock.plain_hours(date)
    look, mark = "work" if hours else "rest", ""
    if plain and not hours:
        look, mark = "holiday", _("休")
    elif hours and not plain:
        look, mark = "makeup", _("班")
    elif hours != plain:
        look, mark = "own", _("时")
    elif plan is not None and not plan.workday and plan.note:
        look, mark = "holiday", _("休")
    return Day(
        date=date,
        look=look,
        mark=mark,
        note=plan.note if plan else "",
        hours=hours_words(hours),
        changed=date in changed,
        today=date == today,
        known=clock.known_from <= date <= clock.known_until,
    )


def hours_words(slots: Sequence[Slot]) -> str:
    """Return hours as they are written on a form: 09:00-12:00 13:30-17:30."""
    return " ".join(f"{_clock(opens)}-{_clock(closes)}" for opens, closes in slots)


def _clock(micros: int) -> str:
    minutes = micros // SECOND // 60
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def told_words(slots: Sequence[Sequence[str]] | None) -> str:
    """Return the hours of a row of the database as they are written on a form."""
    return " ".join(f"{opens}-{closes}" for opens, closes in slots or ())


def year_of(text: str, today: dt.date) -> int:
    """Read a year from an address; this year for anything else."""
    year = whole(text, 4) or today.year
    return year if FIRST_YEAR <= year <= LAST_YEAR else today.year
