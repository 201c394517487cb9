"""Pull what was drawn by hand onto the vertices and edges that are there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
import shapely
from shapely import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

from .lattice import Coordinates, in_metres, scale_at

G = TypeVar("G", bound=BaseGeometry)


def snap(drawn: G, edges: Sequence[BaseGeometry], tolerance: float) -> G:
    """Move each vertex of ``drawn`` to the nearest vertex within ``tolerance`` metres, else onto the nearest edge.

    A shape that would lose its validity by it stays as it was drawn.
    """
    if tolerance <= 0 or not edges:
        return drawn
    scale = scale_at(drawn)
    rims = [edge.boundary if isinstance(edge, Polygon) else edge for edge in edges]
    lines = in_metres(shapely.union_all(rims), scale)
    places = shapely.get_coordinates(lines)
    tree = shapely.STRtree([Point(place) for place in places])

    def pull(points: Coordinates) -> Coordinates:
        metric = [Point(place) for place in points * np.array(scale)]
        pulled = points.copy()
        for index, point in enumerate(metric):
            near = tree.query_nearest(point, max_distance=tolerance, all_matches=False)
            if len(near):
                pulled[index] = places[near[0]] / np.array(scale)
            elif shapely.distance(point, lines) <= tolerance:
                on = lines.interpolate(lines.project(point))
                pulled[index] = np.array([on.x, on.y]) / np.array(scale)
        return np.rint(pulled)

    moved: G = shapely.remove_repeated_points(shapely.transform(drawn, pull))
    return moved if moved.is_valid and not moved.is_empty else drawn


def reach(line: LineString, area: Polygon, tolerance: float) -> LineString:
    """Lengthen a line whose ends stop inside ``area``, within ``tolerance`` metres of its edge, to that edge."""
    scale = scale_at(area)
    edge = in_metres(area.boundary, scale)
    points = [np.array(point) for point in line.coords]
    for end, inner in ((0, 1), (-1, -2)):
        here = in_metres(Point(points[end]), scale)
        if area.contains(Point(points[end])) and here.distance(edge) <= tolerance:
            on = edge.interpolate(edge.project(here))
            target = np.array([on.x, on.y]) / np.array(scale)
            # A little beyond, so that the two cross whatever the rounding.
            beyond = target - points[inner]
            points[end] = target + beyond / max(float(np.hypot(*beyond)), 1.0)
    return LineString(points)
