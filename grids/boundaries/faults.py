"""What is wrong with a mosaic, as areas that a map can paint."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, NamedTuple

import shapely
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from .areas import square_metres
from .lattice import from_lattice
from .mosaic import Faces, Mosaic, cut


class FaultKind(StrEnum):
    OVERLAP = "overlap"
    GAP = "gap"
    OUTSIDE = "outside"  # Beyond the outline of its community.
    APART = "apart"  # A community whose grids do not hang together.
    SEAM = "seam"  # Edges that touch without sharing their vertices.
    UNDRAWN = "undrawn"
    EMPTY = "empty"
    CODE = "code"
    NAME = "name"


class Fault(NamedTuple):
    """``shape``: the area in degrees (a line of a seam; ``None`` where there is nothing to paint)."""

    kind: FaultKind
    codes: tuple[str, ...]
    shape: BaseGeometry | None = None
    square_metres: float | None = None

    def as_json(self) -> dict[str, Any]:
        geometry = None if self.shape is None else shapely.geometry.mapping(self.shape)
        area = None if self.square_metres is None else round(self.square_metres, 2)
        return {"kind": str(self.kind), "codes": list(self.codes), "geometry": geometry, "square_metres": area}


def faults_of(mosaic: Mosaic) -> list[Fault]:
    """Overlaps, gaps and what lies outside, the largest first; none means that the coverage is exact."""
    cells = list(mosaic.cells.values())
    if not cells:
        return []
    if shapely.coverage_is_valid(cells) and _fills(mosaic, shapely.coverage_union_all(cells)):
        return []
    found = _areas(cut(mosaic)) or _apart(mosaic)
    if not found:
        found = [
            Fault(FaultKind.SEAM, (code,), from_lattice(edge))
            for code, edge in zip(mosaic.cells, shapely.coverage_invalid_edges(cells), strict=True)
            if not edge.is_empty
        ]
    return sorted(found, key=lambda fault: (-(fault.square_metres or 0), fault.codes))


def _fills(mosaic: Mosaic, union: BaseGeometry) -> bool:
    if mosaic.outline is None:
        return isinstance(union, Polygon) and not union.interiors
    return bool(union.equals(mosaic.outline))


def _apart(mosaic: Mosaic) -> list[Fault]:
    """Parts of a community that has no outline yet and is not one piece, but for the largest."""
    if mosaic.outline is not None:
        return []
    parts = sorted(shapely.get_parts(shapely.union_all(list(mosaic.cells.values()))), key=lambda part: part.area)
    return [
        _painted(FaultKind.APART, tuple(code for code, cell in mosaic.cells.items() if part.intersects(cell)), part)
        for part in parts[:-1]
    ]


def _areas(faces: Faces) -> list[Fault]:
    parts: dict[tuple[FaultKind, tuple[str, ...]], list[Polygon]] = defaultdict(list)
    for shape, owners, inside in zip(faces.shapes, faces.owners, faces.inside, strict=True):
        if len(owners) > 1:
            parts[FaultKind.OVERLAP, tuple(sorted(owners))].append(shape)
        if not owners and (inside or faces.outline is None):
            parts[FaultKind.GAP, ()].append(shape)
        if owners and not inside:
            parts[FaultKind.OUTSIDE, tuple(sorted(owners))].append(shape)
    return [_painted(kind, codes, area) for (kind, codes), shapes in parts.items() for area in _pieces(shapes)]


def _pieces(shapes: list[Polygon]) -> list[Polygon]:
    joined = shapely.coverage_union_all(shapes)
    return [part for part in shapely.get_parts(joined) if isinstance(part, Polygon)]


def between(outlines: Mapping[str, Polygon]) -> list[Fault]:
    """Overlaps between communities (by code, on the lattice)."""
    codes, shapes = list(outlines), list(outlines.values())
    if len(shapes) < 2 or shapely.coverage_is_valid(shapes):
        return []
    tree = shapely.STRtree(shapes)
    found = []
    for one, other in tree.query(shapes, predicate="intersects").T:
        if one < other:
            parts = [
                part
                for part in shapely.get_parts(shapely.intersection(shapes[one], shapes[other]))
                if isinstance(part, Polygon) and part.area > LEAST_OVERLAP_STEPS
            ]
            found += [_painted(FaultKind.OVERLAP, (codes[one], codes[other]), part) for part in parts]
    return found


def _painted(kind: FaultKind, codes: tuple[str, ...], area: Polygon) -> Fault:
    shape = from_lattice(area)
    return Fault(kind, codes, shape, square_metres(shape))


# Neighbouring communities may differ by the rounding of a vertex that was put into their common edge.
LEAST_OVERLAP_STEPS = 400.0
