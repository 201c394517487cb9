"""Reminding and supervising by hand: the events that the clocks write, written by a person. They move no order."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from lianqin.kernel.actors import Actor
from workorders.errors import Archived, NotAllowed, NotVisible, WrongState
from workorders.locks import orders_locked
from workorders.models import Event
from workorders.permissions import is_visible, may_remind, may_supervise
from workorders.services.finishing import acting_unit_id
from workorders.services.work import Work
from workorders.states import MAIN_STAGE, Status

# Events of whistles on an order; they move nothing.
WHISTLED = ("whistled", "arrived", "no_show")


@transaction.atomic
def remind(*, order_id: int, unit_id: int, text: str, by: Actor) -> Event:
    """Note in the history that a unit was reminded of an open order. Raises NotVisible, WrongState, NotAllowed."""
    work = _work(order_id, by)
    if not may_remind(by, work.order):
        raise NotAllowed
    return _written(work, "reminded", {"unit": unit_id, "why": "by_hand"}, text)


@transaction.atomic
def supervise(
    *, order_id: int, unit_id: int, tier: int | None, text: str, by: Actor, why: str = "by_hand", top: int = 3
) -> Event:
    """Put an open order under supervision of a tier, the next one up to ``top`` if None; a higher one stays.

    Raises NotVisible, WrongState, NotAllowed.
    """
    work = _work(order_id, by)
    if not may_supervise(by, work.order):
        raise NotAllowed
    if tier is None:
        tier = min(work.order.supervision_tier + 1, top)
    work.order.supervision_tier = max(work.order.supervision_tier, tier)
    return _written(work, "supervised", {"unit": unit_id, "tier": tier, "why": why}, text)


def note_whistle(
    *, order_id: int, kind: str, facts: dict[str, Any], by: Actor, text: str = "", unit_id: int | None = None
) -> Event | None:
    """Note in the history that somebody was summoned to the place, came or did not come; nothing on a final order.

    Who may do that the caller has decided: the summoned need not see the order. Must run in the caller's transaction,
    before anything else is locked.
    """
    assert kind in WHISTLED
    order = orders_locked([order_id])[order_id]
    if order.archived_at is not None or not order.is_open:
        return None
    work = Work(order, by)
    return work.write(kind, data=facts, texts={"reason": text} if text else None, unit_id=unit_id)


def _work(order_id: int, by: Actor) -> Work:
    """The order under lock. In the order of answers of the door: hidden, wrong state."""
    order = orders_locked([order_id])[order_id]
    work = Work(order, by)
    if not is_visible(by, order, work.assignments):
        raise NotVisible
    if order.archived_at is not None:
        raise Archived
    if not order.is_open:
        raise WrongState(current={"status": order.status, "level": order.level, "version": order.version})
    return work


def _written(work: Work, kind: str, facts: dict[str, Any], text: str) -> Event:
    stage = MAIN_STAGE[Status(work.order.status)]
    return work.write(kind, data={"stage": stage, **facts}, texts={"reason": text}, unit_id=acting_unit_id(work))
