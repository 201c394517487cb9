"""Vertices that a re-division put into an outer edge, put into the same edge of whoever lies on the other side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

import shapely
from shapely import LinearRing, LineString, Point, Polygon

# Rounding moves a new vertex off its edge by less than a step each time an edge is divided.
NEAR_STEPS = 1.5


def stitch(shapes: Sequence[Polygon]) -> list[Polygon]:
    """Put each other's vertices into the edges that shapes share; where edges match already, nothing is done."""
    # A vertex that rounding put inside of the edge leaves a gap there, and no crossing.
    loose = shapely.coverage_invalid_edges(list(shapes), gap_width=2 * NEAR_STEPS)
    at = [index for index, edge in enumerate(loose) if not edge.is_empty]
    points = {(float(x), float(y)) for x, y in shapely.get_coordinates([loose[index] for index in at])}
    stitched = list(shapes)
    for index in at:
        stitched[index] = insert_vertices(shapes[index], points)
    return stitched


def new_vertices(before: Polygon, after: Polygon) -> set[tuple[float, float]]:
    """Vertices that ``before`` did not have (lattice)."""
    return _vertices(after) - _vertices(before)


def _vertices(shape: Polygon) -> set[tuple[float, float]]:
    return {(float(x), float(y)) for x, y in shapely.get_coordinates(shape)}


def insert_vertices(shape: Polygon, points: Iterable[tuple[float, float]]) -> Polygon:
    """The shape with those of the points in its edges that lie on them; itself if none does."""
    rings = [list(shape.exterior.coords), *(list(hole.coords) for hole in shape.interiors)]
    changed = False
    for point in sorted(_beside(shape, set(points) - _vertices(shape))):
        put = [_insert(ring, point) for ring in rings]
        changed = changed or any(put)
    if not changed:
        return shape
    fresh = Polygon(rings[0], rings[1:])
    return fresh if fresh.is_valid else shape


def _beside(shape: Polygon, points: set[tuple[float, float]]) -> list[tuple[float, float]]:
    """Points by the edge of the shape."""
    west, south, east, north = shape.bounds
    near = [(x, y) for x, y in points if west - 2 <= x <= east + 2 and south - 2 <= y <= north + 2]
    if not near:
        return []
    edge = shape.boundary
    shapely.prepare(edge)
    close = shapely.dwithin(edge, [Point(point) for point in near], NEAR_STEPS)
    return [point for point, is_close in zip(near, close, strict=True) if is_close]


def _insert(ring: list[tuple[float, ...]], point: tuple[float, float]) -> bool:
    if point in ring or Point(point).distance(LinearRing(ring)) > NEAR_STEPS:
        return False
    here = Point(point)
    edges = [LineString(pair) for pair in pairwise(ring)]
    at = min(range(len(edges)), key=lambda index: edges[index].distance(here))
    ring.insert(at + 1, point)
    return True
