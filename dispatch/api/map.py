"""What the map shows, over HTTP. Everything is narrowed to what the caller sees, and bounded."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any, ClassVar

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import AUTHENTICATED, BY_SERVICE, ApiView
from dispatch.selectors.map_card import card, search
from dispatch.selectors.map_heat import DAYS, map_heat
from dispatch.selectors.map_load import LEVELS, map_load
from dispatch.selectors.map_orders import map_orders
from dispatch.selectors.map_people import map_people
from grids.api.elements import box_of, zoom_of

LIVE = {"Cache-Control": "private, no-cache", "Vary": "Authorization, Cookie"}
SECRET = {"Cache-Control": "no-store", "Vary": "Authorization, Cookie"}


class MapOrdersQuery(serializers.Serializer[dict[str, Any]]):
    bbox = serializers.CharField(help_text="west,south,east,north (WGS-84)")
    zoom = serializers.CharField(default="12", help_text="of the web map, 0 to 24")
    within = serializers.CharField(default="", allow_blank=True, help_text="code of a division")


class MapLoadQuery(serializers.Serializer[dict[str, Any]]):
    level = serializers.ChoiceField(choices=LEVELS, default="grid")


class MapHeatQuery(serializers.Serializer[dict[str, Any]]):
    days = serializers.ChoiceField(choices=DAYS, default=7)


class MapFindQuery(serializers.Serializer[dict[str, Any]]):
    q = serializers.CharField(max_length=60, allow_blank=True, default="")


class LoadLine(serializers.Serializer[dict[str, Any]]):
    """``percent``: open orders over what the people posted there usually bear."""

    code = serializers.CharField()
    name = serializers.CharField()
    open = serializers.IntegerField()
    late = serializers.IntegerField()
    capacity = serializers.IntegerField()
    percent = serializers.IntegerField()


class MapLoadOut(serializers.Serializer[dict[str, Any]]):
    level = serializers.CharField()
    open = serializers.IntegerField()
    late = serializers.IntegerField()
    results = LoadLine(many=True)


class MapHeatOut(serializers.Serializer[dict[str, Any]]):
    """``results``: [longitude, latitude, orders] of squares of ``step`` degrees."""

    days = serializers.IntegerField()
    step = serializers.FloatField()
    total = serializers.IntegerField()
    results = serializers.ListField(child=serializers.ListField(child=serializers.FloatField()))


class MapPerson(serializers.Serializer[dict[str, Any]]):
    """``age_s``: how old the position is, null without one; ``stale``: older than half an hour."""

    user_id = serializers.IntegerField()
    name = serializers.CharField()
    unit_name = serializers.CharField()
    role = serializers.CharField()
    until = serializers.DateTimeField()
    lon = serializers.FloatField(allow_null=True)
    lat = serializers.FloatField(allow_null=True)
    accuracy_m = serializers.IntegerField(allow_null=True)
    age_s = serializers.IntegerField(allow_null=True)
    stale = serializers.BooleanField()
    load = serializers.IntegerField()


class MapPeopleOut(serializers.Serializer[dict[str, Any]]):
    on_duty = serializers.IntegerField()
    placed = serializers.IntegerField()
    results = MapPerson(many=True)


class CardPerson(serializers.Serializer[dict[str, Any]]):
    post = serializers.CharField()
    title = serializers.CharField()
    name = serializers.CharField()


class CardOrder(serializers.Serializer[dict[str, Any]]):
    number = serializers.CharField()
    title = serializers.CharField()
    state = serializers.CharField()
    due = serializers.CharField(allow_blank=True)
    time = serializers.CharField()


class MapCardOut(serializers.Serializer[dict[str, Any]]):
    code = serializers.CharField()
    level = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.CharField(allow_blank=True)
    households = serializers.IntegerField()
    population = serializers.IntegerField()
    load = LoadLine(allow_null=True)
    people = CardPerson(many=True)
    orders = CardOrder(many=True)


class MapFound(serializers.Serializer[dict[str, Any]]):
    kind = serializers.CharField()
    code = serializers.CharField()
    name = serializers.CharField()
    note = serializers.CharField(allow_blank=True)
    lon = serializers.FloatField(allow_null=True)
    lat = serializers.FloatField(allow_null=True)


class MapFindOut(serializers.Serializer[dict[str, Any]]):
    results = MapFound(many=True)


def _asked(kind: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    query = kind(data=request.query_params)
    query.is_valid(raise_exception=True)
    return dict(query.validated_data)


class MapOrders(ApiView):
    action_permissions: ClassVar = {"get": AUTHENTICATED}
    may_lag = True

    @extend_schema(parameters=[MapOrdersQuery], responses={(200, "application/geo+json"): OpenApiTypes.OBJECT})
    def get(self, request: Request) -> HttpResponse:
        """Open orders in view as GeoJSON: `kind` features while they are few, else clusters, counted by square."""
        asked = _asked(MapOrdersQuery, request)
        found = map_orders(self.actor, box_of(asked["bbox"]), zoom_of(asked["zoom"]), within=asked["within"])
        body = json.dumps(found, cls=DjangoJSONEncoder, ensure_ascii=False)
        return HttpResponse(body, content_type="application/geo+json", headers=LIVE)


class MapLoad(ApiView):
    action_permissions: ClassVar = {"get": AUTHENTICATED}
    may_lag = True

    @extend_schema(parameters=[MapLoadQuery], responses=MapLoadOut)
    def get(self, request: Request) -> Response:
        """Open orders over what is usually borne, for each division of which the caller sees all orders."""
        return Response(map_load(self.actor, _asked(MapLoadQuery, request)["level"]), headers=LIVE)


class MapHeat(ApiView):
    action_permissions: ClassVar = {"get": BY_SERVICE}
    may_lag = True

    @extend_schema(parameters=[MapHeatQuery], responses=MapHeatOut)
    def get(self, request: Request) -> Response:
        """Reports of the last days on a lattice, for who sees a whole street or district."""
        return Response(map_heat(self.actor, int(_asked(MapHeatQuery, request)["days"])), headers=LIVE)


class MapPeople(ApiView):
    action_permissions: ClassVar = {"get": BY_SERVICE}

    @extend_schema(responses=MapPeopleOut)
    def get(self, request: Request) -> Response:
        """People on duty with their latest position, for who dispatches or commands there. Kept by no cache."""
        return Response(MapPeopleOut(map_people(self.actor)).data, headers=SECRET)


class MapCard(ApiView):
    action_permissions: ClassVar = {"get": BY_SERVICE}

    @extend_schema(responses=MapCardOut)
    def get(self, request: Request, code: str) -> Response:
        """A street, community or grid: its load, who is posted there, and which open orders press most."""
        told = card(self.actor, code)
        return Response({**told, "orders": [asdict(line) for line in told["orders"]]}, headers=SECRET)


class MapFind(ApiView):
    action_permissions: ClassVar = {"get": BY_SERVICE}

    @extend_schema(parameters=[MapFindQuery], responses=MapFindOut)
    def get(self, request: Request) -> Response:
        """Divisions, open orders and elements by name, number or address."""
        return Response({"results": search(self.actor, _asked(MapFindQuery, request)["q"])}, headers=SECRET)
