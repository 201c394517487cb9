"""Calendars as people look at them: versions, drafts, what would change, and what waits for a second person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from django.db.models import Count, QuerySet

from catalogue.calendars import (
    BUILT_IN,
    KNOWN_FROM,
    STANDARD_SLOTS,
    DayPlan,
    calendar_by_version,
    clock_of,
    holidays_known_until,
    known_days,
    plans_of,
)
from catalogue.models import CalendarDraft, CalendarRecomputation, RecomputationState, WorkCalendar
from catalogue.workclock import CalendarClock, Slot


def open_recomputations() -> list[CalendarRecomputation]:
    """Return the offers that wait for a second person, newest first, with both calendars and who proposed."""
    waiting = CalendarRecomputation.objects.filter(state=RecomputationState.PROPOSED)
    return list(waiting.select_related("calendar", "previous", "proposed_by"))


def recomputations() -> QuerySet[CalendarRecomputation]:
    """Return every offer, newest first, with calendars, units and people."""
    found = CalendarRecomputation.objects.order_by("-id")
    return found.select_related("calendar__unit", "previous", "proposed_by", "approved_by")


def work_calendars() -> QuerySet[WorkCalendar]:
    """Return what is published, newest first, with its unit and who published it."""
    return WorkCalendar.objects.select_related("unit", "published_by").order_by("-version")


def calendar_drafts() -> QuerySet[CalendarDraft]:
    """Return the drafts, newest first, with people, and how many days each names (``lines``)."""
    found = CalendarDraft.objects.select_related("drafted_by", "decided_by", "unit", "calendar")
    return found.annotate(lines=Count("days")).order_by("-id")


def calendar_in_force(unit_id: int | None) -> WorkCalendar | None:
    """Return the newest calendar of the unit or, without one, of the district."""
    found = WorkCalendar.objects.order_by("-version")
    mine = found.filter(unit_id=unit_id).first() if unit_id is not None else None
    return mine or found.filter(unit=None).first()


def standing_plans(unit_id: int | None) -> dict[dt.date, DayPlan]:
    """Return the days that the district or a unit goes by now. Two queries, four for a unit."""
    district = calendar_in_force(None)
    if district is None:
        of_district = {day: DayPlan(day, workday, note) for day, (workday, note) in known_days().items()}
    else:
        of_district = plans_of(district)
    if unit_id is None:
        return of_district
    mine = calendar_in_force(unit_id)
    own = {} if mine is None or mine.unit_id is None else plans_of(mine)
    inherited = {day: replace(plan, own=False, slots=None) for day, plan in of_district.items()}
    return inherited | {day: plan for day, plan in own.items() if plan.own}


def draft_plans(draft: CalendarDraft) -> dict[dt.date, DayPlan]:
    """Return the days as they would be published now: those that stand, and over them the draft's."""
    rows = draft.days.values_list("date", "workday", "note", "slots")
    mine = {day: DayPlan(day, workday, note, slots) for day, workday, note, slots in rows}
    return standing_plans(draft.unit_id) | mine


def draft_clock(draft: CalendarDraft) -> CalendarClock:
    """Return the clock that the draft would publish."""
    base = calendar_in_force(draft.unit_id)
    return clock_of(
        draft_plans(draft).values(),
        version=BUILT_IN,
        slots=draft.slots,
        week=draft.week,
        known_from=base.known_from if base else KNOWN_FROM,
        known_until=max(draft.known_until, base.known_until) if base else draft.known_until,
    )


def standing_clock(draft: CalendarDraft) -> CalendarClock:
    """Return the clock that the draft would replace."""
    base = calendar_in_force(draft.unit_id)
    if base is not None:
        return calendar_by_version(base.version)
    days = standing_plans(None).values()
    until = holidays_known_until()
    return clock_of(days, version=BUILT_IN, slots=STANDARD_SLOTS, week=None, known_from=KNOWN_FROM, known_until=until)


@dataclass(frozen=True, slots=True)
class Difference:
    """A day whose hours a draft changes."""

    date: dt.date
    before: tuple[Slot, ...]
    after: tuple[Slot, ...]
    note: str


def differences(
    old: CalendarClock, new: CalendarClock, plans: Mapping[dt.date, DayPlan], *, since: dt.date
) -> Iterator[Difference]:
    """Yield the days from ``since`` on whose hours change for another reason than the hours of the week."""
    named = sorted({*old.days, *new.days})
    for day in named:
        before, after = old.hours_of(day), new.hours_of(day)
        by_week = day not in old.days and day not in new.days
        same_kind = (before == old.plain_hours(day) and after == new.plain_hours(day)) or not (before or after)
        if day >= since and before != after and not by_week and not same_kind:
            plan = plans.get(day)
            yield Difference(day, before, after, plan.note if plan else "")
