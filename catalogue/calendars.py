"""The calendars of this platform as clocks. ``current()`` starts clocks, ``by_version(v)`` explains running ones.

No query when warm: a version row is looked at once a second at most (:mod:`catalogue.revisions`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import chinese_calendar
from django.conf import settings

from catalogue.errors import CalendarUnknown
from catalogue.models import WorkCalendar
from catalogue.revisions import Remembered
from catalogue.workclock import CalendarClock, DemonstrationClock, Slot, WorkClock, parse_slots, parse_week
from catalogue.workclock import Week as WorkWeek
from lianqin.kernel.replicas import from_primary

STANDARD_SLOTS = (("09:00", "12:00"), ("13:30", "17:30"))
KNOWN_FROM = dt.date(2004, 1, 1)
BUILT_IN = 0
"""Version of the calendar that stands in while none is published."""

HOLIDAY_NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "Mid-autumn Festival": "中秋节",
    "National Day": "国庆节",
    "Anti-Fascist 70th Day": "抗战胜利70周年纪念日",
}


Hours = Sequence[Sequence[str]]
Week = Sequence[Hours]


@dataclass(frozen=True, slots=True)
class DayPlan:
    """One day of a calendar; ``slots`` only where the hours of that day are its own.

    ``own`` is False where a unit's calendar took the day over from the district's.
    """

    date: dt.date
    workday: bool
    note: str = ""
    slots: Hours | None = None
    own: bool = True


@dataclass(frozen=True, slots=True)
class Published:
    """What is published: every version, and which one is the newest of the district and of each unit."""

    keys: Mapping[int, tuple[int, dt.datetime]]
    district: int = BUILT_IN
    units: Mapping[int, int] = field(default_factory=dict)


def current(unit_id: int | None = None) -> WorkClock:
    """Return the newest clock of that unit if it keeps its own hours, else the district's, else the built-in one."""
    return by_version(current_version(unit_id))


def current_version(unit_id: int | None = None) -> int:
    """Return the version that a clock started now goes by."""
    published = _published.get()
    if unit_id is None:
        return published.district
    return published.units.get(unit_id, published.district)


def by_version(version: int) -> WorkClock:
    """Return the clock of that calendar. Raise :class:`CalendarUnknown`."""
    return _scaled(*_key_of(version), getattr(settings, "LIANQIN_TIME_SCALE", 0) or 0)


def calendar_by_version(version: int) -> CalendarClock:
    """Return the calendar itself, whatever the time scale: for people who look at days."""
    return _loaded(*_key_of(version))


def holidays_known_until() -> dt.date:
    """Return the last day that ``chinesecalendar`` knows."""
    last: dt.date = max(chinese_calendar.workdays.keys() | chinese_calendar.holidays.keys())
    return last.replace(month=12, day=31)


def known_days() -> dict[dt.date, tuple[bool, str]]:
    """Return (workday, name) of every day that the plain week gets wrong or that has a name, 2004 and later."""
    days = {}
    for date, english in chinese_calendar.holidays.items():
        days[date] = (False, HOLIDAY_NAMES.get(english, english))
    for date, english in chinese_calendar.workdays.items():
        days[date] = (True, f"{HOLIDAY_NAMES.get(english, english)}调休上班")
    return dict(sorted(days.items()))


def _load_published() -> Published:
    rows = list(WorkCalendar.objects.order_by("version").values_list("version", "pk", "published_at", "unit_id"))
    keys = {version: (pk, published_at) for version, pk, published_at, _unit_id in rows}
    newest: dict[int | None, int] = {unit_id: version for version, _pk, _published_at, unit_id in rows}
    units = {unit_id: version for unit_id, version in newest.items() if unit_id is not None}
    return Published(keys, newest.get(None, BUILT_IN), units)


_published = Remembered(_load_published)


def _key_of(version: int) -> tuple[int, dt.datetime | None]:
    known = _published.get().keys
    if version in known:
        return known[version]
    if version == BUILT_IN:
        return (0, None)
    raise CalendarUnknown(version=version)


@lru_cache(maxsize=32)
def _scaled(pk: int, published_at: dt.datetime | None, scale: int) -> WorkClock:
    clock = _loaded(pk, published_at)
    if scale > 0:
        return DemonstrationClock(version=clock.version, scale=scale, day_seconds=clock.day_seconds)
    return clock


# A published calendar never changes, so it is read once in the life of a process. The moment of publication
# is part of the key because a primary key alone may come again in another database of the same process.
@lru_cache(maxsize=16)
def _loaded(pk: int, published_at: dt.datetime | None) -> CalendarClock:
    if published_at is None:
        return _built_in()
    # Not from a copy that may not have it yet.
    with from_primary():
        return read_calendar(WorkCalendar.objects.get(pk=pk))


def read_calendar(calendar: WorkCalendar) -> CalendarClock:
    """Build the clock of a row, remembering nothing: also for one whose transaction may still fail. One query."""
    return clock_of(
        plans_of(calendar).values(),
        version=calendar.version,
        slots=calendar.slots,
        week=calendar.week,
        known_from=calendar.known_from,
        known_until=calendar.known_until,
    )


def plans_of(calendar: WorkCalendar) -> dict[dt.date, DayPlan]:
    """Return the days that a published calendar names. One query."""
    rows = calendar.days.values_list("date", "workday", "note", "slots", "own")
    return {date: DayPlan(date, workday, note, slots, own) for date, workday, note, slots, own in rows}


def clock_of(
    plans: Iterable[DayPlan],
    *,
    version: int,
    slots: Hours,
    week: Week | None,
    known_from: dt.date,
    known_until: dt.date,
) -> CalendarClock:
    """Build the clock of these hours with ``plans`` over its week. Raise ValueError for hours that cannot be."""
    standard, weekly = parse_slots(slots), parse_week(week)
    days = {plan.date: _hours(standard, weekly, plan) for plan in plans}
    return CalendarClock(version, standard, days, known_from, known_until, week=weekly)


def _hours(standard: tuple[Slot, ...], week: WorkWeek | None, plan: DayPlan) -> tuple[Slot, ...]:
    """A make-up workday on a weekend is a whole one; any other keeps the hours of its weekday."""
    if not plan.workday:
        return ()
    if plan.slots:
        return parse_slots(plan.slots)
    weekday = plan.date.weekday()
    return standard if week is None or weekday > 4 else week[weekday] or standard


def _built_in() -> CalendarClock:
    standard = parse_slots(STANDARD_SLOTS)
    days = {date: standard if workday else () for date, (workday, _) in known_days().items()}
    return CalendarClock(
        version=BUILT_IN, slots=standard, days=days, known_from=KNOWN_FROM, known_until=holidays_known_until()
    )
