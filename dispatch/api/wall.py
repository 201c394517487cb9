"""All that a wall shows, in one answer."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.http import parse_etags
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import ApiView
from dispatch.selectors.wall import wall_place
from dispatch.selectors.wall_snapshot import wall_snapshot
from workorders.permissions import VIEW


def _line(told: str = "") -> serializers.ListField:
    return serializers.ListField(child=serializers.FloatField(allow_null=True), help_text=told)


class WallTag(serializers.Serializer[Any]):
    text = serializers.CharField()
    tone = serializers.CharField()


class WallLine(serializers.Serializer[Any]):
    number = serializers.CharField()
    url = serializers.CharField()
    title = serializers.CharField()
    place = serializers.CharField(allow_blank=True)
    holder = serializers.CharField(allow_blank=True)
    urgency = WallTag(allow_null=True)
    level = serializers.CharField(allow_blank=True)
    status = WallTag()


class WallPressing(WallLine):
    start = serializers.DateTimeField()
    due = serializers.DateTimeField()


class WallEntry(WallLine):
    at = serializers.DateTimeField()
    event = serializers.IntegerField(help_text="of the order, which changed last with it")


class WallDefined(serializers.Serializer[Any]):
    """``sample``: how many there are below the line; fewer than ``least`` say nothing."""

    key = serializers.CharField()
    name = serializers.CharField()
    definition = serializers.CharField()
    numerator = serializers.CharField(allow_blank=True)
    denominator = serializers.CharField(allow_blank=True)
    least = serializers.IntegerField()
    sample = serializers.IntegerField(allow_null=True)
    period = serializers.CharField(allow_blank=True)


class WallMeasure(WallDefined):
    icon = serializers.CharField()
    value = serializers.CharField(help_text="as it is shown; a dash where there is none")
    unit = serializers.CharField(allow_blank=True)
    note = serializers.CharField()
    tone = serializers.CharField(allow_blank=True)
    spark = _line("the last 14 whole days, or the last 24 hours of what is so now")


class WallPart(serializers.Serializer[Any]):
    name = serializers.CharField()
    goal = serializers.IntegerField(help_text="percent")
    number = serializers.IntegerField()
    value = serializers.CharField(help_text="percent with two decimals")


class WallSplit(WallDefined):
    goal = serializers.CharField()
    enough = serializers.BooleanField()
    parts = WallPart(many=True)


class WallHours(serializers.Serializer[Any]):
    x = serializers.ListField(child=serializers.IntegerField(), help_text="starts of the hours, in seconds")
    reported = _line()
    before = _line("reports a day before")
    closed = _line("null where nobody looked")


class WallDays(serializers.Serializer[Any]):
    x = serializers.ListField(child=serializers.IntegerField(), help_text="starts of the local days, in seconds")
    first = serializers.DateField()
    reported = _line()
    closed = _line()
    escalated = _line()


class WallTrends(serializers.Serializer[Any]):
    day = WallHours()
    month = WallDays()


class WallHot(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    open = serializers.IntegerField()
    late = serializers.IntegerField()
    new = serializers.IntegerField(help_text="reported within the last hour")
    percent = serializers.IntegerField(help_text="open orders over what the people of the grid usually bear")
    capacity = serializers.IntegerField()
    wait = serializers.CharField(help_text="how long the oldest of them has been open, in words")


class WallDivision(serializers.Serializer[Any]):
    name = serializers.CharField()
    code = serializers.CharField()
    open = serializers.IntegerField()
    late = serializers.IntegerField()
    above = serializers.IntegerField(help_text="of the open ones, at the district")


class WallPerson(serializers.Serializer[Any]):
    key = serializers.CharField()
    name = serializers.CharField()
    unit = serializers.CharField()
    role = serializers.CharField()
    until = serializers.CharField(help_text="hours and minutes")
    present = serializers.BooleanField()


class WallDuty(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    present = serializers.IntegerField()
    units = serializers.IntegerField()
    people = WallPerson(many=True)


class WallPlaceOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    level = serializers.ChoiceField(choices=["district", "street"])


class WallOut(serializers.Serializer[Any]):
    """``at``: the clock of the database. ``sequence``: from where the event stream goes on."""

    at = serializers.DateTimeField()
    sequence = serializers.IntegerField()
    place = WallPlaceOut()
    measures = WallMeasure(many=True)
    splits = WallSplit(many=True)
    trends = WallTrends()
    places = WallDivision(many=True)
    standing = serializers.IntegerField(help_text="open orders")
    late = serializers.IntegerField()
    soon = serializers.IntegerField(help_text="due within the hour")
    pressing = WallPressing(many=True)
    feed = WallEntry(many=True)
    hot = WallHot(many=True)
    duty = WallDuty()


class WallQuery(serializers.Serializer[Any]):
    after = serializers.IntegerField(min_value=0, default=0, help_text="number of the last news heard of on the stream")
    street = serializers.CharField(max_length=12, required=False, help_text="code; the widest place by default")


class Wall(ApiView):
    action_permissions: ClassVar = {"get": VIEW}

    @extend_schema(operation_id="wall", parameters=[WallQuery], responses=WallOut)
    def get(self, request: Request) -> Response:
        """The figures, lists and trends of the wall of a place, at most two seconds old.

        Answers 304 to the `ETag` of what is still so; `X-Snapshot-At` then says when that was seen,
        `X-Snapshot-Sequence` up to which news.
        """
        query = WallQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        place = wall_place(self.actor, query.validated_data.get("street", ""))
        shown = wall_snapshot(place, query.validated_data["after"])
        tag = f'"{shown.etag}"'
        known = {each.removeprefix("W/") for each in parse_etags(request.headers.get("If-None-Match", ""))}
        answer = Response(status=304) if tag in known else Response(shown.body)
        answer["ETag"], answer["Cache-Control"] = tag, "private, no-cache"
        answer["X-Snapshot-At"], answer["X-Snapshot-Sequence"] = shown.at, str(shown.sequence)
        answer["Vary"] = "Authorization, Cookie"
        return answer
