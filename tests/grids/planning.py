"""Drafting plans on the small ground: squares of a hundredth of a degree, two grids a community."""

from __future__ import annotations

import datetime as dt
from typing import Any

from grids import services
from grids.ground import in_force
from grids.models import Grid, GroundPlan
from grids.services import today
from tests.cast import SIDE, SOUTH, WEST, Cast

SOUTH_1, SOUTH_2 = "320999001001001", "320999001001002"  # The grids of the first community, from west to east.
NORTH_1 = "320999001002001"
FRESH = "320999001001003"  # The first code that was never used there.
HALF_WAY = WEST + SIDE / 2


def line(*points: tuple[float, float]) -> dict[str, Any]:
    """A GeoJSON line; points in squares from the south-west corner of the ground."""
    return {"type": "LineString", "coordinates": [[WEST + x * SIDE, SOUTH + y * SIDE] for x, y in points]}


def area(*points: tuple[float, float]) -> dict[str, Any]:
    """A GeoJSON polygon; points in squares from the south-west corner of the ground."""
    ring = [[round(WEST + x * SIDE, 6), round(SOUTH + y * SIDE, 6)] for x, y in points]
    return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}


def point(x: float, y: float) -> tuple[float, float]:
    return round(WEST + x * SIDE, 6), round(SOUTH + y * SIDE, 6)


def tomorrow() -> dt.date:
    return today() + dt.timedelta(days=1)


class Planner:
    """One plan, drafted by the system administrator: each verb goes on from the version that stands."""

    def __init__(self, cast: Cast, *communities: str, **scope: Any) -> None:
        self.cast = cast
        if not scope:
            scope = {"communities": communities or ("320999001001",)}
        self.plan = services.draft_plan(title="南里调整", by=cast.sysadmin, **scope)

    def do(self, verb: str, **data: Any) -> GroundPlan:
        told = {"plan_id": self.plan.pk, "version": self.plan.version, "by": self.cast.sysadmin, **data}
        done = getattr(services, verb)(**told)
        self.plan = GroundPlan.objects.get(pk=self.plan.pk)
        return done if isinstance(done, GroundPlan) else self.plan

    def grid(self, code: str) -> Any:
        return self.plan.grids.get(code=code)

    def codes(self) -> list[str]:
        return list(self.plan.grids.order_by("code").values_list("code", flat=True))

    def scheduled(self) -> GroundPlan:
        self.do("submit_plan")
        return self.do("approve_plan", by=self.cast.commander)


def standing() -> dict[str, Grid]:
    """Grids in force today, by code."""
    return {grid.code: grid for grid in Grid.objects.filter(in_force())}
