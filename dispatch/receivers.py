"""News of orders becomes notices and documents of supervision. Delivered twice, it is written once."""

from __future__ import annotations

from dispatch.rules.news import NEWS
from dispatch.services import supervise, tell
from relay.models import OutboxMessage
from relay.registry import consumer
from workorders.models import Event

TOPIC = "order.event"


@consumer("dispatch.notices", [TOPIC])
def notices(message: OutboxMessage) -> None:
    if message.payload["kind"] in NEWS:
        tell(event=_event(message))


@consumer("dispatch.supervision", [TOPIC])
def supervision(message: OutboxMessage) -> None:
    if message.payload["kind"] == "supervised":
        supervise(event=_event(message), generation=message.payload["generation"], level=message.payload["level"])


def _event(message: OutboxMessage) -> Event:
    return Event.objects.select_related("order").get(order=message.payload["order"], pk=message.payload["event"])
