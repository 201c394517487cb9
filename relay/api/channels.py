"""Channels and messages for programs. A secret can be sent, never fetched."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import AUTHENTICATED, BY_SERVICE, ApiView
from accounts.api.idempotency import Answer, idempotency
from lianqin.kernel import clock
from relay import services
from relay.errors import NotAllowed, NotVisible
from relay.models import Channel, ChannelKind, MessageState, OutgoingMessage
from relay.permissions import reads_messages
from relay.selectors.channels import (
    Health,
    channel_health,
    health_of,
    masked_recipients,
    messages_for,
    narrowed_messages,
    searched_stretch,
)


class ChannelIn(serializers.Serializer[Any]):
    """``options`` by kind, as the page of channels explains them; ``owner`` like ``u:12`` or ``d:1``."""

    name = serializers.CharField(max_length=40)
    address = serializers.CharField(max_length=300, allow_blank=True, default="")
    owner = serializers.RegexField(r"^([ud]:\d{1,12})?$", allow_blank=True, default="")
    rate_per_minute = serializers.IntegerField(min_value=1, max_value=600, default=20)
    options = serializers.DictField(default=dict)
    active = serializers.BooleanField(default=False)


class SecretsIn(serializers.Serializer[Any]):
    secrets = serializers.DictField(child=serializers.CharField(max_length=300), write_only=True)


class NewChannelIn(ChannelIn):
    kind = serializers.ChoiceField(choices=ChannelKind.choices)
    secrets = serializers.DictField(child=serializers.CharField(max_length=300), write_only=True, default=dict)


class ChannelOut(serializers.ModelSerializer[Channel]):
    health = serializers.SerializerMethodField()

    class Meta:
        model = Channel
        fields = (
            "id", "kind", "name", "address", "owner", "rate_per_minute", "options", "active", "health", "failures",
            "resumes_at", "sent_at", "failed_at", "last_error",
        )  # fmt: skip

    def get_health(self, channel: Channel) -> str:
        return health_of(channel, clock.now())


class ChannelHealthOut(serializers.Serializer[Any]):
    """Figures of the last 24 hours; ``state``: off, idle, ok, shaky or broken."""

    id = serializers.IntegerField(source="channel.pk")
    name = serializers.CharField(source="channel.name")
    kind = serializers.CharField(source="channel.kind")
    state = serializers.CharField()
    waiting = serializers.IntegerField()
    sent = serializers.IntegerField()
    dead = serializers.IntegerField()


class OutgoingMessageOut(serializers.ModelSerializer[OutgoingMessage]):
    channel_name = serializers.CharField(source="channel.name")
    recipient = serializers.SerializerMethodField(help_text="masked")

    class Meta:
        model = OutgoingMessage
        fields = (
            "id", "channel", "channel_name", "recipient", "template", "subject", "text", "url", "is_urgent", "key",
            "state",
            "attempts", "next_at", "created_at", "sent_at", "response_code", "response_excerpt", "reason",
        )  # fmt: skip

    def get_recipient(self, message: OutgoingMessage) -> str:
        masked: dict[int, str] = self.context["masked"]
        return masked.get(message.pk, "")


class MessageQuery(serializers.Serializer[Any]):
    q = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")
    state = serializers.ChoiceField(choices=MessageState.choices, required=False)
    channel = serializers.IntegerField(min_value=1, required=False)
    days = serializers.IntegerField(min_value=1, max_value=3650, required=False)
    before = serializers.IntegerField(min_value=1, required=False)
    limit = serializers.IntegerField(min_value=1, max_value=100, default=20)


class MessagePage(serializers.Serializer[Any]):
    """``next`` is the ``before`` of the following page, or null."""

    next = serializers.IntegerField(allow_null=True)
    results = OutgoingMessageOut(many=True)


class ResendIn(serializers.Serializer[Any]):
    subject = serializers.CharField(max_length=80, required=False, allow_blank=True, default="")
    text = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
    reason = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class DiscardIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=200, allow_blank=True)


def _read(kind: type[serializers.Serializer[Any]], data: Any, *, partial: bool = False) -> dict[str, Any]:
    told = kind(data=data, partial=partial)
    told.is_valid(raise_exception=True)
    return dict(told.validated_data)


def _message(message: OutgoingMessage) -> dict[str, Any]:
    masked = masked_recipients([message])
    return dict(OutgoingMessageOut(message, context={"masked": masked}).data)


class Channels(ApiView):
    action_permissions: ClassVar = {"get": AUTHENTICATED, "post": BY_SERVICE}

    @extend_schema(operation_id="channels_list", responses=ChannelHealthOut(many=True))
    def get(self, request: Request) -> Response:
        """How the channels do. For the system administrator and the duty officers of the district."""
        if not reads_messages(self.actor):
            raise NotAllowed
        found: list[Health] = channel_health(self.actor, clock.now())
        return Response(ChannelHealthOut(found, many=True).data)

    @extend_schema(request=NewChannelIn, responses={201: ChannelOut})
    def post(self, request: Request) -> Answer:
        """Register a channel. For the system administrator."""
        with idempotency(request) as memory:
            if memory.replay is not None:
                return memory.replay
            data = _read(NewChannelIn, request.data)
            secrets = data.pop("secrets")
            made = services.create_channel(data=data, secrets=secrets, by=self.actor)
            return memory.keep(Response(ChannelOut(made).data, status=status.HTTP_201_CREATED))


class OneChannel(ApiView):
    action_permissions: ClassVar = {"patch": BY_SERVICE}

    @extend_schema(request=ChannelIn, responses=ChannelOut)
    def patch(self, request: Request, pk: int) -> Response:
        """Change what is not secret, and try a broken channel at once."""
        data = {
            name: value for name, value in _read(ChannelIn, request.data, partial=True).items() if name in request.data
        }
        return Response(ChannelOut(services.change_channel(channel_id=pk, data=data, by=self.actor)).data)


class ChannelSecrets(ApiView):
    action_permissions: ClassVar = {"put": BY_SERVICE}

    @extend_schema(request=SecretsIn, responses=ChannelOut)
    def put(self, request: Request, pk: int) -> Response:
        """Put new secrets in the place of all old ones."""
        secrets = _read(SecretsIn, request.data)["secrets"]
        return Response(ChannelOut(services.rotate_secret(channel_id=pk, secrets=secrets, by=self.actor)).data)


class ChannelTests(ApiView):
    action_permissions: ClassVar = {"post": BY_SERVICE}

    @extend_schema(request=None, responses={201: OutgoingMessageOut})
    def post(self, request: Request, pk: int) -> Answer:
        """Queue a test message."""
        with idempotency(request) as memory:
            if memory.replay is not None:
                return memory.replay
            made = services.send_test(channel_id=pk, by=self.actor)
            return memory.keep(Response(_message(made), status=status.HTTP_201_CREATED))


class Messages(ApiView):
    action_permissions: ClassVar = {"get": AUTHENTICATED}
    may_lag = True

    @extend_schema(operation_id="messages_list", parameters=[MessageQuery], responses=MessagePage)
    def get(self, request: Request) -> Response:
        """What was sent and what was not, newest first.

        A search by ``q`` reads 20,000 messages at a time: a page may be empty and still have a ``next``.
        """
        if not reads_messages(self.actor):
            raise NotAllowed
        asked = _read(MessageQuery, request.query_params)
        since = clock.now() - dt.timedelta(days=asked["days"]) if "days" in asked else None
        found = narrowed_messages(
            messages_for(self.actor), state=asked.get("state", ""), channel=str(asked.get("channel", "")), since=since
        )
        before, older = asked.get("before"), None
        if asked["q"]:
            found, older = searched_stretch(found, before=before)
            found = narrowed_messages(found, q=asked["q"])
        elif before is not None:
            found = found.filter(pk__lt=before)
        rows = list(found[: asked["limit"] + 1])
        shown = rows[: asked["limit"]]
        page = {"next": shown[-1].pk if len(rows) > len(shown) else older, "results": shown}
        return Response(MessagePage(page, context={"masked": masked_recipients(shown)}).data)


class MessageResend(ApiView):
    action_permissions: ClassVar = {"post": BY_SERVICE}

    @extend_schema(request=ResendIn, responses=OutgoingMessageOut)
    def post(self, request: Request, pk: int) -> Answer:
        """Try a dead or discarded message again, with other words if given."""
        if not messages_for(self.actor).filter(pk=pk).exists():
            raise NotVisible
        with idempotency(request) as memory:
            if memory.replay is not None:
                return memory.replay
            asked = _read(ResendIn, request.data)
            return memory.keep(Response(_message(services.resend_message(message_id=pk, by=self.actor, **asked))))


class MessageDiscard(ApiView):
    action_permissions: ClassVar = {"post": BY_SERVICE}

    @extend_schema(request=DiscardIn, responses=OutgoingMessageOut)
    def post(self, request: Request, pk: int) -> Answer:
        """Let a message that did not go never go."""
        if not messages_for(self.actor).filter(pk=pk).exists():
            raise NotVisible
        with idempotency(request) as memory:
            if memory.replay is not None:
                return memory.replay
            reason = _read(DiscardIn, request.data)["reason"]
            return memory.keep(
                Response(_message(services.discard_message(message_id=pk, reason=reason, by=self.actor)))
            )
