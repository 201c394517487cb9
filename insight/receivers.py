"""News of orders is booked, once: the relay settles the delivery and we book in one transaction."""

from __future__ import annotations

from insight.rules import CONSUMER, SILENT
from insight.services import book
from relay.models import OutboxMessage
from relay.registry import consumer
from workorders.services.work import TOPIC


@consumer(CONSUMER, [TOPIC])
def rollups(message: OutboxMessage) -> None:
    told = message.payload
    if told["kind"] not in SILENT:
        book(order_id=told["order"], seq=told["seq"])
