"""A plan takes effect: grids begin, go on in another shape and end, in one transaction, exactly once."""

from __future__ import annotations

import datetime as dt
import logging
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.db.models.functions import TruncDate
from django.utils.translation import gettext as _

from accounts.services import audit
from lianqin.kernel import clock
from lianqin.kernel.actors import SYSTEM
from lianqin.kernel.clock import Now
from relay.services import post

from ..errors import PlanNotReady
from ..models import Grid, GridVersion, GroundPlan, GroundVersion, PlannedGrid, PlanState
from ..rules import GROUND_CHANGED
from ..selectors.plans import base_of, grids_under
from .naming import pinyin_of
from .plans_carry import carry_buildings, carry_members
from .plans_seams import Sewn, sew
from .plans_sheet import move_on
from .versions import touch_ground

logger = logging.getLogger(__name__)
DESCRIBED = ("name", "kind", "party_branch", "occupier_id", "occupier_name", "households", "population")


def take_effect_when_due() -> int:
    """Let every plan take effect whose day has come, the earliest first; return how many did. Any number may run."""
    done = 0
    due = GroundPlan.objects.filter(state=PlanState.SCHEDULED, effective_on__lte=TruncDate(Now()))
    for plan_id in due.order_by("effective_on", "pk").values_list("pk", flat=True):
        try:
            done += take_effect(plan_id=plan_id) is not None
        except PlanNotReady as trouble:
            _remember(plan_id, str(trouble.message))
    return done


def _remember(plan_id: int, trouble: str) -> None:
    """Say at the plan why it stays where it is; the next tick tries again."""
    fresh = GroundPlan.objects.filter(pk=plan_id, state=PlanState.SCHEDULED).exclude(trouble=trouble[:300])
    if fresh.update(trouble=trouble[:300]):
        logger.error("ground plan %s cannot take effect: %s", plan_id, trouble)
        audit(actor_id=None, action="grids.groundplan_obstructed", object_label=str(plan_id), detail={"after": trouble})


@transaction.atomic
def take_effect(*, plan_id: int) -> GroundPlan | None:
    """Let one plan take effect if its day has come and nobody else is at it. Raise PlanNotReady where it cannot."""
    # Whoever changes the ground holds its version, so that two plans beside each other see each other's vertices.
    GroundVersion.objects.get_or_create(pk=1)
    GroundVersion.objects.select_for_update().get(pk=1)
    due = GroundPlan.objects.filter(pk=plan_id, state=PlanState.SCHEDULED, effective_on__lte=TruncDate(Now()))
    plan = due.select_for_update(skip_locked=True, of=("self",)).first()
    if plan is None:
        return None
    planned = list(plan.grids.select_related("community__street").order_by("code"))
    community_ids = list(plan.communities.values_list("community_id", flat=True))
    _require_same_ground(plan, community_ids)
    standing = {grid.code: grid for grid in grids_under(community_ids).select_for_update(no_key=True, of=("self",))}
    sewn = sew(planned, community_ids)
    outcome = _divide(plan, planned, standing, sewn)
    outcome["members"] = carry_members(plan, planned, standing)
    outcome["buildings"] = carry_buildings(plan, planned, standing)
    move_on(plan, state=PlanState.IN_FORCE, in_force_at=clock.now(), trouble="", outcome=outcome)
    touch_ground()
    _tell(plan, community_ids, outcome)
    return plan


def _require_same_ground(plan: GroundPlan, community_ids: list[int]) -> None:
    bases = base_of(community_ids)
    for each in plan.communities.select_related("community"):
        if each.base != bases[each.community_id]:
            raise PlanNotReady(
                _("起草之后社区 %s 的网格已经变化，请取消后另建方案") % each.community.code, reason="moved"
            )


def _divide(plan: GroundPlan, planned: list[PlannedGrid], standing: dict[str, Grid], sewn: Sewn) -> dict[str, Any]:
    """End, reshape and begin grids; return their codes and keys."""
    day = plan.effective_on
    since = _begun(standing)
    codes = {grid.code for grid in planned}
    ended = [grid for code, grid in standing.items() if code not in codes]
    goes_on = [(standing[each.code], each) for each in planned if each.code in standing]
    changed = [(grid, each) for grid, each in goes_on if _change(grid, each, sewn)]
    GridVersion.objects.bulk_create(
        version for grid, _each in changed if (version := _version(plan, grid, since[grid.pk])) is not None
    )
    for grid, each in goes_on:
        _draw(grid, sewn, each.code)
    for grid, each in changed:
        _describe(grid, each, each.told)
        grid.community_id = each.community_id
    Grid.objects.bulk_update([grid for grid, _each in goes_on], UPDATED)
    for grid in ended:
        grid.valid_to = max(day, grid.valid_from)
    Grid.objects.bulk_update(ended, ["valid_to"])
    begun = Grid.objects.bulk_create(_new(plan, each, sewn) for each in planned if each.code not in standing)
    return {
        "ended": [grid.code for grid in ended],
        "begun": [grid.code for grid in begun],
        "changed": [grid.code for grid, _each in changed],
        "grid_ids": sorted(grid.pk for grid in [*ended, *(grid for grid, _each in changed)]),
    }


UPDATED = [
    *("name", "short_name", "pinyin", "kind", "party_branch", "occupier", "occupier_name", "households", "population"),
    *("community", "boundary", "label_lon", "label_lat", "area_km2"),
]


def _begun(standing: dict[str, Grid]) -> dict[int, dt.date]:
    """Since when each grid has been what it is."""
    pks = [grid.pk for grid in standing.values()]
    ends = dict(GridVersion.objects.filter(grid__in=pks).values_list("grid").annotate(Max("valid_to")))
    return {grid.pk: ends.get(grid.pk, grid.valid_from) for grid in standing.values()}


def _change(grid: Grid, each: PlannedGrid, sewn: Sewn) -> bool:
    """Whether the plan makes the grid another, beyond vertices that were put into straight edges."""
    told = any(getattr(grid, name) != getattr(each, name) for name in DESCRIBED if _is_told(name, each.told))
    return told or grid.community_id != each.community_id or sewn.is_reshaped(grid, each)


def _is_told(name: str, told: list[str]) -> bool:
    return name.removesuffix("_id") in told


def _version(plan: GroundPlan, grid: Grid, since: dt.date) -> GridVersion | None:
    """What the grid was until the day before; ``None`` if it was that on no day."""
    if since >= plan.effective_on:
        return None
    occupier = grid.occupier.name if grid.occupier is not None else grid.occupier_name
    return GridVersion(
        grid=grid,
        plan=plan,
        community_id=grid.community_id,
        name=grid.name,
        kind=grid.kind,
        party_branch=grid.party_branch,
        occupier_name=occupier,
        boundary=grid.boundary,
        households=grid.households,
        population=grid.population,
        valid_from=since,
        valid_to=plan.effective_on,
    )


def _describe(grid: Grid, each: PlannedGrid, told: list[str]) -> None:
    for name in DESCRIBED:
        if _is_told(name, told):
            setattr(grid, name, getattr(each, name))
    if "name" in told:
        grid.short_name, grid.pinyin = each.name, pinyin_of(each.name)


def _draw(grid: Grid, sewn: Sewn, code: str) -> None:
    drawn = sewn.grids[code]
    grid.boundary, grid.area_km2 = drawn.boundary, drawn.area_km2
    grid.label_lon, grid.label_lat = drawn.label


def _new(plan: GroundPlan, each: PlannedGrid, sewn: Sewn) -> Grid:
    grid = Grid(
        code=each.code,
        name=each.name,
        short_name=each.name,
        pinyin=pinyin_of(each.name),
        community_id=each.community_id,
        valid_from=plan.effective_on,
        synthetic=plan.synthetic,
    )
    _describe(grid, each, [name.removesuffix("_id") for name in DESCRIBED if name != "name"])
    _draw(grid, sewn, each.code)
    return grid


def _tell(plan: GroundPlan, community_ids: list[int], outcome: dict[str, Any]) -> None:
    audit(
        actor_id=SYSTEM.user_id,
        action="grids.groundplan_in_force",
        object_label=f"{plan.title} ({plan.pk})",
        detail={
            "before": {"grids": outcome["ended"]},
            "after": {"grids": outcome["begun"], "changed": outcome["changed"]},
            "effective_on": plan.effective_on.isoformat(),
        },
    )
    payload = {
        "plan": plan.pk,
        "effective_on": plan.effective_on.isoformat(),
        "communities": sorted(community_ids),
        "grids": outcome["grid_ids"],
    }
    post(topic=GROUND_CHANGED, key=f"plan-{plan.pk}", payload=payload)
