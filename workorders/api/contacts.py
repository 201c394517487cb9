"""What the door to contact data takes and answers."""

from __future__ import annotations

from rest_framework import serializers


class RevealIn(serializers.Serializer[object]):
    reason = serializers.CharField(max_length=200, help_text="why it is needed, at least five letters; audited")


class RevealedOut(serializers.Serializer[object]):
    name = serializers.CharField()
    phone = serializers.CharField()
