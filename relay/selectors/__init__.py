"""Reads of the relay."""

from __future__ import annotations

from django.db import connection
from django.db.models import QuerySet

from relay.models import Delivery, DeliveryState, LogState

BACKLOG_AGE = """
SELECT coalesce(extract(epoch FROM lianqin_now() - least(
    (SELECT created_at FROM relay_outboxmessage WHERE sequence IS NULL ORDER BY id LIMIT 1),
    (SELECT created_at FROM relay_outboxmessage WHERE sequence =
        (SELECT published_sequence + 1 FROM relay_logstate WHERE id = 1)),
    (SELECT min(next_at) FROM relay_delivery WHERE state IN ('pending', 'leased'))
)), 0)
"""


def last_sequence() -> int:
    """The number a page hands to its stream as ``after``; read it before the page's data."""
    return LogState.objects.filter(pk=1).values_list("last_sequence", flat=True).first() or 0


def dead_letters() -> QuerySet[Delivery]:
    return Delivery.objects.filter(state=DeliveryState.DEAD).select_related("message").order_by("pk")


def backlog_seconds() -> float:
    """How long the oldest message has waited for its number, its publication or its due delivery."""
    with connection.cursor() as cursor:
        cursor.execute(BACKLOG_AGE)
        return max(0.0, float(cursor.fetchone()[0]))
