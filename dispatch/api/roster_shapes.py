"""The shape of rosters, swaps, hand-overs and positions in the API."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from dispatch.models import DutyPost, Handover, Leave, Position, Shift, Swap, SwapState, Watch
from dispatch.rules.posts import CONFLICTS
from dispatch.services.staffing import shortage


class OnDutyOut(serializers.Serializer[Any]):
    user_id = serializers.IntegerField()
    name = serializers.CharField()
    unit_id = serializers.IntegerField()
    unit_name = serializers.CharField()
    level = serializers.CharField()
    post = serializers.ChoiceField(DutyPost.choices)
    role = serializers.CharField(help_text="the post in words")
    shift_id = serializers.IntegerField()
    shift = serializers.CharField()
    starts_at = serializers.DateTimeField()
    until = serializers.DateTimeField()
    present = serializers.BooleanField(help_text="the shift was taken up, which is voluntary")


class OnDutyList(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    results = OnDutyOut(many=True)


class OnDutyQuery(serializers.Serializer[Any]):
    at = serializers.DateTimeField(required=False)
    unit = serializers.CharField(max_length=40, required=False)


class WatchOut(serializers.ModelSerializer[Watch]):
    shift = serializers.IntegerField(source="shift_id", read_only=True)
    user = serializers.IntegerField(source="user_id", read_only=True)
    name = serializers.CharField(source="user.__str__", read_only=True)
    instead_of = serializers.IntegerField(source="instead_of_id", read_only=True, allow_null=True)

    class Meta:
        model = Watch
        fields = ("id", "shift", "user", "name", "post", "state", "instead_of", "taken_up_at", "left_at")


class ShiftOut(serializers.ModelSerializer[Shift]):
    unit = serializers.CharField(source="unit.code", read_only=True)
    unit_name = serializers.CharField(source="unit.short_name", read_only=True)
    watches = WatchOut(many=True, read_only=True)
    missing = serializers.SerializerMethodField()

    class Meta:
        model = Shift
        fields = (
            "id", "unit", "unit_name", "name", "starts_at", "ends_at", "needed", "published", "published_at", "missing",
            "watches",
        )  # fmt: skip

    def get_missing(self, shift: Shift) -> dict[str, int]:
        return shortage(shift)


class ShiftList(serializers.Serializer[Any]):
    results = ShiftOut(many=True)


class ShiftQuery(serializers.Serializer[Any]):
    """At most 31 days of one unit."""

    unit = serializers.CharField(max_length=40)
    since = serializers.DateField()
    until = serializers.DateField(help_text="the day after the last")


class ShiftIn(serializers.Serializer[Any]):
    unit = serializers.CharField(max_length=40)
    name = serializers.CharField(max_length=20)
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    needed = serializers.DictField(child=serializers.IntegerField(min_value=0, max_value=50))


class DaysIn(serializers.Serializer[Any]):
    unit = serializers.CharField(max_length=40)
    since = serializers.DateField()
    until = serializers.DateField(help_text="the day after the last")


class CopyIn(serializers.Serializer[Any]):
    unit = serializers.CharField(max_length=40)
    monday = serializers.DateField()
    preview = serializers.BooleanField(default=False)


class FillIn(DaysIn):
    preview = serializers.BooleanField(default=False)


class CountOut(serializers.Serializer[Any]):
    count = serializers.IntegerField()


class PlacedOut(serializers.Serializer[Any]):
    shift = serializers.IntegerField(source="shift_id")
    user = serializers.IntegerField(source="user_id")
    post = serializers.ChoiceField(DutyPost.choices)
    conflicts = serializers.ListField(child=serializers.ChoiceField(sorted(CONFLICTS)), source="against")
    possible = serializers.BooleanField()


class PlacedList(serializers.Serializer[Any]):
    preview = serializers.BooleanField()
    results = PlacedOut(many=True)


class AssignIn(serializers.Serializer[Any]):
    user = serializers.IntegerField(min_value=1)
    post = serializers.ChoiceField(DutyPost.choices)
    despite_rest = serializers.BooleanField(default=False, help_text="although less than eight hours lie between")


class SwapOut(serializers.ModelSerializer[Swap]):
    asker_name = serializers.CharField(source="asker.__str__", read_only=True)
    partner_name = serializers.CharField(source="partner.__str__", read_only=True)
    unit = serializers.CharField(source="watch.shift.unit.code", read_only=True)
    starts_at = serializers.DateTimeField(source="watch.shift.starts_at", read_only=True)
    partner_starts_at = serializers.DateTimeField(
        source="partner_watch.shift.starts_at", read_only=True, default=None, allow_null=True
    )

    class Meta:
        model = Swap
        fields = (
            "id", "state", "asker", "asker_name", "partner", "partner_name", "unit", "watch", "starts_at",
            "partner_watch", "partner_starts_at", "needs_approval", "reason", "answer", "asked_at", "due_at",
            "consented_at", "decided_by", "ended_at",
        )  # fmt: skip
        read_only_fields = fields


class SwapQuery(serializers.Serializer[Any]):
    state = serializers.ChoiceField(SwapState.choices, required=False)
    limit = serializers.IntegerField(min_value=1, max_value=100, default=50)
    offset = serializers.IntegerField(min_value=0, max_value=100_000, default=0)


class SwapPage(serializers.Serializer[Any]):
    next = serializers.IntegerField(allow_null=True)
    results = SwapOut(many=True)


class SwapIn(serializers.Serializer[Any]):
    watch = serializers.IntegerField(min_value=1)
    partner = serializers.IntegerField(min_value=1)
    partner_watch = serializers.IntegerField(min_value=1, required=False, allow_null=True, default=None)
    reason = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class AnswerIn(serializers.Serializer[Any]):
    yes = serializers.BooleanField()
    answer = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class HandoverOut(serializers.ModelSerializer[Handover]):
    unit = serializers.CharField(source="unit.code", read_only=True)
    written_by = serializers.CharField(default=None, read_only=True, allow_null=True)
    signed_by = serializers.CharField(default=None, read_only=True, allow_null=True)
    facts = serializers.DictField(child=serializers.IntegerField(), read_only=True)

    class Meta:
        model = Handover
        fields = (
            "id", "unit", "shift", "taken_by_shift", "due_at", "important", "pending", "facts", "written_by",
            "written_at", "signed_by", "signed_at", "remark",
        )  # fmt: skip
        read_only_fields = fields


class HandoverQuery(serializers.Serializer[Any]):
    unit = serializers.CharField(max_length=40, required=False)
    open = serializers.BooleanField(required=False, allow_null=True, default=None, help_text="not yet signed")
    limit = serializers.IntegerField(min_value=1, max_value=100, default=20)
    offset = serializers.IntegerField(min_value=0, max_value=100_000, default=0)


class HandoverPage(serializers.Serializer[Any]):
    next = serializers.IntegerField(allow_null=True)
    results = HandoverOut(many=True)


class HandoverIn(serializers.Serializer[Any]):
    important = serializers.CharField(max_length=4000, allow_blank=True, default="")
    pending = serializers.CharField(max_length=4000, allow_blank=True, default="")


class HandoverSignIn(serializers.Serializer[Any]):
    remark = serializers.CharField(max_length=200, allow_blank=True, default="")


class PositionIn(serializers.Serializer[Any]):
    lon = serializers.FloatField(min_value=-180, max_value=180)
    lat = serializers.FloatField(min_value=-90, max_value=90)
    accuracy_m = serializers.FloatField(min_value=0, max_value=100_000, default=0)


class PositionOut(serializers.ModelSerializer[Position]):
    class Meta:
        model = Position
        fields = ("lon", "lat", "accuracy_m", "at", "until")


class LeaveIn(serializers.Serializer[Any]):
    user = serializers.IntegerField(min_value=1, required=False, help_text="oneself without it")
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()


class LeaveOut(serializers.ModelSerializer[Leave]):
    class Meta:
        model = Leave
        fields = ("id", "user", "starts_at", "ends_at", "ended_at")


class GoneOut(serializers.Serializer[Any]):
    leave = LeaveOut()
    freed = serializers.ListField(child=serializers.IntegerField(), help_text="shifts that lost somebody")
    stand_ins = WatchOut(many=True)


class PhoneReasonIn(serializers.Serializer[Any]):
    reason = serializers.CharField(min_length=2, max_length=100)


class PhoneOut(serializers.Serializer[Any]):
    phone = serializers.CharField(allow_blank=True)


class SegmentIn(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=20)
    start_minute = serializers.IntegerField(min_value=0, max_value=1439, help_text="from midnight")
    minutes = serializers.IntegerField(min_value=30, max_value=1440)
    needed = serializers.DictField(child=serializers.IntegerField(min_value=0, max_value=50))


class MemberIn(serializers.Serializer[Any]):
    team = serializers.IntegerField(min_value=0, max_value=7)
    user = serializers.IntegerField(min_value=1)
    post = serializers.ChoiceField(DutyPost.choices)


class RotationIn(serializers.Serializer[Any]):
    starts_on = serializers.DateField()
    pattern = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=20, allow_null=True), min_length=1, max_length=60,
        help_text="what team 0 does day by day: places of segments, null for rest",
    )  # fmt: skip
    teams = serializers.IntegerField(min_value=1, max_value=8)
    members = MemberIn(many=True)


class UnitHoursIn(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=40)
    swap_needs_approval = serializers.BooleanField(default=True)
    segments = SegmentIn(many=True)
    rotation = RotationIn(required=False, allow_null=True, default=None)
