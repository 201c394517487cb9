"""Letting somebody go, with what waits for them."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from dataclasses import dataclass

from accounts.models import User
from grids import services as grids
from grids.models import Departure
from grids.selectors import actor_for
from lianqin.kernel.actors import SYSTEM, Actor
from lianqin.kernel.errors import DomainError
from workorders.selectors import can_be_handed_over
from workorders.services import advance


@dataclass(frozen=True, slots=True)
class LetGo:
    """The departure, and how many orders went to the successor; ``kept`` could not."""

    departure: Departure
    handed_over: int
    kept: int


def let_go(
    *,
    user: User,
    by: Actor,
    leaves_on: dt.date | None = None,
    reason: str = "",
    successor: User | None = None,
    ip: str | None = None,
) -> LetGo:
    """End somebody's service and give the successor the orders that were given to the person and not to a unit.

    Raise as ``grids.services.leave``. Only a worker of the same community may take such an order over; others stay with
    the workstation. On a day to come they are handed over when it has come.
    """
    waiting = can_be_handed_over(user.pk)
    departure = grids.leave(user=user, by=by, leaves_on=leaves_on, reason=reason, successor=successor, ip=ip)
    if successor is None or departure.closed_at is None:
        return LetGo(departure, 0, 0)
    kept = len(can_be_handed_over(user.pk))
    return LetGo(departure, len(waiting) - kept, kept)


def hand_over(departure: Departure) -> None:
    """Give the successor, if there is one, the orders of whoever has left."""
    if departure.successor is not None:
        for order_id in can_be_handed_over(departure.user_id):
            _hand_over(order_id, departure.successor)


def _hand_over(order_id: int, successor: User) -> None:
    """Through the door of orders, as the machine: an officer who lets somebody go sees no orders."""
    with suppress(DomainError):
        advance(order_id=order_id, action="assign_worker", by=SYSTEM, data={"worker": actor_for(successor)})
