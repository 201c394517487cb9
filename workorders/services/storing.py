"""The statements by which a change reads an order and writes it. Few, since every one is a round trip under a lock.

Rows travel as JSON and PostgreSQL turns them into records of the table, so that the text of a statement depends
on the tables and columns alone. Keys are drawn with the read: a row is known by its id before it is written.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from operator import itemgetter
from typing import Any, TypeVar

from django.db.models import Model

from catalogue.selectors import known_category
from lianqin.kernel.rows import from_json, link
from lianqin.kernel.statements import prepared
from workorders.locks import BESIDE, DRAWN, drawn_keys, reading
from workorders.models import Assignment, Request, Timer, WorkOrder

M = TypeVar("M", bound=Model)


class Ids:
    """Keys that were drawn and are not given away yet."""

    def __init__(self, drawn: Iterable[Sequence[int]]) -> None:
        self._left = {model: list(ids) for model, ids in zip(DRAWN, drawn, strict=True)}

    def give(self, *rows: Model) -> None:
        """Give each row its key, in the order of the rows."""
        for row in rows:
            left = self._left[type(row)]
            if not left:
                left.extend(draw(type(row)))
            row.pk = left.pop(0)


@dataclass(frozen=True, slots=True)
class Stored:
    """What stands beside an order. ``now``: the platform's time, but never before the order's last event."""

    now: dt.datetime
    merged_ids: frozenset[int]
    assignments: list[Assignment]
    requests: list[Request]
    timers: list[Timer]
    ids: Ids


def read(order: WorkOrder, *, to_write: bool) -> Stored:
    """Everything that moves with an order, in one statement if it did not come with the lock.

    ``to_write``: with keys to write with, which a replica cannot give.
    """
    row = order._state.__dict__.pop(BESIDE, None)
    if row is None:
        with prepared() as cursor:
            cursor.execute(reading(to_write=to_write), {"order": order.pk})
            row = cursor.fetchone()
    now, merged, assignments, requests, timers, *drawn = row
    found = Stored(
        now=now,
        merged_ids=frozenset(merged),
        assignments=_rows(Assignment, assignments, order),
        requests=_rows(Request, requests, order),
        timers=_rows(Timer, timers, order),
        ids=Ids(drawn if to_write else [()] * len(DRAWN)),
    )
    _link(order, found)
    return found


def draw(model: type[Model]) -> list[int]:
    with prepared() as cursor:
        cursor.execute(f"SELECT {drawn_keys(model)}")
        ids: list[int] = cursor.fetchone()[0]
    return ids


def _rows(model: type[M], text: str | None, order: WorkOrder) -> list[M]:
    rows = [from_json(model, told) for told in json.loads(text)] if text else []
    for row in rows:
        link(row, "order", order)
    return rows


def _link(order: WorkOrder, found: Stored) -> None:
    """A part of the order is one object, whoever refers to it."""
    category = None if order.category_id is None else known_category(order.category_id)
    if category is not None:
        link(order, "category", category)
    parts: dict[int | None, Model] = {part.pk: part for part in found.assignments}
    asked: dict[int | None, Model] = {request.pk: request for request in found.requests}
    either: list[Request | Timer] = [*found.requests, *found.timers]
    for row in either:
        if row.assignment_id in parts:
            link(row, "assignment", parts[row.assignment_id])
    for timer in found.timers:
        if timer.request_id in asked:
            link(timer, "request", asked[timer.request_id])


# Writing


@dataclass(frozen=True, slots=True)
class Write:
    """Rows of one table: new ones, or, with ``names``, new values of these columns."""

    rows: Sequence[Model]
    names: tuple[str, ...] = ()


def store(*writes: Write) -> None:
    """Write rows of several tables in one statement. Within it nothing is first: no row may make room for another."""
    wanted = [each for each in writes if each.rows]
    if not wanted:
        return
    parts = [
        f"w{index} AS ({_statement(type(each.rows[0]), each.names)} RETURNING 1)" for index, each in enumerate(wanted)
    ]
    with prepared() as cursor:
        given = [value for each in wanted for value in _given(each)]
        cursor.execute(f"WITH {', '.join(parts)} SELECT 1", given)
    for each in wanted:
        for row in each.rows:
            row._state.adding, row._state.db = False, "default"


@cache
def _statement(model: type[Model], names: tuple[str, ...]) -> str:
    table = model._meta.db_table
    given = f"json_populate_recordset(NULL::{table}, %s::json)"
    if names:
        settings = ", ".join(f"{name} = given.{name}" for name in names)
        key = _key(model)
        # The keys once more, as an array: with it PostgreSQL takes the index, however small the table.
        found = f"stored.{key} = given.{key} AND stored.{key} = ANY(%s::bigint[])"
        return f"UPDATE {table} AS stored SET {settings} FROM {given} AS given WHERE {found}"
    columns = ", ".join(inserted(model))
    return f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {given}"


@cache
def inserted(model: type[Model]) -> tuple[str, ...]:
    """The columns that we give; of a table that numbers its rows itself all but the number."""
    own = model in DRAWN or model is WorkOrder
    fields = model._meta.concrete_fields
    return tuple(str(field.column) for field in fields if own or not (field.primary_key and field.auto_created))


def _key(model: type[Model]) -> str:
    return str(model._meta.pk.column)


def _given(write: Write) -> list[str]:
    model = type(write.rows[0])
    columns = (_key(model), *write.names) if write.names else inserted(model)
    pick = _picker(columns)
    rows = [dict(zip(columns, pick(row.__dict__), strict=True)) for row in write.rows]
    told = json.dumps(rows, ensure_ascii=False, separators=(",", ":"), default=_plain)
    return [told, f"{{{','.join(str(row.pk) for row in write.rows)}}}"] if write.names else [told]


@cache
def _picker(columns: tuple[str, ...]) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    return itemgetter(*columns)


def _plain(value: Any) -> Any:
    assert isinstance(value, dt.datetime), f"no column holds a {type(value).__name__}"
    return value.isoformat()
