"""The ground as a map draws it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import AUTHENTICATED
from grids.ground import current_version
from grids.selectors.map_ground import TOLERANCES, map_ground

from .views import GroundView


class MapGroundQuery(serializers.Serializer[dict[str, Any]]):
    level = serializers.ChoiceField(choices=("district", "street", "community", "grid"))
    detail = serializers.IntegerField(
        default=0, min_value=0, max_value=len(TOLERANCES) - 1, help_text="0 from afar, 2 exact"
    )


class MapGround(GroundView):
    """Boundaries of one level as GeoJSON, simplified to a detail; ids are codes. Tagged with the ground's version."""

    action_permissions = {"get": AUTHENTICATED}  # noqa: RUF012

    @extend_schema(parameters=[MapGroundQuery], responses={(200, "application/geo+json"): OpenApiTypes.OBJECT})
    def get(self, request: Request) -> Response | HttpResponse:
        query = MapGroundQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        headers, unchanged = self.fresh(request)
        if unchanged:
            return unchanged
        body = map_ground(current_version(), **query.validated_data)
        return HttpResponse(body, content_type="application/geo+json", headers=headers)
