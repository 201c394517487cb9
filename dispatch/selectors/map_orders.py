"""Open orders of a map's view: the orders themselves while they are few, else how many lie in each square."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Avg, Count, F, FloatField, Func, IntegerField, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from catalogue.rules import Urgency
from grids.selectors.viewport import Box, squares
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor
from workorders.models import WorkOrder
from workorders.selectors import visible_to
from workorders.states import OPEN, Status

MOST = 400
SOON = dt.timedelta(hours=1)
PRESSING = (Urgency.URGENT,)


def map_orders(
    actor: Actor, box: Box, zoom: int, *, within: str = "", now: dt.datetime | None = None
) -> dict[str, Any]:
    """A GeoJSON FeatureCollection; ``kind`` features or clusters, ``total`` in view. ``within`` is a division's code.

    At most two statements, over open orders only.
    """
    at = clock.now()
    found = _in_view(actor, box, within)
    clusters = _clusters(found, box, zoom, at)
    total = sum(each["properties"]["cluster"] for each in clusters)
    if total > MOST:
        return _collection("clusters", total, clusters)
    features = [_feature(row, at) for row in _columns(found)[: MOST + 1]] if total else []
    return _collection("features", len(features), features)


def _in_view(actor: Actor, box: Box, within: str) -> QuerySet[WorkOrder]:
    found = visible_to(actor).filter(
        status__in=OPEN, lon__gte=box.west, lon__lte=box.east, lat__gte=box.south, lat__lte=box.north
    )
    return found.filter(place_of(within)).order_by()


def place_of(code: str) -> Q:
    """The condition that an order lies in the division of that code; none for an empty one."""
    column = {6: "district__code", 9: "street__code", 12: "community__code", 15: "grid__code"}.get(len(code))
    if not code:
        return Q()
    return Q(**{column: code}) if column else Q(pk=None)


def _columns(found: QuerySet[WorkOrder]) -> QuerySet[WorkOrder, tuple[Any, ...]]:
    return found.values_list(
        "number", "text__title", "status", "urgency", "due_at", "lon", "lat", "grid__code", "level"
    )


def _feature(row: tuple[Any, ...], now: dt.datetime) -> dict[str, Any]:
    number, title, status, urgency, due_at, lon, lat, grid, level = row
    time = time_of(due_at, now)
    told = {
        "number": number,
        "title": title or number,
        "status": status,
        "state": str(Status(status).label),
        "level": level,
        "urgent": urgency in PRESSING,
        "time": time,
        "late": time == "late",
        "due_at": due_at,
        "due": due_in_words(due_at, now),
        "grid": grid or "",
    }
    return {
        "type": "Feature",
        "id": number,
        "geometry": {"type": "Point", "coordinates": [round(lon, 6), round(lat, 6)]},
        "properties": told,
    }


def time_of(due_at: dt.datetime | None, now: dt.datetime) -> str:
    """How the time of an order stands: late, soon (within an hour) or calm."""
    if due_at is None:
        return "calm"
    return "late" if due_at < now else "soon" if due_at < now + SOON else "calm"


def due_in_words(due_at: dt.datetime | None, now: dt.datetime) -> str:
    if due_at is None:
        return ""
    local = timezone.localtime(due_at)
    same_day = local.date() == timezone.localtime(now).date()
    moment = f"{local:%H:%M}" if same_day else f"{local:%m-%d %H:%M}"
    return (_("%s 已超时") if due_at < now else _("%s 到期")) % moment


def _clusters(found: QuerySet[WorkOrder], box: Box, zoom: int, now: dt.datetime) -> list[dict[str, Any]]:
    level = squares(box, zoom).level
    x = Func(F("lon"), template=f"floor((%(expressions)s + 180) / 360 * {1 << level})", output_field=IntegerField())
    bend = "(1 - ln(tan(radians(%(expressions)s)) + 1 / cos(radians(%(expressions)s))) / pi()) / 2"
    y = Func(F("lat"), template=f"floor({bend} * {1 << level})", output_field=IntegerField())
    rows = (
        found.annotate(x=x, y=y)
        .values("x", "y")
        .annotate(
            number=Count("pk"),
            lon=Avg("lon", output_field=FloatField()),
            lat=Avg("lat", output_field=FloatField()),
            late=Count("pk", filter=Q(due_at__lt=now)),
            urgent=Count("pk", filter=Q(urgency__in=PRESSING)),
        )
        .values_list("number", "lon", "lat", "late", "urgent")
        .order_by("-number", "x", "y")
    )
    return [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [round(lon, 6), round(lat, 6)]},
            "properties": {"cluster": number, "late": late, "urgent": urgent},
        }
        for number, lon, lat, late, urgent in rows
    ]


def _collection(kind: str, total: int, features: Iterable[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "kind": kind, "total": total, "features": list(features)}
