"""Re-divisions: the plans, their planned grids, and what keeps one from being submitted."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import shapely
from django.db.models import Count, F, Prefetch, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lianqin.kernel.errors import NotVisible

from ..boundaries import Fault, FaultKind, Mosaic, between, faults_of, polygon_of, to_lattice
from ..ground import in_force
from ..models import Community, Grid, GroundPlan, PlannedCommunity, PlannedGrid, PlanState

Kept = (PlanState.SUBMITTED, PlanState.SCHEDULED)
# Rounding of new vertices moves an outline by less than this (steps of the lattice, about 0.1 m).
DRIFT_STEPS = 5.0
LABELS: Mapping[str, str | Promise] = {
    FaultKind.OVERLAP: _("重叠"),
    FaultKind.GAP: _("空白"),
    FaultKind.OUTSIDE: _("超出社区边界"),
    FaultKind.APART: _("与社区其余网格不相连"),
    FaultKind.SEAM: _("接边顶点不一致"),
    FaultKind.UNDRAWN: _("尚未画边界"),
    FaultKind.EMPTY: _("社区没有网格"),
    FaultKind.CODE: _("代码不可用"),
    FaultKind.NAME: _("名称重复"),
}
REMEDIES: Mapping[str, str | Promise] = {
    FaultKind.OVERLAP: _("调整其中一个网格的边界，或合并；窄缝可用“修复缝隙”"),
    FaultKind.GAP: _("在空白处新绘网格，或扩大相邻网格；窄缝可用“修复缝隙”"),
    FaultKind.OUTSIDE: _("把网格边界收回到社区边界以内"),
    FaultKind.APART: _("补画中间的网格，或核对这些网格是否属于本社区"),
    FaultKind.SEAM: _("使用“修复缝隙”使相邻网格共用顶点"),
    FaultKind.UNDRAWN: _("为该网格画出边界，或删除该网格"),
    FaultKind.EMPTY: _("为该社区新绘至少一个网格"),
    FaultKind.CODE: _("换一个未用过的代码"),
    FaultKind.NAME: _("修改其中一个网格的名称"),
}


def plans(*, state: str = "") -> QuerySet[GroundPlan]:
    """Plans, the newest first, with who drafted and decided, their communities and ``grid_count``."""
    found = GroundPlan.objects.select_related("drafted_by", "decided_by").annotate(grid_count=Count("grids"))
    communities = PlannedCommunity.objects.select_related("community__street").defer(
        "outline", "community__boundary", "community__street__boundary"
    )
    found = found.prefetch_related(Prefetch("communities", communities)).order_by("-pk")
    return found.filter(state=state) if state else found


def plan_of(pk: int) -> GroundPlan:
    """One plan as ``plans`` gives it. Raise NotVisible."""
    found = plans().filter(pk=pk).first()
    if found is None:
        raise NotVisible
    return found


def planned_communities(plan_id: int, codes: Iterable[str] | None = None) -> list[PlannedCommunity]:
    found = PlannedCommunity.objects.filter(plan_id=plan_id).select_related("community__street")
    found = found.defer("community__boundary", "community__street__boundary").order_by("community__code")
    return list(found if codes is None else found.filter(community__code__in=codes))


def planned_grids(plan_id: int, codes: Iterable[str] | None = None) -> list[PlannedGrid]:
    """Planned grids in code order, of these communities or of all; community and occupier are loaded."""
    found = PlannedGrid.objects.filter(plan_id=plan_id).select_related("community", "occupier")
    found = found.defer("community__boundary").order_by("code")
    return list(found if codes is None else found.filter(community__code__in=codes))


def grids_under(community_ids: Iterable[int]) -> QuerySet[Grid]:
    """Grids in force today in these communities, in code order."""
    return Grid.objects.filter(in_force(), community_id__in=list(community_ids)).order_by("code")


def base_of(community_ids: Sequence[int]) -> dict[int, str]:
    """A digest of the grids in force, by community: it changes when one begins, ends or gets another boundary."""
    parts: dict[int, list[str]] = {pk: [] for pk in community_ids}
    rows = grids_under(community_ids).annotate(version_count=Count("versions"), at=F("valid_from"))
    for community_id, *row in rows.values_list("community_id", "code", "at", "version_count", "boundary__isnull"):
        parts[community_id].append("|".join(map(str, row)))
    return {pk: hashlib.sha256("\n".join(lines).encode()).hexdigest() for pk, lines in parts.items()}


def mosaic_of(grids: Iterable[PlannedGrid], outline: Mapping[str, Any] | None) -> Mosaic:
    """The drawn grids of one community on the lattice."""
    cells = {grid.code: to_lattice(polygon_of(grid.boundary)) for grid in grids if grid.boundary is not None}
    return Mosaic(cells, None if outline is None else to_lattice(polygon_of(outline)))


def check_community(grids: Iterable[PlannedGrid], planned: PlannedCommunity) -> list[dict[str, Any]]:
    """Faults of one community's coverage, as they are kept with the plan."""
    return [fault.as_json() for fault in faults_of(mosaic_of(grids, planned.outline))]


def check_plan(plan: GroundPlan) -> list[dict[str, Any]]:
    """Everything that keeps the plan from being submitted, area by area. Five queries."""
    grids, communities = planned_grids(plan.pk), planned_communities(plan.pk)
    code_of = {each.community_id: each.community.code for each in communities}
    found = [{**fault, "community": code_of[each.community_id]} for each in communities for fault in each.faults]
    found += [_listed(fault, code_of[pk]) for pk, fault in _unfinished(grids, communities)]
    found += [_listed(fault, grid.community.code) for grid, fault in _misnamed(plan, grids)]
    found += [_listed(fault, fault.codes[0]) for fault in _between_communities(grids, communities)]
    for fault in found:
        fault["label"], fault["remedy"] = str(LABELS[fault["kind"]]), str(REMEDIES[fault["kind"]])
    return sorted(found, key=lambda fault: (-(fault["square_metres"] or 0), fault["kind"], fault["codes"]))


def _listed(fault: Fault, community: str) -> dict[str, Any]:
    return {**fault.as_json(), "community": community}


def _unfinished(grids: list[PlannedGrid], communities: list[PlannedCommunity]) -> Iterable[tuple[int, Fault]]:
    for grid in grids:
        if grid.boundary is None:
            yield grid.community_id, Fault(FaultKind.UNDRAWN, (grid.code,))
    settled = {grid.community_id for grid in grids}
    for each in communities:
        if each.community_id not in settled:
            yield each.community_id, Fault(FaultKind.EMPTY, (each.community.code,))


def _misnamed(plan: GroundPlan, grids: list[PlannedGrid]) -> Iterable[tuple[PlannedGrid, Fault]]:
    names = Counter((grid.community_id, grid.name) for grid in grids)
    taken = _codes_taken(plan, [grid.code for grid in grids])
    for grid in grids:
        if names[grid.community_id, grid.name] > 1:
            yield grid, Fault(FaultKind.NAME, (grid.code,))
        if grid.code in taken:
            yield grid, Fault(FaultKind.CODE, (grid.code,))


def _codes_taken(plan: GroundPlan, codes: list[str]) -> set[str]:
    """Codes of grids that ended, or that lie outside of the plan, or that another plan is about to give out."""
    ours = plan.communities.values_list("community_id", flat=True)
    ended = Grid.objects.filter(code__in=codes).exclude(in_force(), community_id__in=ours)
    others = PlannedGrid.objects.filter(code__in=codes, plan__state__in=Kept).exclude(plan=plan)
    return set(ended.values_list("code", flat=True)) | set(others.values_list("code", flat=True))


def _between_communities(grids: list[PlannedGrid], communities: list[PlannedCommunity]) -> list[Fault]:
    """Overlaps of outlines that the plan draws anew with each other and with the communities around them."""
    ids = [each.community_id for each in communities]
    before = {row.pk: row for row in Community.objects.filter(pk__in=ids)}
    by_community: dict[int, list[PlannedGrid]] = defaultdict(list)
    for grid in grids:
        by_community[grid.community_id].append(grid)
    drawn = {
        each.community.code: shape
        for each in communities
        if _is_new(before[each.community_id], each)
        and (shape := outline_of(by_community[each.community_id], each)) is not None
    }
    if not drawn:
        return []
    around = Community.objects.filter(in_force(), boundary__isnull=False).exclude(code__in=drawn)
    whole = dict(drawn)
    whole |= {each.code: to_lattice(polygon_of(each.boundary or {})) for each in around.only("code", "boundary")}
    return [fault for fault in between(whole) if not drawn.keys().isdisjoint(fault.codes)]


def _is_new(community: Community, planned: PlannedCommunity) -> bool:
    """Whether the plan gives the community an outline that it does not have, beyond rounding."""
    if community.boundary is None or planned.outline is None:
        return True
    old, new = (to_lattice(polygon_of(shape)).boundary for shape in (community.boundary, planned.outline))
    return bool(shapely.hausdorff_distance(old, new) > DRIFT_STEPS)


def outline_of(grids: Iterable[PlannedGrid], planned: PlannedCommunity) -> shapely.Polygon | None:
    """The outline on the lattice that the community will have: its own, or what its grids make together."""
    mosaic = mosaic_of(grids, planned.outline)
    if mosaic.outline is not None:
        return mosaic.outline
    if not mosaic.cells:
        return None
    joined = shapely.union_all(list(mosaic.cells.values()))
    return joined if isinstance(joined, shapely.Polygon) else None
