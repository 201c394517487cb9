"""The shape of notices and documents of supervision in the API."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from dispatch.models import Gravity, Notice, SupervisionOrder
from dispatch.rules.kinds import KINDS
from dispatch.selectors import sentence


class NoticeOut(serializers.ModelSerializer[Notice]):
    order = serializers.CharField(source="order.number", default=None, read_only=True, allow_null=True)
    title = serializers.CharField(source="order.text.title", default="", read_only=True)
    kind_label = serializers.CharField(read_only=True)
    text = serializers.SerializerMethodField()
    unit = serializers.CharField(source="unit.code", default=None, read_only=True)
    unit_name = serializers.CharField(source="unit.short_name", default="", read_only=True)
    read_by = serializers.CharField(default=None, read_only=True, allow_null=True)

    class Meta:
        model = Notice
        fields = (
            "id", "order", "title", "kind", "kind_label", "gravity", "text", "url", "unit", "unit_name",
            "created_at", "read_at", "read_by",
        )  # fmt: skip

    def get_text(self, notice: Notice) -> str:
        return sentence(notice)


class NoticePage(serializers.Serializer[Any]):
    """``next`` is the ``before`` of the following page, or null."""

    unread = serializers.IntegerField()
    gravity = serializers.CharField(allow_blank=True, help_text="of the gravest unread one")
    next = serializers.IntegerField(allow_null=True)
    results = NoticeOut(many=True)


class NoticeQuery(serializers.Serializer[Any]):
    unread = serializers.BooleanField(default=False)
    kind = serializers.ChoiceField(choices=sorted(KINDS), required=False)
    gravity = serializers.ChoiceField(choices=Gravity.choices, required=False)
    before = serializers.IntegerField(min_value=1, required=False)
    limit = serializers.IntegerField(min_value=1, max_value=100, default=20)


class ReadAllIn(serializers.Serializer[Any]):
    until = serializers.IntegerField(min_value=1, required=False, help_text="the newest notice that was shown")
    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1), required=False, max_length=200, help_text="only these"
    )


class ReadAllOut(serializers.Serializer[Any]):
    read = serializers.IntegerField()


class SupervisionOrderOut(serializers.ModelSerializer[SupervisionOrder]):
    order = serializers.CharField(source="order.number", read_only=True)
    title = serializers.CharField(source="order.text.title", read_only=True)
    status = serializers.CharField(source="order.status", read_only=True)
    street = serializers.CharField(source="order.street.code", default=None, read_only=True)
    unit = serializers.CharField(source="unit.code", default=None, read_only=True)
    unit_name = serializers.CharField(source="unit.short_name", default="", read_only=True)
    reason_label = serializers.CharField(source="get_reason_display", read_only=True)
    acknowledged_by = serializers.CharField(default=None, read_only=True, allow_null=True)

    class Meta:
        model = SupervisionOrder
        fields = (
            "number", "order", "title", "status", "street", "generation", "tier", "level", "unit", "unit_name", "stage",
            "reason", "reason_label", "raised_at", "repeated_at", "acknowledged_at", "acknowledged_by",
        )  # fmt: skip


class SupervisionPage(serializers.Serializer[Any]):
    """``next`` is the ``offset`` of the following page, or null."""

    next = serializers.IntegerField(allow_null=True)
    results = SupervisionOrderOut(many=True)


class SupervisionQuery(serializers.Serializer[Any]):
    order = serializers.CharField(max_length=24, required=False)
    tier = serializers.IntegerField(min_value=1, max_value=3, required=False)
    open = serializers.BooleanField(required=False, allow_null=True, default=None, help_text="not yet acknowledged")
    offset = serializers.IntegerField(min_value=0, max_value=1_000_000, default=0)
    limit = serializers.IntegerField(min_value=1, max_value=100, default=20)
