"""Base maps as the browser is told of them: where our own door to their tiles is, nothing of the provider."""

from __future__ import annotations

from typing import Any

from ..models import TileLayer

DOOR = "/api/v1/map/tiles"


def basemaps() -> list[dict[str, Any]]:
    """The active ones in their order. One query."""
    return [basemap(layer) for layer in TileLayer.objects.filter(active=True)]


def basemap(layer: TileLayer) -> dict[str, Any]:
    return {
        "code": layer.code,
        "name": layer.name,
        "urls": [f"{DOOR}/{layer.code}/{part}/{{z}}/{{x}}/{{y}}/" for part in range(len(layer.parts))],
        "crs": layer.crs,
        "attribution": layer.attribution,
        "min_zoom": layer.min_zoom,
        "max_zoom": layer.max_zoom,
    }
