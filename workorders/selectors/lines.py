"""What is read with an order: names for a line, parts for its page, its history."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Prefetch, QuerySet

from lianqin.kernel.clock import Now
from workorders.models import Assignment, Event, EventText, Request, Timer, WorkOrder
from workorders.states import RUNNING


def history_of(order: WorkOrder) -> QuerySet[Event]:
    """The events of an order, oldest first, with what is left of their texts. Two queries, each to one partition."""
    texts = Prefetch("texts", EventText.objects.filter(order=order))
    return order.events.order_by("seq").prefetch_related(texts)


def with_names(orders: QuerySet[WorkOrder]) -> QuerySet[WorkOrder]:
    """Everything that a line of a list says, in one query and no boundaries."""
    return orders.select_related("text", "category", "street", "community", "grid", "holder", "master").defer(
        "text__search", "street__boundary", "community__boundary", "grid__boundary"
    )


def lines_of(keys: Sequence[int]) -> list[WorkOrder]:
    """Orders as lines, in the order of their keys, with ``now``: when the database said so. One query, none without."""
    if not keys:
        return []
    found = with_names(WorkOrder.objects.filter(pk__in=keys)).annotate(now=Now()).in_bulk()
    return [found[pk] for pk in keys if pk in found]


def with_parts(orders: QuerySet[WorkOrder]) -> QuerySet[WorkOrder]:
    """What the page of one order shows beside its line: three queries more."""
    return with_names(orders).prefetch_related(
        Prefetch("assignments", Assignment.objects.select_related("unit", "acknowledged_by", "finished_by")),
        Prefetch("requests", Request.objects.select_related("unit", "requester", "approver", "assignment__unit")),
        Prefetch("timers", Timer.objects.filter(state__in=RUNNING).select_related("assignment__unit", "request")),
    )
