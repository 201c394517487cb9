"""Announcements through the API."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import AUTHENTICATED, BY_SERVICE, ApiView
from accounts.api.idempotency import Answer, idempotency
from dispatch.models import Announcement
from dispatch.selectors import announcements as selectors
from dispatch.services import announcements as services
from grids.models import Role

MOST = 100


class AnnouncementIn(serializers.Serializer[Any]):
    """``street``: a code, or "" for the whole district; without ``roles`` and ``units`` everybody there."""

    title = serializers.CharField(max_length=80)
    body = serializers.CharField(max_length=services.LONGEST)
    street = serializers.CharField(max_length=12, allow_blank=True, default="")
    roles = serializers.ListField(child=serializers.ChoiceField(choices=Role.choices), default=list)
    units = serializers.ListField(child=serializers.CharField(max_length=40), default=list, max_length=500)
    must_read = serializers.BooleanField(default=False)
    read_by = serializers.DateTimeField(allow_null=True, default=None)
    expires_at = serializers.DateTimeField(allow_null=True, default=None)


class AnnouncementOut(serializers.ModelSerializer[Announcement]):
    issuer = serializers.CharField(source="issuer.name", read_only=True)
    street = serializers.CharField(source="street.code", default=None, read_only=True)
    is_read = serializers.BooleanField(default=None, allow_null=True, read_only=True)
    is_confirmed = serializers.BooleanField(default=None, allow_null=True, read_only=True)

    class Meta:
        model = Announcement
        fields = (
            "id", "title", "body", "issuer", "street", "roles", "must_read", "read_by", "expires_at", "state",
            "published_at", "withdrawn_at", "reason", "is_read", "is_confirmed",
        )  # fmt: skip


class AnnouncementWithdrawIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=200)


class RemindedOut(serializers.Serializer[Any]):
    reminded = serializers.IntegerField()


class UnitLineOut(serializers.Serializer[Any]):
    unit = serializers.CharField()
    read = serializers.IntegerField()
    total = serializers.IntegerField()


class ReadersOut(serializers.Serializer[Any]):
    read = serializers.IntegerField()
    total = serializers.IntegerField()
    units = UnitLineOut(many=True)


class Announcements(ApiView):
    action_permissions: ClassVar = {"get": AUTHENTICATED, "post": BY_SERVICE}

    @extend_schema(responses=AnnouncementOut(many=True))
    def get(self, request: Request) -> Response:
        """The newest hundred that concern the caller."""
        return Response(AnnouncementOut(selectors.announcements_for(self.actor)[:MOST], many=True).data)

    @extend_schema(request=AnnouncementIn, responses={201: AnnouncementOut})
    def post(self, request: Request) -> Answer:
        """Write a draft."""
        with idempotency(request) as memory:
            if memory.replay is not None:
                return memory.replay
            asked = AnnouncementIn(data=request.data)
            asked.is_valid(raise_exception=True)
            row = services.save_announcement(pk=None, data=dict(asked.validated_data), by=self.actor)
            return memory.keep(Response(AnnouncementOut(row).data, status=201))


class OneAnnouncement(ApiView):
    action_permissions: ClassVar = {"get": AUTHENTICATED, "put": BY_SERVICE, "delete": BY_SERVICE}

    @extend_schema(responses=AnnouncementOut)
    def get(self, request: Request, pk: int) -> Response:
        """One; that it was opened is not noted here, ``confirm`` does."""
        return Response(AnnouncementOut(selectors.announcement_for(self.actor, pk)).data)

    @extend_schema(request=AnnouncementIn, responses=AnnouncementOut)
    def put(self, request: Request, pk: int) -> Answer:
        """Change a draft."""
        with idempotency(request) as memory:
            if memory.replay is not None:
                return memory.replay
            asked = AnnouncementIn(data=request.data)
            asked.is_valid(raise_exception=True)
            row = services.save_announcement(pk=pk, data=dict(asked.validated_data), by=self.actor)
            return memory.keep(Response(AnnouncementOut(row).data))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: int) -> Answer:
        """Delete a draft."""
        with idempotency(request) as memory:
            if memory.replay is not None:
                return memory.replay
            services.drop_announcement(pk=pk, by=self.actor)
            return memory.keep(Response(status=204))


class AnnouncementPublish(ApiView):
    action_permissions: ClassVar = {"post": BY_SERVICE}

    @extend_schema(request=None, responses=AnnouncementOut)
    def post(self, request: Request, pk: int) -> Answer:
        """Let everybody addressed see it."""
        with idempotency(request) as memory:
            if memory.replay is not None:
                return memory.replay
            return memory.keep(Response(AnnouncementOut(services.publish_announcement(pk=pk, by=self.actor)).data))


class AnnouncementWithdraw(ApiView):
    action_permissions: ClassVar = {"post": BY_SERVICE}

    @extend_schema(request=AnnouncementWithdrawIn, responses=AnnouncementOut)
    def post(self, request: Request, pk: int) -> Answer:
        """Take it back, with a reason."""
        with idempotency(request) as memory:
            if memory.replay is not None:
                return memory.replay
            asked = AnnouncementWithdrawIn(data=request.data)
            asked.is_valid(raise_exception=True)
            row = services.withdraw_announcement(pk=pk, reason=asked.validated_data["reason"], by=self.actor)
            return memory.keep(Response(AnnouncementOut(row).data))


class AnnouncementConfirm(ApiView):
    action_permissions: ClassVar = {"post": BY_SERVICE}

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, pk: int) -> Answer:
        """Confirm that it was read."""
        with idempotency(request) as memory:
            if memory.replay is not None:
                return memory.replay
            services.confirm_announcement(pk=pk, by=self.actor)
            return memory.keep(Response(status=204))


class AnnouncementRemind(ApiView):
    action_permissions: ClassVar = {"post": BY_SERVICE}

    @extend_schema(request=None, responses=RemindedOut)
    def post(self, request: Request, pk: int) -> Answer:
        """Tell those who have not read it once more."""
        with idempotency(request) as memory:
            if memory.replay is not None:
                return memory.replay
            return memory.keep(Response({"reminded": services.remind_unread(pk=pk, by=self.actor)}))


class AnnouncementReaders(ApiView):
    action_permissions: ClassVar = {"get": AUTHENTICATED}

    @extend_schema(responses=ReadersOut)
    def get(self, request: Request, pk: int) -> Response:
        """How many have read it, by unit. For the centre that wrote it."""
        row = selectors.own_announcement(self.actor, pk)
        return Response(ReadersOut(selectors.readers_of(row)).data)
