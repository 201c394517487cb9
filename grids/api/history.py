"""Whose place was this on that day, and what a grid has been."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import AUTHENTICATED, ApiView
from grids import selectors

from .serializers import LocateQuery, PlaceSerializer


class HistoryQuery(LocateQuery):
    """A WGS-84 point and a day in Asia/Shanghai."""

    on = serializers.DateField()


class HistorySerializer(PlaceSerializer):
    """Where the point lay; ``now``: the grid that holds it today; ``valid_to``: the day from which it was another."""

    on = serializers.DateField()
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(allow_null=True)
    changed_since = serializers.BooleanField()
    now = serializers.DictField(allow_null=True)


class VersionsQuery(serializers.Serializer[dict[str, Any]]):
    code = serializers.CharField(max_length=15)


class VersionSerializer(serializers.Serializer[dict[str, Any]]):
    """What a grid was until the day before ``valid_to``; ``plan`` is the re-division that ended it."""

    valid_from = serializers.DateField()
    valid_to = serializers.DateField(allow_null=True)
    name = serializers.CharField()
    community = serializers.CharField()
    kind = serializers.CharField()
    households = serializers.IntegerField()
    population = serializers.IntegerField()
    boundary = serializers.JSONField(allow_null=True)
    plan = serializers.DictField(allow_null=True)


class GroundHistory(ApiView):
    """The grid that held a point on a day, with the names of that day; 404 outside of every grid."""

    action_permissions = {"get": AUTHENTICATED}  # noqa: RUF012

    @extend_schema(parameters=[HistoryQuery], responses=HistorySerializer)
    def get(self, request: Request) -> Response:
        query = HistoryQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        return Response(selectors.whose_place(**query.validated_data))


class GroundVersions(ApiView):
    """Everything that a grid has been, the oldest first; the last is what it is, or was when it ended."""

    action_permissions = {"get": AUTHENTICATED}  # noqa: RUF012

    @extend_schema(parameters=[VersionsQuery], responses=VersionSerializer(many=True))
    def get(self, request: Request) -> Response:
        query = VersionsQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        return Response(selectors.versions_of(query.validated_data["code"]))
