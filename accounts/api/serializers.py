"""Shapes of the sign-in API."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


class CredentialsIn(serializers.Serializer[Any]):
    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=128, trim_whitespace=False, write_only=True)


class TokenOut(serializers.Serializer[Any]):
    token = serializers.CharField()
    expires_at = serializers.DateTimeField()


class PostOut(serializers.Serializer[Any]):
    role = serializers.CharField()
    unit_id = serializers.IntegerField(allow_null=True)
    district_id = serializers.IntegerField(allow_null=True)
    street_id = serializers.IntegerField(allow_null=True)
    community_id = serializers.IntegerField(allow_null=True)
    grid_id = serializers.IntegerField(allow_null=True)


class MeOut(serializers.Serializer[Any]):
    username = serializers.CharField()
    full_name = serializers.CharField()
    kind = serializers.CharField()
    officer = serializers.CharField()
    posts = PostOut(many=True)
