"""Where made-up reports come from: points in the grids that the API tells of, beside them, and close to each other."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shapely import Point
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

METRES_A_DEGREE = 111_320.0


@dataclass(frozen=True, slots=True)
class Cell:
    """One grid with the codes and the name above it."""

    code: str
    community: str
    community_name: str
    boundary: BaseGeometry

    @property
    def street(self) -> str:
        return self.community[:9]

    def contains(self, lon: float, lat: float) -> bool:
        return bool(self.boundary.contains(Point(lon, lat)))


def cells(features: Sequence[Mapping[str, Any]], communities: Sequence[Mapping[str, Any]]) -> list[Cell]:
    """The grids of ``divisions/boundaries/``, with the names of ``divisions/?level=community``."""
    names = {row["code"]: row["short_name"] or row["name"] for row in communities}
    return [
        Cell(
            code=feature["properties"]["code"],
            community=feature["properties"]["parent"],
            community_name=names.get(feature["properties"]["parent"], ""),
            boundary=shape(feature["geometry"]),
        )
        for feature in features
        if feature.get("geometry")
    ]


def within(cell: Cell, dice: random.Random) -> tuple[float, float]:
    """A point of a grid, away from its edge where there is room."""
    west, south, east, north = cell.boundary.bounds
    for _ in range(60):
        point = Point(dice.uniform(west, east), dice.uniform(south, north))
        if cell.boundary.contains(point):
            return round(point.x, 6), round(point.y, 6)
    middle = cell.boundary.representative_point()
    return round(middle.x, 6), round(middle.y, 6)


def outside(known: Sequence[Cell], dice: random.Random) -> tuple[float, float]:
    """A point east of every grid."""
    east = max(cell.boundary.bounds[2] for cell in known)
    south = min(cell.boundary.bounds[1] for cell in known)
    north = max(cell.boundary.bounds[3] for cell in known)
    return round(east + dice.uniform(0.02, 0.06), 6), round(dice.uniform(south, north), 6)


def beside(point: tuple[float, float], dice: random.Random, metres: float = 60.0) -> tuple[float, float]:
    """A point at most ``metres`` away."""
    angle, far = dice.uniform(0, 2 * math.pi), dice.uniform(5, metres)
    lon = point[0] + far * math.cos(angle) / (METRES_A_DEGREE * math.cos(math.radians(point[1])))
    return round(lon, 6), round(point[1] + far * math.sin(angle) / METRES_A_DEGREE, 6)


def choose(known: Sequence[Cell], busy: Mapping[str, float], dice: random.Random) -> Cell:
    """A grid; ``busy`` weighs those whose code begins with a key, the longest key first; the rest weigh 1 together."""
    keys = sorted(busy, key=len, reverse=True)
    groups: dict[str, list[Cell]] = {key: [] for key in (*keys, "")}
    for cell in known:
        groups[next((key for key in keys if cell.code.startswith(key)), "")].append(cell)
    filled = [key for key in groups if groups[key]]
    (key,) = dice.choices(filled, [busy.get(each, 1.0) for each in filled])
    return dice.choice(groups[key])
