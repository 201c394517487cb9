"""Whistles as JSON."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from dispatch.models import Summons, Whistle
from dispatch.rules.whistles import WhistleKind
from dispatch.selectors.whistles import place_of
from dispatch.services.whistles.answering import LONGEST_WAY, SHORT

LONGEST = 2000


class WhistlePlaceIn(serializers.Serializer[Any]):
    """WGS-84 degrees."""

    lon = serializers.FloatField(min_value=-180, max_value=180)
    lat = serializers.FloatField(min_value=-90, max_value=90)
    address = serializers.CharField(max_length=200, allow_blank=True, default="")


class WhistleIn(serializers.Serializer[Any]):
    """Of an ``order`` place and matter are the order's; without one ``place`` and ``matter`` are needed."""

    kind = serializers.ChoiceField(choices=WhistleKind.choices, help_text="Not ``leader``: that comes of raise-up.")
    order = serializers.CharField(max_length=24, allow_blank=True, default="")
    place = WhistlePlaceIn(required=False, allow_null=True, default=None)
    matter = serializers.CharField(max_length=80, allow_blank=True, default="")
    units = serializers.ListField(child=serializers.CharField(max_length=40), default=list, max_length=30)
    people = serializers.ListField(child=serializers.IntegerField(min_value=1), default=list, max_length=30)
    by = serializers.DateTimeField(help_text="When to be there.")
    note = serializers.CharField(max_length=LONGEST, allow_blank=True, default="")


class SummonsOut(serializers.ModelSerializer[Summons]):
    unit = serializers.CharField(source="unit.code", default=None, read_only=True)
    unit_name = serializers.CharField(source="unit.short_name", default=None, read_only=True)
    user_name = serializers.CharField(source="user.full_name", default=None, read_only=True)

    class Meta:
        model = Summons
        fields = (
            "id", "unit", "unit_name", "user", "user_name", "due_at", "acknowledged_at", "estimated_at", "arrived_at",
            "how", "distance_m", "accuracy_m", "witness_note", "recalled_at", "no_show_at", "excuse", "excused_at",
            "left_at",
        )  # fmt: skip


class WhistleOut(serializers.ModelSerializer[Whistle]):
    order = serializers.CharField(source="order.number", default=None, read_only=True)
    unit = serializers.CharField(source="unit.code", read_only=True)
    unit_name = serializers.CharField(source="unit.short_name", read_only=True)
    place = serializers.SerializerMethodField(help_text="Where to go, in words, also where there is no address.")
    summonses = SummonsOut(many=True, read_only=True)

    def get_place(self, whistle: Whistle) -> str:
        return place_of(whistle, whistle.address)

    class Meta:
        model = Whistle
        fields = (
            "id", "number", "kind", "state", "order", "raised_from", "unit", "unit_name", "matter", "note", "lon",
            "lat", "address", "place", "due_at", "raised_at", "ended_at", "outcome", "summonses",
        )  # fmt: skip


class WhistlePage(serializers.Serializer[Any]):
    count = serializers.IntegerField()
    results = WhistleOut(many=True)


class SummonsAcknowledgeIn(serializers.Serializer[Any]):
    minutes = serializers.IntegerField(min_value=1, max_value=LONGEST_WAY)


class ArriveIn(serializers.Serializer[Any]):
    """WGS-84 degrees, as the device tells; ``accuracy_m`` in metres."""

    lon = serializers.FloatField()
    lat = serializers.FloatField()
    accuracy_m = serializers.FloatField()


class ConfirmIn(serializers.Serializer[Any]):
    note = serializers.CharField(max_length=SHORT)


class ExcuseIn(serializers.Serializer[Any]):
    excuse = serializers.CharField(max_length=SHORT)


class SettleIn(serializers.Serializer[Any]):
    solved = serializers.BooleanField()
    outcome = serializers.CharField(max_length=LONGEST)


class WhistleReasonIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=LONGEST)


class LeaderIn(serializers.Serializer[Any]):
    leader = serializers.IntegerField(min_value=1)
    by = serializers.DateTimeField()


class ArrivalsOut(serializers.Serializer[Any]):
    """Thirty days. ``percent`` came in time, none for fewer than five summonses; ``minutes`` is a mean."""

    unit = serializers.CharField()
    called = serializers.IntegerField()
    in_time = serializers.IntegerField()
    late = serializers.IntegerField()
    no_show = serializers.IntegerField()
    minutes = serializers.IntegerField(allow_null=True)
    percent = serializers.FloatField(allow_null=True)
