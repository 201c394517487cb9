"""Rosters over HTTP: shifts, who stands in them, and the hours of a unit."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from accounts.api.base import AUTHENTICATED, BY_SERVICE, ApiView
from accounts.api.idempotency import Answer, idempotency, idempotent
from dispatch import services
from dispatch.api import roster_shapes as shapes
from dispatch.errors import NotAllowed, NotVisible
from dispatch.models import Shift, Watch
from dispatch.rules.rosters import Span
from dispatch.selectors import people_on_duty
from dispatch.selectors.duty import roster_units, shifts_of
from dispatch.services.shifts import within
from grids.models import Unit
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import Invalid

LONGEST = dt.timedelta(days=31)


def asked(kind: type[Serializer[Any]], data: Any) -> dict[str, Any]:
    query = kind(data=data)
    query.is_valid(raise_exception=True)
    return dict(query.validated_data)


def unit_seen(actor: Actor, code: str) -> Unit:
    """The unit, if the actor sees its roster. Raises NotVisible."""
    found = next((unit for unit in roster_units(actor) if unit.code == code), None)
    if found is None:
        raise NotVisible
    return found


def require_post(actor: Actor) -> None:
    if not actor.posts:
        raise NotAllowed


def shift_seen(actor: Actor, pk: int) -> Shift:
    found = Shift.objects.select_related("unit").filter(pk=pk).first()
    if found is None or found.unit_id not in {unit.pk for unit in roster_units(actor)}:
        raise NotVisible
    return found


def _shown(pk: int) -> dict[str, Any]:
    shift = Shift.objects.select_related("unit").prefetch_related("watches__user").get(pk=pk)
    return dict(shapes.ShiftOut(shift).data)


class Duty(ApiView):
    action_permissions: ClassVar = {"get": AUTHENTICATED}
    may_lag = True

    @extend_schema(parameters=[shapes.OnDutyQuery], responses=shapes.OnDutyList)
    def get(self, request: Request) -> Response:
        """Who is on duty at both levels, now or at a moment. For whoever holds a post."""
        require_post(self.actor)
        query = asked(shapes.OnDutyQuery, request.query_params)
        at = query.get("at") or clock.now()
        units = None
        if "unit" in query:
            units = list(Unit.objects.filter(code=query["unit"]).values_list("pk", flat=True))
        return Response(shapes.OnDutyList({"at": at, "results": people_on_duty(at=at, unit_ids=units)}).data)


class DutyPhone(ApiView):
    action_permissions: ClassVar = {"post": BY_SERVICE}

    @extend_schema(request=shapes.PhoneReasonIn, responses=shapes.PhoneOut)
    def post(self, request: Request, pk: int) -> Response:
        """The number of somebody on duty within a day, for a reason that is logged. Never remembered."""
        told = asked(shapes.PhoneReasonIn, request.data)
        return Response({"phone": services.reveal_phone(user_id=pk, reason=told["reason"], by=self.actor)})


class Shifts(ApiView):
    action_permissions: ClassVar = {"get": AUTHENTICATED, "post": BY_SERVICE}

    @extend_schema(operation_id="shifts_list", parameters=[shapes.ShiftQuery], responses=shapes.ShiftList)
    def get(self, request: Request) -> Response:
        """Shifts of a unit that begin on these days, with who stands in them."""
        query = asked(shapes.ShiftQuery, request.query_params)
        unit = unit_seen(self.actor, query["unit"])
        if not dt.timedelta(0) < query["until"] - query["since"] <= LONGEST:
            raise Invalid(fields={"until": ["1-31"]})
        days = within(query["since"], query["until"])
        found = shifts_of(unit, days["starts_at__gte"], days["starts_at__lt"])
        return Response(shapes.ShiftList({"results": found}).data)

    @extend_schema(request=shapes.ShiftIn, responses={201: shapes.ShiftOut})
    @idempotent
    def post(self, request: Request) -> Response:
        """Write one shift by hand."""
        told = asked(shapes.ShiftIn, request.data)
        unit = unit_seen(self.actor, told["unit"])
        span = Span(told["starts_at"], told["ends_at"])
        shift = services.add_shift(unit=unit, name=told["name"], span=span, needed=told["needed"], by=self.actor)
        return Response(_shown(shift.pk), status=status.HTTP_201_CREATED)


class ShiftOne(ApiView):
    action_permissions: ClassVar = {"get": AUTHENTICATED, "delete": BY_SERVICE}

    @extend_schema(responses=shapes.ShiftOut)
    def get(self, request: Request, pk: int) -> Response:
        """One shift."""
        return Response(_shown(shift_seen(self.actor, pk).pk))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: int) -> Answer:
        """Take away a shift that was never published."""
        with idempotency(request) as memory:
            if memory.replay is not None:
                return memory.replay
            services.drop_shift(shift_id=shift_seen(self.actor, pk).pk, by=self.actor)
            return memory.keep(Response(status=status.HTTP_204_NO_CONTENT))


class ShiftsPublish(ApiView):
    action_permissions: ClassVar = {"post": BY_SERVICE}

    @extend_schema(request=shapes.DaysIn, responses=shapes.CountOut)
    @idempotent
    def post(self, request: Request) -> Response:
        """Make the drafts of these days count."""
        told = asked(shapes.DaysIn, request.data)
        unit = unit_seen(self.actor, told["unit"])
        count = services.publish_shifts(unit=unit, since=told["since"], until=told["until"], by=self.actor)
        return Response({"count": count})


class ShiftsCopy(ApiView):
    action_permissions: ClassVar = {"post": BY_SERVICE}

    @extend_schema(request=shapes.CopyIn, responses=shapes.PlacedList)
    @idempotent
    def post(self, request: Request) -> Response:
        """Place in a week who stood there a week before, or say what that would bring."""
        told = asked(shapes.CopyIn, request.data)
        unit = unit_seen(self.actor, told["unit"])
        placed = services.copy_week(unit=unit, monday=told["monday"], by=self.actor, preview=told["preview"])
        return Response(shapes.PlacedList({"preview": told["preview"], "results": placed}).data)


class ShiftsFill(ApiView):
    action_permissions: ClassVar = {"post": BY_SERVICE}

    @extend_schema(request=shapes.FillIn, responses=shapes.PlacedList)
    @idempotent
    def post(self, request: Request) -> Response:
        """Place whose turn it is by the rotation, or say what that would bring."""
        told = asked(shapes.FillIn, request.data)
        unit, preview = unit_seen(self.actor, told["unit"]), told["preview"]
        if not dt.timedelta(0) < told["until"] - told["since"] <= LONGEST:
            raise Invalid(fields={"until": ["1-31"]})
        placed = services.fill_from_rotation(
            unit=unit, since=told["since"], until=told["until"], by=self.actor, preview=preview
        )
        return Response(shapes.PlacedList({"preview": preview, "results": placed}).data)


class ShiftWatches(ApiView):
    action_permissions: ClassVar = {"post": BY_SERVICE}

    @extend_schema(request=shapes.AssignIn, responses={201: shapes.WatchOut})
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        """Place somebody in a shift; 409 names what stands against it."""
        shift = shift_seen(self.actor, pk)
        told = asked(shapes.AssignIn, request.data)
        watch = services.assign(
            shift_id=shift.pk, user_id=told["user"], post=told["post"], by=self.actor,
            despite_rest=told["despite_rest"],
        )  # fmt: skip
        return Response(shapes.WatchOut(watch).data, status=status.HTTP_201_CREATED)


class WatchOne(ApiView):
    action_permissions: ClassVar = {"delete": BY_SERVICE}

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: int) -> Answer:
        """Take somebody out of a shift."""
        with idempotency(request) as memory:
            if memory.replay is not None:
                return memory.replay
            watch = Watch.objects.filter(pk=pk).first()
            if watch is None:
                raise NotVisible
            shift_seen(self.actor, watch.shift_id)
            services.unassign(watch_id=pk, by=self.actor)
            return memory.keep(Response(status=status.HTTP_204_NO_CONTENT))


class WatchTakeUp(ApiView):
    action_permissions: ClassVar = {"post": BY_SERVICE}

    @extend_schema(request=None, responses=shapes.WatchOut)
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        """Say to be there; voluntary, and the plan counts without it."""
        return Response(shapes.WatchOut(services.take_up(watch_id=pk, by=self.actor)).data)


class WatchLeave(ApiView):
    action_permissions: ClassVar = {"post": BY_SERVICE}

    @extend_schema(request=None, responses=shapes.WatchOut)
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        """Go before the shift ends."""
        return Response(shapes.WatchOut(services.leave_duty(watch_id=pk, by=self.actor)).data)


class UnitHours(ApiView):
    action_permissions: ClassVar = {"put": BY_SERVICE}

    @extend_schema(request=shapes.UnitHoursIn, responses=shapes.CountOut)
    @idempotent
    def put(self, request: Request, code: str) -> Response:
        """Give a unit other hours, and teams that take turns; the count is of the shifts written ahead."""
        unit = unit_seen(self.actor, code)
        told = asked(shapes.UnitHoursIn, request.data)
        template = services.set_template(
            unit=unit, name=told["name"], swap_needs_approval=told["swap_needs_approval"], by=self.actor,
            segments=[services.Segment(**each) for each in told["segments"]],
        )  # fmt: skip
        turns = told["rotation"]
        if turns:
            members = [(each["team"], each["user"], each["post"]) for each in turns["members"]]
            services.set_rotation(
                template=template, starts_on=turns["starts_on"], pattern=turns["pattern"], teams=turns["teams"],
                members=members, by=self.actor,
            )  # fmt: skip
        return Response({"count": services.generate_shifts(unit_ids=[unit.pk])})
