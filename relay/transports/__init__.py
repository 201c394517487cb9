"""The way to Redis. It only carries: whatever is lost here is read again from the database."""

from __future__ import annotations

import json
import time
from functools import cache
from typing import Any

from django.conf import settings
from django.db import connection
from redis import Redis
from redis.exceptions import RedisError

from relay.rules import CALL_SECONDS, STREAM_CHANNEL, WAKE_CHANNEL

REST_SECONDS = 5.0


@cache
def broker() -> Redis:
    """The connections of this process; short time-outs, since nobody may wait for a wake-up call."""
    return Redis.from_url(settings.REDIS_URL, socket_connect_timeout=0.5, socket_timeout=2, health_check_interval=30)


def channel(name: str) -> str:
    """A channel of this database's log: Redis numbers its databases, but its channels are common to all of them."""
    return f"{name}:{connection.settings_dict['NAME']}"


class Bell:
    """Rings the relay. After a failure it rests, so that a broker that is away slows no request twice.

    One call stands for all within moments of it: whoever heard it looks once more when they are over (ECHO_SECONDS).
    """

    def __init__(self) -> None:
        self._rest_until = 0.0

    def ring(self) -> None:
        now = time.monotonic()
        if now < self._rest_until:
            return
        self._rest_until = now + CALL_SECONDS
        try:
            broker().publish(channel(WAKE_CHANNEL), b"1")
        except RedisError:
            self._rest_until = time.monotonic() + REST_SECONDS


bell = Bell()


def encode(sequence: int, topic: str, payload: Any, audience: list[str]) -> bytes:
    """One message of the stream. Without an audience only the number goes out, so that readers see no gap."""
    body: dict[str, Any] = {"sequence": sequence}
    if audience:
        body |= {"topic": topic, "payload": payload, "audience": audience}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def publish(messages: list[bytes]) -> None:
    """Send in one round trip, in order. Raise ``RedisError`` if that failed."""
    pipe = broker().pipeline(transaction=False)
    for message in messages:
        pipe.publish(channel(STREAM_CHANNEL), message)
    pipe.execute()
