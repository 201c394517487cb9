"""A consumer of every order's news that writes down each time it is called, in the transaction of the delivery."""

from __future__ import annotations

import os

from django.db import connection

from relay.models import OutboxMessage
from relay.registry import consumer

NAME = "fire.witness"
TOPIC = "order.event"
CREATE = """
CREATE TABLE IF NOT EXISTS fire_witness (message_id bigint NOT NULL, event_id bigint NOT NULL, process integer NOT NULL)
"""


def register() -> None:
    consumer(NAME, {TOPIC})(testify)


def testify(message: OutboxMessage) -> None:
    """No unique constraint here: a message that takes effect twice must show."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO fire_witness (message_id, event_id, process) VALUES (%s, %s, %s)",
            [message.pk, message.payload["event"], os.getpid()],
        )


def create_table() -> None:
    with connection.cursor() as cursor:
        cursor.execute(CREATE)
