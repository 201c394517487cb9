"""What a text tells, asked while somebody types. The text is read, and kept nowhere."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.authentication import PageSessionAuthentication, TokenAuthentication
from accounts.api.base import PUBLIC, ApiView
from citizens.services.admission import admit
from citizens.services.reading import suggest
from citizens.services.reading_places import Spot, places_in

LONGEST = 4000


class ReadingIn(serializers.Serializer[dict[str, Any]]):
    text = serializers.CharField(max_length=LONGEST, allow_blank=True)
    lon = serializers.FloatField(required=False, min_value=-180, max_value=180, help_text="WGS-84")
    lat = serializers.FloatField(required=False, min_value=-85, max_value=85, help_text="WGS-84")


class ReadChoiceOut(serializers.Serializer[dict[str, Any]]):
    code = serializers.CharField()
    name = serializers.CharField()
    percent = serializers.IntegerField(help_text="how sure, of a hundred")


class CategoryOut(ReadChoiceOut):
    """``why``: the pieces of the text that weighed most."""

    urgency = serializers.CharField()
    why = serializers.ListField(child=serializers.CharField())
    runners_up = ReadChoiceOut(many=True)


class PlaceOut(serializers.Serializer[dict[str, Any]]):
    words = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.CharField()
    lon = serializers.FloatField(allow_null=True)
    lat = serializers.FloatField(allow_null=True)
    distance_m = serializers.IntegerField(allow_null=True)


class ReadingOut(serializers.Serializer[dict[str, Any]]):
    category = CategoryOut(allow_null=True)
    places = PlaceOut(many=True)


class SessionOfReader(PageSessionAuthentication):
    """Who asks, for their limits alone: nothing is changed here, so a page that lay open needs no token of today."""

    def enforce_csrf(self, request: Request) -> None:
        return None


class ReadingSuggest(ApiView):
    """``category`` is null where the reader is not sure."""

    authentication_classes = (TokenAuthentication, SessionOfReader)
    action_permissions: ClassVar[dict[str, str]] = {"post": PUBLIC}
    serializer_class = ReadingIn

    @extend_schema(
        operation_id="citizen_reading_suggest",
        request=ReadingIn,
        responses=ReadingOut,
        auth=[{"token": []}, {}],  # type: ignore[list-item]
    )
    def post(self, request: Request) -> Response:
        admit(request._request, "suggest")
        asked = ReadingIn(data=request.data)
        asked.is_valid(raise_exception=True)
        told = asked.validated_data
        near = (told["lon"], told["lat"]) if {"lon", "lat"} <= told.keys() else None
        found = suggest(told["text"])
        category = None
        if found is not None:
            category = {
                "code": found.code,
                "name": found.name,
                "percent": found.percent,
                "urgency": found.urgency,
                "why": found.why,
                "runners_up": [asdict(each) for each in found.runners_up],
            }
        places = [_place(each) for each in places_in(told["text"], near=near)]
        return Response(ReadingOut({"category": category, "places": places}).data)


def _place(spot: Spot) -> dict[str, Any]:
    return asdict(spot)
