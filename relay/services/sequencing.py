"""Number what is committed, create its deliveries, and publish it in order."""

from __future__ import annotations

from django.db import connection, transaction

from relay import registry, transports
from relay.locks import hold
from relay.models import LogState, OutboxMessage
from relay.rules import BATCH, PUBLISH_LOCK, SEQUENCE_LOCK

# One writer at a time holds the lock, so numbers have no gaps and become visible in order. A row that commits
# late is simply not seen in this round and gets a higher number in the next.
NUMBER_AND_FAN_OUT = """
WITH fresh AS (
    SELECT id, row_number() OVER (ORDER BY id) AS place
    FROM (SELECT id FROM relay_outboxmessage WHERE sequence IS NULL ORDER BY id LIMIT %(batch)s) AS waiting
), numbered AS (
    UPDATE relay_outboxmessage AS message SET sequence = log.last_sequence + fresh.place
    FROM fresh, relay_logstate AS log WHERE message.id = fresh.id AND log.id = 1
    RETURNING message.id, message.topic
), counted AS (
    UPDATE relay_logstate SET last_sequence = last_sequence + (SELECT count(*) FROM numbered)
    WHERE id = 1 AND EXISTS (SELECT 1 FROM numbered)
), fanned_out AS (
    INSERT INTO relay_delivery (message_id, consumer, state, attempts, next_at, last_error)
    SELECT numbered.id, route.consumer, 'pending', 0, lianqin_now(), ''
    FROM numbered JOIN unnest(%(consumers)s::text[], %(topics)s::text[]) AS route (consumer, topic)
        ON route.topic = numbered.topic
    ORDER BY numbered.id
    ON CONFLICT DO NOTHING
)
SELECT count(*) FROM numbered
"""
BEGIN_LOG = """
INSERT INTO relay_logstate (id, last_sequence, published_sequence, purged_sequence)
SELECT 1, coalesce(max(sequence), 0), 0, 0 FROM relay_outboxmessage ON CONFLICT DO NOTHING
"""


def sequence_pending() -> int:
    """Give the next numbers to up to a batch of committed rows; return how many. Nothing if another relay is at it."""
    if not OutboxMessage.objects.filter(sequence=None).exists():
        return 0
    with transaction.atomic():
        if not hold(SEQUENCE_LOCK):
            return 0
        routes = registry.routes()
        given: dict[str, int | list[str]] = {
            "batch": BATCH,
            "consumers": [name for name, _ in routes],
            "topics": [topic for _, topic in routes],
        }
        with connection.cursor() as cursor:
            cursor.execute(NUMBER_AND_FAN_OUT, given)
            numbered: int = cursor.fetchone()[0]
            if not numbered and not LogState.objects.filter(pk=1).exists():
                cursor.execute(BEGIN_LOG)
                cursor.execute(NUMBER_AND_FAN_OUT, given)
                numbered = cursor.fetchone()[0]
    return numbered


def publish_pending() -> int:
    """Publish up to a batch of numbered rows in order; return how many. Raise ``RedisError`` if Redis is away.

    The mark moves after the sending, so that a relay killed in between sends again: listeners drop what they know.
    For the same reason its commit does not wait for the disk.
    """
    published = LogState.objects.filter(pk=1).values_list("published_sequence", "last_sequence").first()
    if published is None or published[0] >= published[1]:
        return 0
    with transaction.atomic():
        if not hold(PUBLISH_LOCK):
            return 0
        mark = _published_so_far()
        rows = list(
            OutboxMessage.objects.filter(sequence__gt=mark)
            .order_by("sequence")
            .values_list("sequence", "topic", "payload", "audience")[:BATCH]
        )
        if rows:
            transports.publish([transports.encode(number or 0, *rest) for number, *rest in rows])
            LogState.objects.filter(pk=1).update(published_sequence=rows[-1][0] or mark)
    return len(rows)


def _published_so_far() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT published_sequence, set_config('synchronous_commit', 'off', true) FROM relay_logstate WHERE id = 1"
        )
        mark: int = cursor.fetchone()[0]
    return mark
