"""Checks of boundaries: a coverage has no overlaps, no gaps, and every division is one piece."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import shapely
from django.utils.translation import gettext_lazy as _
from shapely import MultiPolygon, Polygon

from ..errors import BoundaryFault

# A community of a whole city has fewer.
MOST_VERTICES = 20_000


def polygon_of(boundary: Mapping[str, Any]) -> Polygon:
    """Read a GeoJSON Polygon in WGS-84 degrees; raise BoundaryFault for anything else."""
    try:
        shape = shapely.from_geojson(json.dumps(boundary))
    except shapely.errors.GEOSException as error:
        raise BoundaryFault(fields={"boundary": [str(error)]}) from error
    if not isinstance(shape, Polygon) or shape.is_empty or not shape.is_valid:
        raise BoundaryFault(fields={"boundary": [BoundaryFault.message]})
    west, south, east, north = shape.bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise BoundaryFault(fields={"boundary": [BoundaryFault.message]})
    return shape


def simple_polygon_of(boundary: Mapping[str, Any], *, label: str = "boundary") -> Polygon:
    """Read what somebody drew or sent: a Polygon, or a MultiPolygon of one; say where it crosses itself."""
    try:
        shape = shapely.from_geojson(json.dumps(boundary))
    except (shapely.errors.GEOSException, TypeError, ValueError) as error:
        raise BoundaryFault(fields={label: [_("不是 GeoJSON 多边形")]}) from error
    if isinstance(shape, MultiPolygon) and len(shape.geoms) == 1:
        shape = shape.geoms[0]
    if not isinstance(shape, Polygon) or shape.is_empty:
        raise BoundaryFault(_("边界须为一整块多边形"), fields={label: [_("须为一整块多边形")]})
    if shapely.get_num_coordinates(shape) > MOST_VERTICES:
        raise BoundaryFault(fields={label: [_("顶点过多，请先简化边界")]})
    west, south, east, north = shape.bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise BoundaryFault(_("坐标超出经纬度范围，请检查坐标系"), fields={label: [_("坐标超出经纬度范围")]})
    if not shape.is_valid:
        place = [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", shapely.is_valid_reason(shape))[-2:]]
        raise BoundaryFault(
            _("边界自相交"), fields={label: [_("在 %(place)s 处自相交") % {"place": _told(place)}]}, at=place
        )
    return shape


def _told(place: list[float]) -> str:
    return ", ".join(f"{number:.6f}" for number in place)


def geojson_of(shape: Polygon) -> dict[str, Any]:
    """Write a polygon as GeoJSON, rounded to six decimals (0.1 m), holes included."""
    rings = [shape.exterior, *shape.interiors]
    return {"type": "Polygon", "coordinates": [[[round(x, 6), round(y, 6)] for x, y in ring.coords] for ring in rings]}


def union_of(shapes: Sequence[Polygon]) -> Polygon:
    """Join the members of a coverage; raise BoundaryFault with the place if the result is not one whole piece."""
    joined = shapely.coverage_union_all(shapes)
    if isinstance(joined, Polygon) and not joined.interiors:
        return joined
    hole = joined.interiors[0] if isinstance(joined, Polygon) else joined
    raise BoundaryFault(at=[*shapely.get_coordinates(shapely.centroid(hole))[0]])


def require_coverage(shapes: Sequence[Polygon]) -> None:
    """Raise BoundaryFault, with a point of each fault, where shapes overlap or do not share their edges exactly."""
    faults = [edge for edge in shapely.coverage_invalid_edges(shapes) if not edge.is_empty]
    if faults:
        raise BoundaryFault(at=[[*edge.centroid.coords[0]] for edge in faults])
