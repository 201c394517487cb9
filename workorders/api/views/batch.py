"""Many orders at once: each stands for itself, one refusal does not undo the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import AUTHENTICATED, BY_SERVICE, ApiView
from accounts.api.idempotency import idempotent
from lianqin.kernel.actors import Actor
from workorders import services
from workorders.api.batch_serializers import BatchDispatchIn, BatchIn, BatchOut, ProposalOut
from workorders.api.inputs import MOST_IN_BATCH, body_of, seen_version
from workorders.errors import DomainError, Invalid, NotVisible, WrongState
from workorders.models import WorkOrder
from workorders.selectors import visible_to
from workorders.services.cleaning import clean, is_storable
from workorders.services.proposing import proposals
from workorders.states import Status

Act = Callable[[WorkOrder, Mapping[str, Any]], WorkOrder]


class BatchVerify(ApiView):
    """Confirm what was handled on the spot, many at once."""

    action_permissions = {"post": BY_SERVICE}  # noqa: RUF012

    @extend_schema(request=BatchIn, responses=BatchOut)
    @idempotent
    def post(self, request: Request) -> Response:
        """Verify orders handled on site. Each stands for itself: one refusal does not undo the others."""
        data = body_of(request.data)
        numbers = _numbers(data.get("numbers"), "numbers")
        comment = clean("verify", {"comment": data.get("comment")}, self.actor)["comment"] or ""

        def confirm(order: WorkOrder, item: Mapping[str, Any]) -> WorkOrder:
            if not order.on_site:
                raise WrongState(_("只有现场处置的工单可以批量确认"), code="not_on_site")
            return services.advance(order_id=order.pk, action="verify", by=self.actor, data={"comment": comment})

        return Response(one_by_one(self.actor, {number: {} for number in numbers}, confirm))


class BatchDispatch(ApiView):
    """Send each of many orders to a department of its own."""

    action_permissions = {"get": AUTHENTICATED, "post": BY_SERVICE}  # noqa: RUF012

    @extend_schema(
        operation_id="work_orders_batch_dispatch_proposals",
        parameters=[OpenApiParameter("number", OpenApiTypes.STR, many=True, required=True)],
        responses=ProposalOut(many=True),
    )
    def get(self, request: Request) -> Response:
        """To whom each would go by the responsibility list, to be read before it is sent; why one is left out."""
        numbers = _numbers(request.query_params.getlist("number"), "number")
        return Response(ProposalOut(proposals(self.actor, numbers), many=True).data)

    @extend_schema(operation_id="work_orders_batch_dispatch", request=BatchDispatchIn, responses=BatchOut)
    @idempotent
    def post(self, request: Request) -> Response:
        """Dispatch each item as it says; a report is registered first, where its conditions are confirmed."""
        return Response(one_by_one(self.actor, _items(body_of(request.data)), self._send))

    def _send(self, order: WorkOrder, item: Mapping[str, Any]) -> WorkOrder:
        seen = seen_version(item)
        if order.status == Status.REPORTED:
            return services.register_and_dispatch(order_id=order.pk, by=self.actor, data=item, seen_version=seen)
        return services.advance(order_id=order.pk, action="dispatch", by=self.actor, data=item, seen_version=seen)


def one_by_one(actor: Actor, items: Mapping[str, Mapping[str, Any]], act: Act) -> dict[str, Any]:
    """Do it to each order that the actor sees, in the order of ids, as all locks are taken; tell in the order asked."""
    seen = {order.number: order for order in visible_to(actor).filter(number__in=list(items))}
    known = sorted(seen.values(), key=lambda order: order.pk)
    done = {order.number: _outcome(order, items[order.number], act) for order in known}
    results = [done.get(number) or _refused(number, NotVisible()) for number in items]
    count = sum(result["ok"] for result in results)
    return {"done": count, "refused": len(results) - count, "results": results}


def _outcome(order: WorkOrder, item: Mapping[str, Any], act: Act) -> dict[str, Any]:
    try:
        order = act(order, item)
    except DomainError as refusal:
        return _refused(order.number, refusal, order.status)
    return {"number": order.number, "ok": True, "status": order.status, "code": "", "detail": ""}


def _refused(number: str, refusal: DomainError, status: str = "") -> dict[str, Any]:
    told = "；".join(refusal.texts)
    return {"number": number, "ok": False, "status": status, "code": refusal.code, "detail": told}


def _items(data: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    items = data.get("items")
    if not isinstance(items, list) or not all(isinstance(item, Mapping) for item in items):
        raise Invalid(fields={"items": [_("应为工单的列表")]})
    numbers = _numbers([item.get("number") for item in items], "items")
    if len(numbers) != len(items):
        raise Invalid(fields={"items": [_("同一工单出现了两次")]})
    return dict(zip(numbers, (dict(item) for item in items), strict=True))


def _numbers(numbers: Any, field: str) -> list[str]:
    if not isinstance(numbers, list) or not 1 <= len(numbers) <= MOST_IN_BATCH:
        raise Invalid(fields={field: [_("请给出 1 至 %(most)d 个工单号") % {"most": MOST_IN_BATCH}]})
    if not all(isinstance(number, str) and is_storable(number) for number in numbers):
        raise Invalid(fields={field: [_("应为工单号")]})
    return list(dict.fromkeys(number[:24] for number in numbers))
