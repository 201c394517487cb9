"""One account at the API: signs in by token, renews it, waits where the server asks, never floods."""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import httpx

logger = logging.getLogger("lianqin.traffic")
TRIES = 6
MOST_WAIT = 15.0
BUSY = frozenset({429, 502, 503, 504})


class Gone(Exception):
    """The server did not answer for as long as we are willing to try."""


class Shut(Gone):
    """The account may not sign in: locked, or its password is somebody's own by now. Trying again would lock it."""


@dataclass
class Pace:
    """At most ``per_second`` requests, evenly spread over everybody."""

    per_second: float
    _next: float = 0.0

    async def turn(self) -> None:
        now = time.monotonic()
        start = max(now, self._next)
        self._next = start + 1.0 / self.per_second
        if start > now:
            await asyncio.sleep(start - now)


@dataclass
class Line:
    """What all accounts share: the connection, the pace, what came back how often."""

    http: httpx.AsyncClient
    pace: Pace
    answers: Counter[str] = field(default_factory=Counter)


@dataclass
class Account:
    username: str
    password: str
    role: str
    unit: str
    line: Line
    token: str = ""
    shut_until: float = 0.0

    async def get(self, path: str, **query: Any) -> Any:
        """The JSON of an answer; None if it was refused."""
        answer = await self.send(
            "GET", path, params={name: value for name, value in query.items() if value is not None}
        )
        return answer.json() if answer.is_success else None

    async def post(self, path: str, data: dict[str, Any]) -> httpx.Response:
        return await self.send("POST", path, json=data)

    async def upload(self, path: str, content: bytes, data: dict[str, str]) -> httpx.Response:
        return await self.send("POST", path, files={"file": ("scene.jpg", content, "image/jpeg")}, data=data)

    async def send(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Send until it is answered. A repeat carries the same key, so nothing is done twice. Raises Gone, Shut."""
        headers = {"Idempotency-Key": uuid.uuid4().hex} if method == "POST" else {}
        for attempt in range(TRIES):
            await self.line.pace.turn()
            try:
                if not self.token:
                    await self.sign_in()
                signed = {**headers, "Authorization": f"Token {self.token}"}
                answer = await self.line.http.request(method, path, headers=signed, **options)
            except httpx.HTTPError as error:
                self.line.answers["connection"] += 1
                logger.debug("%s %s: %s", method, path, error)
                await self._back_off(attempt)
                continue
            self.line.answers[str(answer.status_code)] += 1
            if answer.status_code == 401:
                self.token = ""
            elif answer.status_code in BUSY or code_of(answer) == "idempotency_in_flight":
                await self._back_off(attempt, answer.headers.get("Retry-After", ""))
            else:
                return answer
        raise Gone(f"{method} {path}")

    async def sign_in(self) -> None:
        if time.monotonic() < self.shut_until:
            raise Shut(self.username)
        given = {"username": self.username, "password": self.password}
        answer = await self.line.http.post("/api/v1/auth/token/", json=given)
        if not answer.is_success:
            self.line.answers[f"sign-in {answer.status_code}"] += 1
            code = code_of(answer)
            if code in {"bad_credentials", "sign_in_locked"}:
                wait = answer.headers.get("Retry-After", "") if code == "sign_in_locked" else ""
                self.shut_until = time.monotonic() + float(wait) if wait.isdecimal() else float("inf")
                raise Shut(f"{self.username}: {code}")
            raise httpx.HTTPError(f"{self.username} may not sign in: {answer.status_code} {code_of(answer)}")
        self.token = answer.json()["token"]

    async def sign_out(self) -> None:
        if self.token:
            token, self.token = self.token, ""
            await self.line.http.delete("/api/v1/auth/token/", headers={"Authorization": f"Token {token}"})

    async def _back_off(self, attempt: int, asked: str = "") -> None:
        wait = float(asked) if asked.isdecimal() else 0.5 * 2**attempt
        await asyncio.sleep(min(MOST_WAIT, wait))


def code_of(answer: httpx.Response) -> str:
    """The stable code of a refusal."""
    if answer.is_success or "json" not in answer.headers.get("Content-Type", ""):
        return ""
    body = answer.json()
    return str(body.get("code", "")) if isinstance(body, dict) else ""
