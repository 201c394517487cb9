"""What is sent slowly holds no thread; what is too much is told when to come back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from lianqin.bodies import BODY, PIECE, Bodies

MEGABYTE = 1024 * 1024
Messages = list[dict[str, Any]]


def in_a_loop(work: Coroutine[Any, Any, Any]) -> Any:
    """In a thread of its own: another test may have left a loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


class Pages:
    """What the pages were handed."""

    def __init__(self) -> None:
        self.bodies: list[bytes | None] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body = scope.get(BODY)
        self.bodies.append(body.read() if body is not None else None)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})


async def _busy(scope: Any, after: int) -> tuple[list[tuple[bytes, bytes]], bytes]:
    return [(b"content-type", b"text/plain")], b"later"


def guarded(folder: Path, pages: Pages, **more: Any) -> Bodies:
    return Bodies(pages, busy=_busy, folder=folder, **{"most": 2, "most_bytes": 10 * MEGABYTE, **more})


def scope_of(length: int | None) -> dict[str, Any]:
    headers = [] if length is None else [(b"content-length", str(length).encode())]
    return {"type": "http", "method": "POST", "path": "/citizen/report/", "headers": headers}


async def ask(bodies: Bodies, length: int | None, receive: Callable[[], Awaitable[Any]]) -> Messages:
    said: Messages = []

    async def send(message: Any) -> None:
        said.append(message)

    await bodies(scope_of(length), receive, send)
    return said


def sent(*pieces: bytes, ending: bool = True) -> Callable[[], Awaitable[Any]]:
    """A phone that sends these pieces and then, if ``ending``, has said all."""
    rest = list(pieces)

    async def receive() -> Any:
        if not rest:
            await asyncio.Event().wait()
        return {"type": "http.request", "body": rest.pop(0), "more_body": bool(rest) or not ending}

    return receive


@pytest.mark.parametrize("pieces", [(b"a=1",), (b"a", b"=1"), (b"x" * 3 * MEGABYTE,), (b"x" * 70_000,) * 50])
def test_a_body_is_whole_when_a_page_sees_it(tmp_path: Path, pieces: tuple[bytes, ...]) -> None:
    pages, whole = Pages(), b"".join(pieces)
    said = in_a_loop(ask(guarded(tmp_path, pages), len(whole), sent(*pieces)))
    assert (pages.bodies, said[0]["status"]) == ([whole], 200)
    assert list(tmp_path.rglob("*")) == [], "it has no name on the disk"


@pytest.mark.parametrize("length", [None, 0, 500 * MEGABYTE])
def test_what_no_page_takes_is_not_received(tmp_path: Path, length: int | None) -> None:
    async def receive() -> Any:
        raise AssertionError("not a byte of it is wanted")

    pages = Pages()
    in_a_loop(ask(guarded(tmp_path, pages), length, receive))
    assert pages.bodies == [None]


def test_beyond_the_number_one_is_told_to_come_back_and_short_words_still_pass(tmp_path: Path) -> None:
    pages = Pages()

    async def run() -> tuple[Messages, Messages, Messages]:
        bodies = guarded(tmp_path, pages)
        slow = [asyncio.create_task(ask(bodies, MEGABYTE, sent(b"x", ending=False))) for _ in range(2)]
        await asyncio.sleep(0)
        refused = await ask(bodies, MEGABYTE, sent(b"x" * MEGABYTE))
        short = await ask(bodies, 3, sent(b"a=1"))
        for each in slow:
            each.cancel()
        await asyncio.gather(*slow, return_exceptions=True)
        return refused, short, await ask(bodies, MEGABYTE, sent(b"x" * MEGABYTE))

    refused, short, after = in_a_loop(run())
    assert (refused[0]["status"], refused[1]["body"]) == (503, b"later")
    assert 5 <= int(dict(refused[0]["headers"])[b"retry-after"]) <= 20
    assert (short[0]["status"], after[0]["status"]) == (200, 200)
    assert pages.bodies == [b"a=1", b"x" * MEGABYTE]


@pytest.mark.parametrize("more", [{"most": 4}, {"most": 9, "most_bytes": 4 * MEGABYTE}])
def test_one_network_takes_not_all_there_is(tmp_path: Path, more: dict[str, int]) -> None:
    """Whoever opens many and sends little stops only those beside them."""
    networks = ["a", "a", "a", "b", "b", "a"]

    async def run() -> list[int]:
        bodies = guarded(tmp_path, Pages(), whose=lambda scope: networks.pop(0), **more)
        slow = [asyncio.create_task(ask(bodies, MEGABYTE, sent(b"x", ending=False))) for _ in range(2)]
        await asyncio.sleep(0)
        whole = [await ask(bodies, MEGABYTE, sent(b"x" * MEGABYTE)) for _ in range(3)]
        for each in slow:
            each.cancel()
        await asyncio.gather(*slow, return_exceptions=True)
        whole.append(await ask(bodies, MEGABYTE, sent(b"x" * MEGABYTE)))
        return [each[0]["status"] for each in whole]

    assert in_a_loop(run()) == [503, 200, 200, 200]


def test_beyond_the_bytes_one_is_told_to_come_back(tmp_path: Path) -> None:
    pages = Pages()
    said = in_a_loop(ask(guarded(tmp_path, pages, most_bytes=PIECE), MEGABYTE, sent(b"x" * MEGABYTE)))
    assert (said[0]["status"], pages.bodies) == (503, [])


def test_who_sends_nothing_any_more_is_let_go(tmp_path: Path) -> None:
    pages = Pages()
    said = in_a_loop(ask(guarded(tmp_path, pages, stalled=0.02), MEGABYTE, sent(b"x" * PIECE, ending=False)))
    assert (said[0]["status"], pages.bodies) == (408, [])


def test_who_hangs_up_leaves_nothing(tmp_path: Path) -> None:
    async def receive() -> Any:
        return {"type": "http.disconnect"}

    pages = Pages()
    assert in_a_loop(ask(guarded(tmp_path, pages), MEGABYTE, receive)) == []
    assert pages.bodies == []
