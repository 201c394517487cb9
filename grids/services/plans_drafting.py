"""Drafting a re-division: copy the ground, describe the plan and its grids."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.services import require_open
from lianqin.kernel.actors import Actor

from ..errors import BoundaryFault
from ..ground import in_force
from ..models import Community, GridKind, GroundPlan, PlanAct, PlannedCommunity, PlannedGrid
from ..selectors.plans import base_of, check_community, grids_under
from .division_values import clean, require_occupier_fits
from .plans_sheet import Sheet, Stepped, lock_plan, move_on, record, require_drafter, step, tell
from .plans_steps import require_grid_code
from .posts import today

LONGEST_TITLE = 80


@transaction.atomic
def draft_plan(
    *,
    title: str,
    effective_on: dt.date | None = None,
    communities: Sequence[str] = (),
    streets: Sequence[str] = (),
    district: str = "",
    by: Actor,
    synthetic: bool = False,
) -> GroundPlan:
    """Draft a re-division of communities, of whole streets or of a district, as a copy of the ground of today.

    Without a day: tomorrow, or today if none of it has grids yet. Raise NotAllowed, BoundaryFault.
    """
    require_drafter(by)
    found = scope(communities=communities, streets=streets, district=district)
    day = effective_on or (today() if is_first_ground(found) else today() + dt.timedelta(days=1))
    plan = GroundPlan.objects.create(
        title=_title(title), effective_on=day, drafted_by_id=by.user_id, synthetic=synthetic
    )
    copy_ground(plan, found)
    record(Sheet(plan), act=PlanAct.START, by=by, detail={"communities": [each.code for each in found]})
    return plan


def scope(*, communities: Sequence[str], streets: Sequence[str], district: str) -> list[Community]:
    """Communities in force that the codes name, in code order. Raise BoundaryFault for a code that names none."""
    standing = Community.objects.filter(in_force()).select_related("street__district").defer("street__boundary")
    found: dict[int, Community] = {}
    districts = [district] if district else []
    asked = (("code", communities), ("street__code", streets), ("street__district__code", districts))
    for path, codes in asked:
        for code in codes:
            rows = list(standing.filter(**{path: code}))
            if not rows:
                raise BoundaryFault(fields={"communities": [_("没有代码为 %s 的在用区划") % code]})
            found |= {row.pk: row for row in rows}
    if not found:
        raise BoundaryFault(fields={"communities": [_("请选择要调整的社区、街道或全区")]})
    return sorted(found.values(), key=lambda row: row.code)


def is_first_ground(communities: Iterable[Community]) -> bool:
    """Whether no grid of these communities has a boundary in force: then a plan may take effect at once."""
    return not grids_under([each.pk for each in communities]).filter(boundary__isnull=False).exists()


def copy_ground(plan: GroundPlan, communities: Sequence[Community]) -> None:
    """Put the grids in force of further communities into a plan."""
    bases = base_of([each.pk for each in communities])
    planned = [
        PlannedCommunity(plan=plan, community=each, outline=each.boundary, base=bases[each.pk]) for each in communities
    ]
    grids = [
        PlannedGrid(
            plan=plan,
            community_id=grid.community_id,
            code=grid.code,
            name=grid.name,
            kind=grid.kind,
            party_branch=grid.party_branch,
            occupier_id=grid.occupier_id,
            occupier_name=grid.occupier_name,
            households=grid.households,
            population=grid.population,
            boundary=grid.boundary,
            origins=[grid.code],
        )
        for grid in grids_under(bases)
    ]
    PlannedGrid.objects.bulk_create(grids)
    for each in planned:
        each.faults = check_community([grid for grid in grids if grid.community_id == each.community_id], each)
    PlannedCommunity.objects.bulk_create(planned)


@transaction.atomic
def describe_plan(
    *, plan_id: int, version: int, by: Actor, title: str | None = None, effective_on: dt.date | None = None
) -> GroundPlan:
    """Change the title or the day of an open plan. Raise NotAllowed, PlanStale, DraftNotOpen, BoundaryFault."""
    require_drafter(by)
    plan = lock_plan(plan_id, version)
    require_open(plan)
    before = {"title": plan.title, "effective_on": plan.effective_on.isoformat()}
    values: dict[str, Any] = {}
    if title is not None:
        values["title"] = _title(title)
    if effective_on is not None:
        values["effective_on"] = effective_on
    move_on(plan, **values)
    after = {"title": plan.title, "effective_on": plan.effective_on.isoformat()}
    tell(plan, by, "grids.groundplan_described", {"before": before, "after": after})
    return plan


def describe_grid(
    *, plan_id: int, version: int, code: str, values: Mapping[str, Any], by: Actor, new_code: str = ""
) -> Stepped:
    """Change attributes of a planned grid; ``values`` as ``change_division`` takes them, without ``short_name``.

    Raise DivisionFault naming every field that cannot stand.
    """
    cleaned = clean("grid", values)

    def change(sheet: Sheet) -> None:
        grid = sheet.grid(code)
        if cleaned.keys() & {"kind", "occupier", "occupier_name"}:
            require_occupier_fits(cleaned.get("kind", grid.kind), cleaned)
            if cleaned.get("kind", grid.kind) == GridKind.COMPREHENSIVE:
                cleaned.update(occupier=None, occupier_name="")
        for name, value in cleaned.items():
            setattr(grid, name, value)
        grid.told = sorted({*grid.told, *cleaned})
        if new_code and new_code != code:
            require_grid_code(sheet, new_code, sheet.communities[grid.community_id].community)
            del sheet.grids[code]
            grid.pk, grid.code = None, new_code
            sheet.add(grid)

    detail = {"code": code, "new_code": new_code, "fields": sorted(cleaned)}
    return step(plan_id=plan_id, version=version, act=PlanAct.DESCRIBE, by=by, detail=detail, change=change)


def _title(told: str) -> str:
    title = told.strip()
    if not title or len(title) > LONGEST_TITLE or not title.isprintable():
        raise BoundaryFault(fields={"title": [_("请填写方案名称，最多 %d 个字") % LONGEST_TITLE]})
    return title
