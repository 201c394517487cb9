"""What may be done now, and doing it: one documented path for each action."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import AUTHENTICATED, BY_SERVICE
from accounts.api.idempotency import idempotency
from workorders import services
from workorders.api.inputs import (
    PART_ACTIONS,
    DecisionIn,
    RegisterAndDispatchIn,
    body_of,
    input_serializer,
    named_assignment,
    seen_version,
)
from workorders.api.part_serializers import OffersOut
from workorders.api.serializers import OrderDetail
from workorders.api.shapes import told_offers
from workorders.api.views.base import OrderView
from workorders.models import Assignment
from workorders.models import Request as ApprovalRequest
from workorders.rules.inputs import LABELS
from workorders.services.offers import available_actions, decidable_requests


class Offers(OrderView):
    action_permissions: ClassVar = {"get": AUTHENTICATED}

    @extend_schema(responses=OffersOut)
    def get(self, request: Request, number: str) -> Response:
        """What the caller may do with the order now, with what each action needs."""
        order = self.whole(number)
        offers = told_offers(available_actions(self.actor, order), self.actor, order)
        told = {
            "number": order.number,
            "status": order.status,
            "level": order.level,
            "version": order.version,
            "actions": offers,
            "requests": decidable_requests(self.actor, order),
        }
        return Response(OffersOut(told).data)


class ActionView(OrderView):
    """Does ``verb``. Answers 404, the replay, 409 stale, 409 state, 403, 400, in this order."""

    action_permissions: ClassVar = {"post": BY_SERVICE}
    verb: ClassVar[str] = ""

    def post(self, request: Request, number: str, assignment_id: int | None = None) -> Response | HttpResponse:
        order = self.order(number, Assignment if assignment_id is not None else None, assignment_id)
        seen: dict[str, Any] = {"assignment": assignment_id}
        with self.racing(order, seen), idempotency(request) as memory:
            if memory.replay is not None:
                return memory.replay
            data = body_of(request.data)
            seen["version"] = seen_version(data)
            seen["assignment"] = assignment_id if assignment_id is not None else named_assignment(data)
            services.advance(
                order_id=order.pk,
                action=self.verb,
                by=self.actor,
                data=data,
                seen_version=seen["version"],
                assignment_id=seen["assignment"],
            )
            return memory.keep(self.detail(order.pk))


def action_view(verb: str) -> type[ActionView]:
    """The view of one action on an order, with its own inputs in the description."""
    return _described(verb, f"{_camel(verb)}View", f"work_orders_{verb}", of_assignment=False)


def part_view(word: str) -> type[ActionView]:
    """The view of one action on one assignment."""
    verb = PART_ACTIONS[word]
    return _described(verb, f"{_camel(verb)}PartView", f"work_orders_assignments_{word}", of_assignment=True)


def _described(verb: str, name: str, operation: str, *, of_assignment: bool) -> type[ActionView]:
    made = type(name, (ActionView,), {"verb": verb, "__doc__": str(LABELS[verb])})
    schema = extend_schema(
        operation_id=operation,
        summary=str(LABELS[verb]),
        request=input_serializer(verb, of_assignment=of_assignment),
        responses=OrderDetail,
    )
    described: type[ActionView] = extend_schema_view(post=schema)(made)
    return described


def _camel(verb: str) -> str:
    return "".join(part.title() for part in verb.split("_"))


class RegisterAndDispatch(OrderView):
    """Register a report and dispatch it, in one go."""

    action_permissions: ClassVar = {"post": BY_SERVICE}

    @extend_schema(
        operation_id="work_orders_register_and_dispatch", request=RegisterAndDispatchIn, responses=OrderDetail
    )
    def post(self, request: Request, number: str) -> Response | HttpResponse:
        """Both happen, or neither; the history has two events. The inputs are those of `register` and `dispatch`."""
        order = self.order(number)
        seen: dict[str, Any] = {}
        with self.racing(order, seen), idempotency(request) as memory:
            if memory.replay is not None:
                return memory.replay
            data = body_of(request.data)
            seen["version"] = seen_version(data)
            services.register_and_dispatch(order_id=order.pk, by=self.actor, data=data, seen_version=seen["version"])
            return memory.keep(self.detail(order.pk))


class DecisionView(OrderView):
    """Answers a request. Nobody decides their own."""

    action_permissions: ClassVar = {"post": BY_SERVICE}
    approves: ClassVar[bool] = False

    def post(self, request: Request, number: str, request_id: int) -> Response | HttpResponse:
        order = self.order(number, ApprovalRequest, request_id)
        seen: dict[str, Any] = {}
        with self.racing(order, seen), idempotency(request) as memory:
            if memory.replay is not None:
                return memory.replay
            data = body_of(request.data)
            seen["version"] = seen_version(data)
            services.decide(
                request_id=request_id,
                approve=self.approves,
                by=self.actor,
                answer=data.get("answer") or "",
                seen_version=seen["version"],
            )
            return memory.keep(self.detail(order.pk))


@extend_schema_view(
    post=extend_schema(operation_id="work_orders_requests_approve", request=DecisionIn, responses=OrderDetail)
)
class Approve(DecisionView):
    """Approve: what was asked for is done in the same moment."""

    approves = True


@extend_schema_view(
    post=extend_schema(operation_id="work_orders_requests_refuse", request=DecisionIn, responses=OrderDetail)
)
class Refuse(DecisionView):
    """Refuse: the order stays as it is."""
