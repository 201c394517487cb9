"""The shape of the catalogue in the API."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


class CategoryLeafSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    code = serializers.CharField()
    name = serializers.CharField()
    level = serializers.IntegerField()
    pinyin = serializers.CharField()
    registration_conditions = serializers.ListField(child=serializers.CharField())
    closing_conditions = serializers.ListField(child=serializers.CharField())
    evidence_required = serializers.BooleanField()
    vertical = serializers.BooleanField()
    public = serializers.BooleanField(help_text="Its orders are told to everybody, without words or names.")
    urgency = serializers.CharField()
    deadline_class = serializers.CharField()
    street_function = serializers.CharField(allow_blank=True)
    district_function = serializers.CharField(allow_blank=True)
    illustrative = serializers.BooleanField(help_text="Written for demonstrations; show it as 示例.")


class CategoryClassSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    code = serializers.CharField()
    name = serializers.CharField()
    level = serializers.IntegerField()
    pinyin = serializers.CharField()
    illustrative = serializers.BooleanField()
    children = CategoryLeafSerializer(many=True)


class CategoryTreeSerializer(serializers.Serializer[Any]):
    notice = serializers.CharField(allow_blank=True, help_text="What to tell the reader about these names.")
    results = CategoryClassSerializer(many=True)
