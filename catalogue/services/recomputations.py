"""Offer, approve and finish the recomputation of open orders on a newer calendar."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from accounts.services import audit
from catalogue.calendars import read_calendar
from catalogue.errors import AlreadyDecided, NothingToRecompute, SecondPersonNeeded
from catalogue.models import CalendarRecomputation, RecomputationState, WorkCalendar
from catalogue.permissions import Action, can
from catalogue.revisions import touch
from catalogue.signals import RECOMPUTE_TOPIC
from catalogue.workclock import LAST_YEAR
from grids.selectors import may_approve
from lianqin.kernel.actors import Actor
from lianqin.kernel.clock import Now
from lianqin.kernel.errors import NotAllowed, NotVisible
from relay.services import post


def _changed(previous: WorkCalendar, calendar: WorkCalendar) -> tuple[dt.date, dt.date] | None:
    """First and last day on which the two calendars differ."""
    old, new = read_calendar(previous), read_calendar(calendar)
    first = min(old.known_from, new.known_from)
    count = (max(old.known_until, new.known_until) - first).days + 8  # The plain week after it, too.
    every = (first + dt.timedelta(days=i) for i in range(count))
    differ = [day for day in every if old.hours_of(day) != new.hours_of(day)]
    if not differ:
        return None
    return differ[0], differ[-1] if (old.slots, old.week) == (new.slots, new.week) else dt.date(LAST_YEAR, 12, 31)


def offer_if_changed(calendar: WorkCalendar, previous: WorkCalendar, *, by_id: int | None) -> None:
    """Offer to move the clocks that run by ``previous``, unless both calendars say the same."""
    if _changed(previous, calendar) is not None:
        _offer(calendar, previous, by_id=by_id, reason="")


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
    older = WorkCalendar.objects.filter(version__lt=version, unit=calendar.unit)
    previous = older.order_by("-version").first()
    if previous is None:
        raise NothingToRecompute
    return _offer(calendar, previous, by_id=by.user_id, reason=reason)


def _offer(calendar: WorkCalendar, previous: WorkCalendar, *, by_id: int | None, reason: str) -> CalendarRecomputation:
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
            "proposed_by_id": by_id,
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
    if not (can(by, Action.APPROVE_RECOMPUTATION) or may_approve(by)):
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


def mark_recomputation_begun(*, recomputation_id: int, order_total: int) -> None:
    """Record how many open orders are to be recomputed, once, so that the progress can be told."""
    rows = CalendarRecomputation.objects.filter(pk=recomputation_id, order_total=None)
    rows.update(order_total=order_total)


def mark_recomputation_applied(*, recomputation_id: int, order_count: int) -> bool:
    """Record that the open orders were recomputed; False if somebody already did."""
    rows = CalendarRecomputation.objects.filter(pk=recomputation_id, state=RecomputationState.APPROVED)
    return rows.update(state=RecomputationState.APPLIED, order_count=order_count) == 1
