"""All that a wall shows at a moment, computed at most every other second for each place, however many look at it."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db import router
from django.urls import reverse
from django.utils import timezone
from redis.exceptions import RedisError

from dispatch.selectors.on_duty import OnDuty, people_on_duty
from dispatch.selectors.wall import (
    WallPlace,
    hot_grids,
    month_of,
    open_now,
    pressing_keys,
    readings_of,
    reported_hours,
)
from dispatch.selectors.wall_figures import Seen, measures_told, splits_told, trends_told
from lianqin.kernel import clock
from relay.models import OutboxMessage
from relay.selectors import last_sequence
from workorders.models import WorkOrder
from workorders.pages.faces import in_words
from workorders.pages.marks import level_tag, status_tag, urgency_tag
from workorders.pages.words import STATUS_TONES
from workorders.selectors import lines_of
from workorders.states import Status

FRESH_SECONDS = 2.0
# Who heard of something newer is told more, but not more often than this.
APART_SECONDS = 0.5
# While one computes, the others are told what was there; so old it may get before somebody else tries.
KEPT_SECONDS = 30
LOCK_SECONDS = 10
PRESSING, HOT, FEED, PEOPLE = 8, 10, 16, 60
# A quiet street looks no further back than this into what all of the district did.
LOOKED_AT = 3000
TOPIC = "order.event"
Told = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """``etag`` is that of what is shown: the moment and the number of the stream go on without it."""

    body: Told
    etag: str
    made_at: float

    @property
    def at(self) -> str:
        return str(self.body["at"])

    @property
    def sequence(self) -> int:
        return int(self.body["sequence"])

    def is_fresh(self, after: int) -> bool:
        age = time.time() - self.made_at
        return age < (FRESH_SECONDS if self.sequence >= after else APART_SECONDS)


def wall_snapshot(place: WallPlace, after: int = 0) -> Snapshot:
    """What the wall of a place shows. No query if somebody asked a moment ago, eleven otherwise.

    ``after``: the number of the last news that who asks has heard of; what was made before it is soon too old.
    """
    key = f"wall:{place.token}"
    kept = _kept(key)
    if kept is not None and (kept.is_fresh(after) or not _mine(key)):
        return kept
    if kept is None and not _mine(key):
        kept = _awaited(key)
        if kept is not None:
            return kept
    made = _made(place)
    _keep(key, made)
    return made


def _kept(key: str) -> Snapshot | None:
    try:
        found: Snapshot | None = cache.get(key)
    except RedisError:
        return None
    return found


def _mine(key: str) -> bool:
    """Whether it is on us to compute. Without Redis everybody does."""
    try:
        return bool(cache.add(f"{key}:lock", 1, LOCK_SECONDS))
    except RedisError:
        return True


def _awaited(key: str) -> Snapshot | None:
    """What somebody else is computing for the first time, if it comes soon."""
    for _ in range(40):
        time.sleep(0.05)
        kept = _kept(key)
        if kept is not None:
            return kept
    return None


def _keep(key: str, made: Snapshot) -> None:
    try:
        cache.set(key, made, KEPT_SECONDS)
        cache.delete(f"{key}:lock")
    except RedisError:
        return


def _made(place: WallPlace) -> Snapshot:
    sequence, now = last_sequence(), clock.now()
    told = {
        "place": {"code": place.code, "name": place.name, "level": "district" if place.is_district else "street"},
        **_figures(place, now),
        **_orders(place, now, sequence),
        "hot": _hot(place, now),
        "duty": _duty(people_on_duty(at=now, street_id=place.street_id)),
    }
    text = json.dumps(told, ensure_ascii=False, sort_keys=True)
    etag = hashlib.blake2b(text.encode(), digest_size=12).hexdigest()
    moment = {"at": timezone.localtime(now).isoformat(), "sequence": sequence}
    return Snapshot({**moment, **told}, etag, time.time())


def _figures(place: WallPlace, now: dt.datetime) -> Told:
    local = timezone.localtime(now)
    since = local.replace(minute=0, second=0, microsecond=0) - dt.timedelta(hours=47)
    seen = Seen(
        now=local,
        month=month_of(place, local.date()),
        readings=readings_of(place, now - dt.timedelta(hours=25)),
        places=open_now(place, now),
        hours=reported_hours(place, min(since, _yesterday(local)), now),
    )
    places = sorted(seen.places, key=lambda each: (-each.late, -each.open, each.code))
    return {
        "measures": measures_told(seen),
        "splits": splits_told(seen),
        "trends": trends_told(seen),
        "places": [
            {"name": each.name, "code": each.code, "open": each.open, "late": each.late, "above": each.above}
            for each in places
            if each.name
        ],
        "standing": seen.standing("open"),
        "late": seen.standing("late"),
        "soon": seen.standing("soon"),
    }


def _yesterday(local: dt.datetime) -> dt.datetime:
    return local.replace(hour=0, minute=0, second=0, microsecond=0) - dt.timedelta(days=1)


def _orders(place: WallPlace, now: dt.datetime, sequence: int) -> Told:
    """What falls due next, and what changed last. Three queries."""
    pressing, news = pressing_keys(place, PRESSING), _news(place, sequence)
    orders = {order.pk: order for order in lines_of(list(dict.fromkeys([*pressing, *news])))}
    return {
        "pressing": [_pressing(orders[pk]) for pk in pressing if pk in orders],
        "feed": [_entry(orders[pk], payload) for pk, payload in news.items() if pk in orders],
    }


def _news(place: WallPlace, sequence: int) -> dict[int, Mapping[str, Any]]:
    """The last event of each of the orders that changed last, the latest first. One query along the numbers."""
    rows = (
        OutboxMessage.objects.using(router.db_for_read(WorkOrder))
        .filter(topic=TOPIC, sequence__gt=sequence - LOOKED_AT, audience__contains=[place.token])
        .order_by("-sequence")
        .values_list("payload", flat=True)[: FEED * 4]
    )
    found: dict[int, Mapping[str, Any]] = {}
    for payload in rows:
        found.setdefault(payload["order"], payload)
    return dict(list(found.items())[:FEED])


def _line(order: WorkOrder) -> Told:
    place = order.grid or order.community or order.street
    urgency, level = urgency_tag(order), level_tag(order)
    return {
        "number": order.number,
        "url": reverse("workorders:order", args=[order.number]),
        "title": order.text.title,
        "place": str(place) if place is not None else "",
        "holder": order.holder.short_name if order.holder else "",
        "urgency": {"text": str(urgency.text), "tone": urgency.tone} if urgency else None,
        "level": str(level.text) if level else "",
    }


def _pressing(order: WorkOrder) -> Told:
    """``paused``: its clock stands still, so that nothing counts down."""
    assert order.due_at is not None
    started = order.registered_at or order.reported_at
    tag = status_tag(order)
    return _line(order) | {
        "start": timezone.localtime(started).isoformat(),
        "due": timezone.localtime(order.due_at).isoformat(),
        "status": {"text": str(tag.text), "tone": tag.tone},
    }


def _entry(order: WorkOrder, payload: Mapping[str, Any]) -> Told:
    status = payload["status"]
    return _line(order) | {
        "at": timezone.localtime(dt.datetime.fromisoformat(payload["at"])).isoformat(),
        "event": payload["event"],
        "status": {"text": str(Status(status).label), "tone": STATUS_TONES[status]},
    }


def _hot(place: WallPlace, now: dt.datetime) -> list[Told]:
    return [
        {
            "code": each.code, "name": each.name, "open": each.open, "late": each.late, "new": each.new,
            "percent": each.percent, "capacity": each.capacity,
            "wait": in_words(int((now - each.oldest).total_seconds())),
        }
        for each in hot_grids(place, now)[:HOT]
    ]  # fmt: skip


def _duty(people: Sequence[OnDuty]) -> Told:
    return {
        "number": len(people),
        "present": sum(each.present for each in people),
        "units": len({each.unit_id for each in people}),
        "people": [
            {
                "key": f"{each.unit_id}-{each.user_id}", "name": each.name, "unit": each.unit_name, "role": each.role,
                "until": timezone.localtime(each.until).strftime("%H:%M"), "present": each.present,
            }
            for each in people[:PEOPLE]
        ],
    }  # fmt: skip
