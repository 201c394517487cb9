"""What other rooms tell that concerns citizens. Delivered twice, it is done once."""

from __future__ import annotations

import logging
from typing import Any

from django.dispatch import receiver
from kombu.exceptions import OperationalError

from citizens.services.publishing import forget_following
from citizens.services.reading_orders import REPORT, read_report
from citizens.services.reading_twins import forget_signature
from citizens.services.reporting import TOPIC
from citizens.services.returns import NEWS, plan_returns
from citizens.tasks import examine_uploads
from relay.models import OutboxMessage
from relay.registry import consumer
from workorders.signals import erased

log = logging.getLogger(__name__)
EXPIRES_SECONDS = 60


@consumer("citizens.returns", ["order.event"])
def returns(message: OutboxMessage) -> None:
    """What a platform is told of the order that it sent."""
    if message.payload["kind"] in NEWS:
        plan_returns(order_id=message.payload["order"])


@consumer("citizens.uploads", [TOPIC], transactional=False)
def uploads(message: OutboxMessage) -> None:
    """Wake a worker for what came with a report; without a broker it waits for the next sweep."""
    try:
        examine_uploads.apply_async(expires=EXPIRES_SECONDS)
    except OperationalError:
        log.warning("nobody was woken for the files of a report")


@consumer("citizens.reading", ["order.event"])
def reading(message: OutboxMessage) -> None:
    """Words of a report are read once, as it comes in."""
    if message.payload["kind"] == REPORT:
        read_report(order_id=message.payload["order"])


@receiver(erased, dispatch_uid="citizens.forget_signature")
def forget_words(sender: Any, *, order_id: int, **kwargs: Any) -> int:
    return forget_signature(order_id=order_id)


@receiver(erased, dispatch_uid="citizens.forget_following")
def forget_answers(sender: Any, *, order_id: int, **kwargs: Any) -> int:
    return forget_following(order_id=order_id)
