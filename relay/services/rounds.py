"""Work through everything there is, and throw away what is old."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection

from lianqin.kernel.clock import Now
from relay.models import MessageState, OutgoingMessage
from relay.rules import BATCH, RETENTION_DAYS
from relay.services.delivering import deliver_due
from relay.services.sequencing import publish_pending, sequence_pending

# The published messages that are old and fully delivered; pages that ask for something older reload their data. In the
# order of their age, so that the index on it is walked from its old end and not the whole outbox.
PURGE = """
WITH old AS (
    SELECT message.id, message.sequence FROM relay_outboxmessage AS message, relay_logstate AS log
    WHERE message.created_at < (SELECT lianqin_now() - make_interval(days => %(days)s))
    AND message.sequence <= log.published_sequence
    AND NOT EXISTS (
        SELECT 1 FROM relay_delivery AS delivery WHERE delivery.message_id = message.id AND delivery.state <> 'done'
    ) ORDER BY message.created_at LIMIT %(batch)s
), receipts AS (
    DELETE FROM relay_delivery WHERE message_id IN (SELECT id FROM old)
), consumptions AS (
    DELETE FROM relay_consumption WHERE message_id IN (SELECT id FROM old)
), gone AS (
    DELETE FROM relay_outboxmessage WHERE id IN (SELECT id FROM old) RETURNING sequence
), marked AS (
    UPDATE relay_logstate SET purged_sequence = greatest(purged_sequence, (SELECT max(sequence) FROM old))
    WHERE EXISTS (SELECT 1 FROM old)
)
SELECT count(*) FROM gone
"""


def publish_round() -> int:
    """Number and publish until nothing is left; return how many rows moved."""
    total = 0
    while moved := sequence_pending() + publish_pending():
        total += moved
    return total


def drain() -> int:
    """Number and deliver until nothing is due, without publishing; return how many deliveries were tried."""
    total = 0
    while moved := sequence_pending() + (tried := deliver_due()):
        total += tried
        if not moved:
            break
    return total


def purge(*, days: int = RETENTION_DAYS) -> int:
    """Delete delivered messages older than ``days``; return how many."""
    total = 0
    while count := _purge_batch(days):
        total += count
    return total


def _purge_batch(days: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(PURGE, {"days": days, "batch": BATCH})
        count: int = cursor.fetchone()[0]
    return count


def purge_messages(*, days: int) -> int:
    """Delete messages to the outside, sent or suppressed, older than ``days``; return how many.

    What is dead stays until somebody decides on it.
    """
    old = OutgoingMessage.objects.filter(
        state__in=(MessageState.SENT, MessageState.SUPPRESSED), created_at__lt=Now() - timedelta(days=days)
    ).order_by("created_at")
    total = 0
    while count := OutgoingMessage.objects.filter(pk__in=old.values("pk")[:BATCH]).delete()[0]:
        total += count
    return total
