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
from typing import Any, TypeVar

from django.db import connection
from django.db.models import DateTimeField, FloatField, Model

from workorders.models import Assignment, Event, Request, Timer, WorkOrder
from workorders.states import Outcome

# How many keys a change usually needs; one that needs more draws them by a statement of its own.
DRAWN: Mapping[type[Model], int] = {Event: 1, Assignment: 2, Request: 1, Timer: 4}
M = TypeVar("M", bound=Model)
CONVERTERS: Mapping[type, Callable[[Any], Any]] = {DateTimeField: dt.datetime.fromisoformat, FloatField: float}

# `FOR UPDATE` has returned before this begins, so it sees what the last holder of the lock has written.
READ = f"""
SELECT greatest(lianqin_now(), (SELECT at FROM workorders_event WHERE order_id = %(order)s AND seq = %(seq)s)),
ARRAY(SELECT id FROM workorders_workorder WHERE master_id = %(order)s),
(SELECT json_agg(a ORDER BY id) FROM workorders_assignment a WHERE order_id = %(order)s)::text,
(SELECT json_agg(r ORDER BY id) FROM workorders_request r
 WHERE order_id = %(order)s AND outcome = '{Outcome.PENDING}')::text,
(SELECT json_agg(t ORDER BY id) FROM workorders_timer t WHERE order_id = %(order)s)::text
"""


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
    """Everything that moves with an order, in one statement; with keys to write with, which a replica cannot give."""
    with connection.cursor() as cursor:
        cursor.execute(READ + (drawing() if to_write else ""), {"order": order.pk, "seq": order.last_seq})
        now, merged, assignments, requests, timers, *drawn = cursor.fetchone()
    found = Stored(
        now=now,
        merged_ids=frozenset(merged),
        assignments=_rows(Assignment, assignments, order),
        requests=_rows(Request, requests, order),
        timers=_rows(Timer, timers, order),
        ids=Ids(drawn if to_write else [()] * len(DRAWN)),
    )
    _link(found)
    return found


@cache
def drawing() -> str:
    """The part of a SELECT that draws keys, one array for each model of DRAWN."""
    return "".join(f",\n{_drawn(model)}" for model in DRAWN)


def draw(model: type[Model]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_drawn(model)}")
        ids: list[int] = cursor.fetchone()[0]
    return ids


def _drawn(model: type[Model]) -> str:
    return f"ARRAY(SELECT nextval('{model._meta.db_table}_id_seq') FROM generate_series(1, {DRAWN[model]}))"


def _rows(model: type[M], text: str | None, order: WorkOrder) -> list[M]:
    if text is None:
        return []
    names, readers = _readers(model)
    found = []
    for told in json.loads(text):
        row = model.from_db("default", names, [read(told[name]) for name, read in zip(names, readers, strict=True)])
        row._state.fields_cache["order"] = order
        found.append(row)
    return found


@cache
def _readers(model: type[Model]) -> tuple[list[str], list[Callable[[Any], Any]]]:
    """The columns of a model, and how each is read from JSON."""
    fields = model._meta.concrete_fields
    return [field.attname for field in fields], [_reader(CONVERTERS.get(type(field))) for field in fields]


def _reader(convert: Callable[[Any], Any] | None) -> Callable[[Any], Any]:
    if convert is None:
        return lambda value: value
    return lambda value: None if value is None else convert(value)


def _link(found: Stored) -> None:
    """A part of the order is one object, whoever refers to it."""
    parts: dict[int | None, Model] = {part.pk: part for part in found.assignments}
    asked: dict[int | None, Model] = {request.pk: request for request in found.requests}
    for request in found.requests:
        _remember(request, "assignment", parts.get(request.assignment_id))
    for timer in found.timers:
        _remember(timer, "assignment", parts.get(timer.assignment_id))
        _remember(timer, "request", asked.get(timer.request_id))


def _remember(row: Model, name: str, other: Model | None) -> None:
    if other is not None:
        row._state.fields_cache[name] = other


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
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {', '.join(parts)} SELECT 1", [_json(each) for each in wanted])
    for each in wanted:
        for row in each.rows:
            row._state.adding, row._state.db = False, "default"


@cache
def _statement(model: type[Model], names: tuple[str, ...]) -> str:
    table = model._meta.db_table
    given = f"json_populate_recordset(NULL::{table}, %s)"
    if names:
        settings = ", ".join(f"{name} = given.{name}" for name in names)
        key = _key(model)
        return f"UPDATE {table} AS stored SET {settings} FROM {given} AS given WHERE stored.{key} = given.{key}"
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


def _json(write: Write) -> str:
    model = type(write.rows[0])
    columns = (_key(model), *write.names) if write.names else inserted(model)
    rows = [{name: getattr(row, name) for name in columns} for row in write.rows]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"), default=_plain)


def _plain(value: Any) -> Any:
    assert isinstance(value, dt.datetime), f"no column holds a {type(value).__name__}"
    return value.isoformat()
