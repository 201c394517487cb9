"""How a platform sends: again and again until it has an answer, over a line that may be cut."""

from __future__ import annotations

import http.client
import json
import random
import secrets
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from citizens.management.platforms.appeals import WRITTEN, Appeal
from citizens.management.platforms.ledger import Ledger
from citizens.rules.signing import headers

PATIENCE_SECONDS = 10.0
LONGEST_PAUSE = 2.0


@dataclass
class Sender:
    """``rate`` appeals a second over all ``lines``, 0: as fast as they go. ``trouble``: share of calls that are cut."""

    platform: str
    address: str
    ledger: Ledger
    key_id: str
    secret: str
    algorithm: str = "HMAC-SHA256"
    rate: float = 0.0
    repeat: float = 0.0
    trouble: float = 0.0
    seed: int = 1
    stopping: threading.Event = field(default_factory=threading.Event)

    def run(self, appeals: Iterable[Appeal], *, lines: int = 2) -> None:
        """Send them all; return when each has its answer or the platform is told to stop."""
        source, guard = iter(appeals), threading.Lock()
        threads = [
            threading.Thread(target=self._line, args=(source, guard, n, lines), daemon=True) for n in range(lines)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _line(self, source: Iterator[Appeal], guard: threading.Lock, number: int, lines: int) -> None:
        dice = random.Random(self.seed * 100 + number)
        while not self.stopping.is_set():
            with guard:
                appeal = next(source, None)
            if appeal is None:
                return
            self.deliver(appeal, dice)
            if dice.random() < self.repeat:
                self.deliver(appeal, dice)
            if self.rate:
                self.stopping.wait(lines / self.rate)

    def deliver(self, appeal: Appeal, dice: random.Random) -> None:
        """Until there is an answer that settles it."""
        pause = 0.1
        while not self.stopping.is_set():
            self.ledger.tried(appeal.number)
            try:
                status, told, wait = self._call(appeal, dice)
            except (OSError, http.client.HTTPException, ValueError):
                self.ledger.trouble("no_answer")
                status, told, wait = 0, {}, 0.0
            if status in (200, 201, 202):
                return self.ledger.answered(appeal.number, status, told.get("number"))
            if status in (400, 403, 413, 422):
                return self.ledger.trouble(f"refused_{told.get('code', status)}")
            if status:
                self.ledger.trouble(f"status_{status}")
            self.stopping.wait(max(pause, wait) * dice.uniform(0.5, 1.0))
            pause = min(LONGEST_PAUSE, pause * 2)

    def _call(self, appeal: Appeal, dice: random.Random) -> tuple[int, dict[str, Any], float]:
        body = json.dumps(WRITTEN[self.platform](appeal), ensure_ascii=False).encode()
        parts = urlsplit(self.address)
        path = f"/intake/v1/{self.platform}/reports/"
        signed = headers(
            key_id=self.key_id, secret=self.secret, algorithm=self.algorithm, method="POST", path=path, query="",
            seconds=int(time.time()), nonce=secrets.token_hex(16), body=body,
        )  # fmt: skip
        line = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=PATIENCE_SECONDS)
        try:
            line.putrequest("POST", path)
            for name, value in {"Content-Type": "application/json", "Content-Length": str(len(body)), **signed}.items():
                line.putheader(name, value)
            mishap = dice.choice(("half", "unheard")) if dice.random() < self.trouble else ""
            line.endheaders(body[: len(body) // 2] if mishap == "half" else body)
            if mishap:
                self.ledger.trouble(f"cut_{mishap}")
                time.sleep(dice.uniform(0, 0.05))
                raise ConnectionError(mishap)
            answer = line.getresponse()
            told = json.loads(answer.read() or b"{}")
            return answer.status, told, float(answer.headers.get("Retry-After", 0))
        finally:
            line.close()
