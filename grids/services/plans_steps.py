"""The operations on a plan: one verb each, journaled, refused with the place where the geometry cannot be done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from shapely import LineString

from accounts.services import require_open
from lianqin.kernel.actors import Actor
from lianqin.kernel.clock import Now

from ..boundaries import (
    Mosaic,
    draw,
    merge,
    move,
    polygon_of,
    remove,
    repair,
    reshape,
    simple_polygon_of,
    split,
    square_metres,
    to_lattice,
)
from ..boundaries.lattice import step_of
from ..errors import BoundaryFault, NothingToUndo
from ..models import Community, PlanAct, PlannedGrid
from .plans_sheet import Sheet, Stepped, lock_plan, move_on, require_drafter, shares, step, tell

COPIED = ("kind", "party_branch", "occupier_id", "occupier_name")
NUMBERS = ("households", "population")
MOST_POINTS = 2000


def split_grid(
    *, plan_id: int, version: int, code: str, line: Mapping[str, Any], by: Actor, keep_code: bool = False
) -> Stepped:
    """Cut a grid along a drawn line (GeoJSON). All pieces begin anew; with ``keep_code`` the largest goes on."""
    drawn_line = line_of(line)

    def change(sheet: Sheet) -> None:
        grid = sheet.grid(code)
        rest, pieces = split(sheet.mosaic(grid.community_id), code, drawn_line)
        community = sheet.communities[grid.community_id].community
        del sheet.grids[code]
        numbers = {name: shares(getattr(grid, name), [piece.area for piece in pieces]) for name in NUMBERS}
        cells = dict(rest.cells)
        for index, piece in enumerate(pieces):
            values: dict[str, Any] = {name: numbers[name][index] for name in NUMBERS}
            if keep_code and index == 0:
                part = sheet.add(grid)
                for name, value in values.items():
                    setattr(part, name, value)
                part.told = sorted({*part.told, *NUMBERS})
            else:
                part = begin(sheet, community, origins=grid.origins, like=grid, **values)
            cells[part.code] = piece
        sheet.put(grid.community_id, Mosaic(cells, rest.outline))

    detail = {"code": code, "keep_code": keep_code}
    return step(plan_id=plan_id, version=version, act=PlanAct.SPLIT, by=by, detail=detail, change=change)


def merge_grids(*, plan_id: int, version: int, codes: Sequence[str], by: Actor, keep_code: str = "") -> Stepped:
    """Make one grid of adjacent ones of a community; it begins anew, or goes on as ``keep_code``."""

    def change(sheet: Sheet) -> None:
        merged = [sheet.grid(code) for code in dict.fromkeys(codes)]
        if len({grid.community_id for grid in merged}) > 1:
            raise BoundaryFault(_("只能合并同一社区的网格"), fields={"codes": [_("不在同一社区")]})
        if keep_code and keep_code not in codes:
            raise BoundaryFault(fields={"keep_code": [_("须为被合并的网格之一")]})
        before = sheet.mosaic(merged[0].community_id)
        community = sheet.communities[merged[0].community_id].community
        into = keep_code or sheet.free_code(community)
        after = merge(before, codes, into)
        numbers: dict[str, Any] = {name: sum(getattr(grid, name) for grid in merged) for name in NUMBERS}
        origins = sorted({origin for grid in merged for origin in grid.origins})
        largest = max(merged, key=lambda grid: (before.cells[grid.code].area, grid.code))
        for grid in merged:
            del sheet.grids[grid.code]
        if keep_code:
            kept = sheet.add(next(grid for grid in merged if grid.code == keep_code))
            kept.origins, kept.told = origins, sorted({*kept.told, *NUMBERS})
            for name, value in numbers.items():
                setattr(kept, name, value)
        else:
            begin(sheet, community, code=into, origins=origins, like=largest, **numbers)
        sheet.put(community.pk, after)

    detail = {"merged": sorted(set(codes)), "keep_code": keep_code}
    return step(plan_id=plan_id, version=version, act=PlanAct.MERGE, by=by, detail=detail, change=change)


def reshape_grid(
    *, plan_id: int, version: int, code: str, boundary: Mapping[str, Any], by: Actor, tolerance: float = 2.0
) -> Stepped:
    """Give a grid another boundary; its neighbours give and get. ``tolerance`` of snapping in metres."""
    wanted = to_lattice(simple_polygon_of(boundary))

    def change(sheet: Sheet) -> None:
        community_id = sheet.grid(code).community_id
        sheet.put(community_id, reshape(sheet.mosaic(community_id), code, wanted, tolerance=tolerance))
        if not sheet.changes():
            raise BoundaryFault(_("形状没有变化：让出的地块没有相邻网格可以接收"), fields={"boundary": [_("没有变化")]})

    return step(plan_id=plan_id, version=version, act=PlanAct.RESHAPE, by=by, detail={"code": code}, change=change)


def move_vertices(
    *, plan_id: int, version: int, moves: Sequence[tuple[Sequence[float], Sequence[float]]], by: Actor
) -> Stepped:
    """Move vertices from one point to another ([lon, lat]), in every grid that shares them."""
    told = {step_of(*start): step_of(*end) for start, end in moves}

    def change(sheet: Sheet) -> None:
        moved = set()
        for community_id in sheet.communities:
            before = sheet.mosaic(community_id)
            here = {tuple(point) for cell in before.cells.values() for ring in rings_of(cell) for point in ring}
            if here & told.keys():
                sheet.put(community_id, move(before, told))
                moved |= here & told.keys()
        if missing := told.keys() - moved:
            x, y = sorted(missing)[0]
            raise BoundaryFault(_("没有网格有这个顶点"), fields={"moves": [f"{x / 1e6:.6f}, {y / 1e6:.6f}"]})

    detail = {"moves": [[list(start), list(end)] for start, end in moves]}
    return step(plan_id=plan_id, version=version, act=PlanAct.MOVE, by=by, detail=detail, change=change)


def draw_grid(
    *,
    plan_id: int,
    version: int,
    community: str,
    boundary: Mapping[str, Any],
    by: Actor,
    code: str = "",
    name: str = "",
    carve: bool = False,
    tolerance: float = 2.0,
) -> Stepped:
    """Draw a grid into uncovered ground, or cut it out of the grids there (``carve``).

    ``code`` of a planned grid without a boundary gives it one; an empty code takes the next free one.
    """
    wanted = to_lattice(simple_polygon_of(boundary))

    def change(sheet: Sheet) -> None:
        planned = sheet.community(community)
        before = sheet.mosaic(planned.community_id)
        grid = sheet.grids.get(code)
        if grid is not None and grid.boundary is not None:
            raise BoundaryFault(fields={"code": [_("该网格已有边界，请用“调整边界”")]})
        if grid is None:
            grid = begin(sheet, planned.community, code=code, name=name)
        after = draw(before, grid.code, wanted, carve=carve, tolerance=tolerance)
        if carve:
            _share_numbers(sheet, before, after, grid)
        sheet.put(planned.community_id, after)

    detail = {"community": community, "code": code, "carve": carve}
    return step(plan_id=plan_id, version=version, act=PlanAct.DRAW, by=by, detail=detail, change=change)


def _share_numbers(sheet: Sheet, before: Mosaic, after: Mosaic, fresh: PlannedGrid) -> None:
    """Take households and people along with the ground that was cut out, by area."""
    for code, cell in before.cells.items():
        taken = 1 - after.cells[code].area / cell.area
        if taken <= 1e-6:
            continue
        giver = sheet.grids[code]
        for name in NUMBERS:
            given = round(getattr(giver, name) * taken)
            setattr(giver, name, getattr(giver, name) - given)
            setattr(fresh, name, getattr(fresh, name) + given)
        giver.told = sorted({*giver.told, *NUMBERS})
        fresh.origins = sorted({*fresh.origins, *giver.origins})


def remove_grid(*, plan_id: int, version: int, code: str, by: Actor) -> Stepped:
    """Take a grid out of the plan; its ground is open until another takes it."""

    def change(sheet: Sheet) -> None:
        grid = sheet.grid(code)
        if grid.boundary is not None:
            remove(sheet.mosaic(grid.community_id), code)
        del sheet.grids[code]

    return step(plan_id=plan_id, version=version, act=PlanAct.REMOVE, by=by, detail={"code": code}, change=change)


def repair_plan(*, plan_id: int, version: int, by: Actor, tolerance: float = 2.0) -> Stepped:
    """Close overlaps and gaps narrower than ``tolerance`` metres, in every community of the plan."""

    def change(sheet: Sheet) -> tuple[int, float]:
        count, area = 0, 0.0
        for community_id in sheet.communities:
            done = repair(sheet.mosaic(community_id), tolerance=tolerance)
            sheet.put(community_id, done.mosaic)
            count, area = count + done.slivers, area + done.square_metres
        return count, round(area, 2)

    return step(
        plan_id=plan_id, version=version, act=PlanAct.REPAIR, by=by, detail={"tolerance": tolerance}, change=change
    )


@transaction.atomic
def undo_step(*, plan_id: int, version: int, by: Actor) -> Stepped:
    """Put back what stood before the last step that was not undone. Raise NothingToUndo."""
    require_drafter(by)
    plan = lock_plan(plan_id, version)
    require_open(plan)
    last = plan.steps.filter(undone_at=None).exclude(act=PlanAct.START).order_by("-number").first()
    if last is None:
        raise NothingToUndo
    sheet = Sheet(plan)
    for code, before in last.before.items():
        standing = sheet.grids.pop(code, None)
        if before is not None:
            sheet.add(PlannedGrid(pk=standing.pk if standing else None, **before))
    for each in sheet.communities.values():
        if each.community.code in last.outlines:
            each.outline = last.outlines[each.community.code]
    touched = sheet.write(last.before, last.outlines)
    last.undone_at = Now()
    last.save(update_fields=["undone_at"])
    move_on(plan)
    tell(plan, by, "grids.groundplan_undone", {"step": last.number, "act": last.act, "version": plan.version})
    return Stepped(plan, touched)


def begin(
    sheet: Sheet,
    community: Community,
    *,
    code: str = "",
    name: str = "",
    origins: Sequence[str] = (),
    like: PlannedGrid | None = None,
    **values: Any,
) -> PlannedGrid:
    """Add a planned grid, named by its number where no name is told."""
    code = code or sheet.free_code(community)
    require_grid_code(sheet, code, community)
    copied = {field: getattr(like, field) for field in COPIED} if like is not None else {}
    numbered = {"community": community.short_name, "number": int(code[-3:])}
    told_name = name or _("%(community)s第%(number)d网格") % numbered
    grid = PlannedGrid(community=community, code=code, name=told_name[:60], origins=list(origins), **copied, **values)
    return sheet.add(grid)


def require_grid_code(sheet: Sheet, code: str, community: Community) -> None:
    """Raise BoundaryFault unless it is the community's code with three digits, and free in the plan."""
    if not (code.startswith(community.code) and len(code) == len(community.code) + 3 and code[-3:].isdigit()):
        raise BoundaryFault(fields={"code": [_("网格代码须为社区代码 %s 加三位数字") % community.code]})
    if code in sheet.grids:
        raise BoundaryFault(fields={"code": [_("方案中已有代码为 %s 的网格") % code]})


def line_of(told: Any) -> LineString:
    """A GeoJSON LineString in degrees as a line on the lattice."""
    refusal = BoundaryFault(fields={"line": [_("须为至少两个点的折线，坐标为经纬度")]})
    try:
        points = [(float(lon), float(lat)) for lon, lat, *_height in told["coordinates"]]
    except (KeyError, TypeError, ValueError) as error:
        raise refusal from error
    on_earth = all(-180 <= lon <= 180 and -90 <= lat <= 90 for lon, lat in points)
    if told.get("type") != "LineString" or not 2 <= len(set(points)) <= MOST_POINTS or not on_earth:
        raise refusal
    return LineString([step_of(lon, lat) for lon, lat in points])


def rings_of(cell: Any) -> list[list[tuple[float, float]]]:
    return [list(cell.exterior.coords), *(list(hole.coords) for hole in cell.interiors)]


def area_of(grid: PlannedGrid) -> float | None:
    """Square metres of a planned grid."""
    return None if grid.boundary is None else round(square_metres(polygon_of(grid.boundary)), 1)
