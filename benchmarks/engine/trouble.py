"""What the saboteur does to the servers: empties Redis, cuts connections, holds orders."""

from __future__ import annotations

import random
import time
from collections import Counter
from typing import Any

import psycopg
from redis import Redis

from benchmarks.engine.plan import Plan

NAME = "fire-saboteur"
# Half of the time somebody in the middle of a transaction.
BACKENDS = """
SELECT pid, state <> 'idle' FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend' AND application_name <> %s
"""
SOME_ORDERS = """
SELECT id FROM workorders_workorder WHERE id IN (
    SELECT order_id FROM workorders_timer WHERE state = 'pending' ORDER BY next_at LIMIT 40
) ORDER BY random() LIMIT %s FOR UPDATE SKIP LOCKED
"""


class Trouble:
    def __init__(self, plan: Plan, database_url: str, redis_url: str, count: Counter[str]) -> None:
        self.plan = plan
        self.random = random.Random(plan.seed + 1)
        self.count = count
        self.url = database_url.replace("postgres://", "postgresql://", 1)
        self.redis = Redis.from_url(redis_url)
        self.held: list[tuple[float, psycopg.Connection[Any]]] = []
        self.hand = self._connect(autocommit=True)

    def _connect(self, *, autocommit: bool) -> psycopg.Connection[Any]:
        return psycopg.connect(self.url, autocommit=autocommit, application_name=NAME)

    def flush(self) -> None:
        """FLUSHALL, if nobody else is on the server."""
        if self.plan.flush_everything:
            self.redis.flushall()
        else:
            self.redis.flushdb()
        self.count["flush"] += 1

    def cut(self) -> None:
        backends = self.hand.execute(BACKENDS, [NAME]).fetchall()
        busy = [pid for pid, at_work in backends if at_work]
        chosen = busy if busy and self.random.random() < 0.5 else [pid for pid, _ in backends]
        for pid in self.random.sample(chosen, min(len(chosen), self.random.randint(1, 3))):
            self.hand.execute("SELECT pg_terminate_backend(%s)", [pid])
            self.count["cut"] += 1
            self.count["cut at work"] += pid in busy

    def hold(self) -> None:
        """Lock some orders whose clocks run out next, and keep them for a moment."""
        connection = self._connect(autocommit=False)
        connection.execute(SOME_ORDERS, [self.random.randint(1, 6)])
        self.held.append((time.monotonic() + self.random.uniform(0.05, 0.8), connection))
        self.count["hold"] += 1

    def let_go(self, *, everything: bool = False) -> None:
        now = time.monotonic()
        for until, connection in list(self.held):
            if everything or now >= until:
                connection.close()
                self.held.remove((until, connection))

    def close(self) -> None:
        self.let_go(everything=True)
        self.hand.close()
        self.redis.close()
