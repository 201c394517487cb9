"""Members of a grid that ends go on where the greatest part of it goes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from typing import Any

from django.db import IntegrityError, transaction

from ..models import Building, Grid, GroundPlan, Membership, PlannedGrid
from ..selectors.plan_preview import (
    Carried,
    carried,
    members_on,
    planned_index,
    shape_of,
    shapes_of,
    successors,
    taken_by,
)


def carry_members(
    plan: GroundPlan, planned: Sequence[PlannedGrid], standing: Mapping[str, Grid]
) -> list[dict[str, Any]]:
    """Move the posts of ended grids to their successors from the plan's day on; list them for the administrator."""
    codes = {each.code for each in planned}
    ended = {code: grid for code, grid in standing.items() if code not in codes}
    followed = successors({code: shape_of(grid.boundary) for code, grid in ended.items()}, shapes_of(planned))
    grids = {grid.code: grid for grid in Grid.objects.filter(code__in=codes).defer("boundary")}
    staying = members_on(grid.pk for grid in standing.values() if grid.code in codes)
    taken = [taken_by(each) for each in staying if not each.standing and each.ends_on is None]
    posts = list(members_on(grid.pk for grid in ended.values()).select_for_update(no_key=True, of=("self",)))
    moved: dict[int, Membership] = {}
    listed = []
    for each in carried(posts, followed, taken):
        before = each.membership
        fresh = _move(plan, each, grids.get(each.to))
        if fresh is not None:
            moved[before.pk] = fresh
        listed.append(_listed(each, fresh))
    _follow_deputies(posts, moved)
    return listed


def _move(plan: GroundPlan, each: Carried, grid: Grid | None) -> Membership | None:
    """End one post the day before and begin it on the successor; None where there is none, or it is held already."""
    old = each.membership
    fresh = copy(old)
    fresh._state = copy(old._state)
    if old.starts_on < plan.effective_on:
        old.ends_on = plan.effective_on
        fresh.starts_on = plan.effective_on
    else:
        old.ends_on = old.starts_on
    old.save(update_fields=["ends_on"])
    if grid is None:
        return None
    fresh.pk, fresh._state.adding = None, True
    fresh.grid, fresh.post = grid, each.post
    try:
        with transaction.atomic():
            fresh.save()
    except IntegrityError:
        # The person holds that very post there already.
        return None
    return fresh


def _follow_deputies(posts: Sequence[Membership], moved: Mapping[int, Membership]) -> None:
    for fresh in moved.values():
        chief = moved.get(fresh.deputy_of_id or 0)
        if chief is not None:
            fresh.deputy_of = chief
            fresh.save(update_fields=["deputy_of"])
    # Deputies who stay where they are go on assisting the same person.
    for old in posts:
        if old.pk in moved:
            Membership.objects.filter(deputy_of_id=old.pk, ends_on=None).update(deputy_of=moved[old.pk])


def _listed(each: Carried, fresh: Membership | None) -> dict[str, Any]:
    old = each.membership
    assert old.grid is not None
    return {
        "user": old.user_id,
        "name": old.user.full_name or old.user.username,
        "from": old.grid.code,
        "to": each.to if fresh is not None else "",
        "post": old.post,
        "post_after": each.post if fresh is not None else "",
    }


def carry_buildings(plan: GroundPlan, planned: Sequence[PlannedGrid], standing: Mapping[str, Grid]) -> int:
    """Put buildings into the grids that hold them now: by their point, or with the greatest part; return how many."""
    codes = {each.code for each in planned}
    ended = {code: grid for code, grid in standing.items() if code not in codes}
    followed = successors({code: shape_of(grid.boundary) for code, grid in ended.items()}, shapes_of(planned))
    grids = {grid.code: grid.pk for grid in Grid.objects.filter(code__in=codes).only("code")}
    before = {grid.pk: code for code, grid in standing.items()}
    buildings = list(
        Building.objects.filter(grid_id__in=before).select_for_update(no_key=True, of=("self",)).order_by("pk")
    )
    at = planned_index(plan.pk)
    placed = [each.pk for each in buildings if each.lon is not None]
    found = dict(zip(placed, at.codes_at(_points(buildings)), strict=True))
    moved = []
    for each in buildings:
        code = before[each.grid_id or 0]
        after = found.get(each.pk) or (followed[code].code if code in followed else code)
        if after != code:
            each.grid_id = grids.get(after)
            moved.append(each)
    Building.objects.bulk_update(moved, ["grid"])
    return len(moved)


def _points(buildings: Sequence[Building]) -> list[tuple[float, float]]:
    return [(each.lon, each.lat) for each in buildings if each.lon is not None and each.lat is not None]
