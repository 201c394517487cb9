"""What may be told to a re-division."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from grids.models import GridKind, PlanState

Body = serializers.Serializer[dict[str, Any]]


class GeoJson(serializers.JSONField):
    """A GeoJSON geometry in WGS-84 degrees."""


class PlanQuery(Body):
    state = serializers.ChoiceField(choices=PlanState.choices, required=False, allow_blank=True)


class NewPlan(Body):
    """Scope: communities, whole streets, or a district; everything of them in force is copied."""

    title = serializers.CharField(max_length=80)
    effective_on = serializers.DateField(required=False)
    communities = serializers.ListField(child=serializers.CharField(max_length=12), default=list)
    streets = serializers.ListField(child=serializers.CharField(max_length=9), default=list)
    district = serializers.CharField(max_length=6, default="", allow_blank=True)


class Seen(Body):
    """``version``: of the plan as the actor saw it; 409 ``stale_version`` if it is another by now."""

    version = serializers.IntegerField(min_value=1)


class PlanChange(Seen):
    title = serializers.CharField(max_length=80, required=False)
    effective_on = serializers.DateField(required=False)


class Decision(Seen):
    approve = serializers.BooleanField()
    opinion = serializers.CharField(max_length=500, default="", allow_blank=True)


class Split(Seen):
    """``line``: a GeoJSON LineString across the grid. ``keep_code``: the largest piece goes on as that grid."""

    code = serializers.CharField(max_length=15)
    line = GeoJson()
    keep_code = serializers.BooleanField(default=False)


class Merge(Seen):
    """``keep_code``: which of them the result goes on as; empty: it begins anew."""

    codes = serializers.ListField(child=serializers.CharField(max_length=15), min_length=2, max_length=50)
    keep_code = serializers.CharField(max_length=15, default="", allow_blank=True)


class Tolerant(Seen):
    """``tolerance``: metres within which what was drawn snaps to what is there."""

    tolerance = serializers.FloatField(min_value=0, max_value=50, default=2.0)


class Reshape(Tolerant):
    code = serializers.CharField(max_length=15)
    boundary = GeoJson()


class VertexMove(Body):
    """``from`` and ``to`` as [lon, lat]."""

    to = serializers.ListField(child=serializers.FloatField(min_value=-180, max_value=180), min_length=2, max_length=2)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        point = serializers.ListField(
            child=serializers.FloatField(min_value=-180, max_value=180), min_length=2, max_length=2
        )
        return {"from": point, **super().get_fields()}


class Move(Seen):
    moves = VertexMove(many=True)


class Draw(Tolerant):
    """``code`` of a planned grid without a boundary gives it one; empty: the next free. ``carve``: out of others."""

    community = serializers.CharField(max_length=12)
    boundary = GeoJson()
    code = serializers.CharField(max_length=15, default="", allow_blank=True)
    name = serializers.CharField(max_length=60, default="", allow_blank=True)
    carve = serializers.BooleanField(default=False)


class Remove(Seen):
    code = serializers.CharField(max_length=15)


class Describe(Seen):
    """Fields that are not told stay. ``occupier``: code of a unit, or empty."""

    code = serializers.CharField(max_length=15)
    new_code = serializers.CharField(max_length=15, default="", allow_blank=True)
    name = serializers.CharField(max_length=60, required=False)
    kind = serializers.ChoiceField(choices=GridKind.choices, required=False)
    party_branch = serializers.CharField(max_length=80, required=False, allow_blank=True)
    occupier = serializers.CharField(max_length=40, required=False, allow_blank=True)
    occupier_name = serializers.CharField(max_length=80, required=False, allow_blank=True)
    households = serializers.IntegerField(min_value=0, required=False)
    population = serializers.IntegerField(min_value=0, required=False)


class Repair(Tolerant):
    """Slivers narrower than ``tolerance`` metres are closed."""
