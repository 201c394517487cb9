"""Find the orders of a page among many, at a cost that does not follow the length of the history.

Whether the newest twenty that somebody may see and that have this and that are near the top or far down, no planner
knows. So the top is looked at first, a bounded number of orders in the sequence of an index. What is frequent is found
there; what is not there is rare, and then the database intersects its indexes: docs/adr/lists-stay-fast.md.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from itertools import product
from operator import and_
from typing import Any, Literal

from django.core.exceptions import EmptyResultSet
from django.db import connections, router
from django.db.models import Case, F, OrderBy, Q, QuerySet, Value, When

from lianqin.kernel.actors import Actor, ActorKind
from workorders.models import WorkOrder
from workorders.selectors.queues import queue_of
from workorders.selectors.searching import Sought
from workorders.selectors.visibility import Branch, branches, of_unit, sees_a_district, sight
from workorders.selectors.words import Group, having
from workorders.states import OPEN

# Orders looked at before the indexes are intersected: at least, and for each one that is asked for.
WALK, WALK_FOR_EACH = 2000, 50
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
        return self.sought is not None and self.sought.by_index is None and not self.is_open

    @property
    def of_the_unit(self) -> Q:
        if self.unit_ids is None:
            return Q()
        held = Q(holder_id__in=self.unit_ids, status__in=OPEN)
        return held | Q(part_unit_ids__overlap=list(self.unit_ids))

    @property
    def in_columns(self) -> Q:
        return self.where & self.sought.where if self.sought else self.where

    @property
    def beside_the_reason(self) -> Q:
        """What the walk asks of each order."""
        if self.unit_ids is not None and sees_a_district(self.actor):
            return self.in_columns if self.actor.kind == ActorKind.SYSTEM else self.in_columns & sight(self.actor)
        return self.in_columns & self.of_the_unit

    @property
    def in_queue(self) -> QuerySet[WorkOrder]:
        """What waits for the actor, narrowed: open orders, so few that no index need be chosen."""
        return queue_of(self.actor).filter(self.in_columns, self.of_the_unit)


def newest(wanted: Wanted, most: int, *, below: int | None = None) -> list[int]:
    """Keys of the newest ``most`` orders wanted, with ids under ``below``. At most two statements."""
    bounds = [each for each in (below, wanted.below) if each is not None]
    bound = min(bounds, default=None)
    if wanted.is_queue:
        behind = Q() if bound is None else Q(pk__lt=bound)
        return list(wanted.in_queue.filter(behind).order_by("-pk").values_list("pk", flat=True)[:most])
    return _found(wanted, most, "lt", bound)


def at_most(wanted: Wanted, most: int) -> int:
    """How many orders are wanted, as far as ``most``: in no order, so that it ends where there are so many."""
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
        found, is_all = _walked(wanted, most, bound, pk)
        if is_all or len(found) == most or wanted.is_unindexed:
            return found
    down = bound == "lt"
    # Not by the column itself: the planner would walk it, expecting what is rare around the next corner.
    aside = OrderBy(F("pk") + Value(0), descending=down)
    parts = [each.order_by(aside).values("id")[:most] for each in _intersected(wanted, pk, bound)]
    return [pk for (pk,) in _rows(_union(parts, "id DESC" if down else "id", most))]


def _intersected(wanted: Wanted, pk: int | None, bound: Bound) -> Iterable[QuerySet[WorkOrder]]:
    """Each reason to see an order with each that makes it the unit's, if one is asked for."""
    limits = {} if pk is None else {f"pk__{bound}": pk}
    for pair in product(branches(wanted.actor), wanted.unit_branches() or [Branch()]):
        conditions = reduce(and_, (each.where for each in pair), wanted.in_columns)
        words = [*wanted.words, *((each.word,) for each in pair if each.word)]
        orders = WorkOrder.objects.filter(conditions, **limits)
        # A place alone is no help, its index has its orders by id; and words in a text are rarer than these.
        yield orders if wanted.sought or not wanted.words else having(orders, words)


def _walked(wanted: Wanted, most: int, bound: Bound, pk: int | None) -> tuple[list[int], bool]:
    """What the next orders have, and whether there are no more. One statement."""
    walk = WALK if wanted.is_unindexed else max(WALK, most * WALK_FOR_EACH)
    way = "DESC" if bound == "lt" else "ASC"
    condition = wanted.beside_the_reason
    hit = Case(When(condition, then=Value(True)), default=Value(False)) if condition else Value(True)
    limits = {} if pk is None else {bound: pk}
    parts = [each.by_id(**limits).order_by("-pk" if bound == "lt" else "pk") for each in wanted.reasons()]
    seen, values = _union(
        [part.annotate(hit=hit).values("id", "hit")[:walk] for part in parts], f"id {way}", walk, "ALL"
    )
    if not seen:
        return [], True
    # The count is reckoned only if the page is not full: until then the walk stops where the page is.
    statement = f"""
        WITH seen (id, hit) AS MATERIALIZED ({seen})
        SELECT ids, cardinality(ids) < %s AND (SELECT count(*) FROM seen) < %s
        FROM (SELECT ARRAY(SELECT DISTINCT id FROM seen WHERE hit ORDER BY id {way} LIMIT %s) AS ids OFFSET 0) AS found
    """
    ((found, is_all),) = _rows((statement, (*values, most, walk, most)))
    return found, is_all


def _union(parts: Sequence[QuerySet[WorkOrder, Any]], ordering: str, most: int, every: str = "") -> Statement:
    """One statement over all parts that can have rows, each of them once unless ``every`` is ALL; empty without any."""
    alias = router.db_for_read(WorkOrder)
    selects, values = [], []
    for part in parts:
        try:
            select, given = part.query.get_compiler(alias).as_sql()
        except EmptyResultSet:
            continue
        selects.append(f"({select})")
        values += given
    if not selects:
        return "", ()
    return f"{f' UNION {every} '.join(selects)} ORDER BY {ordering} LIMIT %s", (*values, most)


def _rows(statement: Statement) -> list[tuple[Any, ...]]:
    if not statement[0]:
        return []
    with connections[router.db_for_read(WorkOrder)].cursor() as cursor:
        cursor.execute(*statement)
        return list(cursor.fetchall())
