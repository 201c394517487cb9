"""Tickets for the event stream."""

from __future__ import annotations

from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import AUTHENTICATED, ApiView
from lianqin.kernel.actors import PERSON, token
from relay import tickets
from relay.rules import TICKET_SECONDS
from relay.selectors import last_sequence


class StreamTicketSerializer(serializers.Serializer[dict[str, object]]):
    ticket = serializers.CharField()
    expires_in = serializers.IntegerField(help_text="seconds")
    user = serializers.IntegerField(help_text="whose ticket it is: the session may have changed under a page")
    sequence = serializers.IntegerField(help_text="the last number given so far")


class StreamTicketView(ApiView):
    """Issue a ticket for ``GET /events`` with what the caller may see now."""

    action_permissions: ClassVar[dict[str, str]] = {"post": AUTHENTICATED}

    @extend_schema(request=None, responses=StreamTicketSerializer)
    def post(self, request: Request) -> Response:
        user_id = int(request.user.pk or 0)
        # An officer sees no orders, not even those of an earlier life.
        own = set() if self.actor.officer else {token(PERSON, user_id)}
        tokens = self.actor.tokens("view_orders") | own
        body = {
            "ticket": tickets.issue(user_id=user_id, tokens=tokens),
            "expires_in": TICKET_SECONDS,
            "user": user_id,
            "sequence": last_sequence(),
        }
        return Response(StreamTicketSerializer(body).data, headers={"Cache-Control": "no-store"})
