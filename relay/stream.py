"""``GET /events``: the event stream of a browser, as a raw ASGI application.

Replays from the database what was numbered after ``Last-Event-ID`` or ``after``, then goes on live.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qs

from django.utils.translation import gettext as _

from lianqin.kernel.numbers import whole
from relay import tickets
from relay.hub import DATABASE_ERRORS, Hub, Listener, frame
from relay.reading import Log
from relay.rules import HEARTBEAT_SECONDS, QUEUE_LIMIT, REPLAY_LIMIT, STREAMS_PER_PROCESS, STREAMS_PER_USER, event_name
from relay.tickets import Ticket

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store, no-transform"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]


class Stream:
    """The application of one process; its hub lives in the event loop of the first listener."""

    def __init__(
        self,
        *,
        heartbeat_seconds: float = HEARTBEAT_SECONDS,
        replay_limit: int = REPLAY_LIMIT,
        queue_limit: int = QUEUE_LIMIT,
    ) -> None:
        self._heartbeat_seconds = heartbeat_seconds
        self._replay_limit, self._queue_limit = replay_limit, queue_limit
        self._hub: Hub | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._open: Counter[int] = Counter()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["method"] != "GET":
            await _refuse(send, 405, "method_not_allowed", _("只支持 GET"), [(b"allow", b"GET")])
            return
        query = parse_qs(scope["query_string"].decode("latin-1"))
        ticket = tickets.read(query.get("ticket", [""])[0])
        if ticket is None:
            await _refuse(send, 401, "bad_ticket", _("实时连接凭证无效或已过期"), [])
            return
        after = _after(scope, query)
        if self._open[ticket.user_id] >= STREAMS_PER_USER or self._open.total() >= STREAMS_PER_PROCESS:
            await _refuse(send, 429, "too_many_streams", _("实时连接过多，请稍后再试"), [(b"retry-after", b"10")])
            return
        self._open[ticket.user_id] += 1
        try:
            await self._serve(ticket, after, receive, send)
        finally:
            self._open[ticket.user_id] -= 1
            if not self._open[ticket.user_id]:
                del self._open[ticket.user_id]

    async def stop(self) -> None:
        """Close every stream and the connections behind them."""
        if self._hub is not None:
            await self._hub.stop()
            self._hub = None

    async def hub(self) -> Hub:
        loop = asyncio.get_running_loop()
        if self._hub is None or self._loop is not loop:
            self._hub, self._loop = Hub(), loop
        await self._hub.start()
        return self._hub

    async def _serve(self, ticket: Ticket, after: int | None, receive: Receive, send: Send) -> None:
        listener = Listener(ticket.user_id, ticket.tokens, self._queue_limit)
        try:
            hub = await self.hub()
            # Listen first, read the log then: what comes in between waits in the queue.
            hub.listeners.add(listener)
            try:
                head, purged = await hub.log.position()
                # Who is further behind than this, or asks for what was purged, reloads instead.
                oldest = max(purged, head - self._replay_limit)
                await self._run(hub, Session(hub, listener, ticket, send, head, oldest), after, receive)
            finally:
                hub.listeners.discard(listener)
        except DATABASE_ERRORS:
            if not listener.closed.is_set():
                await _refuse(send, 503, "try_again", _("服务暂时不可用，请稍后再试"), [(b"retry-after", b"2")])

    async def _run(self, hub: Hub, session: Session, after: int | None, receive: Receive) -> None:
        writer = asyncio.create_task(session.write(after, self._heartbeat_seconds))
        gone = asyncio.create_task(_disconnected(receive))
        closed = asyncio.create_task(session.listener.closed.wait())
        tasks = {writer, gone, closed}
        try:
            timeout = max(0.0, session.ticket.expires_at - time.time())
            await asyncio.wait(tasks, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
        finally:
            over = not gone.done()
            for task in tasks:
                task.cancel()
            results = await asyncio.gather(*tasks, return_exceptions=True)
        failures = [result for result in results if isinstance(result, Exception)]
        session.listener.closed.set()
        if over and session.started:
            await session.finish()
        elif failures:
            session.listener.closed.clear()
            raise failures[0]


class Session:
    """What is written to one listener, and up to which number."""

    def __init__(self, hub: Hub, listener: Listener, ticket: Ticket, send: Send, head: int, oldest: int) -> None:
        self.hub, self.listener, self.ticket, self._send = hub, listener, ticket, send
        self.head, self.oldest = head, oldest
        self.cursor = head
        self.started = False

    async def write(self, after: int | None, heartbeat_seconds: float) -> None:
        self.started = True
        await self._send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        await self._body(b"retry: 2000\n\n")
        if after is not None and not await self._replay(after):
            # Too far behind to be told one by one: the page reloads its data and goes on from here.
            await self._body(frame(self.head, "reset", {"sequence": self.head}))
        await self._body(frame(self.cursor, "ready", {"sequence": self.cursor}))
        await self._go_live(heartbeat_seconds)

    async def _replay(self, after: int) -> bool:
        if not self.oldest <= after <= self.head:
            return False
        log: Log = self.hub.log
        async for row in log.after(after, until=self.head, tokens=self.listener.tokens):
            await self._body(frame(row.sequence, event_name(row.topic), row.payload))
        return True

    async def _go_live(self, heartbeat_seconds: float) -> None:
        queue = self.listener.queue
        while True:
            try:
                waiting = [await asyncio.wait_for(queue.get(), heartbeat_seconds)]
            except TimeoutError:
                # Everything up to the hub's number was offered: the next reconnect starts from there.
                self.cursor = max(self.cursor, self.hub.last or 0)
                await self._body(frame(self.cursor, "beat", {"sequence": self.cursor}))
                continue
            while not queue.empty():
                waiting.append(queue.get_nowait())
            fresh = [data for sequence, data in waiting if sequence > self.cursor]
            self.cursor = max(self.cursor, waiting[-1][0])
            if fresh:
                await self._body(b"".join(fresh))

    async def _body(self, data: bytes, *, more: bool = True) -> None:
        await self._send({"type": "http.response.body", "body": data, "more_body": more})

    async def finish(self) -> None:
        """End the response; a client that takes nothing any more does not hold us."""
        try:
            await asyncio.wait_for(self._body(b"", more=False), 2)
        except (TimeoutError, OSError):
            return


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _after(scope: Message, query: dict[str, list[str]]) -> int | None:
    """The last number the client has: what the browser itself sends on a reconnect wins. None: from now on."""
    headers = dict(scope["headers"])
    text = headers.get(b"last-event-id", b"").decode("latin-1") or query.get("after", [""])[0]
    return whole(text)


async def _refuse(send: Send, status: int, code: str, detail: str, headers: list[tuple[bytes, bytes]]) -> None:
    problem = {"type": "about:blank", "title": detail, "status": status, "detail": detail, "code": code}
    body = json.dumps(problem, ensure_ascii=False).encode()
    given = [(b"content-type", b"application/problem+json"), (b"cache-control", b"no-store"), *headers]
    given.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": given})
    await send({"type": "http.response.body", "body": body})


application = Stream()
