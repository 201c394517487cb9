"""Write what must leave a transaction, and take it exactly once."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.db import connection, transaction

from lianqin.kernel.statements import prepared
from relay.models import Consumption
from relay.transports import bell

INSERT = """
INSERT INTO relay_outboxmessage (topic, key, payload, audience, created_at)
VALUES (%s, %s, %s, %s::varchar[], lianqin_now())
"""


def wake() -> None:
    """Tell the relays that something was committed. A call that fails costs half a second, nothing else."""
    bell.ring()


def post(*, topic: str, key: str, payload: dict[str, Any], audience: Iterable[str] = ()) -> None:
    """Write a message with the caller's change: one INSERT, relayed after commit, gone with a rollback."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("post() must run in the transaction of the change it tells of")
    reached = sorted(set(audience))
    with prepared() as cursor:
        # Written by every change of every order, under its lock: in SQL of our own, which costs a fifth of the ORM's.
        cursor.execute(INSERT, [topic, key, json.dumps(payload), reached])
    # One call a transaction is enough; savepoints that roll back take their own registration with them.
    if not any(entry[1] is wake for entry in connection.run_on_commit):
        transaction.on_commit(wake, robust=True)


def once(consumer: str, message_id: int) -> bool:
    """Return True for the first transaction that takes this message for this consumer, then False for good."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("once() must run in the transaction of the effect")
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {Consumption._meta.db_table} (consumer, message_id) VALUES (%s, %s) ON CONFLICT DO NOTHING",
            [consumer, message_id],
        )
        first: bool = cursor.rowcount == 1
    return first
