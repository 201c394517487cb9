"""Base maps over HTTP, for the system administrator. The key goes in and never comes out."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import BY_SERVICE, ApiView
from accounts.api.idempotency import idempotent
from grids.models import TileCrs, TileKind, TileLayer
from grids.permissions import Action, can
from grids.services.tile_layers import put_tile_layer, told
from lianqin.kernel.errors import NotAllowed


class TileLayerOut(serializers.Serializer[dict[str, Any]]):
    code = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=TileKind.choices)
    template = serializers.CharField()
    layers = serializers.CharField(allow_blank=True)
    subdomains = serializers.CharField(allow_blank=True)
    crs = serializers.ChoiceField(choices=TileCrs.choices)
    attribution = serializers.CharField(allow_blank=True)
    min_zoom = serializers.IntegerField()
    max_zoom = serializers.IntegerField()
    sort = serializers.IntegerField()
    active = serializers.BooleanField()
    has_key = serializers.BooleanField(read_only=True)


class TileLayerIn(serializers.Serializer[dict[str, Any]]):
    """``code`` alone is needed for one that is there: what is not told stays."""

    code = serializers.CharField(max_length=20)
    name = serializers.CharField(max_length=40, required=False)
    kind = serializers.ChoiceField(choices=TileKind.choices, required=False)
    template = serializers.CharField(max_length=300, required=False)
    layers = serializers.CharField(max_length=80, required=False, allow_blank=True)
    subdomains = serializers.CharField(max_length=40, required=False, allow_blank=True)
    crs = serializers.ChoiceField(choices=TileCrs.choices, required=False)
    attribution = serializers.CharField(max_length=120, required=False, allow_blank=True)
    min_zoom = serializers.IntegerField(required=False)
    max_zoom = serializers.IntegerField(required=False)
    sort = serializers.IntegerField(required=False)
    active = serializers.BooleanField(required=False)
    key = serializers.CharField(required=False, allow_blank=True, write_only=True)
    drop_key = serializers.BooleanField(required=False, write_only=True)


def _shape(layer: TileLayer) -> dict[str, Any]:
    return {**told(layer), "has_key": bool(layer.key_sealed)}


class SetupTileLayers(ApiView):
    action_permissions: ClassVar = {"get": BY_SERVICE, "post": BY_SERVICE}

    @extend_schema(responses=TileLayerOut(many=True))
    def get(self, request: Request) -> Response:
        """All base maps, switched off ones too."""
        if not can(self.actor, Action.EDIT_BASEMAPS):
            raise NotAllowed
        return Response([_shape(layer) for layer in TileLayer.objects.all()])

    @extend_schema(request=TileLayerIn, responses={201: TileLayerOut})
    @idempotent
    def post(self, request: Request) -> Response:
        """Add a base map, or change the one of that code."""
        data = dict(request.data) if isinstance(request.data, dict) else {}
        return Response(_shape(put_tile_layer(data=data, by=self.actor)), status=201)
