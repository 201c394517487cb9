"""Open orders that may tell of the same matter, offered for merging; only those that the actor sees."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

from django.db.models import Q
from geopy.distance import geodesic

from lianqin.kernel.actors import Actor
from workorders.models import WorkOrder
from workorders.selectors import visible_to, with_names
from workorders.states import OPEN

METRES = 100.0
WITHIN = dt.timedelta(hours=48)
METRES_A_DEGREE = 111_320.0
# More than a hundred orders of one matter in one spot: nobody reads on.
MOST = 100


@dataclass(frozen=True, slots=True)
class Duplicate:
    order: WorkOrder
    distance_m: int
    age_seconds: int


def possible_duplicates(actor: Actor, order: WorkOrder) -> list[Duplicate]:
    """Open orders of the same category within 100 m and 48 h, nearest first. One query, by `workorder_open_nearby`."""
    if order.category_id is None or order.lon is None or order.lat is None:
        return []
    near = visible_to(actor).filter(
        _box(order.lon, order.lat),
        category_id=order.category_id,
        status__in=OPEN,
        reported_at__range=(order.reported_at - WITHIN, order.reported_at + WITHIN),
    )
    found = [_measured(order, other) for other in with_names(near.exclude(pk=order.pk)).order_by("-id")[:MOST]]
    return sorted((each for each in found if each.distance_m <= METRES), key=lambda each: each.distance_m)


def _box(lon: float, lat: float) -> Q:
    """A little more than the circle: what it lets through too much is measured afterwards."""
    high = METRES * 1.01 / METRES_A_DEGREE
    wide = high / max(math.cos(math.radians(lat)), 0.01)
    return Q(lat__range=(lat - high, lat + high), lon__range=(lon - wide, lon + wide))


def distance_m(a: tuple[float, float], b: tuple[float, float]) -> int:
    """Metres on the ellipsoid between two points given as (lon, lat)."""
    metres: float = geodesic((a[1], a[0]), (b[1], b[0])).meters
    return round(metres)


def _measured(order: WorkOrder, other: WorkOrder) -> Duplicate:
    apart = (other.reported_at - order.reported_at).total_seconds()
    return Duplicate(other, distance_m(_point(order), _point(other)), round(abs(apart)))


def _point(order: WorkOrder) -> tuple[float, float]:
    assert order.lon is not None
    assert order.lat is not None
    return order.lon, order.lat
