"""Where a platform takes its returns: checks the signature, applies once, and misbehaves when told to."""

from __future__ import annotations

import json
import random
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from citizens.management.platforms.ledger import Ledger
from citizens.rules.signing import KEY, NONCE, SIGNATURE, TIMESTAMP, TOLERANCE_SECONDS, is_signature, signed_text

HANG_SECONDS = 12.0
# As the guide for platforms names them; another word cannot be read here.
KINDS = {"accepted", "registered", "declined", "handled", "closed", "reopened", "merged", "voided"}


class Returns(ThreadingHTTPServer):
    """``trouble``: share of calls that are cut before or after they were applied, answered 500, or left hanging."""

    daemon_threads = True

    def __init__(
        self, port: int, *, ledger: Ledger, key_id: str, secret: str, algorithm: str, trouble: float, seed: int
    ) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.ledger, self.key_id, self.secret, self.algorithm = ledger, key_id, secret, algorithm
        self.trouble, self.dice = trouble, random.Random(seed)

    def mishap(self) -> str:
        if self.dice.random() >= self.trouble:
            return ""
        return self.dice.choices(("cut_before", "cut_after", "500", "hang"), (30, 40, 28, 2))[0]

    def is_signed(self, path: str, headers: Any, body: bytes) -> bool:
        stamp = headers.get(TIMESTAMP, "")
        if (
            headers.get(KEY) != self.key_id
            or not stamp.isdecimal()
            or abs(time.time() - int(stamp)) > TOLERANCE_SECONDS
        ):
            return False
        path, _, query = path.partition("?")
        text = signed_text(
            method="POST", path=path, query=query, timestamp=stamp, nonce=headers.get(NONCE, ""), body=body
        )
        return is_signature(headers.get(SIGNATURE, ""), self.secret, text, self.algorithm)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever was cut off is not news."""


class Handler(BaseHTTPRequestHandler):
    server: Returns

    def do_POST(self) -> None:
        body = self.rfile.read(min(int(self.headers.get("Content-Length", 0)), 1 << 20))
        if not self.server.is_signed(self.path, self.headers, body):
            self.server.ledger.trouble("unsigned")
            return self._answer(401, {"ok": False})
        mishap = self.server.mishap()
        if mishap:
            self.server.ledger.trouble(f"return_{mishap}")
        if mishap == "cut_before":
            return self._cut()
        if mishap == "500":
            return self._answer(500, {"ok": False})
        if mishap == "hang":
            time.sleep(HANG_SECONDS)
        told = json.loads(body)
        if told["kind"] not in KINDS:
            self.server.ledger.trouble("unknown_kind")
            return self._answer(422, {"ok": False})
        new = self.server.ledger.apply(told)
        return self._cut() if mishap == "cut_after" else self._answer(200, {"ok": True, "new": new})

    def _cut(self) -> None:
        self.close_connection = True
        self.connection.close()

    def _answer(self, status: int, told: dict[str, Any]) -> None:
        data = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """The ledger knows."""
