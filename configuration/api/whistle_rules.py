"""Which residents' reports summon the grid worker by themselves, over HTTP."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import BY_SERVICE, ApiView
from accounts.api.idempotency import Answer, idempotency
from configuration.permissions import works_at_centre
from dispatch.models import WhistleRule
from dispatch.services.whistles import set_whistle_rules
from lianqin.kernel.errors import NotAllowed


class WhistleRules(serializers.Serializer[Any]):
    """``minutes`` to arrive by the code of the category; a category that is not named does not whistle."""

    minutes = serializers.DictField(child=serializers.IntegerField())


class SetupWhistleRules(ApiView):
    action_permissions: ClassVar = {"get": BY_SERVICE, "put": BY_SERVICE}

    @extend_schema(responses=WhistleRules)
    def get(self, request: Request) -> Response:
        """The rules in force."""
        if not works_at_centre(self.actor):
            raise NotAllowed
        return Response({"minutes": dict(WhistleRule.objects.values_list("category__code", "minutes"))})

    @extend_schema(request=WhistleRules, responses=WhistleRules)
    def put(self, request: Request) -> Answer:
        """Replace them all."""
        with idempotency(request) as memory:
            if memory.replay is not None:
                return memory.replay
            asked = WhistleRules(data=request.data)
            asked.is_valid(raise_exception=True)
            set_whistle_rules(minutes=asked.validated_data["minutes"], by=self.actor)
            return memory.keep(Response(asked.data))
