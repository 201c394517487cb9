"""What the tests of rosters stand on: shifts at hours told by hand."""

from __future__ import annotations

import datetime as dt
from typing import Any

from dispatch.models import Shift, Watch
from lianqin.kernel import clock

HOUR = dt.timedelta(hours=1)


def shift_at(unit: Any, begins_in: float, hours: float = 8, *, published: bool = True, **needed: int) -> Shift:
    """A shift of ``unit`` that begins in so many hours (negative: it has begun)."""
    now = clock.now()
    start = now + HOUR * begins_in
    return Shift.objects.create(
        unit=unit,
        name=f"{begins_in:g}时班"[:20],
        starts_at=start,
        ends_at=start + HOUR * hours,
        needed=needed or {"dispatcher": 1},
        published_at=now if published else None,
        check_due_at=None,
    )


def watch(shift: Shift, user: Any, post: str = "dispatcher", **told: Any) -> Watch:
    return Watch.objects.create(shift=shift, user=user, post=post, **told)
