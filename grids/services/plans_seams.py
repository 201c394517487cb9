"""Where a plan meets its surroundings: the vertices of both sides are put into the common edge."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

import shapely
from django.db.models import Model
from django.utils.translation import gettext as _
from shapely import Polygon

from ..boundaries import (
    from_lattice,
    geojson_of,
    insert_vertices,
    new_vertices,
    polygon_of,
    square_metres,
    stitch,
    to_lattice,
)
from ..boundaries.seams import NEAR_STEPS
from ..errors import PlanNotReady
from ..ground import in_force
from ..models import Community, District, Division, Grid, PlannedGrid, Street

Points = set[tuple[float, float]]
D = TypeVar("D", bound=Division)


class Drawn(NamedTuple):
    """A boundary as it goes into a division's row."""

    boundary: dict[str, Any]
    area_km2: float
    label: tuple[float, float]


@dataclass(frozen=True)
class Sewn:
    """The boundaries of the planned grids by code, sewn to what lies around."""

    grids: Mapping[str, Drawn]
    shapes: Mapping[str, Polygon]

    def is_reshaped(self, grid: Grid, each: PlannedGrid) -> bool:
        """Whether the ground of the grid is another; a vertex in a straight edge leaves it the same."""
        if grid.boundary is None:
            return True
        old = to_lattice(polygon_of(grid.boundary))
        return bool(shapely.hausdorff_distance(old.boundary, self.shapes[each.code].boundary) > NEAR_STEPS)


def sew(planned: Sequence[PlannedGrid], community_ids: Sequence[int]) -> Sewn:
    """Put vertices into the common edges, write the surroundings and the divisions above; raise PlanNotReady."""
    cells = {each.code: _shape(each.boundary) for each in planned if each.boundary is not None}
    near = _neighbours(cells.values(), community_ids)
    stitched = stitch([*cells.values(), *(shape for _grid, shape in near)])
    sewn = dict(zip(cells, stitched, strict=False))
    _require_exact(planned, sewn)
    around_it = _write_around(near, stitched[len(cells) :])
    touched = _write_communities(planned, sewn, around_it)
    _write_above(touched)
    return Sewn({code: drawn_of(shape) for code, shape in sewn.items()}, sewn)


def _neighbours(cells: Collection[Polygon], community_ids: Sequence[int]) -> list[tuple[Grid, Polygon]]:
    """Lock the grids at the plan's edge, and no others; without their keys, so that orders go on naming them."""
    reach = shapely.union_all([shape.envelope for shape in cells]).buffer(NEAR_STEPS * 2)
    around = Grid.objects.filter(in_force(), boundary__isnull=False).exclude(community_id__in=community_ids)
    # No boundary changes between the two reads: whoever writes one holds the version of the ground.
    near = [pk for pk, boundary in around.values_list("pk", "boundary") if _shape(boundary).intersects(reach)]
    rows = Grid.objects.filter(pk__in=near).select_for_update(no_key=True, of=("self",)).order_by("pk")
    return [(grid, _shape(grid.boundary)) for grid in rows]


def _shape(boundary: Mapping[str, Any] | None) -> Polygon:
    assert boundary is not None
    return to_lattice(polygon_of(boundary))


def drawn_of(shape: Polygon) -> Drawn:
    """A polygon of the lattice as it is stored, with its area and a place for its name."""
    degrees = from_lattice(shape)
    label = shapely.maximum_inscribed_circle(degrees, tolerance=1e-4).coords[0]
    return Drawn(geojson_of(degrees), round(square_metres(degrees) / 1e6, 3), (round(label[0], 6), round(label[1], 6)))


def _require_exact(planned: Sequence[PlannedGrid], sewn: Mapping[str, Polygon]) -> None:
    undrawn = [each.code for each in planned if each.code not in sewn]
    if undrawn:
        raise PlanNotReady(_("网格 %s 没有边界") % "、".join(undrawn), reason="faults")
    by_community: dict[int, list[Polygon]] = defaultdict(list)
    for each in planned:
        by_community[each.community_id].append(sewn[each.code])
    for shapes in by_community.values():
        if not shapely.coverage_is_valid(shapes):
            raise PlanNotReady(_("网格边界不再吻合，请重新起草"), reason="faults")


def _write_around(near: Sequence[tuple[Grid, Polygon]], stitched: Sequence[Polygon]) -> dict[int, Points]:
    """Give the grids around the new vertices, and return these by community.

    The ground of those grids stays what it is, so no version is written.
    """
    found: dict[int, Points] = defaultdict(set)
    changed = []
    for (grid, before), after in zip(near, stitched, strict=True):
        if after is not before:
            grid.boundary = geojson_of(from_lattice(after))
            found[grid.community_id] |= new_vertices(before, after)
            changed.append(grid)
    Grid.objects.bulk_update(changed, ["boundary"])
    return found


def _write_communities(
    planned: Sequence[PlannedGrid], sewn: Mapping[str, Polygon], around: Mapping[int, Points]
) -> list[Community]:
    """Give the communities of the plan the union of their grids, and those around it the new vertices."""
    by_community: dict[int, list[Polygon]] = defaultdict(list)
    for each in planned:
        by_community[each.community_id].append(sewn[each.code])
    rows = _kept(Community, {*by_community, *around})
    touched = []
    for community in rows:
        if community.pk in by_community:
            joined = shapely.coverage_union_all(by_community[community.pk])
            if not isinstance(joined, Polygon):
                raise PlanNotReady(_("社区 %s 的网格没有连成一块") % community.code, reason="faults")
        elif community.boundary is not None:
            joined = insert_vertices(_shape(community.boundary), around[community.pk])
        else:
            continue
        _draw(community, joined)
        touched.append(community)
    Community.objects.bulk_update(touched, DRAWN)
    return touched


def _kept(model: type[D], pks: Collection[int]) -> list[D]:
    """Lock divisions without their keys."""
    rows = model._default_manager.filter(pk__in=pks).select_for_update(no_key=True, of=("self",))
    return list(rows.order_by("pk"))


DRAWN = ["boundary", "area_km2", "label_lon", "label_lat"]


def _draw(division: Division, shape: Polygon) -> None:
    drawn = drawn_of(shape)
    division.boundary, division.area_km2 = drawn.boundary, drawn.area_km2
    division.label_lon, division.label_lat = drawn.label


def _write_above(communities: Sequence[Community]) -> None:
    """Make streets and the district the union of what lies in them, as soon as all of it has a boundary."""
    streets = _kept(Street, {each.street_id for each in communities})
    changed = [street for street in streets if _unite(street, Community, "street")]
    Street.objects.bulk_update(changed, DRAWN)
    districts = _kept(District, {each.district_id for each in changed})
    District.objects.bulk_update([each for each in districts if _unite(each, Street, "district")], DRAWN)


def _unite(division: Division, below: type[Model], path: str) -> bool:
    """Draw a division as the union of its parts; False while they do not make one exact whole."""
    boundaries = below._default_manager.filter(in_force(), **{path: division}).values_list("boundary", flat=True)
    if not boundaries or any(boundary is None for boundary in boundaries):
        return False
    shapes = [_shape(boundary) for boundary in boundaries]
    if not shapely.coverage_is_valid(shapes):
        return False
    joined = shapely.coverage_union_all(shapes)
    if not isinstance(joined, Polygon):
        return False
    _draw(division, joined)
    return True
