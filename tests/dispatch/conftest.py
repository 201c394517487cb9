"""Orders in every state, and the outbox delivered to its consumers."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dispatch.receivers import notices, supervision
from relay.models import OutboxMessage
from relay.services import drain
from tests.workorders.conftest import Desk, _nothing_remembered, categories, desk, shift

__all__ = ["Desk", "_nothing_remembered", "categories", "desk", "shift"]


@pytest.fixture
def deliver(db: None) -> Callable[[], int]:
    """Hand the outbox to all consumers, as the relay does."""
    return drain


@pytest.fixture
def deliver_again(db: None) -> Callable[[], None]:
    """Hand every message over once more, as a relay does that died before it noted the delivery."""

    def repeat() -> None:
        for message in OutboxMessage.objects.filter(topic="order.event").order_by("pk"):
            notices(message)
            supervision(message)

    return repeat
