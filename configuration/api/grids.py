"""Divisions, grids and their norms over HTTP: what the pages ``grids`` do."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import AUTHENTICATED, BY_SERVICE, ApiView
from configuration.permissions import works_at_centre
from grids.models import Setting
from grids.rules import Norm
from grids.selectors import GridFilter, divisions, grid_rows, norms
from grids.services import change_division, create_division, end_division, set_norms
from lianqin.kernel.errors import NotAllowed, NotVisible

LEVELS = ("district", "street", "community", "grid")


class GridQuery(serializers.Serializer[dict[str, Any]]):
    """``norm`` is a state or ``outside`` (over or under); ``lacks`` is ``boundary`` or ``worker``."""

    q = serializers.CharField(required=False, allow_blank=True, max_length=60)
    within = serializers.CharField(required=False, allow_blank=True, max_length=15)
    kind = serializers.CharField(required=False, allow_blank=True, max_length=20)
    zone = serializers.CharField(required=False, allow_blank=True, max_length=20)
    setting = serializers.CharField(required=False, allow_blank=True, max_length=20)
    norm = serializers.CharField(required=False, allow_blank=True, max_length=20)
    lacks = serializers.CharField(required=False, allow_blank=True, max_length=20)


class GridLine(serializers.Serializer[Any]):
    """A grid in force. ``households_off`` and ``people_off`` are 0 within the norm, negative below it."""

    code = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.CharField()
    zone = serializers.CharField()
    setting = serializers.CharField()
    street = serializers.CharField(source="street_code")
    community = serializers.CharField(source="community_code")
    households = serializers.IntegerField()
    population = serializers.IntegerField()
    party_branch = serializers.CharField()
    occupier = serializers.CharField()
    drawn = serializers.BooleanField()
    full_time = serializers.IntegerField()
    members = serializers.IntegerField()
    norm = serializers.CharField(source="measured.state")
    households_off = serializers.IntegerField(source="measured.households_off")
    people_off = serializers.IntegerField(source="measured.people_off")


class DivisionBody(serializers.Serializer[dict[str, Any]]):
    """``values`` holds the fields of the level: name, households, population, kind, zone, setting, party_branch …"""

    code = serializers.CharField(max_length=15)
    parent = serializers.CharField(max_length=15, allow_blank=True, default="")  # type: ignore[assignment]
    values = serializers.DictField()
    valid_from = serializers.DateField(required=False)


class DivisionChange(serializers.Serializer[dict[str, Any]]):
    values = serializers.DictField()


class NormBody(serializers.Serializer[dict[str, Any]]):
    households_min = serializers.IntegerField(min_value=1)
    households_max = serializers.IntegerField(min_value=1)
    people_min = serializers.IntegerField(min_value=1)
    people_max = serializers.IntegerField(min_value=1)


class NormsBody(serializers.Serializer[dict[str, Any]]):
    urban = NormBody(required=False)
    rural = NormBody(required=False)


def _told(kind: type[serializers.Serializer[dict[str, Any]]], data: Any) -> dict[str, Any]:
    told = kind(data=data)
    told.is_valid(raise_exception=True)
    return dict(told.validated_data)


def _known(level: str) -> str:
    if level not in LEVELS:
        raise NotVisible
    return level


class Grids(ApiView):
    """Grids in force in the order of codes, with their norm and who is there."""

    action_permissions = {"get": AUTHENTICATED}  # noqa: RUF012

    @extend_schema(parameters=[GridQuery], responses=GridLine(many=True))
    def get(self, request: Request) -> Response:
        if not works_at_centre(self.actor):
            raise NotAllowed
        asked = _told(GridQuery, request.query_params)
        wanted = GridFilter(text=asked.pop("q", ""), **asked)
        rows = [row for row in grid_rows() if wanted.holds(row)]
        return Response(GridLine(rows, many=True).data)


class NewDivision(ApiView):
    """Begin a district, street, community or grid, without a boundary."""

    action_permissions = {"post": BY_SERVICE}  # noqa: RUF012

    @extend_schema(request=DivisionBody, responses={201: dict})
    def post(self, request: Request, level: str) -> Response:
        told = _told(DivisionBody, request.data)
        create_division(level=_known(level), by=self.actor, **told)
        return Response(divisions(level=level, code=told["code"])[0], status=status.HTTP_201_CREATED)


class OneDivision(ApiView):
    """Change attributes of a division, or end it from today. Boundaries are changed by a re-division only."""

    action_permissions = {"patch": BY_SERVICE, "delete": BY_SERVICE}  # noqa: RUF012

    @extend_schema(request=DivisionChange, responses=dict)
    def patch(self, request: Request, level: str, code: str) -> Response:
        change_division(
            level=_known(level), code=code, values=_told(DivisionChange, request.data)["values"], by=self.actor
        )
        return Response(divisions(level=level, code=code)[0])

    @extend_schema(responses={204: None})
    def delete(self, request: Request, level: str, code: str) -> Response:
        end_division(level=_known(level), code=code, by=self.actor)
        return Response(status=status.HTTP_204_NO_CONTENT)


class Norms(ApiView):
    """Households and people that a comprehensive grid should have, by setting."""

    action_permissions = {"get": AUTHENTICATED, "put": BY_SERVICE}  # noqa: RUF012

    @extend_schema(responses=NormsBody)
    def get(self, request: Request) -> Response:
        return Response({setting: norm._asdict() for setting, norm in norms().items()})

    @extend_schema(request=NormsBody, responses=NormsBody)
    def put(self, request: Request) -> Response:
        told = _told(NormsBody, request.data)
        set_norms(norms={s: Norm(**told[s]) for s in Setting.values if s in told}, by=self.actor)
        return self.get(request)
