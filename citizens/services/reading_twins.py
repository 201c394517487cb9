"""Twins across channels: reports of one place and time that say nearly the same, whatever their category."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from citizens.models import OrderSignature
from citizens.rules.reading_twins import ranked, signature
from citizens.selectors.reading import told_by
from grids.ground import ground
from lianqin.kernel.actors import Actor
from lianqin.kernel.clock import Now
from lianqin.kernel.statements import prepared
from workorders.models import OrderText, WorkOrder
from workorders.selectors import visible_to, with_names
from workorders.services.duplicates import box_around, distance_m, point_of
from workorders.states import OPEN

METRES = 300.0
WITHIN = dt.timedelta(days=14)
LEAST = 0.36
MOST_READ = 400
MOST = 5
KEPT = dt.timedelta(days=60)
# By `workorder_open_street`: what is open in the streets around is little.
CANDIDATES = f"""
SELECT o.id, s.buckets FROM workorders_workorder o JOIN citizens_ordersignature s ON s.order_id = o.id
WHERE o.street_id = ANY(%(streets)s) AND o.status IN ({", ".join(f"'{each}'" for each in sorted(OPEN))})
AND o.reported_at BETWEEN %(since)s AND %(until)s AND o.id <> %(order)s
AND (o.community_id = %(community)s
 OR (o.lat BETWEEN %(south)s AND %(north)s AND o.lon BETWEEN %(west)s AND %(east)s))
ORDER BY o.id DESC LIMIT {MOST_READ}
"""


@dataclass(frozen=True, slots=True)
class Twin:
    """``percent``: how alike the words are."""

    order: WorkOrder
    percent: int
    distance_m: int | None
    age_seconds: int


def sign(*, order_id: int) -> None:
    """Keep by what the report is known to be alike to others; nothing of one that was erased."""
    text = OrderText.objects.filter(pk=order_id, erased_at=None).first()
    if text is not None:
        buckets = signature(told_by(text.title, text.description))
        OrderSignature.objects.update_or_create(order_id=order_id, defaults={"buckets": buckets})


def forget_signature(*, order_id: int) -> int:
    return OrderSignature.objects.filter(order=order_id).delete()[0]


def purge_signatures() -> int:
    """Forget those too old to be anybody's twin."""
    return OrderSignature.objects.filter(made_at__lt=Now() - KEPT).delete()[0]


def twins_of(actor: Actor, order: WorkOrder) -> list[Twin]:
    """Open orders that the actor sees, in the same community or within 300 m, within 14 days; the likest first.

    Three statements, two where none is alike.
    """
    own = OrderSignature.objects.filter(order=order.pk).values_list("buckets", flat=True).first()
    if not own or order.street_id is None:
        return []
    with prepared() as cursor:
        cursor.execute(CANDIDATES, _asked(order))
        alike = dict(ranked(own, cursor.fetchall(), LEAST))
    if not alike:
        return []
    seen = with_names(visible_to(actor).filter(pk__in=alike))
    found = [_twin(order, other, alike[other.pk]) for other in seen]
    near = [each for each in found if _is_near(each, order)]
    return sorted(near, key=lambda each: (-each.percent, each.order.pk))[:MOST]


def _asked(order: WorkOrder) -> dict[str, Any]:
    # Without a point the community alone counts: a box in which nothing lies.
    south, north, west, east = 1.0, 0.0, 1.0, 0.0
    streets = {order.street_id}
    if order.lon is not None and order.lat is not None:
        south, north, west, east = box_around(order.lon, order.lat, METRES)
        corners = [[west, south], [east, south], [east, north], [west, north], [west, south]]
        streets |= ground().streets_crossed({"type": "Polygon", "coordinates": [corners]})
    return {
        "streets": sorted(each for each in streets if each is not None),
        "since": order.reported_at - WITHIN,
        "until": order.reported_at + WITHIN,
        "order": order.pk,
        "community": order.community_id,
        **{"south": south, "north": north, "west": west, "east": east},
    }


def _twin(order: WorkOrder, other: WorkOrder, like: float) -> Twin:
    known = order.lon is not None and other.lon is not None
    apart = abs((other.reported_at - order.reported_at).total_seconds())
    return Twin(other, round(100 * like), distance_m(point_of(order), point_of(other)) if known else None, round(apart))


def _is_near(twin: Twin, order: WorkOrder) -> bool:
    in_reach = twin.distance_m is not None and twin.distance_m <= METRES
    return in_reach or twin.order.community_id == order.community_id
