"""Read the numbered log from asyncio, on a small pool of its own connections."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from django.db import connections
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from relay.rules import BATCH

POSITION = "SELECT last_sequence, purged_sequence FROM relay_logstate WHERE id = 1"
AFTER = """
SELECT sequence, topic, payload, audience FROM relay_outboxmessage
WHERE sequence > %(after)s AND sequence <= %(until)s
AND (%(tokens)s::varchar[] IS NULL OR audience && %(tokens)s::varchar[])
ORDER BY sequence LIMIT %(batch)s
"""


@dataclass(frozen=True, slots=True)
class Row:
    sequence: int
    topic: str
    payload: Any
    audience: frozenset[str]


class Log:
    """The numbered messages. Numbers become visible in order, so reading on from the last one misses nothing."""

    def __init__(self) -> None:
        given = connections["default"].get_connection_params()
        wanted = {name: value for name, value in given.items() if isinstance(value, str | int)}
        self._pool: AsyncConnectionPool[AsyncConnection[Any]] = AsyncConnectionPool(
            kwargs={**wanted, "autocommit": True, "prepare_threshold": None},
            min_size=0,
            max_size=4,
            timeout=5,
            reconnect_timeout=5,
            open=False,
            check=AsyncConnectionPool.check_connection,
        )

    async def open(self) -> None:
        await self._pool.open()

    async def close(self) -> None:
        await self._pool.close(timeout=1)

    async def position(self) -> tuple[int, int]:
        """The last number given, and the highest number of a message that was purged."""
        async with self._pool.connection() as connection:
            cursor = await connection.execute(POSITION)
            row = await cursor.fetchone()
        return (0, 0) if row is None else (row[0], row[1])

    async def after(self, sequence: int, *, until: int, tokens: frozenset[str] | None = None) -> AsyncIterator[Row]:
        """Yield messages numbered ``sequence`` + 1 to ``until``, only those for ``tokens`` if given."""
        while True:
            given = {
                "after": sequence,
                "until": until,
                "tokens": None if tokens is None else sorted(tokens),
                "batch": BATCH,
            }
            async with self._pool.connection() as connection:
                cursor = await connection.execute(AFTER, given)
                rows = await cursor.fetchall()
            for row in rows:
                yield Row(row[0], row[1], row[2], frozenset(row[3]))
            if len(rows) < BATCH:
                return
            sequence = rows[-1][0]
