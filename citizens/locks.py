"""Named locks: of a number of a platform, of an order's returns, of what is kept out."""

from __future__ import annotations

from django.db import connection


def name_locked(name: str) -> None:
    """Wait for a named lock and keep it until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
