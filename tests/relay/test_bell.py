"""One call stands for all within moments of it, and nothing waits for a second one."""

from __future__ import annotations

import time
from types import SimpleNamespace

import pytest
from django.db import transaction

from lianqin.local.processes import wait_until
from relay import services, transports
from relay.models import OutboxMessage
from relay.rules import CALL_SECONDS, POLL_SECONDS, WAKE_CHANNEL
from relay.transports import Bell, broker, channel
from tests.live import Platform


def test_calls_in_quick_succession_are_one(monkeypatch: pytest.MonkeyPatch) -> None:
    # The bell's own watch: on a busy machine three calls take longer than the moments that one stands for.
    watch = SimpleNamespace(now=1000.0)
    monkeypatch.setattr(transports, "time", SimpleNamespace(monotonic=lambda: watch.now))
    bell, ear = Bell(), broker().pubsub()  # type: ignore[no-untyped-call]
    ear.subscribe(channel(WAKE_CHANNEL))
    assert ear.get_message(timeout=5)["type"] == "subscribe"
    for _ in range(3):
        bell.ring()
        watch.now += 0.3 * CALL_SECONDS
    watch.now += 0.2 * CALL_SECONDS
    bell.ring()
    heard = [ear.get_message(timeout=0.2) for _ in range(3)]
    ear.close()
    assert [each and each["type"] for each in heard] == ["message", "message", None]


@pytest.mark.service
@pytest.mark.django_db(transaction=True)
def test_what_came_without_a_call_does_not_wait_for_the_next_look(platform: Platform) -> None:
    platform.start("relay")
    say("first")
    assert wait_until(lambda: published("first"), 30), platform.logs()
    waited = []
    for number in range(5):
        time.sleep(0.1)
        say(f"called {number}")
        began = time.monotonic()
        say(f"silent {number}")
        assert wait_until(lambda number=number: published(f"silent {number}"), 10), platform.logs()  # type: ignore[misc]
        waited.append(time.monotonic() - began)
    # By the look that follows every call, not by the one that comes twice a second anyway.
    assert sorted(waited)[2] < POLL_SECONDS / 2


def say(key: str) -> None:
    with transaction.atomic():
        services.post(topic="test.news", key=key, payload={})


def published(key: str) -> bool:
    return OutboxMessage.objects.filter(key=key, sequence__isnull=False).exists()
