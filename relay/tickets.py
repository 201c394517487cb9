"""Tickets for the event stream: who listens and what may be heard, signed, for ten minutes."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass

from django.core import signing

from relay.rules import TICKET_SECONDS

SALT = "relay.stream"


@dataclass(frozen=True, slots=True)
class Ticket:
    """``expires_at`` is wall-clock time in seconds: rights taken away end with it at the latest."""

    user_id: int
    tokens: frozenset[str]
    expires_at: float


def issue(*, user_id: int, tokens: Iterable[str], seconds: float = TICKET_SECONDS) -> str:
    body = {"user": user_id, "tokens": sorted(set(tokens)), "until": time.time() + seconds}
    return signing.dumps(body, salt=SALT, compress=True)


def read(text: str) -> Ticket | None:
    """Return the ticket, or None if it was not signed by us or is over."""
    try:
        body = signing.loads(text, salt=SALT, max_age=TICKET_SECONDS)
    except signing.BadSignature:
        return None
    ticket = Ticket(body["user"], frozenset(body["tokens"]), body["until"])
    return ticket if ticket.expires_at > time.time() else None
