"""Copies of databases by ``CREATE DATABASE ... TEMPLATE``, which takes a second at most."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import connection, connections
from django.test import TransactionTestCase
from psycopg import sql

from catalogue import revisions
from grids.ground import look_again
from relay import transports


def copy(source: str, name: str) -> None:
    """Make a database anew as a copy of another one, to which nobody may be connected."""
    connections.close_all()
    drop(name)
    _administer("CREATE DATABASE {} TEMPLATE {}", name, source)
    forget()


def drop(name: str) -> None:
    _administer("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


@contextmanager
def on_a_copy(name: str, *, of: str = "") -> Iterator[None]:
    """Let the ORM work on a new copy (of the test database unless told) for a while; the copy stays."""
    kept = connection.settings_dict["NAME"]
    copy(of or kept, name)
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connections.close_all()
        forget()
        connection.settings_dict["NAME"] = kept


@contextmanager
def copied_back() -> Iterator[None]:
    """Undo what a transactional test committed by copying the test database anew, where Django would flush it.

    What migrations wrote and the cast are there again under the same numbers, and what a flush knows nothing of (how
    far a test moved the clock) is undone as well.
    """
    name = connection.settings_dict["NAME"]
    kept = f"{name}_kept"
    copy(name, kept)
    genuine = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]

    def put_back(case: TransactionTestCase) -> None:
        copy(kept, name)

    TransactionTestCase._fixture_teardown = put_back  # type: ignore[attr-defined]
    try:
        yield
    finally:
        TransactionTestCase._fixture_teardown = genuine  # type: ignore[attr-defined]
        drop(kept)


def forget() -> None:
    """Drop what this process remembers of another database or another Redis."""
    revisions.forget()
    look_again()
    ContentType.objects.clear_cache()
    transports.broker.cache_clear()


def _administer(statement: str, *names: str) -> None:
    url = urlunsplit(urlsplit(settings.DATABASE_URL)._replace(path="/postgres", query=""))
    with psycopg.connect(url.replace("postgres://", "postgresql://", 1), autocommit=True) as admin:
        admin.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
