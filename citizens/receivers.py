"""What other rooms tell that concerns citizens. Delivered twice, it is done once."""

from __future__ import annotations

import logging

from kombu.exceptions import OperationalError

from citizens.services.reporting import TOPIC
from citizens.services.returns import NEWS, plan_returns
from citizens.tasks import examine_uploads
from relay.models import OutboxMessage
from relay.registry import consumer

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
