"""Raise and clear alarms: found again, one is not raised twice."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

# A timer whose step could not be carried out; the subject is its key.
TIMER_FAILED = "timer_failed"
RAISE = """
INSERT INTO workorders_alarm (kind, subject, detail, raised_at, seen_at)
VALUES (%s, %s, %s, lianqin_now(), lianqin_now())
ON CONFLICT (kind, subject) WHERE cleared_at IS NULL DO UPDATE SET detail = EXCLUDED.detail, seen_at = EXCLUDED.seen_at
"""
CLEAR = """
UPDATE workorders_alarm SET cleared_at = lianqin_now()
WHERE kind = %s AND cleared_at IS NULL AND NOT (subject = ANY(%s))
"""


def raise_alarm(*, kind: str, subject: str, detail: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(RAISE, [kind, subject[:64], detail[:2000]])


def clear_alarm(*, kind: str, subject: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE workorders_alarm SET cleared_at = lianqin_now()"
            " WHERE kind = %s AND subject = %s AND cleared_at IS NULL",
            [kind, subject[:64]],
        )


def keep_only(*, kind: str, subjects: Iterable[str]) -> None:
    """Clear the standing alarms of a kind that were not found again."""
    with connection.cursor() as cursor:
        cursor.execute(CLEAR, [kind, [subject[:64] for subject in subjects]])
