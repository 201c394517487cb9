"""The relay's two locks. They are never held together."""

from __future__ import annotations

import time

from django.db import connection

TRIES = 40
PAUSE_SECONDS = 0.01


def hold(key: int) -> bool:
    """Hold an advisory lock until the transaction ends; wait a moment for it, since its holder works in milliseconds.

    Giving up at once would leave a row that was committed after the holder looked to the next poll.
    """
    for attempt in range(TRIES):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [key])
            if cursor.fetchone()[0]:
                return True
        if attempt < TRIES - 1:
            time.sleep(PAUSE_SECONDS)
    return False
