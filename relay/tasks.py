"""The relay as Celery tasks, beside ``manage.py run_relay``; both may run at once."""

from __future__ import annotations

import time

from celery import shared_task
from django.conf import settings
from redis.exceptions import RedisError

from relay import services

BUDGET_SECONDS = 20.0


@shared_task(ignore_result=True)
def relay_outbox() -> int:
    """Number, publish and deliver what there is, for a while; the next tick goes on."""
    moved, end = 0, time.monotonic() + BUDGET_SECONDS
    while time.monotonic() < end:
        step = services.sequence_pending() + _publish() + services.deliver_due(limit=50)
        if not step:
            break
        moved += step
    return moved


@shared_task(ignore_result=True)
def send_messages() -> int:
    """Send what is due to the outside, for a while; the next tick goes on."""
    return services.send_due(seconds=BUDGET_SECONDS)


@shared_task(ignore_result=True)
def purge_outbox() -> int:
    """Delete what was delivered long ago."""
    return services.purge()


@shared_task(ignore_result=True)
def purge_messages() -> int:
    """Delete messages to the outside that were done with long ago."""
    return services.purge_messages(days=settings.LIANQIN_MESSAGES_KEPT_DAYS)


def _publish() -> int:
    try:
        return services.publish_pending()
    except RedisError:
        return 0  # The mark did not move: the next round sends it. Deliveries do not wait for Redis.
