"""Operations on a mosaic: each takes one and returns another, covered as exactly as before. Raise BoundaryFault."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import shapely
from django.utils.translation import gettext_lazy as _
from shapely import LineString, Polygon

from ..errors import BoundaryFault
from .lattice import Coordinates, degrees_of
from .mosaic import Faces, Mosaic, assemble, cut, hand_on
from .snapping import reach, snap

REACH_METRES = 10.0
MOST_PIECES = 20
# Pieces of a split that are smaller (m² in steps, about) come from rounding.
LEAST_PIECE_STEPS = 400.0


def split(mosaic: Mosaic, code: str, line: LineString, *, tolerance: float = 1.0) -> tuple[Mosaic, list[Polygon]]:
    """Cut one grid along a line; return what is left without it, noded, and the pieces, the largest first."""
    cell = _cell(mosaic, code)
    drawn = reach(snap(line, [cell], tolerance), cell, REACH_METRES)
    within = shapely.intersection(drawn, cell.buffer(1.5, join_style="mitre"))
    faces = cut(mosaic, [within])
    pieces = [shape for shape, owners in zip(faces.shapes, faces.owners, strict=True) if code in owners]
    pieces = _without_crumbs(pieces)
    if len(pieces) < 2:
        raise BoundaryFault(
            _("这条线没有把网格分成两块，请从网格外画起，穿过网格，画到网格外"), fields={"line": [_("未贯穿网格")]}
        )
    if len(pieces) > MOST_PIECES:
        raise BoundaryFault(_("一次最多拆成 20 块，请分几次拆分"), fields={"line": [_("块数过多")]})
    rest = assemble(faces)
    others = {name: shape for name, shape in rest.cells.items() if name != code}
    return Mosaic(others, rest.outline), sorted(pieces, key=lambda piece: (-piece.area, piece.wkb))


def _without_crumbs(pieces: list[Polygon]) -> list[Polygon]:
    """Join pieces that only rounding made to the piece with the longest common edge."""
    crumbs = [piece for piece in pieces if piece.area < LEAST_PIECE_STEPS]
    whole = [piece for piece in pieces if piece.area >= LEAST_PIECE_STEPS]
    for crumb in crumbs:
        if not whole:
            return []
        index = max(range(len(whole)), key=lambda each: crumb.boundary.intersection(whole[each].boundary).length)
        joined = shapely.coverage_union_all([whole[index], crumb])
        if not isinstance(joined, Polygon):
            return []
        whole[index] = joined
    return whole


def merge(mosaic: Mosaic, codes: Sequence[str], into: str) -> Mosaic:
    """Make one grid of several that hang together."""
    merged = set(codes)
    for code in merged:
        _cell(mosaic, code)
    if len(merged) < 2:
        raise BoundaryFault(_("请至少选择两个相邻的网格"), fields={"codes": [_("不足两个")]})
    faces = cut(mosaic)
    for index, owners in enumerate(faces.owners):
        if owners & merged:
            faces.owners[index] = owners - merged | {into}
    return _or_not_adjacent(faces, into)


def _or_not_adjacent(faces: Faces, into: str) -> Mosaic:
    try:
        return assemble(faces)
    except BoundaryFault as fault:
        if fault.extra.get("codes") != [into]:
            raise
        raise BoundaryFault(
            _("这些网格互不相邻，不能合并"), fields={"codes": [_("不相邻")]}, at=fault.extra["at"]
        ) from fault


def reshape(mosaic: Mosaic, code: str, wanted: Polygon, *, tolerance: float = 2.0) -> Mosaic:
    """Give a grid another shape; neighbours give what it takes and get what it leaves."""
    cell = _cell(mosaic, code)
    drawn = snap(wanted, _edges(mosaic, code), tolerance)
    faces = cut(mosaic, [drawn.boundary])
    taken = faces.share_in(drawn)
    before = faces.codes()
    released = []
    for index, owners in enumerate(faces.owners):
        if taken[index] and (faces.inside[index] or faces.outline is None):
            faces.owners[index], faces.inside[index] = frozenset({code}), True
        elif code in owners:
            faces.owners[index] = owners - {code}
            if not faces.owners[index]:
                released.append(index)
    _hand_on_all(faces, released, code)
    if gone := sorted(before - faces.codes()):
        raise BoundaryFault(
            _("网格 %(codes)s 会被完全占去，请改用合并") % {"codes": "、".join(gone)},
            fields={"boundary": [_("占去了整个网格")]},
            at=degrees_of(*cell.representative_point().coords[0]),
            codes=gone,
        )
    return assemble(faces)


def _hand_on_all(faces: Faces, released: list[int], code: str) -> None:
    """Give released ground to the neighbours; where the ground has open places already, it may become one."""
    in_gap = [not owners for owners in faces.owners]
    for index in released:
        in_gap[index] = False
    open_ground = faces.outline is None or any(gap and inside for gap, inside in zip(in_gap, faces.inside, strict=True))
    left = list(released)
    for index in left:
        # Not yet anybody's neighbour, while it is being given away.
        faces.inside[index] = False
    while left:
        done = [index for index in left if hand_on(faces, index, without=code, or_nobody=open_ground)]
        if not done:
            break
        for index in done:
            faces.inside[index] = True
        left = [index for index in left if index not in done]
    for index in left:
        # Nobody lies beside it: in ground that is covered it stays where it was.
        faces.inside[index] = faces.outline is not None
        if not open_ground:
            faces.owners[index] = frozenset({code})


def draw(mosaic: Mosaic, code: str, wanted: Polygon, *, carve: bool = False, tolerance: float = 2.0) -> Mosaic:
    """Put a new grid into uncovered ground, or cut it out of the grids that are there (``carve``)."""
    drawn = snap(wanted, _edges(mosaic, ""), tolerance)
    faces = cut(mosaic, [drawn.boundary])
    before = faces.codes()
    taken = faces.share_in(drawn)
    for index, owners in enumerate(faces.owners):
        free = faces.inside[index] or faces.outline is None
        if taken[index] and free and (carve or not owners):
            faces.owners[index], faces.inside[index] = frozenset({code}), True
    if code not in faces.codes():
        raise BoundaryFault(
            _("这里没有空白区域，如要从现有网格中划出，请选择“划出”"), fields={"boundary": [_("没有空白区域")]}
        )
    if gone := sorted(before - faces.codes()):
        raise BoundaryFault(
            _("网格 %(codes)s 会被完全占去") % {"codes": "、".join(gone)},
            fields={"boundary": [_("占去了整个网格")]},
            codes=gone,
        )
    return assemble(faces)


def remove(mosaic: Mosaic, code: str) -> Mosaic:
    """Take a grid away; its ground is open until another takes it."""
    _cell(mosaic, code)
    return Mosaic({name: shape for name, shape in mosaic.cells.items() if name != code}, mosaic.outline)


def move(mosaic: Mosaic, moves: Mapping[tuple[float, float], tuple[float, float]]) -> Mosaic:
    """Move vertices, in every grid that has them. Raise BoundaryFault where edges would cross or ground be left."""
    if mosaic.outline is not None:
        fixed = {tuple(point) for point in shapely.get_coordinates(mosaic.outline)}
        for start in moves:
            if start in fixed:
                raise BoundaryFault(
                    _("社区边界上的顶点不能移动"), fields={"moves": [_("在社区边界上")]}, at=degrees_of(*start)
                )
    cells = {code: shapely.transform(cell, lambda points: _moved(points, moves)) for code, cell in mosaic.cells.items()}
    for code, cell in cells.items():
        if not cell.is_valid or cell.area == 0:
            at = cell.representative_point() if cell.area else cell.centroid
            raise BoundaryFault(
                _("移动后网格 %(code)s 的边会自相交") % {"code": code},
                fields={"moves": [_("边自相交")]},
                at=degrees_of(at.x, at.y),
                codes=[code],
            )
    _require_as_exact(mosaic, Mosaic(cells, mosaic.outline))
    return Mosaic(cells, mosaic.outline)


def _moved(points: Coordinates, moves: Mapping[tuple[float, float], tuple[float, float]]) -> Coordinates:
    moved = points.copy()
    for index, (x, y) in enumerate(points):
        if (x, y) in moves:
            moved[index] = moves[(x, y)]
    return moved


def _require_as_exact(before: Mosaic, after: Mosaic) -> None:
    """Raise BoundaryFault if a valid coverage ceases to be one, or no longer fills its outline."""
    old, new = list(before.cells.values()), list(after.cells.values())
    if not shapely.coverage_is_valid(old):
        return
    if not shapely.coverage_is_valid(new):
        edge = next(edge for edge in shapely.coverage_invalid_edges(new) if not edge.is_empty)
        raise BoundaryFault(
            _("移动后与相邻网格交叉"),
            fields={"moves": [_("边界交叉")]},
            at=degrees_of(*edge.centroid.coords[0]),
        )
    if after.outline is not None:
        beyond = shapely.coverage_union_all(new).difference(after.outline)
        if beyond.area > 0:
            raise BoundaryFault(
                _("移动后超出社区边界"),
                fields={"moves": [_("超出社区边界")]},
                at=degrees_of(*beyond.representative_point().coords[0]),
            )


def _cell(mosaic: Mosaic, code: str) -> Polygon:
    cell = mosaic.cells.get(code)
    if cell is None:
        raise BoundaryFault(
            _("网格 %(code)s 还没有边界") % {"code": code}, fields={"code": [_("没有边界")]}, codes=[code]
        )
    return cell


def _edges(mosaic: Mosaic, code: str) -> list[Polygon]:
    """What a drawn shape snaps to: the outline and every other grid."""
    found = [cell for name, cell in mosaic.cells.items() if name != code]
    return found + ([mosaic.outline] if mosaic.outline is not None else [])
