"""Open orders that may tell of the same matter, offered for merging; only those that the actor sees."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

from geopy.distance import geodesic

from lianqin.kernel.actors import Actor
from lianqin.kernel.statements import prepared
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


# In SQL of our own, since it is asked with every report: most have no like near by, and then it is all that is asked.
NEAR = f"""
SELECT id FROM workorders_workorder
WHERE category_id = %s AND status IN ({", ".join(f"'{each}'" for each in sorted(OPEN))})
AND lat BETWEEN %s AND %s AND lon BETWEEN %s AND %s AND reported_at BETWEEN %s AND %s AND id <> %s
"""


def possible_duplicates(actor: Actor, order: WorkOrder) -> list[Duplicate]:
    """Open orders of the same category within 100 m and 48 h, nearest first.

    One query, by `workorder_open_nearby`, and another where there are any.
    """
    if order.category_id is None or order.lon is None or order.lat is None:
        return []
    since, until = order.reported_at - WITHIN, order.reported_at + WITHIN
    with prepared() as cursor:
        cursor.execute(NEAR, [order.category_id, *box_around(order.lon, order.lat), since, until, order.pk])
        near = [pk for (pk,) in cursor.fetchall()]
    if not near:
        return []
    seen = with_names(visible_to(actor).filter(pk__in=near)).order_by("-id")[:MOST]
    found = [_measured(order, other) for other in seen]
    return sorted((each for each in found if each.distance_m <= METRES), key=lambda each: each.distance_m)


def box_around(lon: float, lat: float, metres: float = METRES) -> tuple[float, float, float, float]:
    """South, north, west and east of a little more than the circle: what it lets through is measured afterwards."""
    high = metres * 1.01 / METRES_A_DEGREE
    wide = high / max(math.cos(math.radians(lat)), 0.01)
    return lat - high, lat + high, lon - wide, lon + wide


def distance_m(a: tuple[float, float], b: tuple[float, float]) -> int:
    """Metres on the ellipsoid between two points given as (lon, lat)."""
    metres: float = geodesic((a[1], a[0]), (b[1], b[0])).meters
    return round(metres)


def _measured(order: WorkOrder, other: WorkOrder) -> Duplicate:
    apart = (other.reported_at - order.reported_at).total_seconds()
    return Duplicate(other, distance_m(point_of(order), point_of(other)), round(abs(apart)))


def point_of(order: WorkOrder) -> tuple[float, float]:
    assert order.lon is not None
    assert order.lat is not None
    return order.lon, order.lat
