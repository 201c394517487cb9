"""Shapes of divisions, units and places."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from grids.models import Unit


class DivisionSerializer(serializers.Serializer[dict[str, Any]]):
    """One division; ``children`` in the tree only, ``boundary`` (GeoJSON, WGS-84) when asked for."""

    id = serializers.IntegerField()
    code = serializers.CharField()
    name = serializers.CharField()
    short_name = serializers.CharField()
    pinyin = serializers.CharField()
    level = serializers.ChoiceField(choices=("district", "street", "community", "grid"))
    parent = serializers.CharField(allow_null=True)  # type: ignore[assignment]
    kind = serializers.CharField(allow_blank=True)
    zone = serializers.CharField(allow_blank=True, help_text="core or outer; of a grid its community's")
    setting = serializers.CharField(allow_blank=True, help_text="urban or rural; of a grid its community's")
    party_branch = serializers.CharField(allow_blank=True)
    occupier = serializers.CharField(allow_blank=True, help_text="Code of the unit that occupies a dedicated grid")
    occupier_name = serializers.CharField(allow_blank=True)
    households = serializers.IntegerField()
    population = serializers.IntegerField()
    area_km2 = serializers.FloatField()
    label = serializers.ListField(child=serializers.FloatField(), allow_null=True)  # type: ignore[assignment]
    synthetic = serializers.BooleanField()
    boundary = serializers.JSONField(required=False)


class PlaceSerializer(serializers.Serializer[dict[str, Any]]):
    """Where a point lies; every level with id, code and name."""

    district = serializers.DictField()
    street = serializers.DictField()
    community = serializers.DictField()
    grid = serializers.DictField()


class UnitSerializer(serializers.ModelSerializer[Unit]):
    street = serializers.CharField(source="street.code", default=None, read_only=True)
    community = serializers.CharField(source="community.code", default=None, read_only=True)
    parent = serializers.CharField(source="parent.code", default=None, read_only=True)  # type: ignore[assignment]
    kind_label = serializers.CharField(source="get_kind_display", read_only=True)

    class Meta:
        model = Unit
        fields = (
            "id", "code", "name", "short_name", "pinyin", "kind", "kind_label", "level", "function", "street",
            "community", "parent", "presence", "vertical", "phone", "synthetic",
        )  # fmt: skip


class LocateQuery(serializers.Serializer[dict[str, float]]):
    lon = serializers.FloatField(min_value=-180, max_value=180)
    lat = serializers.FloatField(min_value=-90, max_value=90)


class DivisionQuery(serializers.Serializer[dict[str, Any]]):
    level = serializers.ChoiceField(choices=("district", "street", "community", "grid"), required=False)
    parent = serializers.CharField(required=False)  # type: ignore[assignment]
    street = serializers.CharField(required=False)
    boundary = serializers.BooleanField(default=False)


class UnitQuery(serializers.Serializer[dict[str, Any]]):
    level = serializers.ChoiceField(choices=("street", "district"), required=False)
    street = serializers.CharField(required=False)
    function = serializers.CharField(required=False)
    kind = serializers.CharField(required=False)
