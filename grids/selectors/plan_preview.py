"""What a plan would change: which grids begin, go on and end, and who follows whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import shapely
from django.db.models import Q, QuerySet
from django.db.models.functions import TruncDate
from shapely import Polygon

from lianqin.kernel.clock import Now

from ..boundaries import polygon_of, square_metres, to_lattice
from ..ground import GridIndex, Place
from ..models import Grid, GroundPlan, Membership, PlannedGrid, Post
from .plans import DRIFT_STEPS, grids_under, planned_grids

# An overlap of two grids that is smaller (m² of the lattice) is rounding and makes nobody a successor.
LEAST_SHARE = 0.001


class Following(NamedTuple):
    """Where the greatest part of an ended grid goes; ``code`` is empty where nobody follows."""

    code: str
    share: float


class Carried(NamedTuple):
    """What becomes of one post on a grid that ends; ``to`` is empty where it is left over."""

    membership: Membership
    to: str
    post: str


@dataclass
class GridChange:
    """One grid before and after; ``change``: same, reshaped, described, ended or begun."""

    code: str
    name: str
    change: str
    related: list[str] = field(default_factory=list)
    area_m2: float | None = None
    households: int = 0
    population: int = 0

    def as_json(self) -> dict[str, Any]:
        related = {"successors" if self.change == "ended" else "origins": self.related}
        plain = ("code", "name", "change", "area_m2", "households", "population")
        return {**{name: getattr(self, name) for name in plain}, **related}


def successors(ended: Mapping[str, Polygon | None], planned: Mapping[str, Polygon]) -> dict[str, Following]:
    """For each ended grid the planned grid that takes the most of its ground; of equals the lowest code."""
    found = {}
    codes = sorted(planned)
    tree = shapely.STRtree([planned[code] for code in codes])
    for code, shape in ended.items():
        best = Following("", 0.0)
        for index in sorted(int(each) for each in tree.query(shape)) if shape else ():
            share = _share(shape, planned[codes[index]])
            if share > max(best.share + 1e-9, LEAST_SHARE):
                best = Following(codes[index], share)
        found[code] = best
    return found


def _share(shape: Polygon | None, other: Polygon) -> float:
    return 0.0 if shape is None else shape.intersection(other).area / shape.area


def shape_of(boundary: Mapping[str, Any] | None) -> Polygon | None:
    return None if boundary is None else to_lattice(polygon_of(boundary))


def shapes_of(grids: Iterable[PlannedGrid]) -> dict[str, Polygon]:
    return {grid.code: to_lattice(polygon_of(grid.boundary)) for grid in grids if grid.boundary is not None}


def changes_of(plan: GroundPlan) -> list[GridChange]:
    """Every grid of the plan and every grid that ends by it, in code order. Three queries."""
    planned = planned_grids(plan.pk)
    standing = {grid.code: grid for grid in grids_under(plan.communities.values_list("community_id", flat=True))}
    after = shapes_of(planned)
    ended = {code: grid for code, grid in standing.items() if code not in {each.code for each in planned}}
    rows = [_planned_change(each, standing.get(each.code), after.get(each.code)) for each in planned]
    for code, grid in ended.items():
        shape = shape_of(grid.boundary)
        related = [] if shape is None else _overlapped(shape, after)
        area = None if grid.boundary is None else round(square_metres(polygon_of(grid.boundary)), 1)
        rows.append(GridChange(code, grid.name, "ended", related, area, grid.households, grid.population))
    return sorted(rows, key=lambda row: row.code)


def _overlapped(shape: Polygon, planned: Mapping[str, Polygon]) -> list[str]:
    least = LEAST_SHARE * shape.area
    return [code for code, other in sorted(planned.items()) if shape.intersection(other).area > least]


def _planned_change(each: PlannedGrid, standing: Grid | None, shape: Polygon | None) -> GridChange:
    change = "begun" if standing is None else "described" if each.told else "same"
    if standing is not None and shape is not None:
        old = shape_of(standing.boundary)
        if old is None or shapely.hausdorff_distance(old.boundary, shape.boundary) > DRIFT_STEPS:
            change = "reshaped"
    area = None if each.boundary is None else round(square_metres(polygon_of(each.boundary)), 1)
    return GridChange(each.code, each.name, change, list(each.origins), area, each.households, each.population)


class Planned(NamedTuple):
    """The planned grids as an index: keys are places in ``codes``."""

    ground: GridIndex
    codes: Sequence[str]

    def codes_at(self, points: Sequence[tuple[float, float]]) -> list[str | None]:
        """The code of the planned grid that holds each point (lon, lat)."""
        return [None if found is None else self.codes[found] for found in self.ground.grids_at(points)]


def planned_index(plan_id: int) -> Planned:
    grids = [grid for grid in planned_grids(plan_id) if grid.boundary is not None]
    boundaries = [shapely.to_geojson(polygon_of(grid.boundary or {})) for grid in grids]
    places = [Place(0, 0, grid.community_id, number) for number, grid in enumerate(grids)]
    return Planned(GridIndex(places, boundaries), [grid.code for grid in grids])


def members_on(grid_ids: Iterable[int]) -> QuerySet[Membership]:
    """Posts on these grids that are held today or will be."""
    held = Membership.objects.filter(grid_id__in=list(grid_ids))
    held = held.filter(Q(ends_on=None) | Q(ends_on__gt=TruncDate(Now())))
    return held.select_related("user", "grid").defer("grid__boundary").order_by("grid__code", "pk")


RANK = {Post.GRID_LEADER: 0, Post.FULL_TIME_WORKER: 1, Post.PART_TIME_WORKER: 2}
SINGLE = (Post.GRID_LEADER, Post.FULL_TIME_WORKER)


def carried(
    posts: Iterable[Membership], followed: Mapping[str, Following], taken: Iterable[tuple[str, str]]
) -> list[Carried]:
    """Where each post on an ended grid goes. A grid has one leader and one full-time worker: of several, whoever comes
    from the greater part stays that, the others go on part-time. ``taken``: (grid code, post) that are held there.
    """
    held = set(taken)
    rows: list[Carried] = []

    def order(post: Membership) -> tuple[int, float, int]:
        return RANK.get(Post(post.post), 9), -followed[_code(post)].share, post.pk

    for membership in sorted(posts, key=order):
        to, wanted = followed[_code(membership)].code, membership.post
        if to and not membership.standing and wanted in SINGLE and membership.ends_on is None:
            if (to, wanted) in held:
                wanted = Post.PART_TIME_WORKER
            else:
                held.add((to, wanted))
        rows.append(Carried(membership, to, wanted))
    return rows


def _code(membership: Membership) -> str:
    assert membership.grid is not None
    return membership.grid.code


def taken_by(membership: Membership) -> tuple[str, str]:
    return _code(membership), membership.post


def preview_members(plan: GroundPlan) -> list[Carried]:
    """What would become of the posts on grids that end with the plan. Four queries."""
    planned = planned_grids(plan.pk)
    codes = {each.code for each in planned}
    standing = list(grids_under(plan.communities.values_list("community_id", flat=True)))
    ended = {grid.code: grid for grid in standing if grid.code not in codes}
    followed = successors({code: shape_of(grid.boundary) for code, grid in ended.items()}, shapes_of(planned))
    staying = members_on(grid.pk for grid in standing if grid.code in codes)
    taken = [taken_by(each) for each in staying if not each.standing and each.ends_on is None]
    return carried(list(members_on(grid.pk for grid in ended.values())), followed, taken)
