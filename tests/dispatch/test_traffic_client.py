"""An account of the simulator at the API: it never locks anybody out."""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import httpx
import pytest

from dispatch.management.traffic.client import Account, Line, Pace, Shut
from dispatch.management.traffic.ground import _post
from dispatch.management.traffic.people import Person

LOCKED = {"Content-Type": "application/problem+json", "Retry-After": "900"}


def asked(status: int, code: str) -> tuple[int, float, str]:
    """Look twice, then ask for the post; return how often the server was asked to sign in, and what came of it."""
    calls: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        calls.append(request.url.path)
        return httpx.Response(status, json={"code": code}, headers=LOCKED)

    async def look() -> tuple[float, str]:
        async with httpx.AsyncClient(transport=httpx.MockTransport(answer), base_url="http://platform") as http:
            line = Line(http, Pace(1000.0))
            account = Account("ts_grid", "old", "grid_worker", "津浦社区第1网格", line)
            for _ in range(2):
                with pytest.raises(Shut):
                    await account.get("/api/v1/work-orders/")
            return account.shut_until, await _post(account, {})

    # In a thread: a browser test in the same process may hold a running loop in this one.
    with ThreadPoolExecutor(max_workers=1) as thread:
        until, post = thread.submit(asyncio.run, look()).result()
    return len(calls), until, post


def test_a_changed_password_is_tried_once() -> None:
    assert asked(401, "bad_credentials") == (1, float("inf"), "")


def test_a_locked_account_is_left_alone_for_as_long_as_it_is_locked() -> None:
    calls, until, post = asked(429, "sign_in_locked")
    assert (calls, post) == (1, "")
    assert until != float("inf")


def test_a_matter_is_read_from_the_words_where_they_tell_one() -> None:
    told = {"路灯不亮": "0103", "说不清": None, "另一个区的事": "9999"}

    def answer(request: httpx.Request) -> httpx.Response:
        code = told[json.loads(request.content)["text"]]
        return httpx.Response(200, json={"category": code and {"code": code}})

    async def read() -> list[str]:
        async with httpx.AsyncClient(transport=httpx.MockTransport(answer), base_url="http://platform") as http:
            account = Account("ts_dispatch", "", "street_dispatcher", "泰山分中心", Line(http, Pace(1000.0)))
            account.token = "known"
            town = SimpleNamespace(by_code={"0103": {"code": "0103"}}.get)
            person = SimpleNamespace(account=account, town=town)
            return [await Person._read(person, words) for words in told]  # type: ignore[arg-type]

    with ThreadPoolExecutor(max_workers=1) as thread:
        assert thread.submit(asyncio.run, read()).result() == ["0103", "", ""]
