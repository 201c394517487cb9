"""Shapes of re-divisions: lines, GeoJSON, and what the asking person may do now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from accounts.models import User
from grids.boundaries import polygon_of, square_metres
from grids.models import Grid, GroundPlan, PlanAct, PlannedCommunity, PlannedGrid, PlanState
from grids.permissions import Action, can
from grids.selectors import check_plan, may_approve, plan_of, planned_communities, planned_grids
from grids.selectors.plans import grids_under
from grids.services import Stepped
from lianqin.kernel.actors import Actor

OPEN = (PlanState.DRAFT, PlanState.REFUSED)


def line(plan: GroundPlan, by: Actor) -> dict[str, Any]:
    """A plan of ``plans()`` as a line of a list. ``may``: what the asking person may do now."""
    communities = [each.community for each in plan.communities.all()]
    return {
        "id": plan.pk,
        "title": plan.title,
        "state": plan.state,
        "state_label": plan.get_state_display(),
        "effective_on": plan.effective_on,
        "version": plan.version,
        "drafted_by": _name(plan.drafted_by),
        "drafted_at": plan.drafted_at,
        "submitted_at": plan.submitted_at,
        "decided_by": _name(plan.decided_by),
        "decided_at": plan.decided_at,
        "opinion": plan.opinion,
        "in_force_at": plan.in_force_at,
        "trouble": plan.trouble,
        "communities": [
            {"code": each.code, "name": each.short_name, "street": each.street.short_name} for each in communities
        ],
        "fault_count": sum(len(each.faults) for each in plan.communities.all()),
        "grid_count": getattr(plan, "grid_count", 0),
        "may": may(plan, by),
    }


def _name(user: User | None) -> str:
    return "" if user is None else user.full_name or user.username


def may(plan: GroundPlan, by: Actor) -> dict[str, bool]:
    """Which buttons to offer; the services ask again."""
    drafts, approves = can(by, Action.DRAFT_BOUNDARIES), may_approve(by)
    return {
        "edit": drafts and plan.state in OPEN,
        "submit": drafts and plan.state in OPEN,
        "withdraw": drafts and plan.state in (*OPEN, PlanState.SUBMITTED),
        "reopen": drafts and plan.state == PlanState.SUBMITTED,
        "decide": approves and plan.state == PlanState.SUBMITTED and by.user_id != plan.drafted_by_id,
        "cancel": (drafts or approves) and plan.state == PlanState.SCHEDULED,
    }


def whole(plan_id: int, by: Actor) -> dict[str, Any]:
    """A plan with everything that the map editor shows. About ten queries, whatever its size."""
    plan = plan_of(plan_id)
    grids, communities = planned_grids(plan.pk), planned_communities(plan.pk)
    standing = standing_of(communities)
    return {
        **line(plan, by),
        "grids": collection(grid_feature(grid, standing) for grid in grids),
        "outlines": collection(outline_feature(each) for each in communities),
        "ended": ended(grids, standing),
        "faults": check_plan(plan),
        "steps": steps(plan),
        "outcome": plan.outcome,
    }


def stepped(done: Stepped, by: Actor) -> dict[str, Any]:
    """What a step changed: the touched communities whole, and the faults of the whole plan."""
    plan = plan_of(done.plan.pk)
    every, communities = planned_grids(plan.pk), planned_communities(plan.pk)
    standing = standing_of(communities)
    touched = set(done.communities)
    return {
        "plan": line(plan, by),
        "communities": done.communities,
        "grids": collection(grid_feature(grid, standing) for grid in every if grid.community.code in touched),
        "outlines": collection(outline_feature(each) for each in communities if each.community.code in touched),
        "ended": ended(every, standing),
        "faults": check_plan(plan),
        "steps": steps(plan),
        "repaired": done.repaired,
        "square_metres": done.square_metres,
    }


def standing_of(communities: Iterable[PlannedCommunity]) -> dict[str, Grid]:
    """Grids in force in the communities of a plan, by code, without boundaries."""
    return {grid.code: grid for grid in grids_under([each.community_id for each in communities]).defer("boundary")}


def ended(grids: Iterable[PlannedGrid], standing: dict[str, Grid]) -> list[dict[str, str]]:
    codes = {grid.code for grid in grids}
    return [{"code": code, "name": grid.name} for code, grid in standing.items() if code not in codes]


def steps(plan: GroundPlan) -> list[dict[str, Any]]:
    """Steps that may be undone, the oldest first."""
    rows = plan.steps.filter(undone_at=None).exclude(act=PlanAct.START).select_related("by")
    return [
        {
            "number": each.number,
            "act": each.act,
            "act_label": each.get_act_display(),
            "by": _name(each.by),
            "at": each.at,
            "detail": each.detail,
        }
        for each in rows.defer("before", "outlines").order_by("number")
    ]


def grid_feature(grid: PlannedGrid, standing: dict[str, Grid]) -> dict[str, Any]:
    area = None if grid.boundary is None else round(square_metres(polygon_of(grid.boundary)), 1)
    properties = {
        "code": grid.code,
        "name": grid.name,
        "community": grid.community.code,
        "kind": grid.kind,
        "party_branch": grid.party_branch,
        "occupier": grid.occupier.code if grid.occupier is not None else "",
        "occupier_name": grid.occupier_name,
        "households": grid.households,
        "population": grid.population,
        "area_m2": area,
        "origins": grid.origins,
        "goes_on": grid.code in standing,
        "drawn": grid.boundary is not None,
    }
    return {"type": "Feature", "id": grid.code, "geometry": grid.boundary, "properties": properties}


def outline_feature(planned: PlannedCommunity) -> dict[str, Any]:
    community = planned.community
    properties = {"code": community.code, "name": community.short_name, "street": community.street.short_name}
    return {"type": "Feature", "id": community.code, "geometry": planned.outline, "properties": properties}


def collection(features: Iterable[dict[str, Any]]) -> dict[str, Any]:
    found: Sequence[dict[str, Any]] = list(features)
    return {"type": "FeatureCollection", "features": found}
