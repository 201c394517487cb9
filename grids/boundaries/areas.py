"""Areas on the ellipsoid."""

from __future__ import annotations

from geographiclib.geodesic import Geodesic
from shapely import Geometry, Polygon


def square_metres(shape: Geometry) -> float:
    """Geodesic area on WGS-84 of polygons in degrees, holes taken out."""
    if isinstance(shape, Polygon):
        return _ring(shape.exterior.coords) - sum(_ring(hole.coords) for hole in shape.interiors)
    return sum(square_metres(part) for part in getattr(shape, "geoms", ()))


def _ring(coordinates: object) -> float:
    ring = Geodesic.WGS84.Polygon()
    for lon, lat in list(coordinates)[:-1]:  # type: ignore[call-overload]
        ring.AddPoint(lat, lon)
    return abs(float(ring.Compute(False, True)[2]))
