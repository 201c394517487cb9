"""Find the orders of a page among many, at a cost that does not follow the length of the history.

Whether the newest twenty that somebody may see and that have this and that are near the top or far down, no planner
knows. So the top is looked at first, a bounded number of orders in the sequence of an index. What is frequent is found
there; what is not there is rare, and then the database intersects its indexes: docs/adr/lists-stay-fast.md.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any, Literal

from django.core.exceptions import EmptyResultSet
from django.db import connections, router
from django.db.models import F, OrderBy, Q, QuerySet, Value

from lianqin.kernel.actors import Actor, ActorKind
from workorders.models import OrderText, WorkOrder
from workorders.selectors.queues import queue_of
from workorders.selectors.searching import Sought
from workorders.selectors.visibility import (
    Branch,
    Way,
    branches,
    joined,
    of_unit,
    sees_a_district,
    sight,
)
from workorders.selectors.words import Group, apart, having
from workorders.states import OPEN

# Orders looked at before the indexes are intersected: at least, and for each one that is asked for.
WALK, WALK_FOR_EACH = 2000, 50
# The same before a count, where a thousand of them end it.
WALK_TO_COUNT = 3000
Bound = Literal["lt", "gt"]
Statement = tuple[str, tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list asks for: who looks, at orders of which units, with what in the columns, with what in words.

    ``words`` repeats what the index of words has of ``where``: any word of each group. ``below`` is an id that no order
    wanted reaches. ``is_open`` says that ``where`` lets through open orders only, which are few, and ``is_queue`` that
    only what waits for the actor is looked at.
    """

    actor: Actor
    where: Q = field(default_factory=Q)
    words: tuple[Group, ...] = ()
    unit_ids: tuple[int, ...] | None = None
    sought: Sought | None = None
    below: int | None = None
    is_open: bool = False
    is_queue: bool = False

    def reasons(self) -> list[Branch]:
        """Where to walk: what the actor sees, or what the unit has if the actor sees a whole district."""
        if self.unit_ids is not None and sees_a_district(self.actor):
            return self.unit_branches()
        return branches(self.actor)

    def unit_branches(self) -> list[Branch]:
        return [each for pk in self.unit_ids or () for each in of_unit(pk)]

    @property
    def is_unindexed(self) -> bool:
        """A word of one character is in no index: it is looked for among the newest orders only."""
        return self.sought is not None and not self.sought.pairs and not self.is_open

    @property
    def of_the_unit(self) -> Q:
        if self.unit_ids is None:
            return Q()
        held = Q(holder_id__in=self.unit_ids, status__in=OPEN)
        return held | Q(part_unit_ids__overlap=list(self.unit_ids))

    def with_text(self, places: Sequence[Group] = ()) -> Q:
        return self.where & self.sought.in_text_of("", "text__", places) if self.sought else self.where

    def places_of(self, seen: Branch) -> list[Group]:
        """The places asked for and the one seen, as the index of texts has them."""
        return [*apart(self.words)[1], *([(seen.place,)] if seen.place else [])]

    def is_told_by_texts_of(self, seen: Branch) -> bool:
        """Nearly all that the texts say of these places is wanted, so that their orders need no other index."""
        words, places = apart(self.words)
        is_narrowed = words or len(self.where) != len(places) or self.unit_ids is not None
        return bool(self.sought and self.sought.pairs and seen.is_all_of_a_place and not is_narrowed)

    @property
    def beside_the_reason(self) -> Q:
        """What the walk asks of each order, but for its text."""
        if self.unit_ids is not None and sees_a_district(self.actor):
            return self.where if self.actor.kind == ActorKind.SYSTEM else self.where & sight(self.actor)
        return self.where & self.of_the_unit

    @property
    def in_queue(self) -> QuerySet[WorkOrder]:
        """What waits for the actor, narrowed: open orders, so few that no index need be chosen."""
        return queue_of(self.actor).filter(self.with_text(), self.of_the_unit)


def newest(wanted: Wanted, most: int, *, below: int | None = None) -> list[int]:
    """Keys of the newest ``most`` orders wanted, with ids under ``below``. At most two statements."""
    bounds = [each for each in (below, wanted.below) if each is not None]
    bound = min(bounds, default=None)
    if wanted.is_queue:
        behind = Q() if bound is None else Q(pk__lt=bound)
        return list(wanted.in_queue.filter(behind).order_by("-pk").values_list("pk", flat=True)[:most])
    return _found(wanted, most, "lt", bound)


def first_id_after(moment: dt.datetime) -> int:
    """An id that no order reaches that was reported before: ids grow with the time of the report. One query."""
    # Drawn at the same moment, two may have changed places; not a hundred.
    last = WorkOrder.objects.filter(reported_at__lt=moment).order_by("-reported_at").values_list("pk", flat=True)[:100]
    return max(last, default=0) + 1


def at_most(wanted: Wanted, most: int) -> int:
    """How many orders are wanted, as far as ``most``: in no order, so that it ends there. At most two statements."""
    # The index of texts stops as soon, without a look at each text.
    if not wanted.is_open and wanted.sought is None:
        found, is_all = _walked(wanted, most, "lt", None, WALK_TO_COUNT)
        if is_all or len(found) == most:
            return len(found)
    parts = [each.order_by().values("id")[:most] for each in _intersected(wanted, None, "lt")]
    return len(_rows(_union(parts, "id", most)))


def soonest(wanted: Wanted, most: int, *, after: tuple[dt.datetime | None, int] | None = None) -> list[int]:
    """Keys of the ``most`` orders wanted that are due soonest, those without a due last. At most three statements."""
    due, pk = after if after is not None else (None, None)
    if wanted.is_queue:
        return list(wanted.in_queue.filter(_behind(due, pk)).values_list("pk", flat=True)[:most])
    found = [] if pk is not None and due is None else _due(wanted, most, due, pk)
    if len(found) == most or wanted.is_open:
        return found
    timeless = replace(wanted, where=wanted.where & Q(due_at=None))
    return found + _found(timeless, most - len(found), "gt", pk if due is None else None)


def _behind(due: dt.datetime | None, pk: int | None) -> Q:
    if pk is None:
        return Q()
    if due is None:
        return Q(due_at=None, pk__gt=pk)
    return Q(due_at__gt=due) | Q(due_at=due, pk__gt=pk) | Q(due_at=None)


def _due(wanted: Wanted, most: int, due: dt.datetime | None, pk: int | None) -> list[int]:
    """Only open orders have a due, and they are few."""
    parts = [
        orders.filter(_behind(due, pk), status__in=OPEN, due_at__isnull=False)
        .order_by("due_at", "pk")
        .values("due_at", "id")
        for orders in _intersected(wanted, None, "lt")
    ]
    return [pk for _due_at, pk in _rows(_union([part[:most] for part in parts], "due_at, id", most))]


def _found(wanted: Wanted, most: int, bound: Bound, pk: int | None) -> list[int]:
    if not wanted.is_open:
        walk = WALK if wanted.is_unindexed else max(WALK, most * WALK_FOR_EACH)
        found, is_all = _walked(wanted, most, bound, pk, walk)
        if is_all or len(found) == most or wanted.is_unindexed:
            return found
    down = bound == "lt"
    # Not by the column itself: the planner would walk it, expecting what is rare around the next corner.
    aside = OrderBy(F("pk") + Value(0), descending=down)
    told = [each for each in _sights(wanted) if wanted.is_told_by_texts_of(each)]
    parts: list[QuerySet[WorkOrder, Any] | Statement] = [
        each.order_by(aside).values("id")[:most] for each in _intersected(wanted, pk, bound, but=told)
    ]
    parts += [_told(wanted, each, most, bound, pk) for each in told]
    return [pk for (pk,) in _rows(_union(parts, "id DESC" if down else "id", most))]


def _told(wanted: Wanted, seen: Branch, most: int, bound: Bound, pk: int | None) -> Statement:
    """What the texts say, sorted, and only then their orders, one by one, until there are ``most``."""
    assert wanted.sought is not None
    limits = {} if pk is None else {f"pk__{bound}": pk}
    aside = OrderBy(F("pk") + Value(0), descending=bound == "lt")
    texts = OrderText.objects.filter(wanted.sought.in_text_of("order__", "", wanted.places_of(seen)), **limits)
    said, values = _compiled(texts.order_by(aside).values("order_id"))
    # An empty condition would have no WHERE to add to.
    orders = WorkOrder.objects.order_by().filter(wanted.where, seen.where, pk__gt=0)
    select, more = _compiled(orders.values(one=Value(1)))
    if not said or not select:
        return "", ()
    seen_by_key = f"({select} AND workorders_workorder.id = said.order_id) = 1"
    statement = f"SELECT order_id AS id FROM ({said} OFFSET 0) AS said WHERE {seen_by_key} LIMIT %s"
    return statement, (*values, *more, most)


def _intersected(
    wanted: Wanted, pk: int | None, bound: Bound, but: Sequence[Branch] = ()
) -> Iterable[QuerySet[WorkOrder]]:
    """Each reason to see an order, ``but`` for some, with each that makes it the unit's, if one is asked for."""
    limits = {} if pk is None else {f"pk__{bound}": pk}
    sights = [each for each in _sights(wanted) if each not in but]
    for seen, had in product(sights, joined(wanted.unit_branches()) or [Branch()]):
        words = apart(wanted.words)[0] if wanted.sought else wanted.words
        groups = [*words, *filter(None, (seen.words, had.words))]
        text = wanted.with_text(wanted.places_of(seen))
        orders = WorkOrder.objects.filter(text, seen.where, seen.unless, had.where, **limits)
        yield having(orders, groups)


def _sights(wanted: Wanted) -> list[Branch]:
    seen = branches(wanted.actor)
    if wanted.sought:
        # The index of texts knows a place by itself; of a place and a word together there are few.
        placed = [replace(each, words=()) for each in seen if each.place]
        return placed + joined(each for each in seen if not each.place)
    if wanted.words or wanted.unit_ids is not None:
        return joined(seen)
    # A place alone has its orders by id, or by nothing but its word.
    return [each if each.is_in_words_only else replace(each, words=()) for each in seen]


def _walked(wanted: Wanted, most: int, bound: Bound, pk: int | None, walk: int) -> tuple[list[int], bool]:
    """What the next orders have, and whether there are no more. One statement."""
    way = "DESC" if bound == "lt" else "ASC"
    order: Way = "-pk" if bound == "lt" else "pk"
    limits = {} if pk is None else {bound: pk}
    parts = [each.steps(wanted.beside_the_reason, order, **limits)[:walk] for each in wanted.reasons()]
    seen, values = _union(parts, f"id {way}", walk, "ALL")
    if not seen:
        return [], True
    says_so, words = _said_of_the_seen(wanted.sought)
    # The count is reckoned only if the page is not full: until then the walk stops where the page is.
    page = f"SELECT DISTINCT id FROM seen WHERE {says_so} ORDER BY id {way} LIMIT %s"
    statement = f"""
        WITH seen (id, hit) AS MATERIALIZED ({seen})
        SELECT ids, cardinality(ids) < %s AND (SELECT count(*) FROM seen) < %s
        FROM (SELECT ARRAY({page}) AS ids OFFSET 0) AS page
    """
    ((found, is_all),) = _rows((statement, (*values, most, walk, *words, most)))
    return found, is_all


def _said_of_the_seen(sought: Sought | None) -> Statement:
    """A text is read only of an order that has all else, by its key: a join or EXISTS may read all texts first."""
    if sought is None:
        return "hit", ()
    select, values = _compiled(OrderText.objects.filter(sought.in_text_of("order__", "")).values(one=Value(1)))
    return f"CASE WHEN hit THEN ({select} AND workorders_ordertext.order_id = seen.id) = 1 END", values


def _compiled(rows: QuerySet[Any, Any]) -> Statement:
    """The statement by itself; empty if it can have no rows."""
    try:
        select, values = rows.query.get_compiler(router.db_for_read(WorkOrder)).as_sql()
    except EmptyResultSet:
        return "", ()
    return select, tuple(values)


def _union(
    parts: Sequence[QuerySet[WorkOrder, Any] | Statement], ordering: str, most: int, every: str = ""
) -> Statement:
    """One statement over all parts that can have rows, each of them once unless ``every`` is ALL; empty without any."""
    selects: list[str] = []
    values: list[Any] = []
    for part in parts:
        select, given = part if isinstance(part, tuple) else _compiled(part)
        if select:
            selects.append(f"({select})")
            values += given
    if not selects:
        return "", ()
    together = f" UNION {every} ".join(selects)
    return f"SELECT * FROM ({together}) AS either ORDER BY {ordering} LIMIT %s", (*values, most)


def _rows(statement: Statement) -> list[tuple[Any, ...]]:
    if not statement[0]:
        return []
    with connections[router.db_for_read(WorkOrder)].cursor() as cursor:
        cursor.execute(*statement)
        return list(cursor.fetchall())
