"""What else happens or happened around an order; only what the actor sees."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from lianqin.kernel.actors import Actor
from lianqin.kernel.statements import prepared
from workorders.models import WorkOrder
from workorders.rules.months import ids_of, later, month_at
from workorders.selectors import lines_of, seen_among
from workorders.services import duplicates
from workorders.services.duplicates import box_around, distance_m, point_of
from workorders.states import OPEN, Status

METRES = 300.0
# Closed of the same matter within this time: it has come back.
BACK_WITHIN = dt.timedelta(days=90)
MOST = 40

# By `workorder_open_street`: what is open in a street is little; over its border go those of the same matter, by
# `workorder_open_nearby`. By `workorder_community_newest`: a community closes
# some hundreds in these months, so that no index of closed places is paid for by every closing.
AROUND = f"""
(SELECT id FROM workorders_workorder
 WHERE street_id = %(street)s AND status IN ({", ".join(f"'{each}'" for each in sorted(OPEN))})
 AND lat BETWEEN %(south)s AND %(north)s AND lon BETWEEN %(west)s AND %(east)s AND id <> %(order)s LIMIT {MOST})
UNION
(SELECT id FROM workorders_workorder
 WHERE category_id = %(category)s AND status IN ({", ".join(f"'{each}'" for each in sorted(OPEN))})
 AND lat BETWEEN %(south)s AND %(north)s AND lon BETWEEN %(west)s AND %(east)s AND id <> %(order)s LIMIT {MOST})
UNION
(SELECT id FROM workorders_workorder
 WHERE community_id = %(community)s AND id >= %(first)s AND id <> %(order)s AND category_id = %(category)s
 AND status = '{Status.CLOSED}' AND ended_at >= %(since)s
 AND lat BETWEEN %(south)s AND %(north)s AND lon BETWEEN %(west)s AND %(east)s LIMIT {MOST})
"""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """``is_back``: closed of the same matter; else open, of any. ``is_twin``: it may tell of the same."""

    order: WorkOrder
    distance_m: int
    age_seconds: int
    is_back: bool
    is_twin: bool


def around(actor: Actor, order: WorkOrder, now: dt.datetime) -> list[Neighbour]:
    """What is open within 300 m, and what of the same matter was closed there within 90 days; nearest first.

    Another matter is looked for in the own street, what was closed in the own community. Three queries, one where
    there is nothing.
    """
    if order.lon is None or order.lat is None or order.street_id is None:
        return []
    here = (order.lon, order.lat)
    south, north, west, east = box_around(*here, METRES)
    since = now - BACK_WITHIN
    # An order carries the month of its report in its id.
    first, _end = ids_of(later(month_at(since), -1))
    asked: dict[str, int | float | dt.datetime] = {
        "community": order.community_id or 0,
        "first": first,
        "street": order.street_id,
        "category": order.category_id or 0,
        "order": order.pk,
        "since": since,
        **{"south": south, "north": north, "west": west, "east": east},
    }
    with prepared() as cursor:
        cursor.execute(AROUND, asked)
        near = [pk for (pk,) in cursor.fetchall()]
    if not near:
        return []
    seen = lines_of(sorted(seen_among(actor, near), reverse=True))
    found = [_neighbour(order, other, distance_m(here, point_of(other))) for other in seen]
    return sorted((each for each in found if each.distance_m <= METRES), key=lambda each: each.distance_m)


def _neighbour(order: WorkOrder, other: WorkOrder, metres: int) -> Neighbour:
    apart = abs(other.reported_at - order.reported_at)
    is_back = other.status == Status.CLOSED
    same = other.category_id == order.category_id and not is_back
    is_twin = same and metres <= duplicates.METRES and apart <= duplicates.WITHIN
    return Neighbour(other, metres, round(apart.total_seconds()), is_back, is_twin)
