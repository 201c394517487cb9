"""Named locks of dispatch, each held until the end of the transaction."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

# The first key of an advisory lock says what the second is a key of.
PEOPLE = 0x52_4F_53_54


def people_locked(user_ids: Iterable[int]) -> None:
    """Wait for everybody whose shifts change, in one order, so that nobody gets two at once."""
    with connection.cursor() as cursor:
        for pk in sorted(set(user_ids)):
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s::int)", [PEOPLE, pk % 2_147_483_647])
