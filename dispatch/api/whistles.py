"""Whistles and arrivals through the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import AUTHENTICATED, BY_SERVICE, ApiView
from accounts.api.idempotency import Answer, idempotency
from dispatch.api import whistle_serializers as shapes
from dispatch.models import Summons, Whistle
from dispatch.selectors import whistles as selectors
from dispatch.services import whistles as services
from lianqin.kernel import clock

MOST = 100


class _View(ApiView):
    def once(
        self,
        request: Request,
        shape: type[serializers.Serializer[Any]] | None,
        do: Callable[[dict[str, Any]], Whistle | Summons],
        status: int = 200,
    ) -> Answer:
        """Do it once per key; answer with the whistle."""
        with idempotency(request) as memory:
            if memory.replay is not None:
                return memory.replay
            asked: dict[str, Any] = {}
            if shape is not None:
                query = shape(data=request.data)
                query.is_valid(raise_exception=True)
                asked = dict(query.validated_data)
            done = do(asked)
            pk = done.whistle_id if isinstance(done, Summons) else done.pk
            told = shapes.WhistleOut(selectors.whistle_for(self.actor, pk)).data
            return memory.keep(Response(told, status=status))


class Whistles(_View):
    action_permissions: ClassVar = {"get": AUTHENTICATED, "post": BY_SERVICE}

    @extend_schema(
        operation_id="whistles_list",
        parameters=[OpenApiParameter(name) for name in ("state", "kind", "q")],
        responses=shapes.WhistlePage,
    )
    def get(self, request: Request) -> Response:
        """The newest hundred that concern the caller. ``state``: a state, ``mine``, ``open`` or ``leader``."""
        found = selectors.narrowed(self.actor, request.query_params)
        rows = list(found[:MOST])
        return Response(shapes.WhistlePage({"count": found.count(), "results": rows}).data)

    @extend_schema(operation_id="whistles_raise", request=shapes.WhistleIn, responses={201: shapes.WhistleOut})
    def post(self, request: Request) -> Answer:
        """Call units and people to a place by a time."""

        def do(asked: dict[str, Any]) -> Whistle:
            place = asked.pop("place") or {}
            return services.raise_whistle(
                order_number=asked.pop("order"), due_at=asked.pop("by"), by=self.actor, **place, **asked
            )

        return self.once(request, shapes.WhistleIn, do, 201)


class OneWhistle(_View):
    action_permissions: ClassVar = {"get": AUTHENTICATED}

    @extend_schema(operation_id="whistle", responses=shapes.WhistleOut)
    def get(self, request: Request, pk: int) -> Response:
        return Response(shapes.WhistleOut(selectors.whistle_for(self.actor, pk)).data)


class WhistleSettle(_View):
    action_permissions: ClassVar = {"post": BY_SERVICE}

    @extend_schema(request=shapes.SettleIn, responses=shapes.WhistleOut)
    def post(self, request: Request, pk: int) -> Answer:
        """End it, solved or not, with what came of it."""
        return self.once(
            request, shapes.SettleIn, lambda asked: services.settle_whistle(whistle_id=pk, by=self.actor, **asked)
        )


class WhistleRaiseUp(_View):
    action_permissions: ClassVar = {"post": BY_SERVICE}

    @extend_schema(request=shapes.WhistleReasonIn, responses={201: shapes.WhistleOut})
    def post(self, request: Request, pk: int) -> Answer:
        """Ask for a leader of the district on site; the answer is the new whistle."""
        return self.once(
            request, shapes.WhistleReasonIn, lambda asked: services.raise_up(whistle_id=pk, by=self.actor, **asked), 201
        )


class WhistleLeader(_View):
    action_permissions: ClassVar = {"post": BY_SERVICE}

    @extend_schema(request=shapes.LeaderIn, responses=shapes.WhistleOut)
    def post(self, request: Request, pk: int) -> Answer:
        """Name the leader who goes there. For the command centre."""

        def do(asked: dict[str, Any]) -> Whistle:
            return services.send_leader(whistle_id=pk, user_id=asked["leader"], due_at=asked["by"], by=self.actor)

        return self.once(request, shapes.LeaderIn, do)


class WhistleCancel(_View):
    action_permissions: ClassVar = {"post": BY_SERVICE}

    @extend_schema(request=shapes.WhistleReasonIn, responses=shapes.WhistleOut)
    def post(self, request: Request, pk: int) -> Answer:
        """Take it back."""
        return self.once(
            request,
            shapes.WhistleReasonIn,
            lambda asked: services.cancel_whistle(whistle_id=pk, by=self.actor, **asked),
        )


class SummonsAcknowledge(_View):
    action_permissions: ClassVar = {"post": BY_SERVICE}

    @extend_schema(request=shapes.SummonsAcknowledgeIn, responses=shapes.WhistleOut)
    def post(self, request: Request, pk: int) -> Answer:
        """Say that one comes, and in how many minutes."""
        return self.once(
            request,
            shapes.SummonsAcknowledgeIn,
            lambda asked: services.acknowledge_summons(summons_id=pk, by=self.actor, **asked),
        )


class SummonsArrive(_View):
    action_permissions: ClassVar = {"post": BY_SERVICE}

    @extend_schema(request=shapes.ArriveIn, responses=shapes.WhistleOut)
    def post(self, request: Request, pk: int) -> Answer:
        """Prove by the position that one is there; 409 ``too_far`` with ``distance_m`` and ``reach_m``."""
        return self.once(request, shapes.ArriveIn, lambda asked: services.arrive(summons_id=pk, by=self.actor, **asked))


class SummonsConfirm(_View):
    action_permissions: ClassVar = {"post": BY_SERVICE}

    @extend_schema(request=shapes.ConfirmIn, responses=shapes.WhistleOut)
    def post(self, request: Request, pk: int) -> Answer:
        """Confirm on site who came. For whoever whistled."""
        return self.once(
            request, shapes.ConfirmIn, lambda asked: services.confirm_arrival(summons_id=pk, by=self.actor, **asked)
        )


class SummonsLeave(_View):
    action_permissions: ClassVar = {"post": BY_SERVICE}

    @extend_schema(request=None, responses=shapes.WhistleOut)
    def post(self, request: Request, pk: int) -> Answer:
        """Note that one has left the place."""
        return self.once(request, None, lambda asked: services.leave_place(summons_id=pk, by=self.actor))


class SummonsExcuse(_View):
    action_permissions: ClassVar = {"post": BY_SERVICE}

    @extend_schema(request=shapes.ExcuseIn, responses=shapes.WhistleOut)
    def post(self, request: Request, pk: int) -> Answer:
        """Say why one did not come."""
        return self.once(
            request, shapes.ExcuseIn, lambda asked: services.excuse_no_show(summons_id=pk, by=self.actor, **asked)
        )


class SummonsAcceptExcuse(_View):
    action_permissions: ClassVar = {"post": BY_SERVICE}

    @extend_schema(request=None, responses=shapes.WhistleOut)
    def post(self, request: Request, pk: int) -> Answer:
        """Accept why somebody did not come; it no longer counts against the unit."""
        return self.once(request, None, lambda asked: services.accept_excuse(summons_id=pk, by=self.actor))


class WhistleArrivals(_View):
    action_permissions: ClassVar = {"get": AUTHENTICATED}

    @extend_schema(operation_id="whistle_arrivals", responses=shapes.ArrivalsOut(many=True))
    def get(self, request: Request) -> Response:
        """How units came in thirty days, by name: no ranking, no people."""
        return Response(shapes.ArrivalsOut(selectors.arrivals(self.actor, clock.now()), many=True).data)
