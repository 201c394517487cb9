"""What is said later of an order comes to whoever works on the matter, and is not overheard once it has ended."""

from __future__ import annotations

from django.db import transaction

from dispatch.services import send_notice
from lianqin.kernel.actors import SYSTEM, Actor
from workorders.locks import orders_locked
from workorders.models import WorkOrder
from workorders.services import advance
from workorders.services.moves import centre_id
from workorders.states import FINAL, Status

LONGEST = 1000
# How it begins in the other order; by this it is found again when its words are erased.
BROUGHT = "并入的 %(number)s 有补充："


@transaction.atomic
def supplement(*, order_id: int, by: Actor, text: str) -> WorkOrder:
    """Write it with the order, and with the one it was merged into; tell the centre if that has ended.

    Raises what writing a comment raises: Archived, NotVisible, Invalid.
    """
    merged = WorkOrder.objects.filter(pk=order_id, status=Status.MERGED).values_list("master", flat=True).first()
    if merged is not None:
        # By their ids, as whoever changes both does.
        orders_locked({order_id, merged})
    order = advance(order_id=order_id, action="comment", by=by, data={"comment": text})
    worked_on = order
    if order.status == Status.MERGED and order.master_id is not None:
        # Who says it need not see the other order, nor hear of it.
        told = BROUGHT % {"number": order.number} + text
        worked_on = advance(order_id=order.master_id, action="comment", by=SYSTEM, data={"comment": told[:LONGEST]})
    if worked_on.status in FINAL:
        send_notice(
            key=f"said-after-end:{worked_on.pk}:{worked_on.last_seq}", kind="said_after_end", gravity="warn",
            facts={"number": worked_on.number}, units=[centre_id(worked_on, worked_on.level)], order_id=worked_on.pk,
        )  # fmt: skip
    return order
