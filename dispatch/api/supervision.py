"""Documents of supervision: one of them with its replies, new ones, and every move; the minutes of orders."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from django.http import HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from accounts.api.base import AUTHENTICATED, BY_SERVICE, ApiView
from accounts.api.idempotency import Answer, idempotency
from dispatch import services
from dispatch.api import supervision_serializers as shapes
from dispatch.errors import NotAllowed, NotVisible
from dispatch.models import SupervisionOrder
from dispatch.selectors.commanding import accounts_of, joint_orders_of, requests_waiting
from dispatch.selectors.official_files import file_of
from dispatch.selectors.supervision import document_for, waiting_for
from grids.models import Unit
from lianqin.kernel import clock
from lianqin.kernel.actors import DISTRICT, STREET, Actor, token
from lianqin.kernel.errors import Invalid
from workorders.permissions import VIEW
from workorders.selectors import visible_to

Data = Mapping[str, Any]
MOST = 36


def _asked(kind: type[Serializer[Any]], data: Any) -> dict[str, Any]:
    query = kind(data=data)
    query.is_valid(raise_exception=True)
    return dict(query.validated_data)


def _order_id(actor: Actor, number: str) -> int:
    pk = visible_to(actor).filter(number=number).values_list("pk", flat=True).first()
    if pk is None:
        raise NotVisible
    return pk


def _unit_id(data: Data) -> int | None:
    """The unit of a code; none if none is named. Raises Invalid for one that is not there."""
    if not data.get("unit"):
        return None
    pk = Unit.objects.filter(code=data["unit"]).values_list("pk", flat=True).first()
    if pk is None:
        raise Invalid(fields={"unit": [_("没有这个单位")]})
    return pk


class SupervisionDocument(ApiView):
    action_permissions: ClassVar = {"get": AUTHENTICATED}

    @extend_schema(operation_id="supervision_order_retrieve", responses=shapes.DocumentOut)
    def get(self, request: Request, number: str) -> Response:
        """One document with what was answered and decided."""
        return Response(shapes.DocumentOut(document_for(self.actor, number)).data)


class SupervisionFile(ApiView):
    action_permissions: ClassVar = {"get": AUTHENTICATED}

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiResponse(OpenApiTypes.BINARY)})
    def get(self, request: Request, number: str, form: str) -> HttpResponse:
        """The document in its official form: ``form`` is pdf or docx."""
        return file_of(document_for(self.actor, number), form)


class Written:
    """Does something to documents and answers with the one that was written."""

    inputs: type[Serializer[Any]]
    actor: Actor

    def written(self, request: Request, do: Callable[[Data], SupervisionOrder], status: int = 200) -> Answer:
        with idempotency(request) as memory:
            if memory.replay is not None:
                return memory.replay
            document = do(_asked(self.inputs, request.data))
            shown = shapes.DocumentOut(document_for(self.actor, document.number)).data
            return memory.keep(Response(shown, status=status))


class Reminders(Written, ApiView):
    action_permissions: ClassVar = {"post": BY_SERVICE}
    inputs = shapes.ReminderIn

    @extend_schema(operation_id="reminder_create", request=shapes.ReminderIn, responses={201: shapes.DocumentOut})
    def post(self, request: Request) -> Answer:
        """Remind a unit of an order; whoever holds it, if none is named. Once in half an hour."""

        def do(data: Data) -> SupervisionOrder:
            order_id = _order_id(self.actor, data["order"])
            return services.remind(order_id=order_id, unit_id=_unit_id(data), demands=data["demands"], by=self.actor)

        return self.written(request, do, 201)


class SupervisionIssue(Written, ApiView):
    action_permissions: ClassVar = {"post": BY_SERVICE}
    inputs = shapes.IssueIn

    @extend_schema(operation_id="supervision_order_create", request=shapes.IssueIn, responses={201: shapes.DocumentOut})
    def post(self, request: Request) -> Answer:
        """Supervise an order by hand; at the next tier if none is named."""

        def do(data: Data) -> SupervisionOrder:
            return services.order_supervision(
                order_id=_order_id(self.actor, data["order"]), unit_id=_unit_id(data), tier=data.get("tier"),
                days=data.get("days"), demands=data["demands"], by=self.actor,
            )  # fmt: skip

        return self.written(request, do, 201)


class AccountabilityPropose(Written, ApiView):
    action_permissions: ClassVar = {"post": BY_SERVICE}
    inputs = shapes.AccountabilityIn

    @extend_schema(
        operation_id="accountability_create", request=shapes.AccountabilityIn, responses={201: shapes.DocumentOut}
    )
    def post(self, request: Request) -> Answer:
        """Propose that a unit be held accountable. Another person decides."""

        def do(data: Data) -> SupervisionOrder:
            told = {name: data[name] for name in ("facts", "opinion", "measure", "after")}
            order_id, unit_id = _order_id(self.actor, data["order"]), _unit_id(data)
            return services.propose_accountability(order_id=order_id, unit_id=unit_id or 0, by=self.actor, **told)

        return self.written(request, do, 201)


def move_view(name: str) -> type[ApiView]:
    """The view of one move of a document."""
    kind, does, says = MOVES[name]

    class Move(Written, ApiView):
        action_permissions: ClassVar = {"post": BY_SERVICE}
        inputs = kind

        @extend_schema(
            operation_id=f"supervision_order_{name}", description=says, request=kind, responses=shapes.DocumentOut
        )
        def post(self, request: Request, number: str) -> Answer:
            def do(data: Data) -> SupervisionOrder:
                does(number, data, self.actor)
                return SupervisionOrder.objects.get(number=number)

            return self.written(request, do)

    Move.__name__ = f"SupervisionOrder{name.title()}"
    return Move


Does = Callable[[str, Data, Actor], object]
MOVES: Mapping[str, tuple[type[Serializer[Any]], Does, str]] = {
    "reply": (
        shapes.ReplyIn,
        lambda number, data, by: services.reply(number=number, text=data["text"], evidence=data["evidence"], by=by),
        "Answer for one's unit.",
    ),
    "judge": (
        shapes.JudgeIn,
        lambda number, data, by: services.judge(
            number=number, accept=data["accept"], judgement=data["judgement"], by=by
        ),
        "Accept a reply, or send it back with a reason. Never by who replied.",
    ),
    "close": (
        shapes.CloseIn,
        lambda number, data, by: services.close_document(number=number, reason=data["reason"], by=by),
        "End a document that needs no reply any more.",
    ),
    "decide": (
        shapes.DecideIn,
        lambda number, data, by: services.decide_accountability(
            number=number, uphold=data["uphold"], decision=data["decision"], by=by
        ),
        "Uphold or dismiss a proposal of accountability. Never by who proposed it.",
    ),
    "appeal": (
        shapes.AppealIn,
        lambda number, data, by: services.appeal(number=number, text=data["text"], by=by),
        "Appeal for one's unit, once and in time.",
    ),
    "review": (
        shapes.ReviewIn,
        lambda number, data, by: services.review_appeal(
            number=number, revoke=data["revoke"], review=data["review"], by=by
        ),
        "Confirm or revoke after an appeal: by a third person.",
    ),
}


class OrderMinutes(ApiView):
    action_permissions: ClassVar = {"get": AUTHENTICATED}

    @extend_schema(responses=shapes.MinutesOut)
    def get(self, request: Request, number: str) -> Response:
        """Who consumed which seconds of an order, by level, phase and department. For its centres."""
        order = visible_to(self.actor).filter(number=number).first()
        if order is None:
            raise NotVisible
        places = {token(DISTRICT, order.district_id)}
        places |= {token(STREET, order.street_id)} if order.street_id is not None else set()
        if not self.actor.may(VIEW, places):
            raise NotAllowed
        return Response(shapes.minutes_out(order, accounts_of([order.pk], clock.now()).get(order.pk)))


class District(ApiView):
    action_permissions: ClassVar = {"get": AUTHENTICATED}
    may_lag = True

    @extend_schema(responses=shapes.DistrictOut)
    def get(self, request: Request) -> Response:
        """What waits for the caller's decision, and joint orders with a line for each department."""
        if not self.actor.unit_ids:
            raise NotAllowed
        found = {
            "requests": requests_waiting(self.actor),
            "documents": list(waiting_for(self.actor)[:MOST]),
            "joint": joint_orders_of(visible_to(self.actor)),
        }
        return Response(shapes.DistrictOut(found).data)
