"""Hand messages to their consumers, at least once; with a transactional consumer the effect is exactly once."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError, connection, transaction

from lianqin.kernel.clock import Now
from relay import registry
from relay.models import Delivery, DeliveryState, OutboxMessage
from relay.rules import BATCH, LEASE_SECONDS, MAX_ATTEMPTS, backoff_seconds

logger = logging.getLogger(__name__)

# One at a time: a message that kills its worker must not use up the attempts of those leased beside it.
LEASE_NEXT = """
UPDATE relay_delivery AS delivery
SET state = 'leased', attempts = attempts + 1, lease_until = due.lease_until, next_at = due.lease_until
FROM (
    SELECT id, lianqin_now() + make_interval(secs => %(lease)s) AS lease_until FROM relay_delivery
    WHERE state IN ('pending', 'leased') AND next_at <= lianqin_now() AND consumer = ANY(%(consumers)s)
    ORDER BY next_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
) AS due
WHERE delivery.id = due.id
RETURNING delivery.id, delivery.message_id, delivery.consumer, delivery.attempts, delivery.lease_until
"""


@dataclass(frozen=True, slots=True)
class Lease:
    """``until`` names the lease: whoever leased later has another."""

    delivery_id: int
    message_id: int
    consumer: str
    attempts: int
    until: datetime


def deliver_due(*, limit: int = BATCH) -> int:
    """Deliver what is due, up to ``limit``; return how many were tried."""
    for done in range(limit):
        lease = lease_next()
        if lease is None:
            return done
        _deliver(lease)
    return limit


def lease_next() -> Lease | None:
    """Take the longest due delivery of a consumer that this process knows, for ``LEASE_SECONDS``."""
    names = sorted(registry.consumers())
    if not names:
        return None
    with connection.cursor() as cursor:
        cursor.execute(LEASE_NEXT, {"lease": LEASE_SECONDS, "consumers": names})
        row = cursor.fetchone()
    return None if row is None else Lease(*row)


def _deliver(lease: Lease) -> None:
    if lease.attempts > MAX_ATTEMPTS:
        # Only those get here that never came back: a failure that was seen is dead at MAX_ATTEMPTS.
        _settle(lease, state=DeliveryState.DEAD, last_error="the worker died at every attempt")
        return
    consumer = registry.consumers()[lease.consumer]
    try:
        message = OutboxMessage.objects.get(pk=lease.message_id)
        if consumer.transactional:
            with transaction.atomic():
                # First, so that the row stays locked while the handler works: an outlived lease is not taken over.
                if _settle(lease, state=DeliveryState.DONE, last_error=""):
                    consumer.handler(message)
        else:
            consumer.handler(message)
            _settle(lease, state=DeliveryState.DONE, last_error="")
    except (OperationalError, InterfaceError) as error:
        if not connection.is_usable():
            raise  # The lease runs out by itself; the caller waits for the database.
        _fail(lease, error)
    except Exception as error:
        logger.exception("consumer %s failed on message %s", lease.consumer, lease.message_id)
        _fail(lease, error)


def _fail(lease: Lease, error: Exception) -> None:
    text = f"{type(error).__name__}: {error}"[:2000].replace("\x00", "")
    if lease.attempts >= MAX_ATTEMPTS:
        _settle(lease, state=DeliveryState.DEAD, last_error=text)
        return
    wait = timedelta(seconds=backoff_seconds(lease.attempts))
    _settle(lease, state=DeliveryState.PENDING, last_error=text, next_at=Now() + wait)


def _settle(lease: Lease, **changes: object) -> bool:
    """Write the outcome if the lease is still ours; zero rows mean that another worker took over."""
    mine = Delivery.objects.filter(pk=lease.delivery_id, state=DeliveryState.LEASED, lease_until=lease.until)
    return mine.update(lease_until=None, **changes) == 1


def retry_dead(*, delivery_ids: list[int] | None = None) -> int:
    """Put dead letters back into line, all of them or those named; return how many."""
    dead = Delivery.objects.filter(state=DeliveryState.DEAD)
    if delivery_ids is not None:
        dead = dead.filter(pk__in=delivery_ids)
    return dead.update(state=DeliveryState.PENDING, attempts=0, next_at=Now())
