"""Vertices that a re-division put into an outer edge, put into the same edge of whoever lies on the other side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

import shapely
from shapely import LinearRing, LineString, Point, Polygon

# Rounding moves a new vertex off its edge by less than a step each time an edge is divided.
NEAR_STEPS = 1.5
Step = tuple[float, float]


def stitch(shapes: Sequence[Polygon]) -> list[Polygon]:
    """Put each other's vertices into the edges that shapes share; where edges match already, nothing is done."""
    stitched, at = list(shapes), _loose(shapes)
    for index in at:
        others = [shapes[other] for other in at if other != index]
        stitched[index] = _with_chains(shapes[index], others)
    at = _loose(stitched)
    points = {point for index in at for point in _vertices(stitched[index])}
    for index in at:
        stitched[index] = insert_vertices(stitched[index], points)
    return stitched


def _loose(shapes: Sequence[Polygon]) -> list[int]:
    """Which shapes have edges that do not match their neighbours'."""
    # A vertex that rounding put inside of the edge leaves a gap there, and no crossing.
    edges = shapely.coverage_invalid_edges(list(shapes), gap_width=2 * NEAR_STEPS)
    return [index for index, edge in enumerate(edges) if not edge.is_empty]


def _with_chains(shape: Polygon, others: Sequence[Polygon]) -> Polygon:
    """Where another shape goes by further vertices along one of our edges, go along with it, in its order."""
    rings = _rings(shape)
    own = _vertices(shape)
    chains: dict[tuple[Step, Step], list[Step]] = {}
    for other in others:
        for ring in _rings(other) if other.envelope.intersects(shape.envelope) else ():
            chains |= _chains(ring, own)
    changed = False
    for ring in rings:
        for at in range(len(ring) - 2, -1, -1):
            edge = LineString(ring[at : at + 2])
            chain = chains.get((ring[at], ring[at + 1]), [])
            if chain and all(edge.distance(Point(point)) <= NEAR_STEPS for point in chain):
                ring[at + 1 : at + 1] = chain
                changed = True
    fresh = Polygon(rings[0], rings[1:])
    return fresh if changed and fresh.is_valid else shape


def _chains(ring: list[Step], own: set[Step]) -> dict[tuple[Step, Step], list[Step]]:
    """Runs of foreign vertices of a ring between two of our own, in both directions."""
    first = next((index for index, point in enumerate(ring) if point in own), None)
    if first is None:
        return {}
    found: dict[tuple[Step, Step], list[Step]] = {}
    turned = [*ring[first:-1], *ring[: first + 1]]
    start, run = turned[0], list[Step]()
    for point in turned[1:]:
        if point not in own:
            run.append(point)
            continue
        if run:
            found[start, point], found[point, start] = run, run[::-1]
        start, run = point, []
    return found


def _rings(shape: Polygon) -> list[list[Step]]:
    return [[(float(x), float(y)) for x, y in ring.coords] for ring in (shape.exterior, *shape.interiors)]


def new_vertices(before: Polygon, after: Polygon) -> set[Step]:
    """Vertices that ``before`` did not have (lattice)."""
    return _vertices(after) - _vertices(before)


def _vertices(shape: Polygon) -> set[Step]:
    return {(float(x), float(y)) for x, y in shapely.get_coordinates(shape)}


def insert_vertices(shape: Polygon, points: Iterable[Step]) -> Polygon:
    """The shape with those of the points in its edges that lie on them; itself if none does."""
    rings = _rings(shape)
    changed = False
    for point in sorted(_beside(shape, set(points) - _vertices(shape))):
        put = [_insert(ring, point) for ring in rings]
        changed = changed or any(put)
    if not changed:
        return shape
    fresh = Polygon(rings[0], rings[1:])
    return fresh if fresh.is_valid else shape


def _beside(shape: Polygon, points: set[Step]) -> list[Step]:
    """Points by the edge of the shape."""
    west, south, east, north = shape.bounds
    near = [(x, y) for x, y in points if west - 2 <= x <= east + 2 and south - 2 <= y <= north + 2]
    if not near:
        return []
    edge = shape.boundary
    shapely.prepare(edge)
    close = shapely.dwithin(edge, [Point(point) for point in near], NEAR_STEPS)
    return [point for point, is_close in zip(near, close, strict=True) if is_close]


def _insert(ring: list[Step], point: Step) -> bool:
    if point in ring or Point(point).distance(LinearRing(ring)) > NEAR_STEPS:
        return False
    here = Point(point)
    edges = [LineString(pair) for pair in pairwise(ring)]
    at = min(range(len(edges)), key=lambda index: edges[index].distance(here))
    ring.insert(at + 1, point)
    return True
