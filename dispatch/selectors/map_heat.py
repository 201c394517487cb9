"""Where orders were reported lately, as weights on a lattice."""

from __future__ import annotations

import datetime as dt
import logging
from typing import Any

from django.core.cache import cache
from django.db.models import Count, F, Func, IntegerField, Q
from redis.exceptions import RedisError

from insight.permissions import Places, places_of
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import NotAllowed
from workorders.models import WorkOrder

DAYS = (1, 7, 30)
# About 190 m from west to east here, 220 m from south to north.
STEP = 0.002
MOST = 3000
KEPT_SECONDS = 300
log = logging.getLogger(__name__)


def map_heat(actor: Actor, days: int) -> dict[str, Any]:
    """[lon, lat, orders] of the busiest squares, for who sees a whole place; kept for five minutes. One statement."""
    places = places_of(actor)
    if not places:
        raise NotAllowed
    key = f"map-heat:{days}:{_key(places)}"
    kept = _remembered(key)
    if kept is None:
        kept = _counted(places, clock.now() - dt.timedelta(days=days))
        _remember(key, kept)
    return {"days": days, "step": STEP, "total": sum(weight for _lon, _lat, weight in kept), "results": kept}


def _key(places: Places) -> str:
    if places.everywhere:
        return "all"
    districts = ",".join(map(str, sorted(places.districts)))
    return f"d{districts}s{','.join(map(str, sorted(places.streets)))}"


def _remembered(key: str) -> list[list[float]] | None:
    try:
        found: list[list[float]] | None = cache.get(key)
    except RedisError:
        return None
    return found


def _remember(key: str, found: list[list[float]]) -> None:
    try:
        cache.set(key, found, KEPT_SECONDS)
    except RedisError:
        log.warning("the heat of the map was not kept: the cache is away")


def _counted(places: Places, since: dt.datetime) -> list[list[float]]:
    found = WorkOrder.objects.filter(reported_at__gte=since, lon__isnull=False, lat__isnull=False)
    if not places.everywhere:
        found = found.filter(Q(district_id__in=places.districts) | Q(street_id__in=places.streets))
    rows = (
        found.annotate(x=_square("lon"), y=_square("lat"))
        .values("x", "y")
        .annotate(number=Count("pk"))
        .order_by("-number", "x", "y")
        .values_list("x", "y", "number")
    )
    return [[round((x + 0.5) * STEP, 4), round((y + 0.5) * STEP, 4), number] for x, y, number in rows[:MOST]]


def _square(column: str) -> Func:
    return Func(F(column), template=f"floor(%(expressions)s / {STEP})", output_field=IntegerField())
