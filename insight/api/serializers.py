"""The shape of totals in the API."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from insight.rules import MEASURES
from insight.selectors import By
from workorders.states import Level, Status


class Sums(serializers.Serializer[Any]):
    """Plain sums: those of a year are those of its days. An average is ``closed_seconds / closed``."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {measure.name: serializers.IntegerField(help_text=measure.meaning) for measure in MEASURES}


class TotalsLine(serializers.Serializer[Any]):
    key = serializers.CharField(help_text="a day, a week's Monday, a month's first; a code; empty where there is none")
    name = serializers.CharField()
    sums = Sums()


class TotalsOut(serializers.Serializer[Any]):
    lines = TotalsLine(many=True)
    total = Sums()


class TotalsQuery(serializers.Serializer[Any]):
    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        # `from` is no name for an attribute.
        return {
            "from": serializers.DateField(help_text="first local day"),
            "to": serializers.DateField(help_text="last local day, included"),
            "by": serializers.ChoiceField(choices=[each.value for each in By], help_text="what makes a line"),
            "street": serializers.CharField(max_length=15, required=False, default="", help_text="code of one street"),
        }


class OpenOrdersLine(serializers.Serializer[Any]):
    street = serializers.CharField(allow_null=True, help_text="code; null: in no street yet")
    level = serializers.ChoiceField(choices=Level.choices)
    status = serializers.ChoiceField(choices=Status.choices)
    open = serializers.IntegerField()
    overdue = serializers.IntegerField()


class OpenOrdersOut(serializers.Serializer[Any]):
    lines = OpenOrdersLine(many=True)
    open = serializers.IntegerField()
    overdue = serializers.IntegerField()
