"""Publish calendars. What is published never changes; a newer version offers to move the clocks of open orders."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import replace

from django.db import transaction
from django.db.models import Q

from accounts.services import audit
from catalogue.calendars import KNOWN_FROM, STANDARD_SLOTS, DayPlan, Hours, Week, plans_of
from catalogue.errors import CalendarInvalid, CalendarVersionTaken
from catalogue.models import CalendarDay, WorkCalendar
from catalogue.permissions import Action, can
from catalogue.revisions import touch
from catalogue.services.recomputations import offer_if_changed
from catalogue.signals import calendar_published
from catalogue.workclock import parse_slots, parse_week
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import NotAllowed


@transaction.atomic
def publish_calendar(
    *,
    version: int,
    days: Iterable[DayPlan],
    by: Actor,
    known_until: dt.date | None = None,
    name: str = "",
    slots: Hours | None = None,
) -> WorkCalendar:
    """Publish the district's calendar without a draft: for our own machines, which set a district up.

    ``days`` go over what the newest one says. Raise NotAllowed, CalendarVersionTaken, CalendarInvalid.
    """
    if not can(by, Action.PUBLISH_CALENDAR):
        raise NotAllowed
    touch()  # Locks the version row: calendars are published one after the other.
    previous = newest_calendar(None)
    newest = _newest_version()
    if version <= newest:
        raise CalendarVersionTaken(newest=newest)
    plans = {plan.date: plan for plan in days}
    check_hours(slots, None, plans.values())
    return put_out(
        name=name or (previous.name if previous else "法定工作日历"),
        slots=slots or (previous.slots if previous else STANDARD_SLOTS),
        week=previous.week if previous else None,
        plans=(plans_of(previous) if previous else {}) | plans,
        known_until=known_until or _known_until(previous, plans),
        version=version,
        publisher_id=by.user_id,
        drafter_id=by.user_id,
    )


def newest_calendar(unit_id: int | None) -> WorkCalendar | None:
    """Return the calendar in force of the district, or of a unit that keeps its own."""
    whose = Q(unit=None) if unit_id is None else Q(unit_id=unit_id)
    return WorkCalendar.objects.filter(whose).order_by("-version").first()


def _newest_version() -> int:
    return WorkCalendar.objects.order_by("-version").values_list("version", flat=True).first() or 0


def check_hours(slots: Hours | None, week: Week | None, plans: Iterable[DayPlan]) -> None:
    """Raise CalendarInvalid unless all hours ascend, do not touch, and leave some time to work."""
    try:
        if slots is not None and not parse_slots(slots):
            raise ValueError("no hours")
        parse_week(week)
        for plan in plans:
            parse_slots(plan.slots or ())
    except (ValueError, TypeError) as error:
        raise CalendarInvalid from error


def _known_until(previous: WorkCalendar | None, plans: Iterable[dt.date]) -> dt.date:
    """The plan of a year's holidays comes as a whole, so one of its days makes the year known."""
    known = [date.replace(month=12, day=31) for date in plans]
    if previous is not None:
        known.append(previous.known_until)
    if not known:
        raise CalendarInvalid
    return max(known)


def put_out(
    *,
    name: str,
    slots: Hours,
    week: Week | None,
    plans: Mapping[dt.date, DayPlan],
    known_until: dt.date,
    publisher_id: int | None,
    drafter_id: int | None,
    unit_id: int | None = None,
    version: int | None = None,
) -> WorkCalendar:
    """Write the next version and offer to recompute; a district's takes the calendars of its units along.

    Call within a transaction that touches the catalogue. ``drafter_id`` makes the offer: somebody else approves it.
    """
    previous = newest_calendar(unit_id)
    calendar = WorkCalendar.objects.create(
        version=version or _newest_version() + 1,
        name=name,
        unit_id=unit_id,
        slots=slots,
        week=week,
        known_from=previous.known_from if previous else KNOWN_FROM,
        known_until=known_until,
        published_by_id=publisher_id,
    )
    CalendarDay.objects.bulk_create(
        CalendarDay(calendar=calendar, date=date, workday=plan.workday, slots=plan.slots, note=plan.note, own=plan.own)
        for date, plan in sorted(plans.items())
    )
    audit(
        actor_id=publisher_id,
        action="catalogue.publish_calendar",
        object_label=f"WorkCalendar {calendar.version}",
        detail={
            "before": previous.version if previous else None,
            "after": calendar.version,
            "unit": unit_id,
            "days": len(plans),
            "known_until": known_until.isoformat(),
        },
    )
    if previous is not None:
        offer_if_changed(calendar, previous, by_id=drafter_id)
    number = calendar.version
    transaction.on_commit(lambda: calendar_published.send(WorkCalendar, calendar_id=calendar.pk, version=number))
    if unit_id is None:
        _take_units_along(calendar, plans, publisher_id, drafter_id)
    return calendar


def _take_units_along(
    district: WorkCalendar, plans: Mapping[dt.date, DayPlan], publisher_id: int | None, drafter_id: int | None
) -> None:
    """A unit keeps its hours and its own days; the holidays come from the district."""
    units = WorkCalendar.objects.exclude(unit=None).order_by("unit_id").values_list("unit_id", flat=True).distinct()
    for unit_id in list(units):
        mine = newest_calendar(unit_id)
        assert mine is not None
        put_out(
            name=mine.name,
            slots=mine.slots,
            week=mine.week,
            plans=of_unit(plans, plans_of(mine)),
            known_until=max(mine.known_until, district.known_until),
            unit_id=unit_id,
            publisher_id=publisher_id,
            drafter_id=drafter_id,
        )


def of_unit(district: Mapping[dt.date, DayPlan], mine: Mapping[dt.date, DayPlan]) -> dict[dt.date, DayPlan]:
    """Return the days of a unit: the district's, and over them its own."""
    inherited = {date: replace(plan, own=False, slots=None) for date, plan in district.items()}
    return inherited | {date: plan for date, plan in mine.items() if plan.own}
