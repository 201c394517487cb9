"""Base maps and their tiles, for people who are signed in."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import AUTHENTICATED, ApiView
from grids.selectors.tile_layers import basemaps
from grids.services.tile_limit import spend_tile
from grids.services.tiles import fetch_tile
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import NotAllowed

KEPT = "private, max-age=604800"


class Basemap(serializers.Serializer[dict[str, Any]]):
    """``urls`` are templates with {z} {x} {y}, one over the other; ``crs`` is wgs84 or gcj02."""

    code = serializers.CharField()
    name = serializers.CharField()
    urls = serializers.ListField(child=serializers.CharField())
    crs = serializers.CharField()
    attribution = serializers.CharField(allow_blank=True)
    min_zoom = serializers.IntegerField()
    max_zoom = serializers.IntegerField()


class BasemapsOut(serializers.Serializer[dict[str, Any]]):
    results = Basemap(many=True)


def _of_the_staff(actor: Actor) -> bool:
    """Whoever holds a post or an office: the quota of a key is the district's."""
    return bool(actor.posts or actor.officer)


class Basemaps(ApiView):
    action_permissions: ClassVar = {"get": AUTHENTICATED}

    @extend_schema(responses=BasemapsOut)
    def get(self, request: Request) -> Response:
        """The base maps that an administrator switched on; none by default, and none for who is not of the staff."""
        found = basemaps() if _of_the_staff(self.actor) else []
        return Response({"results": found}, headers={"Cache-Control": "private, max-age=60"})


class MapTile(ApiView):
    action_permissions: ClassVar = {"get": AUTHENTICATED}

    @extend_schema(responses={(200, "image/png"): OpenApiTypes.BINARY})
    def get(self, request: Request, code: str, part: int, z: int, x: int, y: int) -> HttpResponse:
        """One tile of a base map, fetched from its provider. 503 while it does not answer, 429 after far too many."""
        if self.actor.user_id is None or not _of_the_staff(self.actor):
            raise NotAllowed
        spend_tile(user_id=self.actor.user_id)
        tile = fetch_tile(code=code, part=part, z=z, x=x, y=y)
        headers = {"Cache-Control": KEPT, "Vary": "Authorization, Cookie", "X-Content-Type-Options": "nosniff"}
        return HttpResponse(tile.body, content_type=tile.content_type, headers=headers)
