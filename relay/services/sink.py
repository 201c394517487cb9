"""The short messages of a demonstration, kept for minutes: nobody has a telephone there."""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass
from typing import Any

from relay.transports import broker, channel

LIST, MOST, KEPT_SECONDS = "demo:sms", 500, 600


@dataclass(frozen=True, slots=True)
class Taken:
    """``at``: seconds since the epoch."""

    to: str
    text: str
    at: float


def keep_taken(*, to: str, text: str) -> None:
    """Keep it for ten minutes, with the others of that time. Raises RedisError."""
    told = json.dumps(asdict(Taken(to[:20], text[:500], time.time())), ensure_ascii=False)
    with broker().pipeline() as line:
        line.lpush(channel(LIST), told)
        line.ltrim(channel(LIST), 0, MOST - 1)
        line.expire(channel(LIST), KEPT_SECONDS)
        line.execute()


def lately_taken() -> list[Taken]:
    """Newest first. Raises RedisError."""
    rows: Any = broker().lrange(channel(LIST), 0, MOST - 1)
    since = time.time() - KEPT_SECONDS
    return [each for each in (Taken(**json.loads(row)) for row in rows) if each.at > since]
