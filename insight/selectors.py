"""Reads for boards. Neither looks at what is past and done: open orders are counted, the rest was added up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import connections, router
from django.db.models import Count, Q, Sum

from catalogue.models import Category
from grids.models import Street
from insight.errors import NotAllowed, NotVisible
from insight.models import Rollup
from insight.permissions import Places, places_of
from insight.rules import ALL, CATEGORY, DAY, MONTH, NAMES, SOURCE, Span, spans
from lianqin.kernel.actors import Actor
from lianqin.kernel.clock import Now
from workorders.models import WorkOrder
from workorders.models.orders import Source
from workorders.states import OPEN, Level, Status


class By(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    STREET = "street"
    SOURCE = "source"
    CATEGORY = "category"


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a table of totals. ``key``: a date (a week by its Monday), a code, or empty where there is none."""

    key: str
    name: str
    sums: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Totals:
    lines: tuple[Line, ...]
    total: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class OpenLine:
    """Open orders of a street (None: in no street yet), level and status, and how many of them are overdue."""

    street: str | None
    level: str
    status: str
    open: int
    overdue: int


# Where each table is read from, and what makes a line of it.
DIMENSION = {By.SOURCE: SOURCE, By.CATEGORY: CATEGORY}
LINE = {
    By.DAY: "day",
    By.WEEK: "date_trunc('week', day)::date",
    By.MONTH: "date_trunc('month', day)::date",
    By.STREET: "street_id",
    By.SOURCE: "value",
    By.CATEGORY: "value",
}
_SUMS = ", ".join(f"sum({name})::bigint" for name in NAMES)
_COLUMNS = ", ".join(NAMES)
_CELL = "day, district_id, street_id"
TOTALS = "SELECT {line} AS line, {sums} FROM ({spans}) AS counted WHERE {places} GROUP BY 1 ORDER BY 1"
SPAN = """
    SELECT {cell}, value, {columns} FROM insight_rollup
    WHERE grain = '{span.grain}' AND dimension = '{dimension}' AND day >= '{span.since}' AND day < '{span.until}'
"""


def totals(actor: Actor, *, since: dt.date, until: dt.date, by: By, street: str = "") -> Totals:
    """Sum the local days from ``since`` up to, not including, ``until``. Three statements at most.

    Its cost is that of the rows of the time asked for, whatever lies before. Raises NotAllowed for an actor who sees no
    whole place, NotVisible for a ``street`` (code) that is not theirs.
    """
    where, given = _where(places_of(actor), _seen_street(actor, street) if street else None)
    dimension = DIMENSION.get(by, ALL)
    read = [Span(DAY, since, until)] if by in (By.DAY, By.WEEK) else spans(since, until)
    query = TOTALS.format(
        line=LINE[by],
        sums=_SUMS,
        cell=_CELL,
        columns=_COLUMNS,
        spans="UNION ALL".join(
            SPAN.format(cell=_CELL, columns=_COLUMNS, span=span, dimension=dimension) for span in read
        ),
        places=where,
    )
    with connections[router.db_for_read(WorkOrder)].cursor() as cursor:
        cursor.execute(query, given)
        rows = cursor.fetchall()
    return _told(by, [(row[0], row[1:]) for row in rows])


def _seen_street(actor: Actor, code: str) -> int:
    """The key of a street all of whose orders the actor sees. One query."""
    places = places_of(actor)
    found = Street.objects.filter(code=code).values_list("pk", "district_id").first()
    if found is None or not (places.everywhere or found[0] in places.streets or found[1] in places.districts):
        raise NotVisible
    return found[0]


def _where(places: Places, street_id: int | None) -> tuple[str, dict[str, Any]]:
    """The condition on a row's place. Deny by default."""
    if not places:
        raise NotAllowed
    if street_id is not None:
        return "street_id = %(street)s", {"street": street_id}
    if places.everywhere:
        return "true", {}
    return "(district_id = ANY(%(districts)s) OR street_id = ANY(%(streets)s))", {
        "districts": sorted(places.districts),
        "streets": sorted(places.streets),
    }


def _told(by: By, rows: Sequence[tuple[Any, Sequence[int]]]) -> Totals:
    """Name the lines. A category's line is that of its class: one query for streets or categories, none otherwise."""
    summed: dict[tuple[str, str], list[int]] = {}
    names = _names(by)
    for line, sums in rows:
        key = names(line)
        summed[key] = [a + b for a, b in zip(summed.get(key, [0] * len(NAMES)), sums, strict=True)]
    lines = [Line(key, name, dict(zip(NAMES, sums, strict=True))) for (key, name), sums in summed.items()]
    if by not in (By.DAY, By.WEEK, By.MONTH):
        lines.sort(key=lambda line: line.key)
    return Totals(tuple(lines), {name: sum(line.sums[name] for line in lines) for name in NAMES})


def _names(by: By) -> Any:
    """How a line's key and name are told from what the query grouped by."""
    if by == By.STREET:
        streets = {pk: (code, name) for pk, code, name in Street.objects.values_list("pk", "code", "short_name")}
        return lambda pk: streets.get(pk, ("", ""))
    if by == By.SOURCE:
        return lambda value: (value, str(Source(value).label) if value in Source.values else value)
    if by == By.CATEGORY:
        leaves = Category.objects.filter(parent__isnull=False).values_list("pk", "parent__code", "parent__name")
        classes = {str(pk): (code, name) for pk, code, name in leaves}
        return lambda value: classes.get(value, ("", ""))
    return lambda day: (day.isoformat(), day.isoformat())


def month_cells(month: dt.date, names: Sequence[str]) -> list[tuple[int | None, int, tuple[int, ...]]]:
    """(street, category, the sums of ``names``) of a month, by its first day. One query; whoever asks guards them."""
    rows = Rollup.objects.filter(grain=MONTH, dimension=CATEGORY, day=month).exclude(value="").order_by()
    summed = rows.values_list("street_id", "value").annotate(*(Sum(name, default=0) for name in names))
    return [(street, int(value), tuple(sums)) for street, value, *sums in summed]


def open_orders(actor: Actor) -> tuple[OpenLine, ...]:
    """Count what is open by street, level and status. One statement over the partial indexes of open orders.

    Raises NotAllowed for an actor who sees no whole place.
    """
    places = places_of(actor)
    if not places:
        raise NotAllowed
    found = WorkOrder.objects.filter(status__in=OPEN)
    if not places.everywhere:
        found = found.filter(Q(district_id__in=places.districts) | Q(street_id__in=places.streets))
    rows = (
        found.order_by()
        .values("street__code", "level", "status")
        .annotate(open=Count("pk"), overdue=Count("pk", filter=Q(due_at__lt=Now())))
    )
    order = [*Level.values, *Status.values]
    return tuple(
        sorted(
            (OpenLine(row["street__code"], row["level"], row["status"], row["open"], row["overdue"]) for row in rows),
            key=lambda line: (line.street or "", order.index(line.level), order.index(line.status)),
        )
    )
