"""The made-up district: a belt along the river, cut into streets, communities and grids that share every vertex."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import shapely
from shapely import Polygon

from ..boundaries import require_coverage
from .cells import Cell, Point, divide, measure, scatter

SEED = 20181101
CENTRE_LON, CENTRE_LAT = 118.6, 32.05
KM_PER_LON, KM_PER_LAT = 111.32 * math.cos(math.radians(CENTRE_LAT)), 110.9
AXIS = math.radians(33)  # The belt runs from south-west to north-east.
LENGTH, WIDTH = 60.0, 18.0
STEP_KM = 0.45  # Edges longer than this get more points, so that the warp can bend them.


class Plan(NamedTuple):
    """Where a street lies (km along the belt, km from the river), its size (km²) and its number of grids."""

    at: Point
    size: float
    grids: int


# 江浦 has 223 of the 456 grids (190 comprehensive, 33 dedicated), as the source documents give them.
STREETS: Mapping[str, Plan] = {
    "320111001": Plan((44, 3.5), 42, 46),  # 泰山
    "320111002": Plan((38, 3), 45, 27),  # 顶山
    "320111003": Plan((50, 4), 48, 30),  # 沿江
    "320111004": Plan((28, 4), 88, 223),  # 江浦
    "320111005": Plan((11, 5), 190, 36),  # 桥林
    "320111006": Plan((27, 15.5), 115, 22),  # 汤泉
    "320111007": Plan((55, 10), 85, 21),  # 盘城
    "320111008": Plan((10, 14), 145, 20),  # 星甸
    "320111009": Plan((41, 14), 130, 23),  # 永宁
    "320111400": Plan((30, 10), 75, 3),  # 老山林场
    "320111401": Plan((20, 16.5), 16, 2),  # 汤泉农场
    "320111402": Plan((37, 8.5), 16, 3),  # 珍珠泉旅游度假区
}
OUTLINE: Cell = [
    (3, 0), (14, -1.2), (30, -1.8), (47, -1.2), (56, 0.5), (60, 5), (58.5, 12), (54, 15.5),
    (44, 18), (26, 19.2), (10, 18.4), (2.5, 15), (0, 9), (0.6, 3.5),
]  # fmt: skip


def draw(communities: Mapping[str, Sequence[str]]) -> dict[str, Polygon]:
    """Return the polygon of every grid by code. ``communities`` maps street codes to community codes.

    Deterministic. The polygons form a valid coverage in WGS-84 degrees of six decimals.
    """
    dice = random.Random(SEED)
    plans = [STREETS[code] for code in communities]
    streets = divide(OUTLINE, [plan.at for plan in plans], [plan.size for plan in plans], rounds=240, settle=0.02)
    cells: dict[str, Cell] = {}
    for codes, plan, area in zip(communities.values(), plans, streets, strict=True):
        counts = share_out(plan.grids, len(codes), dice)
        parts = _pieces(area, counts, dice)
        ordered = sorted(parts, key=lambda part: measure(part[0])[1])
        for code, (piece, count) in zip(codes, ordered, strict=True):
            grids = [cell for cell, _ in _pieces(piece, [1] * count, dice)]
            for number, cell in enumerate(sorted(grids, key=lambda cell: measure(cell)[1][0]), start=1):
                cells[f"{code}{number:03d}"] = cell
    return _warp(_node(cells))


def share_out(total: int, parts: int, dice: random.Random) -> list[int]:
    """Share ``total`` grids out among communities: everybody at least one, some nearly twice the average."""
    appetite = [dice.uniform(0.6, 1.5) for _ in range(parts)]
    counts = [max(1, int(total * hunger / sum(appetite))) for hunger in appetite]
    while sum(counts) != total:
        step = 1 if sum(counts) < total else -1
        ratio = [count / hunger for count, hunger in zip(counts, appetite, strict=True)]
        able = [i for i in range(parts) if counts[i] + step >= 1]
        counts[(min if step > 0 else max)(able, key=ratio.__getitem__)] += step
    return counts


def _pieces(within: Cell, counts: Sequence[int], dice: random.Random) -> list[tuple[Cell, int]]:
    """Cut a cell into one piece per count, areas roughly by count."""
    if len(counts) == 1:
        return [(within, counts[0])]
    shares = [count * dice.uniform(0.75, 1.35) for count in counts]
    cells = divide(within, scatter(within, len(counts), dice), shares, rounds=45, settle=0.3)
    return list(zip(cells, counts, strict=True))


def _node(cells: Mapping[str, Cell]) -> dict[str, Polygon]:
    """Give neighbours the same vertices: node all edges on a grid of 10 cm and read the faces back."""
    shapes = {code: Polygon(cell) for code, cell in cells.items()}
    lines = shapely.unary_union([shape.exterior for shape in shapes.values()], grid_size=1e-4)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))
    codes = list(shapes)
    tree = shapely.STRtree([shapes[code] for code in codes])
    noded = {codes[int(tree.nearest(face.representative_point()))]: face for face in faces}
    assert len(faces) == len(noded) == len(cells)
    return {code: noded[code] for code in codes}


def _warp(shapes: Mapping[str, Polygon]) -> dict[str, Polygon]:
    """Bend the straight edges, point by point, so that shared vertices stay shared."""
    bent = {code: Polygon(_bend(list(shape.exterior.coords))) for code, shape in shapes.items()}
    require_coverage(list(bent.values()))
    assert all(shape.is_valid for shape in bent.values())
    return bent


def _bend(ring: Sequence[tuple[float, ...]]) -> list[Point]:
    points: list[Point] = []
    for a, b in pairwise(ring):
        # Both neighbours must compute the same points of an edge, whichever way round they walk it.
        low, high = min(a, b), max(a, b)
        count = max(1, math.ceil(math.dist(low, high) / STEP_KM))
        shares = [step / count for step in (range(count) if low == a else range(count, 0, -1))]
        points += [_place(low[0] + (high[0] - low[0]) * share, low[1] + (high[1] - low[1]) * share) for share in shares]
    kept = [point for index, point in enumerate(points) if point != points[index - 1]]
    return [*kept, kept[0]]


def _place(u: float, v: float) -> Point:
    """Map km along and across the belt to degrees: a bend of the river, then finer and finer waves.

    The slopes of the waves add up to less than one, so the map folds nowhere and topology is kept.
    """
    along = u - LENGTH / 2 + 0.5 * math.sin(v / 2.6 + u / 7) + 0.16 * math.sin(v / 0.7 + u / 1.9)
    across = v - WIDTH / 2 + 1.5 * math.sin(u / 7.5 + 0.6) + 0.5 * math.sin(u / 2.7 + v / 6)
    across += 0.13 * math.sin(u / 0.62 + v / 1.5) + 0.05 * math.sin(u / 0.27)
    x = along * math.cos(AXIS) - across * math.sin(AXIS)
    y = along * math.sin(AXIS) + across * math.cos(AXIS)
    return round(CENTRE_LON + x / KM_PER_LON, 6), round(CENTRE_LAT + y / KM_PER_LAT, 6)
