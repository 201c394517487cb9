"""Where people on duty say to be: given freely, only the latest, gone when the shift ends."""

from __future__ import annotations

import datetime as dt
import math

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from dispatch.errors import NotOnDuty, TooSoon
from dispatch.models import COMING, Position, Watch
from dispatch.selectors.on_duty import on_duty_until
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import Invalid, NotAllowed

LEAST_APART = dt.timedelta(seconds=20)
ROUGHEST_M = 100_000


@transaction.atomic
def report_position(*, lon: float, lat: float, accuracy_m: float, by: Actor) -> Position:
    """Keep where the actor is, in place of what was kept before. Raises Invalid, NotOnDuty, TooSoon."""
    if by.user_id is None or by.officer:
        raise NotAllowed
    _check(lon, lat, accuracy_m)
    now = clock.now()
    until = on_duty_until(by.user_id, now)
    if until is None:
        raise NotOnDuty
    told = {"lon": lon, "lat": lat, "accuracy_m": round(accuracy_m), "at": now, "until": until}
    position, is_new = Position.objects.select_for_update().get_or_create(user_id=by.user_id, defaults=told)
    if is_new:
        return position
    wait = position.at + LEAST_APART - now
    if wait > dt.timedelta(0):
        raise TooSoon(retry_after=math.ceil(wait.total_seconds()))
    for name, value in told.items():
        setattr(position, name, value)
    position.save()
    return position


def stop_position(*, by: Actor) -> bool:
    """Forget where the actor is; whether anything was known."""
    if by.user_id is None:
        return False
    deleted, _of = Position.objects.filter(user_id=by.user_id).delete()
    return deleted > 0


def erase_positions() -> int:
    """Forget everybody whose shift ended, or who was taken out of it. One statement."""
    now = clock.Now()
    serving = Watch.objects.filter(
        user_id=OuterRef("user_id"),
        state__in=COMING,
        shift__published_at__isnull=False,
        shift__starts_at__lte=now,
        shift__ends_at__gt=now,
    )
    deleted, _of = Position.objects.filter(~Exists(serving)).delete()
    return deleted


def _check(lon: float, lat: float, accuracy_m: float) -> None:
    wrong = {}
    if not (math.isfinite(lon) and -180 <= lon <= 180):
        wrong["lon"] = [_("经度应在 -180 至 180 之间")]
    if not (math.isfinite(lat) and -90 <= lat <= 90):
        wrong["lat"] = [_("纬度应在 -90 至 90 之间")]
    if not (math.isfinite(accuracy_m) and 0 <= accuracy_m <= ROUGHEST_M):
        wrong["accuracy_m"] = [_("精度应在 0 至 100000 米之间")]
    if wrong:
        raise Invalid(fields=wrong)
