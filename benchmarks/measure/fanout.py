"""The floor of every live delivery: bare Redis, one subscription a reader."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

from django.conf import settings
from redis import Redis
from redis.asyncio import Redis as AsyncRedis

from benchmarks.measure.workers import wait_for

PREFIX = "benchmark:floor:"


def hear(index: int, channels: list[str], parts: int, until: float) -> list[float]:
    """Be this process's part of the readers, each on its channel; return the seconds of every delivery."""
    return asyncio.run(_all(channels[index::parts], until))


async def _all(channels: list[str], until: float) -> list[float]:
    waits: list[float] = []
    redis = AsyncRedis.from_url(settings.REDIS_URL, max_connections=len(channels) + 1)
    try:
        await asyncio.gather(*(_one(redis, channel, until, waits) for channel in channels))
    finally:
        await redis.aclose()
    return waits


async def _one(redis: AsyncRedis, channel: str, until: float, waits: list[float]) -> None:
    async with redis.pubsub() as news:
        await news.subscribe(PREFIX + channel)
        while (left := until - time.time()) > 0:
            message = await news.get_message(ignore_subscribe_messages=True, timeout=left)
            if message is not None:
                waits.append(time.time() - json.loads(message["data"])["sent"])


def tell(index: int, bodies: list[tuple[list[str], Any]], begin: float, seconds: float, rate: float) -> None:
    """Publish the messages one after the other to every channel of their audience, evenly."""
    with Redis.from_url(settings.REDIS_URL) as redis:
        for number in range(int(seconds * rate)):
            wait_for(begin + number / rate)
            audience, payload = bodies[number % len(bodies)]
            pipe = redis.pipeline(transaction=False)
            for token in audience:
                pipe.publish(PREFIX + token, json.dumps({"sent": time.time(), "payload": payload}))
            pipe.execute()
