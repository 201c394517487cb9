"""Bodies of requests, received whole before a thread is taken: a slow phone holds a file, not one of twenty threads."""

from __future__ import annotations

import asyncio
import io
import random
import tempfile
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import IO, Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]

# Where the pages find a body that was received: a file at its beginning.
BODY = "lianqin.body"
# What is held in memory of each; a body that is no longer is nobody's upload and is always taken.
PIECE = 256 * 1024
# Nothing longer is taken by any page; it is refused by its length, before a byte of it is read.
LONGEST = 64 * 1024 * 1024
# Seconds without a byte, and for a whole body: 64 MB by a slow network.
STALLED, TOO_LONG = 30.0, 900.0
# Seconds after which who was told to come back does so; not all at once.
SOONEST, LATEST = 5, 20
WRITERS = 2
# What one network may hold at most of what there is: a part. Whoever opens many and sends little stops no others.
SHARE = 2


class Gone(Exception):
    """Who sent it hung up, or has sent nothing for too long."""


class Bodies:
    """In front of pages that run in threads: hand them requests whose body is there.

    At most ``most`` longer bodies and ``most_bytes`` of them are under way in this process, of one network (``whose``;
    empty: of nobody in particular) half of that; others get ``busy`` with the seconds to wait, at once. ``folder``:
    where they lie, without a name, on a disk.
    """

    def __init__(
        self,
        pages: Application,
        *,
        busy: Callable[[Message, int], Awaitable[tuple[list[tuple[bytes, bytes]], bytes]]],
        folder: Path,
        most: int,
        most_bytes: int,
        stalled: float = STALLED,
        whose: Callable[[Message], str] = lambda scope: "",
    ) -> None:
        self._pages, self._busy, self._folder, self._stalled = pages, busy, folder, stalled
        self._most, self._most_bytes = most, most_bytes
        self._count, self._bytes, self._whose = 0, 0, whose
        # Lengths of what each network has under way.
        self._held: dict[str, list[int]] = {}
        self._writers = ThreadPoolExecutor(WRITERS, thread_name_prefix="bodies")

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        length = length_of(scope)
        if not 0 < length <= LONGEST:
            await self._pages(scope, receive, send)
        elif length <= PIECE:
            await self._handed_on(scope, receive, send)
        elif self._is_full(length) or self._is_greedy(whose := self._whose(scope), length):
            await self._refuse(scope, send)
        else:
            self._count, self._bytes = self._count + 1, self._bytes + length
            self._held.setdefault(whose, []).append(length)
            try:
                await self._handed_on(scope, receive, send)
            finally:
                self._count, self._bytes = self._count - 1, self._bytes - length
                self._held[whose].remove(length)
                if not self._held[whose]:
                    del self._held[whose]

    def _is_full(self, length: int) -> bool:
        return self._count >= self._most or self._bytes + length > self._most_bytes

    def _is_greedy(self, whose: str, length: int) -> bool:
        """Whether a network that has something under way would hold more than its share."""
        held = self._held.get(whose, []) if whose else []
        return bool(held) and (len(held) >= self._most // SHARE or sum(held) + length > self._most_bytes // SHARE)

    async def _handed_on(self, scope: Message, receive: Receive, send: Send) -> None:
        body: IO[bytes] | None = None
        try:
            async with asyncio.timeout(TOO_LONG):
                body = await self._received(receive)
        except Gone:
            return
        except TimeoutError:
            await _answer(send, 408, [(b"connection", b"close")], b"")
            return
        try:
            await self._pages({**scope, BODY: body}, receive, send)
        finally:
            body.close()

    async def _received(self, receive: Receive) -> IO[bytes]:
        """The whole body, in memory if it is short. Raises Gone and TimeoutError."""
        held, file, more = bytearray(), None, True
        try:
            while more:
                async with asyncio.timeout(self._stalled):
                    message = await receive()
                if message["type"] != "http.request":
                    raise Gone
                held += message.get("body", b"")
                more = message.get("more_body", False)
                if len(held) >= PIECE or (file is not None and not more):
                    # A disk that is busy holds a writer, not the event streams of this process.
                    file = await self._written(file, bytes(held))
                    held.clear()
        except BaseException:
            if file is not None:
                file.close()
            raise
        if file is None:
            return io.BytesIO(held)
        file.seek(0)
        return file

    async def _written(self, file: IO[bytes] | None, data: bytes) -> IO[bytes]:
        def write() -> IO[bytes]:
            opened = file
            if opened is None:
                self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                opened = tempfile.TemporaryFile(dir=self._folder, buffering=0)  # noqa: SIM115 - its reader closes it.
            opened.write(data)
            return opened

        return await asyncio.get_running_loop().run_in_executor(self._writers, partial(write))

    async def _refuse(self, scope: Message, send: Send) -> None:
        after = random.randint(SOONEST, LATEST)
        headers, page = await self._busy(scope, after)
        # The connection stays: who is told in the middle of a body would see it break and nothing of the answer.
        await _answer(send, 503, [*headers, (b"retry-after", str(after).encode())], page)


def length_of(scope: Message) -> int:
    """Bytes of the body as they were announced; 0 for none and for what cannot be read."""
    told = next((value for name, value in scope["headers"] if name == b"content-length"), b"")
    with suppress(ValueError):
        return int(told[:18])
    return 0


async def _answer(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    told = [*headers, (b"content-length", str(len(body)).encode()), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": told})
    await send({"type": "http.response.body", "body": body})
