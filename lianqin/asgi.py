"""One port: ``/events`` is answered by asyncio, everything else by Django in threads.

A stream held by a WSGI thread would cost a thread a listener; pages under plain ASGI would serve a third. What is sent
slowly takes no thread either: bodies are received first (``lianqin.bodies``).
"""

from __future__ import annotations

import json
import os
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from a2wsgi import WSGIMiddleware
from django.conf import settings
from django.http.response import FileResponse
from django.template.loader import render_to_string

from citizens.rules.limits import NEAR, networks_of
from lianqin.bodies import BODY, Bodies
from lianqin.wsgi import application as pages
from relay.stream import application as events

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, MutableMapping

    Message = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]

FileResponse.block_size = 256 * 1024  # seven times faster than the default of 4 KiB
Headers = list[tuple[bytes, bytes]]


def _with_body(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Read a body that is there from where it lies, not piece by piece from the event loop."""
    body = environ["asgi.scope"].get(BODY)
    if body is not None:
        environ["wsgi.input"] = body
    return pages(environ, start_response)


async def _busy(scope: Message, after: int) -> tuple[Headers, bytes]:
    """What who cannot be served now is told: a page, or problem details for scripts."""
    headers = dict(scope["headers"])
    if scope["path"].startswith("/api/") or headers.get(b"accept", b"").startswith(b"application/json"):
        told = {"type": "about:blank", "title": "Service Unavailable", "status": 503, "code": "busy"}
        return [(b"content-type", b"application/problem+json")], json.dumps({**told, "retry_after": after}).encode()
    return [(b"content-type", b"text/html; charset=utf-8")], _busy_page(
        b"lianqin_type=large" in headers.get(b"cookie", b"")
    )


@lru_cache(maxsize=2)
def _busy_page(large: bool) -> bytes:
    return render_to_string("citizens/report/busy.html", {"large_type": large}).encode()


def _network(scope: Message) -> str:
    """From where it comes, as far as the server knows; empty for this machine."""
    client = scope.get("client")
    return networks_of(client[0]).get(NEAR, "") if client else ""


_wsgi: Any = _with_body
_threads: Any = WSGIMiddleware(_wsgi, workers=int(os.environ.get("LIANQIN_THREADS", "20")))
_pages = Bodies(
    _threads,
    busy=_busy,
    folder=settings.MEDIA_ROOT / "arriving",
    most=settings.LIANQIN_UPLOADS_AT_ONCE,
    most_bytes=settings.LIANQIN_UPLOAD_MB_AT_ONCE * 1024 * 1024,
    whose=_network,
)


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
