"""The few statements that every change of an order runs: planned once per connection, sent without waiting for each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.utils import CursorWrapper


def prepared(alias: str = DEFAULT_DB_ALIAS) -> CursorWrapper:
    """A cursor whose parameters travel beside the text, so that PostgreSQL may keep the plan of a text it knows.

    Django's own cursors write the parameters into the text. Whether plans are kept is a setting of the connection
    (``prepare_threshold``): behind a pooler that shares sessions they must not be.
    """
    django = connections[alias]
    # It may be the first statement of a request, as with Django's own cursors.
    django.close_if_health_check_failed()
    django.ensure_connection()
    cursor: Any = psycopg.Cursor(django.connection)
    return django.make_debug_cursor(cursor) if django.queries_logged else django.make_cursor(cursor)


@contextmanager
def pipelined() -> Iterator[None]:
    """Send the statements of this block one after the other without waiting; what failed is raised at its end.

    Nothing in it may depend on the answer of an earlier one; reading an answer waits for it and for those before.
    """
    django = connections[DEFAULT_DB_ALIAS]
    django.ensure_connection()
    with django.wrap_database_errors, django.connection.pipeline():
        yield
