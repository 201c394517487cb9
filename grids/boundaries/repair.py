"""Close the slivers between shapes that were drawn apart: pull vertices together, hand thin faces to a neighbour."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import shapely
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from ..errors import BoundaryFault
from .faults import faults_of
from .lattice import Coordinates, in_metres, scale_at
from .mosaic import Faces, Mosaic, assemble, cut, hand_on


class Repaired(NamedTuple):
    """``slivers``: how many overlaps and gaps are gone, and their ``square_metres``."""

    mosaic: Mosaic
    slivers: int
    square_metres: float


def repair(mosaic: Mosaic, *, tolerance: float = 2.0) -> Repaired:
    """Close overlaps and gaps narrower than ``tolerance`` metres; wider ones stay and are faults."""
    before = faults_of(mosaic)
    if not before:
        return Repaired(mosaic, 0, 0.0)
    faces = cut(_pulled_together(mosaic, tolerance))
    _close(faces, tolerance)
    try:
        mended = assemble(faces)
    except BoundaryFault:
        # What was drawn hangs together by less than the tolerance: leave it, its faults are shown.
        return Repaired(mosaic, 0, 0.0)
    after = faults_of(mended)
    closed = sum(fault.square_metres or 0 for fault in before) - sum(fault.square_metres or 0 for fault in after)
    return Repaired(mended, max(len(before) - len(after), 0), round(max(closed, 0.0), 2))


def _pulled_together(mosaic: Mosaic, tolerance: float) -> Mosaic:
    """Bring each vertex to the first of those around it: the outline's first, then grid by grid in code order."""
    scale = np.array(scale_at(next(iter(mosaic.cells.values()))))
    kept: list[BaseGeometry] = []
    if mosaic.outline is not None:
        kept += list(shapely.points(shapely.get_coordinates(mosaic.outline) * scale))
    cells: dict[str, Polygon] = {}
    for code in sorted(mosaic.cells):
        cell = mosaic.cells[code]
        moved = _pull(cell, kept, scale, tolerance)
        cells[code] = moved if moved.is_valid and moved.area > 0 and isinstance(moved, Polygon) else cell
        kept += list(shapely.points(shapely.get_coordinates(cells[code]) * scale))
    return Mosaic(_touching(cells, mosaic.outline, scale, tolerance), mosaic.outline)


def _pull(cell: Polygon, kept: list[BaseGeometry], scale: Coordinates, tolerance: float) -> Polygon:
    if not kept:
        return cell
    tree = shapely.STRtree(kept)

    def pull(points: Coordinates) -> Coordinates:
        pulled = points.copy()
        metric = shapely.points(points * scale)
        which, near = tree.query_nearest(metric, max_distance=tolerance, all_matches=False)
        pulled[which] = shapely.get_coordinates(np.array(kept, dtype=object)[near]) / scale
        rounded: Coordinates = np.rint(pulled)
        return rounded

    moved: Polygon = shapely.remove_repeated_points(shapely.transform(cell, pull))
    return moved


def _touching(
    cells: dict[str, Polygon],
    outline: Polygon | None,
    scale: Coordinates,
    tolerance: float,
) -> dict[str, Polygon]:
    """Put vertices that lie by an edge of another shape into that edge."""
    shapes = [*cells.values(), *([outline] if outline is not None else [])]
    vertices = shapely.multipoints(
        np.unique(np.concatenate([shapely.get_coordinates(s) for s in shapes]) * scale, axis=0)
    )
    touched = {}
    for code, cell in cells.items():
        metric = shapely.transform(cell, lambda points: points * scale)
        snapped = shapely.snap(metric, vertices, tolerance * 0.5)
        back = shapely.transform(snapped, lambda points: np.rint(points / scale))
        touched[code] = back if isinstance(back, Polygon) and back.is_valid and back.area > 0 else cell
    return touched


def _close(faces: Faces, tolerance: float) -> None:
    """Settle thin faces, the smallest first."""
    for index in sorted(range(len(faces.shapes)), key=lambda each: faces.shapes[each].area):
        owners, inside = faces.owners[index], faces.inside[index]
        outside = bool(owners) and not inside
        gap = not owners and (inside or faces.outline is None)
        if len(owners) < 2 and not gap and not outside:
            continue
        metric = in_metres(faces.shapes[index], scale_at(faces.shapes[index]))
        if not metric.buffer(-tolerance / 2).is_empty:
            continue
        if outside:
            faces.owners[index] = frozenset()
        elif gap:
            faces.inside[index] = (_enclosed(faces, index) and hand_on(faces, index)) or inside
        else:
            faces.owners[index] = _longest(faces, index)


def _enclosed(faces: Faces, index: int) -> bool:
    """Between shapes on all sides; without an outline, ground that is open to one side is simply outside."""
    return faces.outline is not None or faces.open_length(index) < 1.0


def _longest(faces: Faces, index: int) -> frozenset[str]:
    """Of the owners of an overlap, the one with the longest edge in common beside it."""
    owners = faces.owners[index]
    lengths = dict.fromkeys(sorted(owners), 0.0)
    for other, shared in faces.neighbours(index):
        for code in faces.owners[other] & owners:
            if len(faces.owners[other]) == 1:
                lengths[code] += shared
    return frozenset({max(lengths, key=lambda code: (lengths[code], code))})
