"""Evenings of volunteers: what is night, how long one may still step back, the code on the leader's screen. Pure."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac

SHANGHAI = dt.timezone(dt.timedelta(hours=8), "Asia/Shanghai")
NIGHT_FROM, NIGHT_UNTIL = dt.time(20), dt.time(6)
BEFORE, AFTER = dt.timedelta(minutes=30), dt.timedelta(minutes=30)
LONGEST = dt.timedelta(hours=12)
NEAR_METRES = 300


def is_night(starts_at: dt.datetime, ends_at: dt.datetime) -> bool:
    """Whether any part lies between 20:00 and 06:00 in Shanghai."""
    starts, ends = starts_at.astimezone(SHANGHAI), ends_at.astimezone(SHANGHAI)
    if starts.time() >= NIGHT_FROM or starts.time() < NIGHT_UNTIL:
        return True
    return ends > dt.datetime.combine(starts.date(), NIGHT_FROM, SHANGHAI)


def may_step_back(now: dt.datetime, starts_at: dt.datetime, hours: int) -> bool:
    return now <= starts_at - dt.timedelta(hours=hours)


def is_check_in_time(now: dt.datetime, starts_at: dt.datetime, ends_at: dt.datetime) -> bool:
    """From half an hour before it begins until it ends."""
    return check_in_opens(starts_at) <= now <= ends_at


def check_in_opens(starts_at: dt.datetime) -> dt.datetime:
    return starts_at - BEFORE


def check_in_code(secret: str, shift_id: int) -> str:
    """Six digits that the leader shows to who has come."""
    digest = hmac.new(secret.encode(), f"lianqin.citizens.shift:{shift_id}".encode(), hashlib.sha256).digest()
    return f"{int.from_bytes(digest[:8], 'big') % 1_000_000:06d}"


def minutes_of(starts_at: dt.datetime, ends_at: dt.datetime) -> int:
    return int((ends_at - starts_at).total_seconds() // 60)


def hours_shown(minutes: int) -> str:
    """``2.5``: hours with at most one decimal."""
    return f"{minutes / 60:.1f}".removesuffix(".0")
