"""The shape of advice and of how good it is."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from dispatch.rules.quality import LEAST_SAMPLES
from workorders.models import Assignment
from workorders.rules.corrections import Correction


class CandidateOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    role = serializers.CharField(help_text="lead or assist")
    reason = serializers.CharField()
    rule = serializers.CharField(allow_blank=True, help_text="number in the list, e.g. 3.2.1")
    decided_by = serializers.CharField(allow_blank=True, help_text="arbitration, list, catalogue or empty")
    load = serializers.IntegerField(help_text="open parts in hand")
    on_duty = serializers.IntegerField()
    warning = serializers.CharField(allow_blank=True)
    chosen = serializers.BooleanField()


class NearbyPersonOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    post = serializers.CharField()
    unit_name = serializers.CharField()
    distance_m = serializers.IntegerField(allow_null=True)
    age_s = serializers.IntegerField(allow_null=True, help_text="seconds since the position was told")
    load = serializers.IntegerField()
    until = serializers.CharField(help_text="HH:MM")
    reason = serializers.CharField()


class AdviceOut(serializers.Serializer[Any]):
    """``lead`` is null where no rule applies; ``says`` tells so."""

    lead = CandidateOut(allow_null=True)
    assists = CandidateOut(many=True)
    others = CandidateOut(many=True)
    people = NearbyPersonOut(many=True)
    says = serializers.CharField()
    version = serializers.IntegerField(allow_null=True, help_text="of the responsibility list")


class PeriodQuery(serializers.Serializer[Any]):
    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        # `from` is no name for an attribute.
        return {
            "from": serializers.DateField(required=False, help_text="first local day; 30 days without any"),
            "to": serializers.DateField(required=False, help_text="last local day, included"),
            "street": serializers.CharField(max_length=15, required=False, default="", help_text="code"),
        }


class CorrectionsQuery(PeriodQuery):
    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {
            **super().get_fields(),
            "rule": serializers.CharField(max_length=16, required=False, default=""),
            "reason": serializers.ChoiceField(choices=Correction.choices, required=False),
            "offset": serializers.IntegerField(min_value=0, max_value=100_000, default=0),
            "limit": serializers.IntegerField(min_value=1, max_value=100, default=20),
        }


class QualityOut(serializers.Serializer[Any]):
    dispatched = serializers.IntegerField()
    wrong = serializers.IntegerField(help_text="returned by the lead itself, less what an arbitration gave back")
    suggested = serializers.IntegerField()
    followed = serializers.IntegerField()
    corrected = serializers.IntegerField()
    accuracy = serializers.CharField(
        allow_blank=True, help_text=f"percent; empty below {LEAST_SAMPLES} samples, as all rates"
    )
    acceptance = serializers.CharField(allow_blank=True)
    coverage = serializers.CharField(allow_blank=True)


class QualityLine(serializers.Serializer[Any]):
    key = serializers.CharField(allow_blank=True)
    name = serializers.CharField(allow_blank=True)
    quality = QualityOut()


class RuleQualityLine(serializers.Serializer[Any]):
    version = serializers.IntegerField(allow_null=True)
    number = serializers.CharField(allow_blank=True, help_text="empty: an arbitration")
    text = serializers.CharField(allow_blank=True)
    suggested = serializers.IntegerField()
    followed = serializers.IntegerField()
    corrected = serializers.IntegerField()
    came_back = serializers.IntegerField(help_text="followed, and returned by the department")
    reasons = serializers.DictField(child=serializers.IntegerField())


class SuggestionQualityOut(serializers.Serializer[Any]):
    total = QualityOut()
    streets = QualityLine(many=True)
    categories = QualityLine(many=True)
    rules = RuleQualityLine(many=True)


class CorrectionOut(serializers.ModelSerializer[Assignment]):
    order = serializers.CharField(source="order.number", read_only=True)
    suggested = serializers.CharField(source="suggested_unit.code", read_only=True)
    lead = serializers.CharField(source="unit.code", read_only=True)

    class Meta:
        model = Assignment
        fields = ("order", "dispatched_at", "suggested_rule", "list_version", "suggested", "lead", "correction")


class CorrectionPage(serializers.Serializer[Any]):
    """``next`` is the ``offset`` of the following page, or null."""

    next = serializers.IntegerField(allow_null=True)
    results = CorrectionOut(many=True)
