"""What other rooms tell that concerns citizens. Delivered twice, it is done once."""

from __future__ import annotations

from citizens.services.returns import NEWS, plan_returns
from relay.models import OutboxMessage
from relay.registry import consumer


@consumer("citizens.returns", ["order.event"])
def returns(message: OutboxMessage) -> None:
    """What a platform is told of the order that it sent."""
    if message.payload["kind"] in NEWS:
        plan_returns(order_id=message.payload["order"])
