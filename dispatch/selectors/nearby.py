"""Who of those on duty is near an order, how long ago that was known, and how busy they are."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from dispatch.models import DutyPost, Position
from dispatch.rules.advice import STALE_SECONDS, NearbyPerson, ranked
from dispatch.selectors.on_duty import OnDuty, people_on_duty
from workorders.models import Assignment, WorkOrder
from workorders.services.duplicates import distance_m
from workorders.states import LIVE_ASSIGNMENT, OPEN, Level

# Who goes out; those who sit in a centre are not sent.
SENT = (DutyPost.ON_CALL, DutyPost.PATROL)
A_KILOMETRE = 1000


@dataclass(frozen=True, slots=True)
class Seen:
    """Where and when somebody on duty last said to be."""

    lon: float
    lat: float
    at: dt.datetime


def on_duty_for(order: WorkOrder, unit_ids: Collection[int], now: dt.datetime) -> list[OnDuty]:
    """Those on duty in the order's street, and for the district also those of the units. One or two statements."""
    found = people_on_duty(at=now, street_id=order.street_id) if order.street_id is not None else []
    if order.level == Level.DISTRICT or order.street_id is None:
        known = {each.watch_id for each in found}
        found += [each for each in people_on_duty(at=now, unit_ids=unit_ids) if each.watch_id not in known]
    return found


def nearby(
    order: WorkOrder, watching: Collection[OnDuty], now: dt.datetime, most: int, first: Collection[int] = ()
) -> tuple[NearbyPerson, ...]:
    """Who of them to send, the nearest with a fresh position first. Two statements, none for nobody.

    ``first``: units whose people come before others' where no place is known.
    """
    people = {each.user_id: each for each in watching if each.post in SENT}
    if not people:
        return ()
    seen, loads = _positions(people, now), _loads(people)
    ours = sorted(people.values(), key=lambda each: each.unit_id not in first)
    return tuple(ranked([_person(each, order, seen.get(each.user_id), loads, now) for each in ours])[:most])


def _positions(people: Collection[int], now: dt.datetime) -> dict[int, Seen]:
    rows = Position.objects.filter(user_id__in=list(people), until__gt=now).values_list("user_id", "lon", "lat", "at")
    return {pk: Seen(lon, lat, at) for pk, lon, lat, at in rows}


def _loads(people: Mapping[int, OnDuty]) -> Counter[int]:
    """Open orders that somebody was sent to, and parts that they signed for and did not finish."""
    units = {each.unit_id for each in people.values()}
    sent = WorkOrder.objects.filter(worker_id__in=list(people), status__in=OPEN).order_by().values_list("worker_id")
    signed = Assignment.objects.filter(status__in=LIVE_ASSIGNMENT, unit_id__in=units, acknowledged_by__in=list(people))
    both = sent.annotate(number=Count("pk")).union(
        signed.order_by().values_list("acknowledged_by").annotate(number=Count("pk")), all=True
    )
    found: Counter[int] = Counter()
    for pk, number in both:
        found[pk] += number
    return found


def _person(
    one: OnDuty, order: WorkOrder, seen: Seen | None, loads: Mapping[int, int], now: dt.datetime
) -> NearbyPerson:
    placed = order.lon is not None and order.lat is not None
    load, apart, age = loads.get(one.user_id, 0), None, None
    if seen is not None:
        age = max(0, round((now - seen.at).total_seconds()))
        if placed:
            apart = distance_m((order.lon or 0.0, order.lat or 0.0), (seen.lon, seen.lat))
    return NearbyPerson(
        user_id=one.user_id,
        name=one.name,
        post=one.role,
        unit_name=one.unit_name,
        distance_m=apart,
        age_s=age,
        load=load,
        until=timezone.localtime(one.until).strftime("%H:%M"),
        reason=_reason(apart, age, load, placed=placed),
    )


def _reason(apart: int | None, age: int | None, load: int, *, placed: bool) -> str:
    busy = _("在办 %d 件") % load if load else _("空闲")
    if not placed:
        return _("现场位置未知，%s") % busy
    if apart is None or age is None:
        return _("未共享位置，%s") % busy
    told = {"apart": _distance(apart), "busy": busy, "age": _age(age)}
    if age > STALE_SECONDS:
        return _("距现场 %(apart)s，%(busy)s，位置是 %(age)s的，可能已离开") % told
    return _("距现场 %(apart)s，%(busy)s，位置 %(age)s") % told


def _distance(metres: int) -> str:
    if metres < A_KILOMETRE:
        return _("%d 米") % metres
    return _("%.1f 公里") % (metres / A_KILOMETRE)


def _age(seconds: int) -> str:
    if seconds < 60:
        return _("刚刚")
    if seconds < 3600:
        return _("%d 分钟前") % (seconds // 60)
    return _("%d 小时前") % (seconds // 3600)
