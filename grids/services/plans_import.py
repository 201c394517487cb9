"""Boundaries from a file become a draft re-division: checked, snapped together, shown with their faults."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _
from shapely import Polygon

from accounts.services import require_open
from lianqin.kernel.actors import Actor

from ..boundaries import Mosaic, repair, simple_polygon_of, to_lattice
from ..errors import BoundaryFault
from ..ground import in_force
from ..models import Community, GroundPlan, PlanAct
from ..selectors.plans import check_plan
from .plans_drafting import copy_ground, draft_plan
from .plans_sheet import Sheet, drawn, lock_plan, record, require_drafter
from .plans_steps import begin

Feature = tuple[str, str, str, Mapping[str, Any]]


class Imported(NamedTuple):
    """``repaired``: slivers closed by snapping; ``faults``: what is left, as ``check_plan`` tells it."""

    plan: GroundPlan
    grids: int
    outlines: int
    repaired: int
    faults: list[dict[str, Any]]


class _Read(NamedTuple):
    """What the features say: outlines by community, grids by community as (code, name, shape)."""

    communities: dict[str, Community]
    outlines: dict[str, Polygon]
    grids: dict[str, list[tuple[str, str, Polygon]]]


@transaction.atomic
def draft_from_features(
    *,
    features: Sequence[Feature],
    by: Actor,
    plan_id: int | None = None,
    version: int | None = None,
    title: str = "",
    effective_on: dt.date | None = None,
    tolerance: float = 2.0,
) -> Imported:
    """Put features ``(code, name, community_code, GeoJSON)`` into an open plan, or into a new one.

    A feature with the code of a community, and no community code, is that community's outline; an empty grid code takes
    the next free one. Grids that the file does not name stay as they are. Raise BoundaryFault naming every feature by
    its index that cannot be read; then nothing is written.
    """
    require_drafter(by)
    read = _read(features)
    plan = _plan(read, by, plan_id, version, title, effective_on)
    sheet = Sheet(plan)
    for code, shape in read.outlines.items():
        sheet.community(code).outline = drawn(shape)
    count = sum(_put(sheet, read.communities[code], grids) for code, grids in read.grids.items())
    repaired = _snap_together(sheet, tolerance)
    detail = {"grids": count, "outlines": len(read.outlines), "repaired": repaired}
    record(sheet, act=PlanAct.IMPORT, by=by, detail=detail)
    return Imported(plan, count, len(read.outlines), repaired, check_plan(plan))


def _read(features: Sequence[Feature]) -> _Read:
    """Read every feature; raise BoundaryFault with all that is wrong, by index."""
    asked = {community or code for code, _name, community, _shape in features}
    rows = Community.objects.filter(in_force(), code__in=asked).select_related("street__district")
    communities = {row.code: row for row in rows}
    outlines: dict[str, Polygon] = {}
    grids: dict[str, list[tuple[str, str, Polygon]]] = defaultdict(list)
    faults: dict[str, list[Any]] = {}
    places: list[Any] = []
    seen: dict[str, int] = {}
    for index, (code, name, community, geometry) in enumerate(features):
        try:
            _require_known(code, community, communities, seen, index)
            shape = to_lattice(simple_polygon_of(geometry, label=str(index)))
            if not shape.is_valid or shape.area == 0:
                raise BoundaryFault(fields={str(index): [_("面积过小，或边界过细")]})
        except BoundaryFault as fault:
            faults[str(index)] = fault.texts
            places += [fault.extra["at"]] if "at" in fault.extra else []
            continue
        if community:
            grids[community].append((code, name, shape))
        else:
            outlines[code] = shape
    if not features:
        faults["0"] = [_("文件中没有边界")]
    if faults:
        raise BoundaryFault(fields=faults, **({"at": places[0]} if places else {}))
    return _Read(communities, outlines, grids)


def _require_known(
    code: str, community: str, communities: Mapping[str, Community], seen: dict[str, int], index: int
) -> None:
    if (community or code) not in communities:
        raise BoundaryFault(fields={"community": [_("没有代码为 %s 的在用社区") % (community or code or _("（空）"))]})
    if community and code and not (code.startswith(community) and len(code) == 15 and code.isdigit()):
        raise BoundaryFault(fields={"code": [_("网格代码须为社区代码 %s 加三位数字") % community]})
    if code and code in seen:
        raise BoundaryFault(
            fields={"code": [_("代码 %(code)s 与第 %(row)d 个要素重复") % {"code": code, "row": seen[code] + 1}]}
        )
    seen[code] = index


def _plan(
    read: _Read, by: Actor, plan_id: int | None, version: int | None, title: str, effective_on: dt.date | None
) -> GroundPlan:
    """The open plan that was named, widened to the communities of the file, or a new one of them."""
    codes = sorted(read.outlines.keys() | read.grids.keys())
    if plan_id is None:
        return draft_plan(title=title or _("导入边界"), effective_on=effective_on, communities=codes, by=by)
    plan = lock_plan(plan_id, version)
    require_open(plan)
    there = set(plan.communities.values_list("community__code", flat=True))
    copy_ground(plan, [read.communities[code] for code in codes if code not in there])
    return plan


def _put(sheet: Sheet, community: Community, grids: Sequence[tuple[str, str, Polygon]]) -> int:
    for code, name, shape in grids:
        grid = sheet.grids.get(code)
        if grid is None:
            grid = begin(sheet, community, code=code, name=name)
        elif name and name != grid.name:
            grid.name, grid.told = name[:60], sorted({*grid.told, "name"})
        grid.boundary = drawn(shape)
    return len(grids)


def _snap_together(sheet: Sheet, tolerance: float) -> int:
    """Close slivers within each community, and between communities whose outline follows from their grids."""
    repaired = 0
    free = [pk for pk, each in sheet.communities.items() if each.outline is None]
    if len(free) > 1:
        together = Mosaic({code: shape for pk in free for code, shape in sheet.mosaic(pk).cells.items()})
        done = repair(together, tolerance=tolerance)
        repaired += done.slivers
        for pk in free:
            codes = {grid.code for grid in sheet.of(pk)}
            sheet.put(pk, Mosaic({code: shape for code, shape in done.mosaic.cells.items() if code in codes}))
    else:
        repaired += sum(_snap(sheet, pk, tolerance) for pk in free)
    return repaired + sum(_snap(sheet, pk, tolerance) for pk in sheet.communities if pk not in free)


def _snap(sheet: Sheet, community_id: int, tolerance: float) -> int:
    done = repair(sheet.mosaic(community_id), tolerance=tolerance)
    sheet.put(community_id, done.mosaic)
    return done.slivers
