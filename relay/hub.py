"""One Redis subscription for all listeners of this process. Redis is the fast way, the database the sure one."""

from __future__ import annotations

import asyncio
import json
import logging
from contextlib import suppress
from typing import Any

import psycopg
import psycopg_pool
from django.conf import settings
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

from relay import transports
from relay.reading import Log, Row
from relay.rules import POLL_SECONDS, QUEUE_LIMIT, STREAM_CHANNEL, event_name

logger = logging.getLogger(__name__)
DATABASE_ERRORS = (psycopg.Error, psycopg_pool.PoolTimeout, OSError)
QUIET_SECONDS = 2.0  # With nothing heard for so long, ask the database whether something was missed.


def frame(sequence: int, name: str, data: Any) -> bytes:
    """One server-sent event."""
    text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return f"id: {sequence}\nevent: {name}\ndata: {text}\n\n".encode()


class Listener:
    """One open stream: what it may hear, and what waits for it."""

    def __init__(self, user_id: int, tokens: frozenset[str], limit: int = QUEUE_LIMIT) -> None:
        self.user_id = user_id
        self.tokens = tokens
        self.queue: asyncio.Queue[tuple[int, bytes]] = asyncio.Queue(limit)
        self.closed = asyncio.Event()

    def offer(self, sequence: int, data: bytes) -> None:
        """Queue a frame; a listener too slow to keep up is let go and catches up when it comes back."""
        try:
            self.queue.put_nowait((sequence, data))
        except asyncio.QueueFull:
            self.closed.set()


class Hub:
    """``last`` is the number up to which every listener was offered everything."""

    def __init__(self) -> None:
        self.log = Log()
        self.last: int | None = None
        self.listeners: set[Listener] = set()
        self._task: asyncio.Task[None] | None = None
        self._starting = asyncio.Lock()

    async def start(self) -> None:
        """Begin to follow the log with the first listener; later calls cost nothing."""
        async with self._starting:
            if self._task is not None and not self._task.done():
                return
            await self.log.open()
            if self.last is None:
                self.last = (await self.log.position())[0]
            self._task = asyncio.create_task(self._follow(), name="relay-hub")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        for listener in self.listeners:
            listener.closed.set()
        await self.log.close()

    async def _follow(self) -> None:
        while True:
            try:
                await self._subscribe_and_listen()
            except (RedisError, OSError):
                logger.warning("the stream lost Redis; reading from the database meanwhile")
            except Exception:
                logger.exception("the stream stumbled; reading from the database meanwhile")
            try:
                await self._catch_up()
            except DATABASE_ERRORS:
                logger.warning("the stream lost the database; trying again")
            except Exception:
                # Whatever it is, those who listen must not be left with a silent stream.
                logger.exception("the stream stumbled; trying again")
            await asyncio.sleep(POLL_SECONDS)

    async def _subscribe_and_listen(self) -> None:
        redis = Redis.from_url(settings.REDIS_URL, socket_connect_timeout=2, health_check_interval=5)
        try:
            async with redis.pubsub() as channel:
                await channel.subscribe(transports.channel(STREAM_CHANNEL))
                await self._listen(channel)
        finally:
            with suppress(RedisError, OSError):
                await redis.aclose()

    async def _listen(self, channel: PubSub) -> None:
        while True:
            message = await channel.get_message(timeout=QUIET_SECONDS)
            try:
                if message is None or message["type"] != "message":
                    # Just subscribed, or quiet for a while: a relay may have been killed before it could publish.
                    await self._catch_up()
                else:
                    await self._hear(json.loads(message["data"]))
            except DATABASE_ERRORS:
                logger.warning("the stream lost the database; trying again")
                await asyncio.sleep(POLL_SECONDS)

    async def _hear(self, body: dict[str, Any]) -> None:
        last = self.last or 0
        sequence: int = body["sequence"]
        if sequence > last + 1:
            await self._catch_up()
        elif sequence == last + 1:
            audience = frozenset(body.get("audience", ()))
            self._offer(Row(sequence, body.get("topic", ""), body.get("payload"), audience))

    async def _catch_up(self) -> None:
        """Offer from the database what came after ``last``."""
        last = self.last or 0
        head, _ = await self.log.position()
        if head < last:
            logger.warning("the log was begun anew; listeners must reload")
            self.last = head
            for listener in self.listeners:
                listener.closed.set()
            return
        if head == last:
            return
        async for row in self.log.after(last, until=head):
            self._offer(row)
        self.last = max(self.last or 0, head)

    def _offer(self, row: Row) -> None:
        self.last = row.sequence
        if not row.audience:
            return
        data = frame(row.sequence, event_name(row.topic), row.payload)
        for listener in self.listeners:
            if not row.audience.isdisjoint(listener.tokens):
                listener.offer(row.sequence, data)
