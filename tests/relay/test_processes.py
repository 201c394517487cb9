"""The relay as the processes that production runs."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from kombu import Connection

from lianqin.local.processes import wait_until
from relay import services
from relay.models import LogState, OutboxMessage
from relay.tasks import relay_outbox
from tests.live import Platform

pytestmark = [pytest.mark.service, pytest.mark.timeout(240)]


def say(count: int) -> None:
    for number in range(count):
        with transaction.atomic():
            services.post(topic="test.news", key=str(number), payload={}, audience=["s:1"])


def published(count: int) -> bool:
    return LogState.objects.filter(last_sequence=count, published_sequence=count).exists()


def test_a_relay_survives_a_cut_database(platform: Platform) -> None:
    relay = platform.start("relay")
    say(3)
    assert wait_until(lambda: published(3), 30), platform.logs()
    for round_ in range(1, 4):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        say(2)
        assert wait_until(lambda at=3 + 2 * round_: published(at), 30), platform.logs()  # type: ignore[misc]
    assert relay.running
    numbers = OutboxMessage.objects.order_by("sequence").values_list("sequence", flat=True)
    assert list(numbers) == list(range(1, 10))
    relay.stop(10)
    assert relay.popen is not None
    assert relay.popen.returncode == 0


def test_celery_relays_without_a_relay(platform: Platform) -> None:
    platform.start("worker")
    say(5)
    with Connection(platform.redis_url) as broker:
        relay_outbox.apply_async(connection=broker)  # type: ignore[call-arg]  # not in the stubs
    assert wait_until(lambda: published(5), 30), platform.logs()
