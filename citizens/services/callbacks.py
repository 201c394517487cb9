"""Calls to those whose reports have ended: one caller at a time, a few tries, an outcome."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from citizens.models import Callback, CallOutcome
from citizens.services.following import answer_by_call
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import Conflict, Invalid, NotAllowed, NotVisible
from workorders.locks import order_locked
from workorders.models import WorkOrder
from workorders.models.orders import CITIZEN_SOURCES
from workorders.permissions import holds
from workorders.services import advance
from workorders.states import Status

LEASE = dt.timedelta(minutes=15)
MOST_TRIES = 3
BETWEEN = dt.timedelta(hours=2)


class Taken(Conflict):
    code = "call_taken"
    message = _("这件已有人在回访")


@transaction.atomic
def claim_call(*, order_id: int, by: Actor) -> Callback:
    """Take a call for fifteen minutes. Raises NotVisible, NotAllowed, Taken."""
    row = _locked(order_id, by)
    now = clock.now()
    if row.ended_at is not None or (row.lease_until and row.lease_until > now and row.caller_id != by.user_id):
        raise Taken
    row.caller_id, row.lease_until = by.user_id, now + LEASE
    row.save()
    return row


@transaction.atomic
def release_call(*, order_id: int, by: Actor) -> None:
    """Give a call back. Raises NotVisible, NotAllowed."""
    row = _locked(order_id, by)
    if row.caller_id == by.user_id:
        row.lease_until = None
        row.save()


@transaction.atomic
def record_call(
    *, order_id: int, outcome: str, by: Actor, grades: Mapping[str, int | None] | None = None, words: str = ""
) -> Callback:
    """Write down what became of a call that one has taken.

    Raises NotVisible, NotAllowed, Taken, Invalid, WrongState.
    """
    if outcome not in CallOutcome.values:
        raise Invalid(fields={"outcome": [_("请选择回访结果")]})
    row = _locked(order_id, by)
    now = clock.now()
    if row.ended_at is not None or row.caller_id != by.user_id or not row.lease_until or row.lease_until < now:
        raise Taken(_("请先领取这件回访"))
    row.tries += 1
    row.lease_until = None
    if outcome == CallOutcome.MISSED and row.tries < MOST_TRIES:
        row.next_at = now + BETWEEN
    else:
        row.outcome, row.ended_at, row.next_at = outcome, now, None
        _write_down(order_id, outcome, by, dict(grades or {}), words)
    row.save()
    return row


def _write_down(order_id: int, outcome: str, by: Actor, grades: dict[str, int | None], words: str) -> None:
    """The answers, and the line in the history that ends the clock of the call."""
    reached = outcome == CallOutcome.REACHED
    if reached:
        answer_by_call(order_id=order_id, grades=grades, words=words, by=by)
    said = str(_("反映人拒绝回访")) if outcome == CallOutcome.REFUSED else ""
    happy = min((grade for name, grade in grades.items() if grade is not None and name != "attitude"), default=5) > 2
    data = {"reached": reached, "satisfied": reached and happy, "comment": said}
    advance(order_id=order_id, action="callback", by=by, data=data)


def _locked(order_id: int, by: Actor) -> Callback:
    if not WorkOrder.objects.filter(pk=order_id).exists():
        raise NotVisible
    order = order_locked(order_id)
    if order.status != Status.CLOSED or order.source not in CITIZEN_SOURCES:
        raise NotVisible
    if not holds(by, "checker", order):
        raise NotAllowed
    row, _new = Callback.objects.get_or_create(order=order, generation=order.generation)
    return row
