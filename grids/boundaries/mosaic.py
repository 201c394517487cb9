"""A mosaic of grids on the lattice, cut into faces: each face has its owners, and every cell is the union of its faces.

Whatever an operation does, it only hands faces on. So what was covered once stays covered once, by construction.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely
from django.utils.translation import gettext_lazy as _
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from ..errors import BoundaryFault
from .lattice import degrees_of, in_metres, scale_at

Owners = frozenset[str]
NOBODY: Owners = frozenset()
# A part of a cell smaller than this (m²) is no ground but a crumb of rounding: its neighbour takes it.
CRUMB_SQUARE_METRES = 4.0


@dataclass(frozen=True)
class Mosaic:
    """Grids by code, in steps of the lattice, within ``outline`` (``None``: wherever they lie)."""

    cells: Mapping[str, Polygon]
    outline: Polygon | None = None


@dataclass
class Faces:
    """A mosaic with further lines, noded on the lattice and cut into faces."""

    shapes: list[Polygon]
    owners: list[Owners]
    inside: list[bool]
    outline: Polygon | None
    _tree: shapely.STRtree = field(init=False)

    def __post_init__(self) -> None:
        self._tree = shapely.STRtree(self.shapes)

    def neighbours(self, index: int) -> Iterable[tuple[int, float]]:
        """Faces that share an edge with this one, each with the length in common (steps)."""
        face = self.shapes[index]
        for other in sorted(int(each) for each in self._tree.query(face, predicate="intersects")):
            if other != index:
                shared = shapely.intersection(face.boundary, self.shapes[other].boundary).length
                if shared > 0:
                    yield other, shared

    def open_length(self, index: int) -> float:
        """Length of the face's edge that no other face shares (steps)."""
        return float(self.shapes[index].length - sum(shared for _other, shared in self.neighbours(index)))

    def share_in(self, area: BaseGeometry) -> list[bool]:
        """Which faces lie in ``area`` with more than half of themselves."""
        shares = shapely.area(shapely.intersection(np.array(self.shapes, dtype=object), area))
        return [bool(share > 0.5 * face.area) for share, face in zip(shares, self.shapes, strict=True)]

    def codes(self) -> set[str]:
        return {code for owners in self.owners for code in owners}


def cut(mosaic: Mosaic, lines: Sequence[BaseGeometry] = ()) -> Faces:
    """Node the edges of a mosaic and further lines on the lattice, and say who owns each face."""
    codes = sorted(mosaic.cells)
    cells = [mosaic.cells[code] for code in codes]
    edges = [cell.boundary for cell in cells] + list(lines)
    if mosaic.outline is not None:
        edges.append(mosaic.outline.boundary)
    noded = shapely.unary_union(edges, grid_size=1.0)
    shapes = [face for face in shapely.get_parts(shapely.polygonize(shapely.get_parts(noded))) if face.area > 0]
    faces = Faces(shapes, [NOBODY] * len(shapes), [True] * len(shapes), mosaic.outline)
    _find_owners(faces, codes, cells)
    if mosaic.outline is not None:
        faces.inside = faces.share_in(mosaic.outline)
    else:
        faces.inside = [bool(owners) for owners in faces.owners]
    return faces


def _find_owners(faces: Faces, codes: list[str], cells: list[Polygon]) -> None:
    shares: dict[int, dict[str, float]] = defaultdict(dict)
    if not faces.shapes or not cells:
        return
    which, whose = shapely.STRtree(cells).query(faces.shapes, predicate="intersects")
    areas = shapely.area(
        shapely.intersection(np.array(faces.shapes, dtype=object)[which], np.array(cells, dtype=object)[whose])
    )
    for index, cell, area in zip(which, whose, areas, strict=True):
        shares[int(index)][codes[int(cell)]] = float(area) / faces.shapes[int(index)].area
    for index, found in shares.items():
        held = frozenset(code for code, share in found.items() if share > 0.5)
        if not held and sum(found.values()) > 0.5:
            # Rounding drew an old edge through the middle of a tiny face: the larger half decides.
            held = frozenset({max(found, key=lambda code: (found[code], code))})
        faces.owners[index] = held


def assemble(faces: Faces) -> Mosaic:
    """Put the cells together again. Raise BoundaryFault, with the place, where one would fall apart."""
    _sweep_crumbs(faces)
    by_code: dict[str, list[Polygon]] = defaultdict(list)
    for shape, owners in zip(faces.shapes, faces.owners, strict=True):
        for code in owners:
            by_code[code].append(shape)
    cells = {}
    for code, parts in sorted(by_code.items()):
        joined = shapely.coverage_union_all(parts)
        if not isinstance(joined, Polygon):
            away = min(shapely.get_parts(joined), key=lambda part: part.area)
            raise broken(code, away)
        cells[code] = joined
    return Mosaic(cells, _outline_of(faces))


def broken(code: str, part: BaseGeometry) -> BoundaryFault:
    at = part.representative_point()
    message = _("网格 %(code)s 会被分成互不相连的几块，请调整边界，或改用拆分") % {"code": code}
    return BoundaryFault(message, at=degrees_of(at.x, at.y), codes=[code])


def _outline_of(faces: Faces) -> Polygon | None:
    """The fixed outline with the vertices that were put into its edges."""
    if faces.outline is None:
        return None
    held = [shape for shape, inside in zip(faces.shapes, faces.inside, strict=True) if inside]
    joined = shapely.coverage_union_all(held)
    return joined if isinstance(joined, Polygon) else faces.outline


def _sweep_crumbs(faces: Faces) -> None:
    """Hand crumbs that lie apart from their cell to the neighbour with the longest common edge."""
    for code in sorted(faces.codes()):
        members = [index for index, owners in enumerate(faces.owners) if code in owners]
        groups = _groups(faces, members)
        if len(groups) < 2:
            continue
        groups.sort(key=lambda group: sum(faces.shapes[index].area for index in group))
        for group in groups[:-1]:
            area = sum(_area_in_metres(faces.shapes[index]) for index in group)
            if area < CRUMB_SQUARE_METRES:
                for index in group:
                    hand_on(faces, index, without=code)


def _groups(faces: Faces, members: list[int]) -> list[list[int]]:
    """Members in connected groups."""
    if len(members) == 1:
        return [members]
    left, groups = set(members), []
    while left:
        group, reach = [], [left.pop()]
        while reach:
            index = reach.pop()
            group.append(index)
            near = [other for other, _shared in faces.neighbours(index) if other in left]
            left.difference_update(near)
            reach += near
        groups.append(group)
    return groups


def hand_on(faces: Faces, index: int, *, without: str = "", or_nobody: bool = False) -> bool:
    """Give a face to the owner with the longest edge in common; with ``or_nobody`` open ground may win. False: none."""
    lengths: dict[Owners, float] = defaultdict(float)
    for other, shared in faces.neighbours(index):
        owners = faces.owners[other]
        if faces.inside[other] and without not in owners and (owners or or_nobody):
            lengths[owners] += shared
    if or_nobody and faces.outline is None:
        lengths[NOBODY] += faces.open_length(index)
    if not lengths:
        return False
    chosen = max(lengths, key=lambda owners: (lengths[owners], sorted(owners)))
    faces.owners[index] = frozenset(sorted(chosen)[:1])
    return True


def _area_in_metres(shape: Polygon) -> float:
    return float(in_metres(shape, scale_at(shape)).area)
