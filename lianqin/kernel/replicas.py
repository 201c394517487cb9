"""Reads that may lag go to a replica; everything else, and whatever is in doubt, to the primary.

A view asks for it (``read_lagging``); nothing is routed by itself. The primary answers as well inside a transaction,
for some seconds after the same person wrote, and while no replica is there or fresh enough.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeVar

from django.conf import settings
from django.core.cache import cache
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.http import HttpRequest
from redis.exceptions import RedisError

from lianqin.kernel.faults import is_passing

PREFIX = "replica"
# How often a process asks a replica how far it is, and how long it leaves one alone that does not answer.
LOOK_SECONDS = 1.0
AWAY_SECONDS = 10.0
Answer = TypeVar("Answer")
_chosen: ContextVar[str] = ContextVar("lianqin_database", default=DEFAULT_DB_ALIAS)


class Router:
    """Django's side of it: reads follow what the view has chosen, writes and migrations the primary."""

    def db_for_read(self, model: Any, **hints: Any) -> str:
        # Never None: Django would then ask where the row at hand was read, which may have been a replica.
        return DEFAULT_DB_ALIAS if connections[DEFAULT_DB_ALIAS].in_atomic_block else _chosen.get()

    def db_for_write(self, model: Any, **hints: Any) -> str:
        return DEFAULT_DB_ALIAS

    def allow_relation(self, one: Any, other: Any, **hints: Any) -> bool:
        return True  # One database, however many copies.

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == DEFAULT_DB_ALIAS


@dataclass(slots=True)
class Replica:
    """What this process knows of one: seconds behind, None if it does not answer."""

    alias: str
    behind: float | None = None
    look_at: float = float("-inf")

    @property
    def is_fit(self) -> bool:
        return self.behind is not None and self.behind <= settings.LIANQIN_REPLICA_LAG_SECONDS

    def look(self) -> None:
        if time.monotonic() < self.look_at:
            return
        self.look_at = time.monotonic() + LOOK_SECONDS
        try:
            with connections[self.alias].cursor() as cursor:
                cursor.execute(settings.REPLICA_HEARTBEAT)
                row = cursor.fetchone()
            self.behind = None if row is None else float(row[0])
        except DatabaseError:
            self.leave_alone()

    def leave_alone(self) -> None:
        self.behind, self.look_at = None, time.monotonic() + AWAY_SECONDS
        connections[self.alias].close()


_known: dict[str, Replica] = {}


def replicas() -> list[Replica]:
    """All that are configured, each looked at within the last second."""
    found = [_known.setdefault(alias, Replica(alias)) for alias in connections if alias.startswith(PREFIX)]
    for replica in found:
        replica.look()
    return found


def forget() -> None:
    """Look again at the next read."""
    _known.clear()


def read_lagging(call: Callable[[], Answer], *, request: HttpRequest, user_id: int | None) -> Answer:
    """Return what ``call`` reads, from a replica if one may answer this request; should it fail, from the primary."""
    replica = None if _wants_current(request) else _for(user_id)
    if replica is None:
        return call()
    chosen = _chosen.set(replica.alias)
    try:
        return call()
    except DatabaseError as error:
        # Lost, or cancelled by what it had to replay.
        if not is_passing(error):
            raise
        replica.leave_alone()
    finally:
        _chosen.reset(chosen)
    return call()


def lagging(handler: Callable[..., Answer], request: HttpRequest, user_id: int | None) -> Callable[..., Answer]:
    """The handler of a view, reading so."""

    def handle(*args: Any, **kwargs: Any) -> Answer:
        return read_lagging(lambda: handler(*args, **kwargs), request=request, user_id=user_id)

    return handle


@contextmanager
def from_primary() -> Iterator[None]:
    """Read here what a process remembers: kept under a newer stamp, a lagging copy would stay wrong."""
    chosen = _chosen.set(DEFAULT_DB_ALIAS)
    try:
        yield
    finally:
        _chosen.reset(chosen)


def note_write(user_id: int) -> None:
    """Let this person read from the primary until every replica that is used has caught up with the write."""
    try:
        cache.set(_key(user_id), 1, settings.LIANQIN_REPLICA_LAG_SECONDS + 2 * LOOK_SECONDS)
    except RedisError:
        return  # Nobody's reads lag while the cache is away.


def _for(user_id: int | None) -> Replica | None:
    """The same one for the same person while it is fit: to go from one to another may be to go back in time."""
    fit = [replica for replica in replicas() if replica.is_fit]
    if not fit:
        return None
    try:
        wrote = user_id is None or cache.get(_key(user_id)) is not None
    except RedisError:
        return None
    return None if wrote else fit[(user_id or 0) % len(fit)]


def _wants_current(request: HttpRequest) -> bool:
    """A part of a page is fetched because something happened: it must show it. So must a reload with emphasis."""
    return request.headers.get("X-Fragment") == "1" or "no-cache" in request.headers.get("Cache-Control", "")


def _key(user_id: int) -> str:
    return f"wrote:{user_id}"
