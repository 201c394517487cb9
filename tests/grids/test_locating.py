"""Where a point lies agrees with looking at every grid, edges and vertices included; of equals the lowest code wins."""

from __future__ import annotations

import csv
import random
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
import shapely

from grids.ground import GridIndex, Place
from grids.seeding.layout import draw

TABLE = Path(__file__).parents[2] / "grids" / "data" / "divisions.csv"
POINTS = 100_000


@pytest.fixture(scope="module")
def cells() -> list[shapely.Polygon]:
    """The 456 grids of the drawn district, in the order of their codes."""
    tree: dict[str, list[str]] = defaultdict(list)
    with TABLE.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["level"] == "community":
                tree[row["parent_code"]].append(row["code"])
    drawn = draw(tree)
    return [drawn[code] for code in sorted(drawn)]


def points_of(cells: list[shapely.Polygon]) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Points in the district and around it: a fifth of them vertices, a fifth on edges."""
    dice = random.Random(20261122)
    west, south, east, north = shapely.union_all(cells).bounds
    vertices = shapely.get_coordinates(cells)
    found = []
    for number in range(POINTS):
        x, y = vertices[dice.randrange(len(vertices))]
        if number % 5 == 1:
            ring = cells[dice.randrange(len(cells))].exterior
            on = ring.interpolate(dice.random() * ring.length)
            x, y = on.x, on.y
        elif number % 5 > 1:
            x, y = dice.uniform(west - 0.01, east + 0.01), dice.uniform(south - 0.01, north + 0.01)
        found.append((x, y))
    return np.array(found)


def test_100_000_points_agree_with_looking_at_every_grid(cells: list[shapely.Polygon]) -> None:
    points = points_of(cells)
    index = GridIndex(
        [Place(1, 1, 1, number) for number in range(len(cells))], [shapely.to_geojson(cell) for cell in cells]
    )
    located = [index.locate(x, y) for x, y in points]
    expected = np.full(len(points), -1)
    lon, lat = points[:, 0], points[:, 1]
    # The lowest code last, so that it stands; no tree, no index: every grid is asked about every point in its box.
    for number in reversed(range(len(cells))):
        west, south, east, north = cells[number].bounds
        near = np.flatnonzero((lon >= west) & (lon <= east) & (lat >= south) & (lat <= north))
        touches = shapely.intersects_xy(cells[number], lon[near], lat[near])
        expected[near[touches]] = number
    assert [-1 if place is None else place.grid_id for place in located] == expected.tolist()
    assert 0.05 < (expected == -1).mean() < 0.7
    # On a vertex several grids touch: the tie is what this test is for.
    corners = points[::5]
    touching = shapely.STRtree(cells).query(shapely.points(corners), predicate="intersects")
    assert (np.bincount(touching[0], minlength=len(corners)) > 1).mean() > 0.8
