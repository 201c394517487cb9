"""Locks of rosters, each held until the end of the transaction, taken in this order: people, shifts, watches, swaps."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from dispatch.models import Shift, Watch

# The first key of an advisory lock says what the second is a key of.
PEOPLE = 0x52_4F_53_54


def people_locked(user_ids: Iterable[int]) -> None:
    """Wait for everybody whose shifts change, in one order, so that nobody gets two at once.

    A second call in a transaction must not add anybody: two calls, each in order, are in no order together.
    """
    with connection.cursor() as cursor:
        for pk in sorted(set(user_ids)):
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s::int)", [PEOPLE, pk % 2_147_483_647])


def shifts_locked(shift_ids: Iterable[int]) -> None:
    """Wait for these shifts in one order; who only refers to one is not kept waiting."""
    list(Shift.objects.select_for_update(no_key=True).filter(pk__in=set(shift_ids)).order_by("pk").values_list("pk"))


def watches_locked(watch_ids: Iterable[int]) -> None:
    """Wait for these watches in one order, for their shifts first."""
    wanted = Watch.objects.filter(pk__in=set(watch_ids))
    shifts_locked(wanted.values_list("shift_id", flat=True))
    list(wanted.select_for_update().order_by("pk").values_list("pk"))
