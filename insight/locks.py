"""One lock: whoever writes rollups, folding or rebuilding. Booking takes none."""

from __future__ import annotations

from django.db import connection

ROLLUPS = "hashtextextended('insight.rollups', 0)"


def rollups_locked() -> None:
    """Wait for the rollups and keep them until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_advisory_xact_lock({ROLLUPS})")


def rollups_if_free() -> bool:
    """Take the rollups until the transaction ends, unless somebody else writes them."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_try_advisory_xact_lock({ROLLUPS})")
        free: bool = cursor.fetchone()[0]
    return free
