"""After a re-division: open orders go to the grids that their points now lie in, each in its own transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction

from grids.ground import ground, look_again
from grids.models import GroundPlan, PlanState
from lianqin.kernel.actors import SYSTEM
from lianqin.kernel.clock import Now
from workorders.locks import orders_locked
from workorders.selectors.ground import open_orders_on
from workorders.services.door import advance_locked
from workorders.services.work import Work
from workorders.states import OPEN

# How long somebody may still be placing an order by a ground that has changed meanwhile.
AFTERMATH = dt.timedelta(minutes=15)


def regrid_orders(*, plan_id: int, grid_ids: Iterable[int]) -> int:
    """Move the open orders of grids that ended or were reshaped to where they lie now; return how many moved."""
    # It is asked the moment that the ground changed, which this process may not have seen yet.
    look_again()
    rows = list(open_orders_on(grid_ids, with_unplaced=True))
    now = ground().grids_at([(row.lon, row.lat) for row in rows])
    moved = [row.pk for row, grid in zip(rows, now, strict=True) if grid is not None and grid != row.grid_id]
    return sum(regrid_order(order_id=pk, plan_id=plan_id) for pk in moved)


def regrid_order(*, order_id: int, plan_id: int) -> bool:
    """Move one order, through the one door. False, and nothing written, if it is closed or lies there already."""
    with transaction.atomic():
        order = orders_locked({order_id})[order_id]
        if order.status not in OPEN or order.lon is None or order.lat is None:
            return False
        place = ground().locate(order.lon, order.lat)
        if place is None or place.grid_id == order.grid_id:
            return False
        advance_locked(Work(order, SYSTEM), "regrid", {"lon": order.lon, "lat": order.lat, "plan": plan_id})
        return True


def regrid_after_plans() -> int:
    """Look again after plans that took effect a moment ago: an order may have been placed by the ground before."""
    recent = GroundPlan.objects.filter(state=PlanState.IN_FORCE, in_force_at__gt=Now() - AFTERMATH)
    told = recent.order_by("pk").values_list("pk", "outcome")
    return sum(regrid_orders(plan_id=pk, grid_ids=outcome.get("grid_ids", ())) for pk, outcome in told)
