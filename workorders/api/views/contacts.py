"""Contact data in full: with a reason, and never kept in an answer that is repeated."""

from __future__ import annotations

from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import BY_SERVICE
from accounts.selectors import client_ip
from workorders.api.contacts import RevealedOut, RevealIn
from workorders.api.inputs import body_of
from workorders.api.views.base import OrderView
from workorders.services.contacts import reveal_contact


class RevealContact(OrderView):
    action_permissions: ClassVar = {"post": BY_SERVICE}

    @extend_schema(request=RevealIn, responses=RevealedOut)
    def post(self, request: Request, number: str) -> Response:
        """Name and number of who reported. Each call is a line of the audit log, a repeat as well."""
        reason = body_of(request.data).get("reason", "")
        told = reveal_contact(
            number=number, by=self.actor, reason=reason if isinstance(reason, str) else "", ip=client_ip(request)
        )
        return Response(RevealedOut(told).data, headers={"Cache-Control": "no-store"})
