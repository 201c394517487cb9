"""Count what platforms send, and hold them to their limits: in the database, which forgets nothing."""

from __future__ import annotations

import math
from zoneinfo import ZoneInfo

from django.db import connection

from citizens.errors import TooMany
from citizens.models import IntakePlatform
from lianqin.kernel import clock

SHANGHAI = ZoneInfo("Asia/Shanghai")
COUNTED = ("received", "repeated", "changed", "refused", "dead", "returned")
REQUEST = """
INSERT INTO citizens_intakeday AS d
 (platform_id, day, minute, minute_received, requests, received, repeated, changed, refused, dead, returned)
VALUES (%s, %s, %s, 1, 1, 0, 0, 0, 0, 0, 0)
ON CONFLICT (platform_id, day) DO UPDATE SET requests = d.requests + 1,
 minute_received = CASE WHEN d.minute = EXCLUDED.minute THEN d.minute_received + 1 ELSE 1 END, minute = EXCLUDED.minute
RETURNING minute_received, received + repeated + changed + dead
"""


def count_request(platform: IntakePlatform) -> None:
    """Count one request that was signed by the platform. Raises TooMany with the seconds to wait."""
    now = clock.now().astimezone(SHANGHAI)
    with connection.cursor() as cursor:
        cursor.execute(REQUEST, [platform.pk, now.date(), now.replace(second=0, microsecond=0)])
        in_minute, today = cursor.fetchone()
    if today >= platform.per_day:
        midnight = now.replace(hour=0, minute=0, second=0)
        raise TooMany(code="daily_limit", retry_after=86_400 - math.floor((now - midnight).total_seconds()))
    if in_minute > platform.per_minute:
        raise TooMany(code="rate_limit", retry_after=60 - now.second)


def count(platform_id: int, what: str, number: int = 1) -> None:
    """Add to one of the figures of the day."""
    assert what in COUNTED, what
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO citizens_intakeday AS d (platform_id, day, minute, minute_received, requests,"
            f" received, repeated, changed, refused, dead, returned)"
            f" VALUES (%s, (lianqin_now() AT TIME ZONE 'Asia/Shanghai')::date, lianqin_now(), 0, 0,"
            f" {', '.join('%s' if each == what else '0' for each in COUNTED)})"
            f" ON CONFLICT (platform_id, day) DO UPDATE SET {what} = d.{what} + EXCLUDED.{what}",
            [platform_id, number],
        )
