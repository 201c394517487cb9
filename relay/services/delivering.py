"""Hand messages to their consumers, at least once; with a transactional consumer the effect is exactly once."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from lianqin.kernel.clock import Now
from lianqin.kernel.faults import is_passing
from relay import registry
from relay.models import Delivery, DeliveryState, OutboxMessage
from relay.rules import BATCH, HANDFUL, LEASE_SECONDS, MAX_ATTEMPTS, backoff_seconds

logger = logging.getLogger(__name__)

# First attempts are leased in handfuls of one consumer, so that one that fails costs the others nothing. Any further
# one is leased alone: a message that kills its worker uses up one attempt of those beside it, and no more. The commit
# does not wait for the disk: a lease that a crash of the server forgets was held by a transaction that ended as well.
LEASE_DUE = """
WITH due AS MATERIALIZED (
    SELECT id, next_at, consumer, attempts = 0 AND consumer = ANY(%(light)s) AS is_light FROM relay_delivery
    WHERE state IN ('pending', 'leased') AND next_at <= (SELECT lianqin_now()) AND consumer = ANY(%(consumers)s)
    ORDER BY next_at, id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
), eldest AS (
    SELECT id, consumer, is_light FROM due ORDER BY next_at, id LIMIT 1
), chosen AS (
    SELECT due.id FROM due, eldest
    WHERE due.id = eldest.id OR (due.consumer = eldest.consumer AND due.is_light AND eldest.is_light)
), lease AS MATERIALIZED (
    SELECT lianqin_now() + make_interval(secs => %(lease)s) AS until, set_config('synchronous_commit', 'off', true)
)
UPDATE relay_delivery AS delivery
SET state = 'leased', attempts = attempts + 1, lease_until = lease.until, next_at = lease.until
FROM chosen, lease WHERE delivery.id = chosen.id
RETURNING delivery.id, delivery.message_id, delivery.consumer, delivery.attempts, delivery.lease_until
"""


@dataclass(frozen=True, slots=True, order=True)
class Lease:
    """``until`` names the lease: whoever leased later has another."""

    delivery_id: int
    message_id: int
    consumer: str
    attempts: int
    until: datetime


def deliver_due(*, limit: int = BATCH) -> int:
    """Deliver what is due, up to ``limit``; return how many were tried."""
    tried = 0
    while tried < limit and (leases := lease_due(limit=min(HANDFUL, limit - tried))):
        _deliver(leases)
        tried += len(leases)
    return tried


def lease_due(*, limit: int = HANDFUL) -> list[Lease]:
    """Take the longest due deliveries of consumers that this process knows, for ``LEASE_SECONDS``. One statement."""
    consumers = registry.consumers()
    if not consumers:
        return []
    light = [each.name for each in consumers.values() if each.transactional]
    with connection.cursor() as cursor:
        cursor.execute(
            LEASE_DUE, {"lease": LEASE_SECONDS, "consumers": sorted(consumers), "light": light, "limit": limit}
        )
        return sorted(Lease(*row) for row in cursor.fetchall())


def _deliver(leases: Sequence[Lease]) -> None:
    messages = OutboxMessage.objects.in_bulk({lease.message_id for lease in leases})
    together = [lease for lease in leases if not _is_alone(lease, messages[lease.message_id])]
    done = set(together if len(together) > 1 and _deliver_together(together, messages) else ())
    for lease in leases:
        if lease not in done:
            _deliver_alone(lease, messages[lease.message_id])


def _is_alone(lease: Lease, message: OutboxMessage) -> bool:
    alone = registry.consumers()[lease.consumer].alone
    return alone is not None and alone(message)


def _deliver_together(leases: Sequence[Lease], messages: Mapping[int, OutboxMessage]) -> bool:
    """One transaction, and one wait for the disk, for all; if anything fails, nothing has happened: False."""
    consumers = registry.consumers()
    try:
        with transaction.atomic():
            # First, so that the rows stay locked while the handlers work: an outlived lease is not taken over.
            if _settle(*leases, state=DeliveryState.DONE, last_error="") < len(leases):
                transaction.set_rollback(True)
                return False
            for lease in leases:
                consumers[lease.consumer].handler(messages[lease.message_id])
    except Exception:
        # Whose fault it was shows when each is tried alone.
        logger.info("a handful of %s deliveries is tried one by one", len(leases), exc_info=True)
        return False
    return True


def _deliver_alone(lease: Lease, message: OutboxMessage) -> None:
    if lease.attempts > MAX_ATTEMPTS:
        # Only those get here that never came back: a failure that was seen is dead at MAX_ATTEMPTS.
        _settle(lease, state=DeliveryState.DEAD, last_error="the worker died at every attempt")
        return
    consumer = registry.consumers()[lease.consumer]
    try:
        if consumer.transactional:
            with transaction.atomic():
                if _settle(lease, state=DeliveryState.DONE, last_error=""):
                    consumer.handler(message)
        else:
            consumer.handler(message)
            _settle(lease, state=DeliveryState.DONE, last_error="")
    except Exception as error:
        if is_passing(error):
            _put_off(lease, error)
            return
        logger.exception("consumer %s failed on message %s", lease.consumer, lease.message_id)
        _fail(lease, error)


def _put_off(lease: Lease, error: Exception) -> None:
    """A cut connection or a deadlock is nobody's attempt. While the database is away this raises as well: the caller
    waits for it, and the lease runs out by itself.
    """
    logger.warning("consumer %s put off on message %s: %s", lease.consumer, lease.message_id, error)
    _settle(lease, state=DeliveryState.PENDING, attempts=lease.attempts - 1, **_later(lease, error))


def _fail(lease: Lease, error: Exception) -> None:
    if lease.attempts >= MAX_ATTEMPTS:
        _settle(lease, state=DeliveryState.DEAD, last_error=_text(error))
        return
    _settle(lease, state=DeliveryState.PENDING, **_later(lease, error))


def _later(lease: Lease, error: Exception) -> dict[str, object]:
    wait = timedelta(seconds=backoff_seconds(lease.attempts))
    return {"last_error": _text(error), "next_at": Now() + wait}


def _text(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:2000].replace("\x00", "")


def _settle(*leases: Lease, **changes: object) -> int:
    """Write the outcome of leases of one taking; what is missing in the count, another worker took over."""
    mine = Delivery.objects.filter(state=DeliveryState.LEASED, lease_until=leases[0].until)
    return mine.filter(pk__in=[lease.delivery_id for lease in leases]).update(lease_until=None, **changes)


def retry_dead(*, delivery_ids: list[int] | None = None) -> int:
    """Put dead letters back into line, all of them or those named; return how many."""
    dead = Delivery.objects.filter(state=DeliveryState.DEAD)
    if delivery_ids is not None:
        dead = dead.filter(pk__in=delivery_ids)
    return dead.update(state=DeliveryState.PENDING, attempts=0, next_at=Now())
