"""What is read with an order: names for a line, parts for its page, its history."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.db import router
from django.db.models import Model, Prefetch, QuerySet

from catalogue.selectors import known_category
from grids.models import Community, Grid, Street, Unit
from lianqin.kernel.rows import columns, from_json, from_row, link, width
from lianqin.kernel.statements import prepared
from workorders.models import Assignment, Event, EventText, OrderText, Request, Timer, WorkOrder
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


PLACE = "id, code, name, short_name, pinyin, synthetic"
# By subqueries: joined, seven small tables take longer to plan than to read. The category is in memory.
LINE = f"""
lianqin_now(),
(SELECT row_to_json(x) FROM (SELECT order_id, title, address FROM workorders_ordertext WHERE order_id = o.id) x)::text,
(SELECT row_to_json(x) FROM (SELECT {PLACE}, district_id FROM grids_street WHERE id = o.street_id) x)::text,
(SELECT row_to_json(x) FROM (SELECT {PLACE}, street_id FROM grids_community WHERE id = o.community_id) x)::text,
(SELECT row_to_json(x) FROM (SELECT {PLACE}, community_id, kind FROM grids_grid WHERE id = o.grid_id) x)::text,
(SELECT row_to_json(x) FROM grids_unit x WHERE id = o.holder_id)::text,
(SELECT row_to_json(x) FROM (SELECT id, number FROM workorders_workorder WHERE id = o.master_id) x)::text
"""
RELATED: tuple[tuple[str, type[Model]], ...] = (
    ("text", OrderText),
    ("street", Street),
    ("community", Community),
    ("grid", Grid),
    ("holder", Unit),
    ("master", WorkOrder),
)


def lines_of(keys: Sequence[int]) -> list[WorkOrder]:
    """Orders as lines, in the order of their keys, with ``now``: when the database said so. One query, none without."""
    if not keys:
        return []
    select = f"SELECT {columns(WorkOrder, 'o')},{LINE} FROM workorders_workorder o WHERE id = ANY(%s::bigint[])"
    with prepared(router.db_for_read(WorkOrder)) as cursor:
        cursor.execute(select, [list(keys)])
        found = {order.pk: order for order in map(_line, cursor.fetchall())}
    return [found[pk] for pk in keys if pk in found]


def _line(row: Sequence[Any]) -> WorkOrder:
    own = width(WorkOrder)
    order, now, beside = from_row(WorkOrder, row[:own]), row[own], row[own + 1 :]
    order.now = now  # type: ignore[attr-defined]
    for (name, model), told in zip(RELATED, beside, strict=True):
        link(order, name, told and from_json(model, json.loads(told)))
    category = None if order.category_id is None else known_category(order.category_id)
    # One that was made a moment ago is read when it is asked for.
    if category is not None or order.category_id is None:
        link(order, "category", category)
    return order


def with_parts(orders: QuerySet[WorkOrder]) -> QuerySet[WorkOrder]:
    """What the page of one order shows beside its line: three queries more."""
    return (
        with_names(orders)
        .select_related("contact")
        .prefetch_related(
            Prefetch("assignments", Assignment.objects.select_related("unit", "acknowledged_by", "finished_by")),
            Prefetch("requests", Request.objects.select_related("unit", "requester", "approver", "assignment__unit")),
            Prefetch("timers", Timer.objects.filter(state__in=RUNNING).select_related("assignment__unit", "request")),
        )
    )
