"""The figures of the relay: pure constants and functions, no ORM, no clock."""

from __future__ import annotations

import random

BATCH = 500  # Rows a round, for sequencing, publishing and replay.
LEASE_SECONDS = 60
HANDFUL = 100  # Deliveries of one transaction, at their first attempt.
MAX_ATTEMPTS = 12
BACKOFF_CAP_SECONDS = 600.0
POLL_SECONDS = 0.5
# A process calls the relay no more often than this; after a call it looks again when that time is surely over.
CALL_SECONDS = 0.02
ECHO_SECONDS = 0.03

WAKE_CHANNEL = "lianqin:wake"
STREAM_CHANNEL = "lianqin:stream"

TICKET_SECONDS = 600
HEARTBEAT_SECONDS = 15.0
REPLAY_LIMIT = 5_000  # Further behind than this, a page reloads its data instead.
QUEUE_LIMIT = 1_000  # Frames waiting for one slow listener before it is let go.
STREAMS_PER_USER = 8
STREAMS_PER_PROCESS = 2_000

RETENTION_DAYS = 30
BACKLOG_LIMIT_SECONDS = 60.0

# Advisory locks of the relay: one writer of sequences, one publisher.
SEQUENCE_LOCK = 0x4C51_0001
PUBLISH_LOCK = 0x4C51_0002


def backoff_seconds(attempts: int, *, jitter: float | None = None) -> float:
    """Seconds to wait after the ``attempts``-th failure: 1, 2, 4, … capped, spread over half to all of it."""
    spread = random.random() if jitter is None else jitter
    full: float = min(BACKOFF_CAP_SECONDS, 2.0 ** min(attempts - 1, 30))
    return full * (0.5 + spread / 2)


def event_name(topic: str) -> str:
    """The name under which a topic reaches pages: ``order.event`` is ``order``."""
    return topic.partition(".")[0]
