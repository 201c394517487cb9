"""Convex cells: power diagrams (weighted Voronoi) of seeds in a convex polygon, in plain kilometres."""

from __future__ import annotations

import random
from collections.abc import Sequence

Point = tuple[float, float]
Cell = list[Point]  # A convex polygon, counter-clockwise, not closed.


def clip(cell: Cell, a: float, b: float, c: float) -> Cell:
    """Keep the part of a convex cell where a·x + b·y <= c."""
    kept: Cell = []
    for index, (x, y) in enumerate(cell):
        px, py = cell[index - 1]
        before, here = a * px + b * py - c, a * x + b * y - c
        if before * here < 0:
            share = before / (before - here)
            kept.append((px + share * (x - px), py + share * (y - py)))
        if here <= 0:
            kept.append((x, y))
    return kept


def measure(cell: Cell) -> tuple[float, Point]:
    """Return area and centroid of a cell."""
    area = cx = cy = 0.0
    for index, (x, y) in enumerate(cell):
        px, py = cell[index - 1]
        cross = px * y - x * py
        area += cross / 2
        cx += (px + x) * cross
        cy += (py + y) * cross
    return area, (cx / (6 * area), cy / (6 * area))


def power_cells(within: Cell, seeds: Sequence[Point], weights: Sequence[float]) -> list[Cell]:
    """Cut a convex polygon into one convex cell for each seed; a larger weight makes a larger cell."""
    cells = []
    for i, (xi, yi) in enumerate(seeds):
        cell = within
        for j, (xj, yj) in enumerate(seeds):
            if i != j and cell:
                reach = xj * xj + yj * yj - xi * xi - yi * yi + weights[i] - weights[j]
                cell = clip(cell, 2 * (xj - xi), 2 * (yj - yi), reach)
        cells.append(cell)
    return cells


def divide(within: Cell, seeds: Sequence[Point], shares: Sequence[float], *, rounds: int, settle: float) -> list[Cell]:
    """Divide a convex polygon into cells whose areas approach ``shares``.

    Each round moves a seed by ``settle`` of the way to the centre of its cell and corrects its weight.
    """
    total, _ = measure(within)
    wanted = [share * total / sum(shares) for share in shares]
    seeds, weights = list(seeds), [0.0] * len(seeds)
    best: list[Cell] = []
    for turn in range(rounds):
        cells = power_cells(within, seeds, weights)
        for i, cell in enumerate(cells):
            if len(cell) < 3:
                weights[i] += 0.3 * wanted[i]
                continue
            area, (x, y) = measure(cell)
            weights[i] += 0.25 * (wanted[i] - area)
            if turn < rounds * 2 // 3:
                sx, sy = seeds[i]
                seeds[i] = (sx + settle * (x - sx), sy + settle * (y - sy))
        if all(len(cell) >= 3 for cell in cells):
            best = cells
    assert best, "the rounds were too few for every cell to appear"
    return best


def scatter(within: Cell, count: int, dice: random.Random) -> list[Point]:
    """Throw ``count`` points into a convex polygon, each the most distant of several throws."""
    xs, ys = [x for x, _ in within], [y for _, y in within]
    found: list[Point] = []
    while len(found) < count:
        throws = [(dice.uniform(min(xs), max(xs)), dice.uniform(min(ys), max(ys))) for _ in range(24)]
        inside = [throw for throw in throws if _holds(within, throw)]
        if inside:
            found.append(max(inside, key=lambda p: min((_square(p, q) for q in found), default=0.0)))
    return found


def _square(p: Point, q: Point) -> float:
    return (p[0] - q[0]) ** 2 + (p[1] - q[1]) ** 2


def _holds(cell: Cell, point: Point) -> bool:
    x, y = point
    return all(
        (x - px) * (cy - py) - (y - py) * (cx - px) <= 0
        for (px, py), (cx, cy) in ((cell[index - 1], cell[index]) for index in range(len(cell)))
    )
