"""Cameras over HTTP, for the staff of the centres."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import BY_SERVICE, ApiView
from grids.models import Camera
from grids.selectors.cameras import (
    camera_seen_by,
    cameras_visible_to,
    may_see_cameras,
    may_watch,
    searched_cameras,
    stream_address,
)
from lianqin.kernel.errors import NotAllowed

MOST = 2000


class CameraOut(serializers.Serializer[dict[str, Any]]):
    """``stream`` is told to who may watch, one camera at a time."""

    code = serializers.CharField()
    name = serializers.CharField()
    address = serializers.CharField()
    lon = serializers.FloatField()
    lat = serializers.FloatField()
    direction = serializers.IntegerField(allow_null=True)
    grid = serializers.CharField(allow_null=True)
    owner = serializers.CharField(allow_blank=True)
    gateway = serializers.CharField()
    state = serializers.CharField()
    state_name = serializers.CharField()
    fault = serializers.CharField(allow_blank=True)
    checked_at = serializers.DateTimeField(allow_null=True)
    active = serializers.BooleanField()
    stream = serializers.CharField(required=False)


def told_camera(each: Camera) -> dict[str, Any]:
    names = ("code", "name", "address", "lon", "lat", "direction", "state", "fault", "checked_at", "active")
    return {
        **{name: getattr(each, name) for name in names},
        "grid": each.grid.code if each.grid else None,
        "owner": each.owner.short_name if each.owner else "",
        "gateway": each.gateway.code,
        "state_name": each.get_state_display(),
    }


class Cameras(ApiView):
    """The cameras of the places whose centre one works at; at most 2,000."""

    action_permissions = {"get": BY_SERVICE}  # noqa: RUF012

    @extend_schema(
        parameters=[OpenApiParameter("q", str), OpenApiParameter("state", str), OpenApiParameter("place", str)],
        responses=CameraOut(many=True),
    )
    def get(self, request: Request) -> Response:
        if not may_see_cameras(self.actor):
            raise NotAllowed
        given = {name: request.query_params.get(name, "").replace("\x00", "")[:80] for name in ("q", "state", "place")}
        found = searched_cameras(cameras_visible_to(self.actor), **given)
        return Response([told_camera(each) for each in found[:MOST]])


class OneCamera(ApiView):
    action_permissions = {"get": BY_SERVICE}  # noqa: RUF012

    @extend_schema(responses=CameraOut)
    def get(self, request: Request, code: str) -> Response:
        """One camera, with the address of its stream for who may watch it."""
        found = camera_seen_by(self.actor, code)
        stream = {"stream": stream_address(found)} if may_watch(self.actor) else {}
        return Response({**told_camera(found), **stream})
