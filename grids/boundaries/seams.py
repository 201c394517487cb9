"""Vertices that a re-division put into an outer edge, put into the same edge of whoever lies on the other side."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import shapely
from shapely import LinearRing, LineString, Point, Polygon

# Rounding moves a new vertex off its edge by less than a step each time an edge is divided.
NEAR_STEPS = 1.5


def new_vertices(before: Polygon | None, after: Polygon) -> set[tuple[float, float]]:
    """Vertices of ``after`` on the outer edge that ``before`` did not have (lattice)."""
    old = set() if before is None else {tuple(point) for point in shapely.get_coordinates(before)}
    return {(x, y) for x, y in shapely.get_coordinates(after)} - old


def insert_vertices(shape: Polygon, points: Iterable[tuple[float, float]]) -> Polygon:
    """The shape with those of the points in its edges that lie on them; itself if none does."""
    rings = [list(shape.exterior.coords), *(list(hole.coords) for hole in shape.interiors)]
    changed = False
    for point in sorted(points):
        if Point(point).distance(shape.boundary) <= NEAR_STEPS:
            put = [_insert(ring, point) for ring in rings]
            changed = changed or any(put)
    if not changed:
        return shape
    fresh = Polygon(rings[0], rings[1:])
    return fresh if fresh.is_valid else shape


def _insert(ring: list[tuple[float, ...]], point: tuple[float, float]) -> bool:
    if point in ring or Point(point).distance(LinearRing(ring)) > NEAR_STEPS:
        return False
    here = Point(point)
    edges = [LineString(pair) for pair in pairwise(ring)]
    at = min(range(len(edges)), key=lambda index: edges[index].distance(here))
    ring.insert(at + 1, point)
    return True
