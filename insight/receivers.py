"""News of orders is booked, once: the relay settles the delivery and we book in one transaction."""

from __future__ import annotations

from insight.rules import CONSUMER, SILENT
from insight.services import book
from relay.models import OutboxMessage
from relay.registry import consumer
from workorders.services.hindrances import hinders
from workorders.services.work import TOPIC

# To fold it the event is read.
BOOKED = """
SELECT DISTINCT o.number FROM insight_booking b JOIN workorders_workorder o ON o.id = b.order_id
WHERE b.order_id >= %(first)s AND b.order_id < %(end)s
"""
hinders("not counted yet", BOOKED)


@consumer(CONSUMER, [TOPIC])
def rollups(message: OutboxMessage) -> None:
    told = message.payload
    if told["kind"] not in SILENT:
        book(order_id=told["order"], seq=told["seq"])
