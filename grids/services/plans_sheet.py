"""The desk on which one step changes a plan: what stood before is journaled, what is wrong afterwards is computed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _
from shapely import Polygon

from accounts.services import audit, lock_draft, require_open
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import NotAllowed

from ..boundaries import Mosaic, from_lattice, geojson_of, polygon_of, to_lattice
from ..errors import BoundaryFault, PlanStale
from ..models import Community, Grid, GroundPlan, PlanAct, PlannedCommunity, PlannedGrid, PlanState, PlanStep
from ..permissions import Action, can
from ..selectors.plans import check_community, mosaic_of

FIELDS = (
    "community_id", "code", "name", "kind", "party_branch", "occupier_id", "occupier_name", "households", "population",
    "boundary", "origins", "told",
)  # fmt: skip


class Stepped(NamedTuple):
    """A plan after a step; ``communities``: codes of those that it touched."""

    plan: GroundPlan
    communities: list[str]
    repaired: int = 0
    square_metres: float = 0.0


@dataclass
class Sheet:
    """The planned grids of a locked plan, by code, while one step changes them."""

    plan: GroundPlan
    communities: dict[int, PlannedCommunity] = field(init=False)
    grids: dict[str, PlannedGrid] = field(init=False)

    def __post_init__(self) -> None:
        self.communities = {
            each.community_id: each for each in self.plan.communities.select_related("community__street")
        }
        self.grids = {grid.code: grid for grid in self.plan.grids.all()}
        self._before = {code: values_of(grid) for code, grid in self.grids.items()}
        self._pks = {grid.pk for grid in self.grids.values()}
        self._outlines = {pk: each.outline for pk, each in self.communities.items()}

    def grid(self, code: str) -> PlannedGrid:
        found = self.grids.get(code)
        if found is None:
            raise BoundaryFault(_("方案中没有网格 %s") % code, fields={"code": [_("方案中没有这个网格")]})
        return found

    def community(self, code: str) -> PlannedCommunity:
        for each in self.communities.values():
            if each.community.code == code:
                return each
        raise BoundaryFault(_("社区 %s 不在方案范围内") % code, fields={"community": [_("不在方案范围内")]})

    def of(self, community_id: int) -> list[PlannedGrid]:
        return [grid for grid in self.grids.values() if grid.community_id == community_id]

    def mosaic(self, community_id: int) -> Mosaic:
        return mosaic_of(self.of(community_id), self.communities[community_id].outline)

    def put(self, community_id: int, mosaic: Mosaic) -> None:
        """Take the boundaries of the grids, and the vertices of the outline, from a mosaic."""
        for code, shape in mosaic.cells.items():
            grid = self.grids[code]
            if grid.boundary is None or not same_shape(shape, grid.boundary):
                grid.boundary = drawn(shape)
        planned = self.communities[community_id]
        if mosaic.outline is None or planned.outline is None:
            return
        if not same_shape(mosaic.outline, planned.outline):
            planned.outline = drawn(mosaic.outline)

    def add(self, grid: PlannedGrid) -> PlannedGrid:
        grid.plan = self.plan
        self.grids[grid.code] = grid
        return grid

    def free_code(self, community: Community) -> str:
        """The next grid code of a community that was never used, here or elsewhere."""
        used = set(Grid.objects.filter(code__startswith=community.code).values_list("code", flat=True))
        planned = PlannedGrid.objects.filter(code__startswith=community.code)
        planned = planned.exclude(plan__state__in=(PlanState.WITHDRAWN, PlanState.CANCELLED))
        used |= set(planned.values_list("code", flat=True))
        used |= self.grids.keys() | self._before.keys()
        numbers = [int(code[-3:]) for code in used if code.startswith(community.code) and code[-3:].isdigit()]
        number = max(numbers, default=0) + 1
        if number > 999:
            raise BoundaryFault(_("社区 %s 的网格代码已用完") % community.code)
        return f"{community.code}{number:03d}"

    # Writing it down

    def changes(self) -> dict[str, dict[str, Any] | None]:
        """By code, what every changed grid was before; ``None`` where it was not."""
        codes = self._before.keys() | self.grids.keys()
        now = {code: values_of(grid) for code, grid in self.grids.items()}
        return {code: self._before.get(code) for code in sorted(codes) if self._before.get(code) != now.get(code)}

    def outline_changes(self) -> dict[str, Any]:
        return {
            each.community.code: self._outlines.get(pk)
            for pk, each in self.communities.items()
            if pk not in self._outlines or self._outlines[pk] != each.outline
        }

    def write(self, changed: Mapping[str, dict[str, Any] | None], outlines: Mapping[str, Any]) -> list[str]:
        """Write what changed and check its communities again; return their codes."""
        kept = {grid.pk for grid in self.grids.values() if grid.pk is not None}
        PlannedGrid.objects.filter(pk__in=self._pks - kept).delete()
        fresh = [grid for grid in self.grids.values() if grid.pk is None]
        moved = [grid for code, grid in self.grids.items() if code in changed and grid.pk is not None]
        PlannedGrid.objects.bulk_update(moved, FIELDS)
        PlannedGrid.objects.bulk_create(fresh)
        ids = {before["community_id"] for before in changed.values() if before}
        ids |= {self.grids[code].community_id for code in changed if code in self.grids}
        ids |= {pk for pk, each in self.communities.items() if each.community.code in outlines}
        touched = [self.communities[pk] for pk in sorted(ids) if pk in self.communities]
        for each in touched:
            each.faults = check_community(self.of(each.community_id), each)
        PlannedCommunity.objects.bulk_update(touched, ["outline", "faults"])
        return sorted(each.community.code for each in touched)


def values_of(grid: PlannedGrid) -> dict[str, Any]:
    return {name: getattr(grid, name) for name in FIELDS}


def drawn(shape: Polygon) -> dict[str, Any]:
    """A polygon of the lattice as GeoJSON in degrees."""
    return geojson_of(from_lattice(shape))


def same_shape(shape: Polygon, boundary: Mapping[str, Any]) -> bool:
    """Whether the boundary has the very vertices of the shape, wherever its rings begin."""
    kept = to_lattice(polygon_of(boundary))
    return bool(kept.normalize().equals_exact(shape.normalize(), 0))


def require_drafter(by: Actor) -> None:
    if not can(by, Action.DRAFT_BOUNDARIES):
        raise NotAllowed


def lock_plan(plan_id: int, version: int | None) -> GroundPlan:
    """Lock the plan; raise PlanStale unless it is as its reader saw it."""
    plan = lock_draft(GroundPlan, plan_id)
    if version is not None and plan.version != version:
        raise PlanStale(current=plan.version, seen=version)
    return plan


@transaction.atomic
def step(
    *,
    plan_id: int,
    version: int,
    act: PlanAct,
    by: Actor,
    detail: Mapping[str, Any],
    change: Callable[[Sheet], tuple[int, float] | None],
) -> Stepped:
    """Change an open plan and journal it. Raise NotAllowed, NotVisible, PlanStale, DraftNotOpen, BoundaryFault."""
    require_drafter(by)
    plan = lock_plan(plan_id, version)
    require_open(plan)
    sheet = Sheet(plan)
    repaired = change(sheet) or (0, 0.0)
    return Stepped(plan, record(sheet, act=act, by=by, detail=detail), *repaired)


def record(sheet: Sheet, *, act: PlanAct, by: Actor, detail: Mapping[str, Any]) -> list[str]:
    """Write the sheet with its step; return the codes of the communities that it touched."""
    changed, outlines = sheet.changes(), sheet.outline_changes()
    touched = sheet.write(changed, outlines)
    plan = sheet.plan
    last = plan.steps.order_by("-number").values_list("number", flat=True).first() or 0
    PlanStep.objects.create(
        plan=plan, number=last + 1, act=act, by_id=by.user_id, detail=dict(detail), before=changed, outlines=outlines
    )
    move_on(plan)
    tell(plan, by, f"grids.groundplan_{act}", {**detail, "codes": sorted(changed), "version": plan.version})
    return touched


def move_on(plan: GroundPlan, **values: Any) -> None:
    """Give the plan its next version, and further values."""
    for name, value in {"version": plan.version + 1, **values}.items():
        setattr(plan, name, value)
    plan.save(update_fields=["version", *values])


def tell(plan: GroundPlan, by: Actor, action: str, detail: Mapping[str, Any]) -> None:
    audit(actor_id=by.user_id, action=action, object_label=f"{plan.title} ({plan.pk})", detail=detail)


def shares(total: int, areas: Iterable[float]) -> list[int]:
    """Share a number out by area, so that the parts add up to it: the largest remainders get what is left."""
    parts = list(areas)
    whole = sum(parts)
    exact = [total * part / whole for part in parts]
    found = [int(each) for each in exact]
    order = sorted(range(len(parts)), key=lambda index: (found[index] - exact[index], index))
    for index in order[: total - sum(found)]:
        found[index] += 1
    return found
