"""Publish a calendar; offer, approve and finish the recomputation of open orders."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction

from accounts.services import audit
from catalogue.calendars import KNOWN_FROM, STANDARD_SLOTS, read_calendar
from catalogue.errors import (
    AlreadyDecided,
    CalendarInvalid,
    CalendarVersionTaken,
    NothingToRecompute,
    SecondPersonNeeded,
)
from catalogue.models import CalendarDay, CalendarRecomputation, RecomputationState, WorkCalendar
from catalogue.permissions import Action, can
from catalogue.revisions import touch
from catalogue.signals import RECOMPUTE_TOPIC, calendar_published
from catalogue.workclock import LAST_YEAR, parse_slots
from lianqin.kernel.actors import Actor
from lianqin.kernel.clock import Now
from lianqin.kernel.errors import NotAllowed, NotVisible
from relay.services import post


@dataclass(frozen=True, slots=True)
class DayPlan:
    """One day of a calendar; ``slots`` only where the hours of that day are its own."""

    date: dt.date
    workday: bool
    note: str = ""
    slots: Sequence[Sequence[str]] | None = None


@transaction.atomic
def publish_calendar(
    *,
    version: int,
    days: Iterable[DayPlan],
    by: Actor,
    known_until: dt.date | None = None,
    name: str = "",
    slots: Sequence[Sequence[str]] | None = None,
) -> WorkCalendar:
    """Publish the newest calendar with ``days`` over what it says, and offer the recomputation of open orders.

    The calendars before it stay as they are. Raise NotAllowed, CalendarVersionTaken, CalendarInvalid.
    """
    if not can(by, Action.PUBLISH_CALENDAR):
        raise NotAllowed
    touch()  # Locks the version row: calendars are published one after the other.
    previous = WorkCalendar.objects.order_by("-version").first()
    if version < 1 or (previous is not None and version <= previous.version):
        raise CalendarVersionTaken(newest=previous.version if previous else 0)
    plans = {plan.date: plan for plan in days}
    _check(slots, plans.values())
    calendar = WorkCalendar.objects.create(
        version=version,
        name=name or (previous.name if previous else "法定工作日历"),
        slots=slots or (previous.slots if previous else STANDARD_SLOTS),
        known_from=previous.known_from if previous else KNOWN_FROM,
        known_until=known_until or _known_until(previous, plans),
        published_by_id=by.user_id,
    )
    _write_days(calendar, previous, plans)
    audit(
        actor_id=by.user_id,
        action="catalogue.publish_calendar",
        object_label=f"WorkCalendar {version}",
        detail={"days": len(plans), "known_until": calendar.known_until.isoformat()},
    )
    if previous is not None and _changed(previous, calendar) is not None:
        _offer(calendar, previous, by=by, reason="")
    transaction.on_commit(lambda: calendar_published.send(WorkCalendar, calendar_id=calendar.pk, version=version))
    return calendar


def _check(slots: Sequence[Sequence[str]] | None, plans: Iterable[DayPlan]) -> None:
    try:
        if slots is not None and not parse_slots(slots):
            raise ValueError("no hours")
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


def _write_days(calendar: WorkCalendar, previous: WorkCalendar | None, plans: dict[dt.date, DayPlan]) -> None:
    rows = [
        CalendarDay(calendar=calendar, date=plan.date, workday=plan.workday, slots=plan.slots, note=plan.note)
        for plan in plans.values()
    ]
    if previous is not None:
        rows += [
            CalendarDay(calendar=calendar, date=day.date, workday=day.workday, slots=day.slots, note=day.note)
            for day in previous.days.exclude(date__in=plans)
        ]
    CalendarDay.objects.bulk_create(sorted(rows, key=lambda row: row.date))


def _changed(previous: WorkCalendar, calendar: WorkCalendar) -> tuple[dt.date, dt.date] | None:
    """First and last day on which the two calendars differ."""
    old, new = read_calendar(previous), read_calendar(calendar)
    first = min(old.known_from, new.known_from)
    count = (max(old.known_until, new.known_until) - first).days + 1
    every = (first + dt.timedelta(days=i) for i in range(count))
    differ = [day for day in every if old.hours_of(day) != new.hours_of(day)]
    if not differ:
        return None
    return differ[0], differ[-1] if old.slots == new.slots else dt.date(LAST_YEAR, 12, 31)


@transaction.atomic
def propose_recomputation(*, version: int, by: Actor, reason: str = "") -> CalendarRecomputation:
    """Offer to move the clocks of open orders onto the calendar ``version``. A repeat returns the open offer.

    Raise NotAllowed, NotVisible, NothingToRecompute.
    """
    if not can(by, Action.PROPOSE_RECOMPUTATION):
        raise NotAllowed
    touch()
    calendar = WorkCalendar.objects.filter(version=version).first()
    if calendar is None:
        raise NotVisible
    previous = WorkCalendar.objects.filter(version__lt=version).order_by("-version").first()
    if previous is None:
        raise NothingToRecompute
    return _offer(calendar, previous, by=by, reason=reason)


def _offer(calendar: WorkCalendar, previous: WorkCalendar, *, by: Actor, reason: str) -> CalendarRecomputation:
    changed = _changed(previous, calendar)
    if changed is None:
        raise NothingToRecompute
    offer, _made = CalendarRecomputation.objects.get_or_create(
        calendar=calendar,
        state=RecomputationState.PROPOSED,
        defaults={
            "previous": previous,
            "changed_from": changed[0],
            "changed_until": changed[1],
            "reason": reason,
            "proposed_by_id": by.user_id,
        },
    )
    return offer


@transaction.atomic
def approve_recomputation(*, recomputation_id: int, by: Actor) -> CalendarRecomputation:
    """Let the open orders be recomputed: says so in the outbox, topic ``calendar.recompute``.

    Raise NotVisible, AlreadyDecided, NotAllowed, SecondPersonNeeded.
    """
    offer = _decide(recomputation_id, RecomputationState.APPROVED, by)
    post(
        topic=RECOMPUTE_TOPIC,
        key=str(offer.pk),
        payload={
            "recomputation": offer.pk,
            "from_version": offer.previous.version,
            "to_version": offer.calendar.version,
            "changed_from": offer.changed_from.isoformat(),
            "changed_until": offer.changed_until.isoformat(),
        },
        audience=[],
    )
    return offer


@transaction.atomic
def refuse_recomputation(*, recomputation_id: int, by: Actor) -> CalendarRecomputation:
    """Leave the running clocks on the calendars they started on."""
    return _decide(recomputation_id, RecomputationState.REFUSED, by)


def _decide(recomputation_id: int, state: RecomputationState, by: Actor) -> CalendarRecomputation:
    offer = (
        CalendarRecomputation.objects.select_for_update(of=("self",))
        .select_related("calendar", "previous")
        .filter(pk=recomputation_id)
        .first()
    )
    if offer is None:
        raise NotVisible
    if offer.state != RecomputationState.PROPOSED:
        raise AlreadyDecided(state=offer.state)
    if not can(by, Action.APPROVE_RECOMPUTATION):
        raise NotAllowed
    if by.user_id == offer.proposed_by_id:
        raise SecondPersonNeeded
    CalendarRecomputation.objects.filter(pk=offer.pk).update(state=state, approved_by_id=by.user_id, decided_at=Now())
    offer.refresh_from_db()
    audit(
        actor_id=by.user_id,
        action=f"catalogue.recomputation_{state}",
        object_label=f"CalendarRecomputation {offer.pk}",
        detail={"from_version": offer.previous.version, "to_version": offer.calendar.version},
    )
    return offer


def mark_recomputation_applied(*, recomputation_id: int, order_count: int) -> bool:
    """Record that the open orders were recomputed; False if somebody already did."""
    rows = CalendarRecomputation.objects.filter(pk=recomputation_id, state=RecomputationState.APPROVED)
    return rows.update(state=RecomputationState.APPLIED, order_count=order_count) == 1
