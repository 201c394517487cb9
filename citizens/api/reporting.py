"""The ground for the map on which citizens put a pin."""

from __future__ import annotations

from accounts.api.base import PUBLIC
from grids.api.map_ground import MapGround


class PublicGround(MapGround):
    """Boundaries as everybody may see them, as GeoJSON, for the public site."""

    action_permissions = {"get": PUBLIC}  # noqa: RUF012
