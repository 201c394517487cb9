"""Read the ground: divisions, boundaries, units, and where a point lies."""

from __future__ import annotations

from typing import Any

from django.utils.http import parse_etags
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import AUTHENTICATED, ApiView
from grids import selectors
from grids.ground import current_version
from lianqin.kernel.errors import NotVisible

from .serializers import DivisionQuery, DivisionSerializer, LocateQuery, PlaceSerializer, UnitQuery, UnitSerializer

CACHE = "private, max-age=60, stale-while-revalidate=86400"


def _query(kind: type[DivisionQuery | UnitQuery | LocateQuery], request: Request) -> dict[str, Any]:
    query = kind(data=request.query_params)
    query.is_valid(raise_exception=True)
    return dict(query.validated_data)


class GroundView(ApiView):
    """Answers that change only with the ground carry its version as their ETag; repeats cost one query."""

    def fresh(self, request: Request) -> tuple[dict[str, str], Response | None]:
        stamp, day = current_version()
        headers = {"ETag": f'"{stamp}-{day}"', "Cache-Control": CACHE, "Vary": "Authorization, Cookie"}
        asked = {tag.removeprefix("W/") for tag in parse_etags(request.headers.get("If-None-Match", ""))}
        if headers["ETag"] in asked:
            return headers, Response(status=status.HTTP_304_NOT_MODIFIED, headers=headers)
        return headers, None


class Divisions(GroundView):
    """Divisions as a flat list in code order (``parent`` makes the tree); narrow by level, parent or street."""

    action_permissions = {"get": AUTHENTICATED}  # noqa: RUF012

    @extend_schema(parameters=[DivisionQuery], responses=DivisionSerializer(many=True))
    def get(self, request: Request) -> Response:
        headers, unchanged = self.fresh(request)
        return unchanged or Response(selectors.divisions(**_query(DivisionQuery, request)), headers=headers)


class Boundaries(GroundView):
    """A GeoJSON FeatureCollection of one level (default: grid), for the map."""

    action_permissions = {"get": AUTHENTICATED}  # noqa: RUF012

    @extend_schema(parameters=[DivisionQuery], responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        headers, unchanged = self.fresh(request)
        if unchanged:
            return unchanged
        query = {"level": "grid", **_query(DivisionQuery, request), "boundary": True}
        rows = selectors.divisions(**query)
        features = [
            {"type": "Feature", "id": row["id"], "geometry": row.pop("boundary"), "properties": row} for row in rows
        ]
        return Response({"type": "FeatureCollection", "features": features}, headers=headers)


class OneDivision(GroundView):
    """One division with its boundary."""

    action_permissions = {"get": AUTHENTICATED}  # noqa: RUF012

    @extend_schema(responses=DivisionSerializer)
    def get(self, request: Request, code: str) -> Response:
        headers, unchanged = self.fresh(request)
        found = selectors.divisions(code=code, boundary=True)
        if not found:
            raise NotVisible
        return unchanged or Response(found[0], headers=headers)


class Units(GroundView):
    """Units in pinyin order; narrow by level, street (code), function, kind."""

    action_permissions = {"get": AUTHENTICATED}  # noqa: RUF012

    @extend_schema(parameters=[UnitQuery], responses=UnitSerializer(many=True))
    def get(self, request: Request) -> Response:
        headers, unchanged = self.fresh(request)
        found = selectors.units(**_query(UnitQuery, request))
        return unchanged or Response(UnitSerializer(found, many=True).data, headers=headers)


class Locate(ApiView):
    """The grid that holds a WGS-84 point; 404 outside of every grid."""

    action_permissions = {"get": AUTHENTICATED}  # noqa: RUF012

    @extend_schema(parameters=[LocateQuery], responses=PlaceSerializer)
    def get(self, request: Request) -> Response:
        place = selectors.place_at(**_query(LocateQuery, request))
        if place is None:
            raise NotVisible(_("该点不在任何网格内"), code="outside_every_grid")
        return Response(place)
