"""One order with everything that its page and its answers say, in one statement.

In SQL of our own: joined, the eight small tables would take longer to plan than to read, and five queries longer to
build than to run. What the actor sees is the fact of permissions.is_visible, which agrees with selectors.visible_to.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from django.db.models import Model

from accounts.models import User
from catalogue.models import Category
from grids.models import Community, Grid, Street, Unit
from lianqin.kernel.actors import UNIT, Actor
from lianqin.kernel.rows import columns, from_json, from_row, link, width
from lianqin.kernel.statements import prepared
from workorders.errors import NotVisible
from workorders.models import Assignment, OrderText, ReporterContact, Request, Timer, WorkOrder
from workorders.permissions import eyes, is_visible
from workorders.selectors.lines import PLACE
from workorders.states import RUNNING

TEXT = "order_id, title, address, description, erased_at"
CONTACT = "order_id, shown_name, shown_phone"
PERSON = "id, username, full_name, kind"
# Beside the columns of the order, in the order in which ``_whole`` takes them.
BESIDE = f"""
lianqin_now(),
(SELECT row_to_json(x) FROM (SELECT {TEXT} FROM workorders_ordertext WHERE order_id = o.id) x)::text,
(SELECT row_to_json(x) FROM (SELECT {CONTACT} FROM workorders_reportercontact WHERE order_id = o.id) x)::text,
(SELECT row_to_json(x) FROM catalogue_category x WHERE x.id = o.category_id)::text,
(SELECT row_to_json(x) FROM (SELECT {PLACE}, district_id FROM grids_street WHERE id = o.street_id) x)::text,
(SELECT row_to_json(x) FROM (SELECT {PLACE}, street_id FROM grids_community WHERE id = o.community_id) x)::text,
(SELECT row_to_json(x) FROM (SELECT {PLACE}, community_id, kind FROM grids_grid WHERE id = o.grid_id) x)::text,
(SELECT row_to_json(x) FROM (SELECT id, number FROM workorders_workorder WHERE id = o.master_id) x)::text,
(SELECT json_agg(x ORDER BY id) FROM workorders_assignment x WHERE order_id = o.id)::text,
(SELECT json_agg(x ORDER BY id) FROM workorders_request x WHERE order_id = o.id)::text,
(SELECT json_agg(x ORDER BY id) FROM workorders_timer x WHERE order_id = o.id AND state = ANY(%(running)s))::text,
(SELECT json_agg(x) FROM grids_unit x WHERE id = ANY(ARRAY(
 SELECT o.holder_id UNION ALL SELECT unit_id FROM workorders_assignment WHERE order_id = o.id
 UNION ALL SELECT unit_id FROM workorders_request WHERE order_id = o.id)))::text,
(SELECT json_agg(x) FROM (SELECT {PERSON} FROM accounts_user WHERE id = ANY(ARRAY(
 SELECT unnest(ARRAY[acknowledged_by_id, finished_by_id]) FROM workorders_assignment WHERE order_id = o.id
 UNION ALL SELECT unnest(ARRAY[requester_id, approver_id]) FROM workorders_request WHERE order_id = o.id))) x)::text
"""


def seen_order(actor: Actor, number: str, *, having: type[Model] | None = None, pk: int | None = None) -> WorkOrder:
    """The order of that number, with the part or request that the address names. One query, or two.

    Raises NotVisible alike for what does not exist and what is not seen.
    """
    there = "true"
    if having is not None:
        there = f"EXISTS (SELECT 1 FROM {having._meta.db_table} WHERE id = %(pk)s AND order_id = o.id)"
    with prepared() as cursor:
        cursor.execute(_select("number", f", {there}"), {"wanted": number, "pk": pk})
        *row, is_there = cursor.fetchone() or [False]
    order = from_row(WorkOrder, row) if row else None
    if order is None or not _is_seen(actor, order, order.assignments.only("unit_id")) or not is_there:
        raise NotVisible
    return order


def whole_order(actor: Actor, number: str) -> WorkOrder:
    """The order as selectors.with_parts gives it, and ``now``. One query. Raises NotVisible."""
    order = _whole("number", number)
    if order is None or not _is_seen(actor, order, order.assignments.all()):
        raise NotVisible
    return order


def whole_again(order_id: int) -> WorkOrder:
    """The same for an order that the caller has just acted on. One query."""
    order = _whole("id", order_id)
    assert order is not None, "orders are never deleted"
    return order


def _is_seen(actor: Actor, order: WorkOrder, parts: Iterable[Assignment]) -> bool:
    """By place, holder or person; else by a part in it, which is looked up only for who has a unit."""
    by_unit = any(token.startswith(UNIT) for token in eyes(actor))
    return is_visible(actor, order, ()) or (by_unit and is_visible(actor, order, parts))


@cache
def _select(column: str, beside: str) -> str:
    return f"SELECT {columns(WorkOrder, 'o')}{beside} FROM workorders_workorder o WHERE o.{column} = %(wanted)s"


def _whole(column: str, wanted: str | int) -> WorkOrder | None:
    with prepared() as cursor:
        cursor.execute(_select(column, f",{BESIDE}"), {"wanted": wanted, "running": list(RUNNING)})
        row = cursor.fetchone()
    if row is None:
        return None
    order, (now, *beside) = from_row(WorkOrder, row[: width(WorkOrder)]), row[width(WorkOrder) :]
    order.now = now  # type: ignore[attr-defined]
    text, contact, category, street, community, grid, master, parts, requests, timers, units, people = map(
        _told, beside
    )
    _link_places(order, street, community, grid)
    known_units, known_people = _by_id(Unit, units), _by_id(User, people)
    link(order, "text", _made(OrderText, text))
    link(order, "contact", _made(ReporterContact, contact))
    link(order, "category", _made(Category, category))
    link(order, "master", _made(WorkOrder, master))
    link(order, "holder", known_units.get(order.holder_id))
    _hang_on(order, parts or (), requests or (), timers or (), known_units, known_people)
    return order


def _told(text: str | None) -> Any:
    return text and json.loads(text)


def _made(model: type[Model], told: Mapping[str, Any] | None) -> Any:
    return told and from_json(model, told)


def _by_id(model: type[Model], told: Iterable[Mapping[str, Any]] | None) -> dict[int | None, Any]:
    return {each["id"]: from_json(model, each) for each in told or ()}


def _link_places(order: WorkOrder, street: Any, community: Any, grid: Any) -> None:
    link(order, "street", _made(Street, street))
    link(order, "community", _made(Community, community))
    link(order, "grid", _made(Grid, grid))


Told = Iterable[Mapping[str, Any]]
Known = Mapping[int | None, Any]


def _hang_on(order: WorkOrder, parts: Told, requests: Told, timers: Told, units: Known, people: Known) -> None:
    """Assignments, requests and running clocks, each with what it names."""
    known_parts, known_requests = _by_id(Assignment, parts), _by_id(Request, requests)
    known_timers = _by_id(Timer, timers)
    for part in known_parts.values():
        link(part, "unit", units[part.unit_id])
        link(part, "acknowledged_by", people.get(part.acknowledged_by_id))
        link(part, "finished_by", people.get(part.finished_by_id))
    for request in known_requests.values():
        link(request, "unit", units[request.unit_id])
        link(request, "requester", people.get(request.requester_id))
        link(request, "approver", people.get(request.approver_id))
        link(request, "assignment", known_parts.get(request.assignment_id))
    for timer in known_timers.values():
        link(timer, "assignment", known_parts.get(timer.assignment_id))
        link(timer, "request", known_requests.get(timer.request_id))
    for name, rows in (("assignments", known_parts), ("requests", known_requests), ("timers", known_timers)):
        _prefetched(order, name, list(rows.values()))


def _prefetched(order: WorkOrder, name: str, rows: list[Any]) -> None:
    """Make ``rows`` what ``order.<name>.all()`` answers without a query, as prefetch_related does."""
    queryset = getattr(order, name).all()
    queryset._result_cache, queryset._prefetch_done = rows, True
    for row in rows:
        link(row, "order", order)
    cache_of: dict[str, Any] = order.__dict__.setdefault("_prefetched_objects_cache", {})
    cache_of[name] = queryset
