"""The lattice: whole millionths of a degree. On it a vertex of one grid is the very vertex of its neighbour."""

from __future__ import annotations

import math
from typing import TypeVar

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

STEP = 1_000_000  # Steps a degree: six decimals, about 0.1 m.
METRES_A_STEP = 0.11132

G = TypeVar("G", bound=BaseGeometry)
Coordinates = NDArray[np.float64]


def to_lattice(shape: G) -> G:
    """WGS-84 degrees to whole steps."""
    moved: G = shapely.transform(shape, lambda points: np.rint(points * STEP))
    return moved


def from_lattice(shape: G) -> G:
    """Whole steps to degrees of six decimals."""
    moved: G = shapely.transform(shape, lambda points: np.round(points / STEP, 6))
    return moved


def step_of(lon: float, lat: float) -> tuple[float, float]:
    return float(np.rint(lon * STEP)), float(np.rint(lat * STEP))


def degrees_of(x: float, y: float) -> list[float]:
    """[lon, lat] of a point on the lattice, for a refusal that names the place."""
    return [round(x / STEP, 6), round(y / STEP, 6)]


def scale_at(shape: BaseGeometry) -> tuple[float, float]:
    """Metres a step, eastward and northward, where ``shape`` lies."""
    _west, south, _east, north = shape.bounds
    middle = math.radians((south + north) / 2 / STEP)
    return METRES_A_STEP * math.cos(middle), METRES_A_STEP


def in_metres(shape: G, scale: tuple[float, float]) -> G:
    """Stretch steps to metres, so that a distance means the same in every direction."""
    moved: G = shapely.transform(shape, lambda points: points * np.array(scale))
    return moved
