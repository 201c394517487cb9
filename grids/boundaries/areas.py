"""Areas on the ellipsoid."""

from __future__ import annotations

from functools import lru_cache

import shapely
from geographiclib.geodesic import Geodesic
from shapely import Geometry, Polygon


def square_metres(shape: Geometry) -> float:
    """Geodesic area on WGS-84 of polygons in degrees, holes taken out. A millisecond each, once in a process."""
    return _measured(shapely.to_wkb(shape))


@lru_cache(maxsize=4096)
def _measured(shape: bytes) -> float:
    return _area(shapely.from_wkb(shape))


def _area(shape: Geometry) -> float:
    if isinstance(shape, Polygon):
        return _ring(shape.exterior.coords) - sum(_ring(hole.coords) for hole in shape.interiors)
    return sum(_area(part) for part in getattr(shape, "geoms", ()))


def _ring(coordinates: object) -> float:
    ring = Geodesic.WGS84.Polygon()
    for lon, lat in list(coordinates)[:-1]:  # type: ignore[call-overload]
        ring.AddPoint(lat, lon)
    return abs(float(ring.Compute(False, True)[2]))
