"""Receivers as the world has them: they fail, hang, answer late, say no politely, cut the line, and keep count."""

from __future__ import annotations

import contextlib
import json
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class Asked:
    """One request as it came in."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: str

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def key(self) -> str:
        return self.headers["idempotency-key"]


@dataclass(frozen=True)
class Reply:
    """``wait`` seconds first; ``cut``: nothing is answered; ``drip``: a byte at a time, for ever."""

    status: int = 200
    body: str = '{"errcode":0,"errmsg":"ok"}'
    headers: dict[str, str] = field(default_factory=dict)
    wait: float = 0.0
    cut: bool = False
    drip: bool = False


class Receiver:
    """Answers with ``replies`` in turn, the last one for good; ``asked`` is what came."""

    def __init__(self, *replies: Reply) -> None:
        self.replies = list(replies) or [Reply()]
        self.asked: list[Asked] = []
        self.over = threading.Event()
        self._lock = threading.Lock()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                with contextlib.suppress(OSError):
                    receiver._answer(self)

            do_PUT = do_POST

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        body = handler.rfile.read(int(handler.headers.get("content-length", "0"))).decode()
        headers = {name.lower(): value for name, value in handler.headers.items()}
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        with self._lock:
            self.asked.append(Asked(parts.path, query, headers, body))
            reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        self.over.wait(reply.wait)
        if reply.cut:
            handler.close_connection = True
            handler.connection.close()
            return
        if reply.drip:
            while not self.over.wait(0.05):
                handler.wfile.write(b"H")
            return
        handler.send_response(reply.status)
        for name, value in reply.headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(reply.body.encode())))
        handler.end_headers()
        handler.wfile.write(reply.body.encode())

    def close(self) -> None:
        self.over.set()
        self._server.shutdown()
        self._server.server_close()


class Mailbox(socketserver.ThreadingTCPServer):
    """A mail server that takes what it is given, or says ``refuse`` to a recipient.

    ``waits``: seconds before it answers a verb, or "." for the end of a mail; ``cuts``: after which it hangs up.
    """

    allow_reuse_address = daemon_threads = True

    def __init__(self, refuse: str = "", *, waits: dict[str, float] | None = None, cuts: str = "") -> None:
        self.refuse, self.mails = refuse, list[str]()
        self.waits, self.cuts = waits or {}, cuts
        super().__init__(("127.0.0.1", 0), _Talk)
        self.address = f"smtp://127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        self.shutdown()
        self.server_close()


class _Talk(socketserver.StreamRequestHandler):
    server: Mailbox

    def handle(self) -> None:
        self._say("220 mailbox")
        for raw in self.rfile:
            verb = raw.decode().strip().upper()
            time.sleep(self.server.waits.get(verb[:4], 0))
            if verb.startswith("RCPT") and self.server.refuse:
                self._say(self.server.refuse)
            elif verb.startswith("DATA"):
                self._say("354 go on")
                lines = self._mail()
                if lines is None:
                    return None
                self.server.mails.append(lines)
                time.sleep(self.server.waits.get(".", 0))
                if self.server.cuts == ".":
                    return None
                self._say("250 taken")
            elif verb.startswith("QUIT"):
                return self._say("221 bye")
            else:
                self._say("250 ok")
        return None

    def _mail(self) -> str | None:
        """A mail up to its end; None if the line was cut before it."""
        lines = list[bytes]()
        for line in self.rfile:
            if line == b".\r\n":
                return b"".join(lines).decode()
            lines.append(line)
        return None

    def _say(self, line: str) -> None:
        with contextlib.suppress(OSError):
            self.wfile.write(f"{line}\r\n".encode())


@contextlib.contextmanager
def receivers() -> Iterator[Callable[..., Receiver]]:
    """A maker of receivers that are all closed afterwards."""
    made: list[Receiver] = []

    def make(*replies: Reply) -> Receiver:
        made.append(Receiver(*replies))
        return made[-1]

    yield make
    for each in made:
        each.close()


def until(condition: Callable[[], bool], seconds: float = 5.0) -> bool:
    """Wait for a condition; whether it came true."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True
