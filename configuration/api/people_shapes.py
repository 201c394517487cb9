"""Shapes of people, posts, lists of posts, passwords."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.models import PasswordRequest, User
from accounts.rules import masked_phone
from grids.models import AppointmentLine, AppointmentList, Membership, Post, Role, Standing
from grids.selectors.directory import STATES


class PeopleQuery(serializers.Serializer[dict[str, Any]]):
    q = serializers.CharField(default="", max_length=60, allow_blank=True)
    street = serializers.CharField(default="", max_length=12, allow_blank=True)
    unit = serializers.CharField(default="", max_length=40, allow_blank=True)
    role = serializers.ChoiceField(choices=Role.choices, default="", allow_blank=True)
    post = serializers.ChoiceField(choices=Post.choices, default="", allow_blank=True)
    state = serializers.ChoiceField(choices=STATES, default="", allow_blank=True)
    page = serializers.IntegerField(default=1, min_value=1, max_value=10_000)


class MembershipOut(serializers.ModelSerializer[Membership]):
    user = serializers.CharField(source="user.username")
    unit = serializers.CharField(source="unit.code", default=None)
    grid = serializers.CharField(source="grid.code", default=None)

    class Meta:
        model = Membership
        fields = (
            "id", "user", "role", "post", "unit", "grid", "standing", "deputy_of", "title", "note", "starts_on",
            "ends_on",
        )  # fmt: skip


class AccountOut(serializers.ModelSerializer[User]):
    phone = serializers.SerializerMethodField()

    class Meta:
        model = User
        fields = ("username", "full_name", "phone", "is_active", "one_time_until", "last_login")

    def get_phone(self, user: User) -> str:
        return masked_phone(user.phone)


class StaffOut(AccountOut):
    posts = MembershipOut(source="held", many=True)

    class Meta(AccountOut.Meta):
        fields = (*AccountOut.Meta.fields, "posts")  # type: ignore[assignment]


class StaffPage(serializers.Serializer[dict[str, Any]]):
    count = serializers.IntegerField()
    results = StaffOut(many=True)


class AccountBody(serializers.Serializer[dict[str, Any]]):
    full_name = serializers.CharField(max_length=60)
    username = serializers.CharField(max_length=40, default="", allow_blank=True)
    phone = serializers.CharField(max_length=20, default="", allow_blank=True)


class AccountChange(serializers.Serializer[dict[str, Any]]):
    full_name = serializers.CharField(max_length=60)
    phone = serializers.CharField(max_length=20, allow_blank=True)


class PasswordsBody(serializers.Serializer[dict[str, Any]]):
    usernames = serializers.ListField(child=serializers.CharField(max_length=150), min_length=1, max_length=3000)


class PasswordRequestBody(serializers.Serializer[dict[str, Any]]):
    username = serializers.CharField(max_length=150)
    reason = serializers.CharField(max_length=200)


class PasswordRequestOut(serializers.ModelSerializer[PasswordRequest]):
    user = serializers.CharField(source="user.username")
    asked_by = serializers.CharField(source="asked_by.username")

    class Meta:
        model = PasswordRequest
        fields = ("user", "asked_by", "reason", "until")


class SlipOut(serializers.Serializer[Any]):
    username = serializers.CharField()
    full_name = serializers.CharField()
    password = serializers.CharField()
    until = serializers.DateTimeField()


class LeaveBody(serializers.Serializer[dict[str, Any]]):
    leaves_on = serializers.DateField(required=False)
    reason = serializers.CharField(max_length=200, default="", allow_blank=True)
    successor = serializers.CharField(max_length=150, default="", allow_blank=True)


class DepartureOut(serializers.Serializer[dict[str, Any]]):
    leaves_on = serializers.DateField()
    closed = serializers.BooleanField()
    handed_over = serializers.IntegerField()
    kept = serializers.IntegerField()


class StaffingOut(serializers.Serializer[Any]):
    kind = serializers.CharField()
    title = serializers.CharField()
    tone = serializers.CharField()
    name = serializers.CharField()
    street = serializers.CharField()
    says = serializers.CharField()
    grid = serializers.CharField()
    unit = serializers.CharField()
    user_id = serializers.IntegerField(allow_null=True)


class LineBody(serializers.Serializer[dict[str, Any]]):
    """People by user name, places by code. ``standing`` makes it the deputy of who holds the post there."""

    user = serializers.CharField(max_length=150)
    role = serializers.ChoiceField(choices=Role.choices)
    unit = serializers.CharField(max_length=40, default="", allow_blank=True)
    grid = serializers.CharField(max_length=15, default="", allow_blank=True)
    post = serializers.ChoiceField(choices=Post.choices, default="", allow_blank=True)
    standing = serializers.ChoiceField(choices=Standing.choices, default="", allow_blank=True)
    title = serializers.CharField(max_length=60, default="", allow_blank=True)
    starts_on = serializers.DateField(required=False)


class PostBody(LineBody):
    ends_on = serializers.DateField(required=False)
    note = serializers.CharField(max_length=200, default="", allow_blank=True)


class EndBody(serializers.Serializer[dict[str, Any]]):
    ends_on = serializers.DateField(required=False)


class DeputyBody(serializers.Serializer[dict[str, Any]]):
    deputy_of = serializers.IntegerField(default=None, allow_null=True)
    standing = serializers.ChoiceField(choices=Standing.choices, default="", allow_blank=True)


class ListBody(serializers.Serializer[dict[str, Any]]):
    title = serializers.CharField(max_length=80)
    lines = serializers.ListField(child=LineBody(), min_length=1, max_length=5000)
    submit = serializers.BooleanField(default=False)


class LineOut(serializers.ModelSerializer[AppointmentLine]):
    user = serializers.CharField(source="user.username")
    unit = serializers.CharField(source="unit.code", default=None)
    grid = serializers.CharField(source="grid.code", default=None)

    class Meta:
        model = AppointmentLine
        fields = (
            "id",
            "user",
            "role",
            "post",
            "unit",
            "grid",
            "standing",
            "title",
            "starts_on",
            "state",
            "reason",
            "membership",
        )


class ListOut(serializers.ModelSerializer[AppointmentList]):
    drafted_by = serializers.CharField(source="drafted_by.username", default=None)
    decided_by = serializers.CharField(source="decided_by.username", default=None)
    lines = LineOut(many=True)

    class Meta:
        model = AppointmentList
        fields = (
            "id",
            "title",
            "state",
            "drafted_by",
            "drafted_at",
            "submitted_at",
            "decided_by",
            "decided_at",
            "opinion",
            "lines",
        )


class TakeBody(serializers.Serializer[dict[str, Any]]):
    seen = serializers.DateTimeField(help_text="submitted_at of the list that was read")
    lines = serializers.ListField(child=serializers.IntegerField(), required=False, min_length=1)


class RefuseBody(TakeBody):
    reason = serializers.CharField(max_length=200)
