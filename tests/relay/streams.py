"""The event stream behind a real server, and somebody who listens."""

from __future__ import annotations

import json
import threading
import time
from typing import Any

import httpx
import uvicorn
from django.db import transaction

from lianqin.local.processes import free_port
from relay import services, tickets
from relay.stream import Stream


class Server:
    def __init__(self, **limits: Any) -> None:
        self.port = free_port()
        self.stream = Stream(heartbeat_seconds=0.5, **limits)
        config = uvicorn.Config(
            self._app, port=self.port, lifespan="on", interface="asgi3", log_level="error", timeout_graceful_shutdown=1
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        while not self._server.started and self._thread.is_alive():
            time.sleep(0.01)

    async def _app(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "lifespan":
            await self.stream(scope, receive, send)
            return
        while True:
            kind = (await receive())["type"]
            if kind == "lifespan.shutdown":
                await self.stream.stop()
            await send({"type": f"{kind}.complete"})
            if kind == "lifespan.shutdown":
                return

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join()

    def url(self, tokens: set[str], *, after: int | None = None, seconds: float = 600) -> str:
        ticket = tickets.issue(user_id=7, tokens=tokens, seconds=seconds)
        tail = "" if after is None else f"&after={after}"
        return f"http://127.0.0.1:{self.port}/events?ticket={ticket}{tail}"


class Listener:
    """Collects (event, id, data) in a thread."""

    def __init__(self, url: str) -> None:
        self.events: list[tuple[str, int, Any]] = []
        self.ended = threading.Event()
        self._thread = threading.Thread(target=self._read, args=[url], daemon=True)
        self._thread.start()

    def _read(self, url: str) -> None:
        fields: dict[str, str] = {}
        try:
            with httpx.stream("GET", url, timeout=20) as response:
                for line in response.iter_lines():
                    name, _, value = line.partition(": ")
                    if line:
                        fields[name] = value
                    elif "event" in fields:
                        self.events.append((fields["event"], int(fields["id"]), json.loads(fields["data"])))
                        fields = {}
        except httpx.HTTPError:
            pass
        self.ended.set()

    def ids(self, event: str = "order") -> list[int]:
        return [number for name, number, _ in self.events if name == event]

    def wait(self, event: str = "order", count: int = 1) -> list[int]:
        end = time.monotonic() + 10
        while len(self.ids(event)) < count and time.monotonic() < end:
            time.sleep(0.005)
        return self.ids(event)


def say(key: str, audience: tuple[str, ...] = ("s:1",), **more: str) -> None:
    with transaction.atomic():
        services.post(topic="order.test", key=key, payload={"number": key, **more}, audience=audience)


def numbered(count: int) -> None:
    for number in range(count):
        say(str(number))
    while services.sequence_pending():
        pass
