"""News from other rooms that orders act on."""

from __future__ import annotations

from catalogue.services import mark_recomputation_applied, mark_recomputation_begun
from catalogue.signals import RECOMPUTE_TOPIC
from relay.models import OutboxMessage
from relay.registry import consumer
from workorders.services.recompute import affected_orders, recompute_order


@consumer("workorders.recompute", {RECOMPUTE_TOPIC}, transactional=False)
def recompute(message: OutboxMessage) -> None:
    """Carry out an approved recomputation. Interrupted, it goes on where it stopped: done orders are passed over."""
    told = message.payload
    versions = {"from_version": told["from_version"], "to_version": told["to_version"]}
    waiting = affected_orders(told["from_version"])
    mark_recomputation_begun(recomputation_id=told["recomputation"], order_total=len(waiting))
    count = sum(recompute_order(order_id=pk, **versions) for pk in waiting)
    mark_recomputation_applied(recomputation_id=told["recomputation"], order_count=count)
