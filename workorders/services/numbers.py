"""Order numbers such as PK20261121-000123: unique, from 1 each day, gaps allowed, no lock held."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from django.db import connection

SHANGHAI = ZoneInfo("Asia/Shanghai")
SEQUENCE = "workorders_number_seq"


def next_number(prefix: str, moment: dt.datetime) -> str:
    """Draw the next number of the local day of ``moment``. Two statements; waits only for the day's very first."""
    day = moment.astimezone(SHANGHAI).date()
    with connection.cursor() as cursor:
        cursor.execute("SELECT start FROM workorders_numberday WHERE prefix = %s AND day = %s", [prefix, day])
        row = cursor.fetchone() or _begin_day(prefix, day)
        cursor.execute(f"SELECT nextval('{SEQUENCE}')")
        value = cursor.fetchone()[0]
    return f"{prefix}{day:%Y%m%d}-{value - row[0]:06d}"


def _begin_day(prefix: str, day: dt.date) -> tuple[int]:
    """Write down where the sequence stands as the day begins; whoever comes second reads the first one's row."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO workorders_numberday (prefix, day, start) VALUES (%s, %s, nextval('{SEQUENCE}'))"
            " ON CONFLICT (prefix, day) DO NOTHING",
            [prefix, day],
        )
        cursor.execute("SELECT start FROM workorders_numberday WHERE prefix = %s AND day = %s", [prefix, day])
        found: tuple[int] = cursor.fetchone()
    return found
