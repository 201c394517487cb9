"""The floor of a request: a bare WSGI answer through the same server, and an empty view of Django.

``benchmarks.measure.bare:wsgi`` and ``benchmarks.measure.bare:django`` are served like ``lianqin.asgi:application``.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any

from a2wsgi import WSGIMiddleware

THREADS = int(os.environ.get("LIANQIN_THREADS", "20"))
BODY = b'{"ok": true}'


def _answer(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    start("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(BODY)))])
    return [BODY]


def _django(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    """All of the platform's middleware, and a view that does nothing."""
    environ["PATH_INFO"] = "/livez"
    answer: Iterable[bytes] = _platform()(environ, start)
    return answer


def _platform() -> Any:
    global _application
    if _application is None:
        from lianqin.wsgi import application

        _application = application
    return _application


_application: Any = None
wsgi: Any = WSGIMiddleware(_answer, workers=THREADS)  # type: ignore[arg-type]
django: Any = WSGIMiddleware(_django, workers=THREADS)  # type: ignore[arg-type]
