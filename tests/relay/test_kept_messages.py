"""How long messages to the outside are kept."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from lianqin.kernel.clock import Now
from relay.models import MessageState, OutgoingMessage
from relay.tasks import purge_messages
from tests.relay.test_channels import channel, queue, states


def test_only_what_is_done_with_and_old_is_deleted(db: None, settings: Any) -> None:
    settings.LIANQIN_MESSAGES_KEPT_DAYS = 40
    to = channel("wecom", "http://127.0.0.1:9/")
    for state in MessageState.values:
        for age in (39, 41):
            message = queue(to, f"{state} {age}")
            created, lease = Now() - timedelta(days=age), Now() if state == "sending" else None
            OutgoingMessage.objects.filter(pk=message.pk).update(state=state, created_at=created, lease_until=lease)
    assert purge_messages() == 2
    assert set(MessageState.values) == {"queued", "sending", "sent", "failed", "dead", "suppressed"}
    assert set(states()) == {f"{state} 39" for state in MessageState.values} | {
        "queued 41", "sending 41", "failed 41", "dead 41",
    }  # fmt: skip
    assert purge_messages() == 0
