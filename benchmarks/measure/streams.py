"""Many readers of event streams in one process: raw sockets, so that the readers are not what is measured."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import json
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

CONNECTED_AT_ONCE = 25
AWAY_SECONDS = (0.2, 1.5)
RETRY_SECONDS = 0.5


@dataclass(slots=True)
class Ear:
    """One listener and what it heard. Times are wall-clock seconds, durations seconds."""

    ticket: str
    tokens: frozenset[str]
    # When its connection is cut.
    cuts: list[float] = field(default_factory=list)
    begun_after: int | None = None
    last: int = 0
    heard: list[int] = field(default_factory=list)
    # From the time stamp of a change to here, of what came live.
    waits: list[float] = field(default_factory=list)
    live_since: float = 0.0
    connections: int = 0
    refused: list[str] = field(default_factory=list)


def listen(port: int, ears: Sequence[Ear], until: float) -> None:
    """Keep them all listening until that moment."""
    asyncio.run(_all(port, ears, until))


def cut_some(ears: Sequence[Ear], *, share: float, begin: float, end: float, chance: random.Random) -> None:
    """Let a share of them lose their connection, each twice within the time."""
    for ear in chance.sample(list(ears), round(len(ears) * share)):
        ear.cuts = sorted(chance.uniform(begin, end) for _ in range(2))


async def _all(port: int, ears: Sequence[Ear], until: float) -> None:
    gate = asyncio.Semaphore(CONNECTED_AT_ONCE)
    await asyncio.gather(*(_keep(port, ear, until, gate, index) for index, ear in enumerate(ears)))


async def _keep(port: int, ear: Ear, until: float, gate: asyncio.Semaphore, index: int) -> None:
    chance = random.Random(index)
    while time.time() < until:
        end = min([until, *ear.cuts])
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            await _once(port, ear, end, gate)
        if ear.cuts and time.time() >= ear.cuts[0]:
            ear.cuts.pop(0)
            await asyncio.sleep(chance.uniform(*AWAY_SECONDS))
        elif time.time() < until:
            await asyncio.sleep(RETRY_SECONDS)


async def _once(port: int, ear: Ear, end: float, gate: asyncio.Semaphore) -> None:
    """One connection, from its request to its end."""
    async with gate:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        after = f"&after={ear.last}" if ear.begun_after is not None else ""
        writer.write(f"GET /events?ticket={ear.ticket}{after} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
    ear.connections += 1
    try:
        if b" 200 " not in head.partition(b"\r\n")[0]:
            ear.refused.append(head.partition(b"\r\n")[0].decode())
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, end - time.time())):
                await _read(reader, ear)
    finally:
        ear.live_since = float("inf")
        writer.close()


async def _read(reader: asyncio.StreamReader, ear: Ear) -> None:
    """Follow the frames; the sizes of the chunks in between look like no field."""
    sequence, name = 0, b""
    while line := await reader.readline():
        key, _, value = line.partition(b": ")
        if key == b"id":
            sequence = int(value)
        elif key == b"event":
            name = value.rstrip()
        elif key == b"data":
            _take(ear, sequence, name, value)


def _take(ear: Ear, sequence: int, name: bytes, data: bytes) -> None:
    now = time.time()
    if name == b"order":
        ear.heard.append(sequence)
        at = dt.datetime.fromisoformat(json.loads(data)["at"]).timestamp()
        if at >= ear.live_since:
            ear.waits.append(now - at)
    elif name == b"ready":
        ear.live_since = now
        if ear.begun_after is None:
            ear.begun_after = sequence
    elif name == b"reset":
        ear.refused.append("reset")
    ear.last = max(ear.last, sequence)
