"""Re-divisions of the demonstration: one that waits for its day, one for its second person, one half drawn."""

from __future__ import annotations

import datetime as dt
from typing import Any

from accounts.models import User

from .. import services
from ..boundaries import polygon_of
from ..models import Community, Grid, GroundPlan
from ..selectors import actor_for

SCHEDULED, SUBMITTED, DRAFTED = "320111004002", "320111001005", "320111004001"


def write_plans() -> None:
    """Draft, submit and approve by the doors that people use. Run it once the ground and its people are there."""
    drafter = actor_for(User.objects.get(username="sysadmin"))
    commander = actor_for(User.objects.get(username="commander"))
    later = services.today() + dt.timedelta(days=30)
    for community, day in ((SCHEDULED, later), (SUBMITTED, later + dt.timedelta(days=15)), (DRAFTED, later)):
        plan = services.draft_plan(
            title=f"{Community.objects.get(code=community).short_name}网格调整",
            effective_on=day,
            communities=[community],
            by=drafter,
            synthetic=True,
        )
        largest = max(Grid.objects.filter(community__code=community), key=lambda grid: (grid.area_km2, grid.code))
        services.split_grid(
            plan_id=plan.pk, version=plan.version, code=largest.code, line=_across(largest), by=drafter, keep_code=True
        )
        if community == DRAFTED:
            continue
        plan = _submitted(plan.pk, drafter)
        if community == SCHEDULED:
            services.approve_plan(plan_id=plan.pk, version=plan.version, by=commander, opinion="同意，按期实施。")


def _submitted(plan_id: int, by: Any) -> GroundPlan:
    return services.submit_plan(plan_id=plan_id, version=GroundPlan.objects.get(pk=plan_id).version, by=by)


def _across(grid: Grid) -> dict[str, Any]:
    """A line through the middle of a grid, from west to east."""
    shape = polygon_of(grid.boundary or {})
    west, _south, east, _north = shape.bounds
    lat = shape.representative_point().y
    return {"type": "LineString", "coordinates": [[west - 0.001, lat], [east + 0.001, lat]]}
