"""Who is on duty: people of published shifts that run at a moment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from dispatch.models import COMING, DutyPost, Watch, WatchState
from grids.models import UnitLevel


@dataclass(frozen=True, slots=True)
class OnDuty:
    """Somebody on duty. ``role`` is the post in words, ``present`` that the shift was taken up, which is voluntary."""

    user_id: int
    name: str
    unit_id: int
    unit_name: str
    role: str
    until: dt.datetime
    post: str = ""
    level: str = UnitLevel.STREET
    watch_id: int = 0
    shift_id: int = 0
    shift: str = ""
    starts_at: dt.datetime | None = None
    present: bool = False


def watches_at(at: dt.datetime) -> QuerySet[Watch]:
    """The watches of published shifts that run at that moment, with whoever is on leave or gone left out."""
    running = Watch.objects.filter(shift__starts_at__lte=at, shift__ends_at__gt=at, shift__published_at__isnull=False)
    return running.filter(state__in=COMING, user__is_active=True)


def people_on_duty(
    *, at: dt.datetime, unit_ids: Iterable[int] | None = None, street_id: int | None = None
) -> list[OnDuty]:
    """Everybody on duty at that moment, by unit and post; of these units, or in this street. One query."""
    found = watches_at(at)
    if unit_ids is not None:
        found = found.filter(shift__unit_id__in=list(unit_ids))
    if street_id is not None:
        found = found.filter(shift__unit__street_id=street_id)
    rows = found.order_by("shift__unit__level", "shift__unit__code", "post", "pk").values_list(
        "user_id", "user__full_name", "user__username", "shift__unit_id", "shift__unit__short_name",
        "shift__unit__level", "post", "state", "pk", "shift_id", "shift__name", "shift__starts_at", "shift__ends_at",
    )  # fmt: skip
    return [
        OnDuty(
            user_id=user_id, name=name or login, unit_id=unit_id, unit_name=unit, role=str(DutyPost(post).label),
            until=until, post=post, level=level, watch_id=pk, shift_id=shift_id, shift=shift, starts_at=since,
            present=state == WatchState.PRESENT,
        )
        for user_id, name, login, unit_id, unit, level, post, state, pk, shift_id, shift, since, until in rows
    ]  # fmt: skip


def on_duty_until(user_id: int, at: dt.datetime) -> dt.datetime | None:
    """Until when the person is on duty; None if not. One query."""
    return (
        watches_at(at)
        .filter(user_id=user_id)
        .order_by("-shift__ends_at")
        .values_list("shift__ends_at", flat=True)
        .first()
    )
