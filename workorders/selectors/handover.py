"""What somebody leaves behind: open orders that wait for a person, or in units where that person stood.

No words and no places of orders: officers, who do not see orders, read this.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q

from workorders.models import Assignment, WorkOrder
from workorders.states import LIVE_ASSIGNMENT, OPEN, Status

MOST = 200


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """One open order. ``personal``: it was given to the person, not only to the unit."""

    order_id: int
    number: str
    status: str
    unit: str
    unit_id: int | None
    due_at: dt.datetime | None
    personal: bool


def left_behind(user_id: int, unit_ids: Collection[int]) -> list[LeftBehind]:
    """Open orders given to the person, or signed for by them in these units; the soonest first. Two queries."""
    orders = WorkOrder.objects.filter(worker=user_id, status__in=OPEN).select_related("holder").order_by("due_at")
    found = {order.pk: _of_order(order) for order in orders[:MOST]}
    parts = (
        Assignment.objects.filter(unit__in=unit_ids, status__in=LIVE_ASSIGNMENT, acknowledged_by=user_id)
        .select_related("order", "unit")
        .order_by("due_at")
    )
    for part in parts[:MOST]:
        found.setdefault(
            part.order_id,
            LeftBehind(
                part.order_id, part.order.number, part.order.get_status_display(), str(part.unit), part.unit_id,
                part.due_at, True,
            ),
        )  # fmt: skip
    return sorted(found.values(), key=lambda one: (one.due_at is None, one.due_at, one.number))


def open_in_units(unit_ids: Collection[int]) -> dict[int, int]:
    """How many open orders each unit holds or has a live part in; units with none are left out. Two queries."""
    counts: dict[int, set[int]] = {}
    held = WorkOrder.objects.filter(holder__in=unit_ids, status__in=OPEN).values_list("holder_id", "pk")
    live = Assignment.objects.filter(unit__in=unit_ids, status__in=LIVE_ASSIGNMENT).values_list("unit_id", "order_id")
    for unit_id, order_id in (*held, *live):
        if unit_id is not None:
            counts.setdefault(unit_id, set()).add(order_id)
    return {unit_id: len(orders) for unit_id, orders in counts.items()}


def numbers_in_unit(unit_id: int, limit: int = 5) -> tuple[int, list[str]]:
    """How many orders are open in a unit, and the numbers of the first few. Two queries."""
    live = Assignment.objects.filter(unit=unit_id, status__in=LIVE_ASSIGNMENT).values("order_id")
    orders = WorkOrder.objects.filter(Q(holder=unit_id, status__in=OPEN) | Q(pk__in=live))
    return orders.count(), list(orders.order_by("number").values_list("number", flat=True)[:limit])


def can_be_handed_over(user_id: int) -> list[int]:
    """Orders claimed by a workstation and given to the person: another grid worker may get them. One query."""
    return list(
        WorkOrder.objects.filter(worker=user_id, status=Status.REPORTED).order_by("pk").values_list("pk", flat=True)
    )


def _of_order(order: WorkOrder) -> LeftBehind:
    holder = order.holder
    return LeftBehind(
        order.pk, order.number, order.get_status_display(), str(holder or ""), order.holder_id, order.due_at, True
    )
