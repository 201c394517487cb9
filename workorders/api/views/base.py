"""What the views of orders share: find the order, say what stands, answer a lost race with what happened."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.models import Model
from django.utils.timezone import localtime
from rest_framework.response import Response

from accounts.api.base import ApiView
from lianqin.kernel.actors import Actor
from workorders.api.histories import since
from workorders.api.serializers import OrderDetail
from workorders.api.shapes import affected_streets
from workorders.api.wholes import seen_order, whole_again, whole_order
from workorders.errors import Conflict
from workorders.models import Assignment, WorkOrder
from workorders.selectors import seen_among


class OrderView(ApiView):
    """A view on one order, by its number. What the caller may not see does not exist for them."""

    def order(self, number: str, having: type[Model] | None = None, pk: int | None = None) -> WorkOrder:
        """The order, if it has the part or request that the address names beside it."""
        return seen_order(self.actor, number, having=having, pk=pk)

    def whole(self, number: str) -> WorkOrder:
        """The order with its parts; one query."""
        return whole_order(self.actor, number)

    def detail(self, order_id: int, status: int = 200, shape: type[OrderDetail] = OrderDetail, **told: Any) -> Response:
        """The order as it now stands; whoever has just acted on it may see it once more."""
        order = whole_again(order_id)
        return Response(shape(order, context=self.context(order, **told)).data, status=status)

    def context(self, order: WorkOrder, **told: Any) -> dict[str, Any]:
        masters = seen_among(self.actor, [order.master_id])
        return {"number": order.number, "affected_streets": affected_streets(order), "masters": masters, **told}

    @contextmanager
    def racing(self, order: WorkOrder, seen: dict[str, Any]) -> Iterator[None]:
        """Give every 409 the current state, and what happened since the version that the caller had seen.

        ``seen`` is filled in within the block with ``version`` and ``assignment``.
        """
        try:
            yield
        except Conflict as refusal:
            refusal.extra.update(what_happened(order.pk, self.actor, seen.get("version"), seen.get("assignment")))
            raise


def what_happened(order_id: int, actor: Actor, version: int | None, assignment_id: int | None) -> dict[str, Any]:
    order = WorkOrder.objects.select_related("holder").get(pk=order_id)
    current: dict[str, Any] = {
        "status": order.status,
        "status_label": order.get_status_display(),
        "level": order.level,
        "version": order.version,
        "holder": order.holder.code if order.holder else None,
        "due_at": order.due_at and localtime(order.due_at),
    }
    if assignment_id is not None:
        part = Assignment.objects.filter(pk=assignment_id, order=order).values("id", "status", "version").first()
        current["assignment"] = part
    return {"current": current, "since": [] if version is None else since(order, version, actor, assignment_id)}
