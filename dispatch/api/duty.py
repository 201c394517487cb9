"""What happens on duty over HTTP: swaps, leave, hand-overs and positions."""

from __future__ import annotations

from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import AUTHENTICATED, BY_SERVICE, ApiView
from accounts.api.idempotency import Answer, idempotency, idempotent
from accounts.models import User
from dispatch import services
from dispatch.api import roster_shapes as shapes
from dispatch.api.rosters import asked
from dispatch.errors import NotVisible
from dispatch.models import Handover, Swap, Watch
from dispatch.rules.rosters import Span
from dispatch.selectors.duty import roster_units, swaps_for
from dispatch.selectors.handovers import handovers_of
from lianqin.kernel.actors import Actor


class Positions(ApiView):
    action_permissions: ClassVar = {"post": BY_SERVICE, "delete": AUTHENTICATED}

    @extend_schema(request=shapes.PositionIn, responses=shapes.PositionOut)
    def post(self, request: Request) -> Response:
        """Say where one is, on duty only (403 otherwise) and once in 20 seconds (429). Only the latest is kept."""
        told = asked(shapes.PositionIn, request.data)
        return Response(shapes.PositionOut(services.report_position(**told, by=self.actor)).data)

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request) -> Response:
        """Have it forgotten at once."""
        services.stop_position(by=self.actor)
        return Response(status=status.HTTP_204_NO_CONTENT)


class Swaps(ApiView):
    action_permissions: ClassVar = {"get": AUTHENTICATED, "post": BY_SERVICE}

    @extend_schema(parameters=[shapes.SwapQuery], responses=shapes.SwapPage)
    def get(self, request: Request) -> Response:
        """Swaps that the caller asked for, is asked for, or may decide; newest first."""
        query = asked(shapes.SwapQuery, request.query_params)
        found = swaps_for(self.actor)
        if "state" in query:
            found = found.filter(state=query["state"])
        first, limit = query["offset"], query["limit"]
        rows = list(found[first : first + limit + 1])
        page = {"next": first + limit if len(rows) > limit else None, "results": rows[:limit]}
        return Response(shapes.SwapPage(page).data)

    @extend_schema(request=shapes.SwapIn, responses={201: shapes.SwapOut})
    @idempotent
    def post(self, request: Request) -> Response:
        """Ask somebody to take a shift, for one of theirs or for none."""
        told = asked(shapes.SwapIn, request.data)
        swap = services.ask_swap(
            watch_id=told["watch"], partner_id=told["partner"], partner_watch_id=told["partner_watch"],
            reason=told["reason"], by=self.actor,
        )  # fmt: skip
        return Response(shapes.SwapOut(swap).data, status=status.HTTP_201_CREATED)


def swap_seen(actor: Actor, pk: int) -> None:
    if not swaps_for(actor).filter(pk=pk).exists():
        raise NotVisible


def _shown(swap: Swap) -> Response:
    return Response(shapes.SwapOut(swap).data)


class SwapAnswer(ApiView):
    action_permissions: ClassVar = {"post": BY_SERVICE}

    @extend_schema(request=shapes.AnswerIn, responses=shapes.SwapOut)
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        """The partner consents or does not."""
        swap_seen(self.actor, pk)
        told = asked(shapes.AnswerIn, request.data)
        return _shown(services.answer_swap(swap_id=pk, consents=told["yes"], answer=told["answer"], by=self.actor))


class SwapDecide(ApiView):
    action_permissions: ClassVar = {"post": BY_SERVICE}

    @extend_schema(request=shapes.AnswerIn, responses=shapes.SwapOut)
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        """Who keeps the roster approves or does not; never one of the two."""
        swap_seen(self.actor, pk)
        told = asked(shapes.AnswerIn, request.data)
        return _shown(services.decide_swap(swap_id=pk, approves=told["yes"], answer=told["answer"], by=self.actor))


class SwapWithdraw(ApiView):
    action_permissions: ClassVar = {"post": BY_SERVICE}

    @extend_schema(request=None, responses=shapes.SwapOut)
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        """The asker thinks better of it."""
        swap_seen(self.actor, pk)
        return _shown(services.withdraw_swap(swap_id=pk, by=self.actor))


class Leaves(ApiView):
    action_permissions: ClassVar = {"post": BY_SERVICE}

    @extend_schema(request=shapes.LeaveIn, responses={201: shapes.GoneOut})
    @idempotent
    def post(self, request: Request) -> Response:
        """Register a leave: shifts in it are freed, and free deputies take them."""
        told = asked(shapes.LeaveIn, request.data)
        wanted = told.get("user") or self.actor.user_id or 0
        user = User.objects.filter(pk=wanted, kind="staff").first()
        if user is None:
            raise NotVisible
        gone = services.take_leave(user=user, span=Span(told["starts_at"], told["ends_at"]), by=self.actor)
        return Response(shapes.GoneOut(gone).data, status=status.HTTP_201_CREATED)


class LeaveOne(ApiView):
    action_permissions: ClassVar = {"delete": BY_SERVICE}

    @extend_schema(responses=shapes.LeaveOut)
    def delete(self, request: Request, pk: int) -> Answer:
        """Take a leave back: shifts to come are theirs again."""
        with idempotency(request) as memory:
            if memory.replay is not None:
                return memory.replay
            return memory.keep(Response(shapes.LeaveOut(services.end_leave(leave_id=pk, by=self.actor)).data))


class Handovers(ApiView):
    action_permissions: ClassVar = {"get": AUTHENTICATED}

    @extend_schema(parameters=[shapes.HandoverQuery], responses=shapes.HandoverPage)
    def get(self, request: Request) -> Response:
        """The log of hand-overs of the units one sees, newest first."""
        query = asked(shapes.HandoverQuery, request.query_params)
        units = roster_units(self.actor)
        if "unit" in query:
            units = [unit for unit in units if unit.code == query["unit"]]
        found = handovers_of([unit.pk for unit in units])
        if query["open"] is not None:
            found = found.filter(signed_at__isnull=query["open"])
        first, limit = query["offset"], query["limit"]
        rows = list(found[first : first + limit + 1])
        page = {"next": first + limit if len(rows) > limit else None, "results": rows[:limit]}
        return Response(shapes.HandoverPage(page).data)


def handover_seen(actor: Actor, pk: int) -> None:
    """Of a unit one sees, or of a shift one stands in. Raises NotVisible."""
    found = Handover.objects.filter(pk=pk).first()
    if found is None:
        raise NotVisible
    if found.unit_id in {unit.pk for unit in roster_units(actor)}:
        return
    if not Watch.objects.filter(user_id__in=[actor.user_id or 0], shift__unit_id=found.unit_id).exists():
        raise NotVisible


class HandoverWrite(ApiView):
    action_permissions: ClassVar = {"post": BY_SERVICE}

    @extend_schema(request=shapes.HandoverIn, responses=shapes.HandoverOut)
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        """Write what the next shift must know; the counts are filled in."""
        handover_seen(self.actor, pk)
        told = asked(shapes.HandoverIn, request.data)
        return Response(shapes.HandoverOut(services.write_handover(handover_id=pk, **told, by=self.actor)).data)


class HandoverSign(ApiView):
    action_permissions: ClassVar = {"post": BY_SERVICE}

    @extend_schema(request=shapes.HandoverSignIn, responses=shapes.HandoverOut)
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        """Take over; from then on nobody changes it."""
        handover_seen(self.actor, pk)
        told = asked(shapes.HandoverSignIn, request.data)
        return Response(shapes.HandoverOut(services.sign_handover(handover_id=pk, **told, by=self.actor)).data)
