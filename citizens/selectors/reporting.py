"""What others have told of near by, without their words."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.cache import cache
from django.db.models import Count, F

from catalogue.selectors import CategoryNode, known_category, leaf_categories
from citizens.models import PublishedPicture
from citizens.rules.reporting import alike
from grids.selectors import place_at
from lianqin.kernel import clock
from workorders.models import WorkOrder
from workorders.models.orders import CITIZEN_SOURCES
from workorders.rules.bigrams import bigrams
from workorders.services.duplicates import box_around, distance_m
from workorders.states import OPEN

METRES, WITHIN, MOST, LOOKED_AT = 150, dt.timedelta(days=14), 3, 50
ALIKE = 0.4
FREQUENT, FREQUENT_DAYS, FREQUENT_SECONDS = 8, 60, 3600
FREQUENT_KEY = "citizens.frequent"


@dataclass(frozen=True, slots=True)
class Near:
    order: WorkOrder
    category: str
    community: str
    metres: int
    age: dt.timedelta


def nearby(lon: float, lat: float, category: str, words: str) -> list[Near]:
    """Open reports within 150 m and a fortnight, of the same matter or in like words; nearest first. One query.

    Of public matters alone: whoever asks point by point would else learn where a family quarrels.
    """
    south, north, west, east = box_around(lon, lat, METRES)
    now = clock.now()
    around = WorkOrder.objects.filter(
        status__in=OPEN,
        lat__range=(south, north),
        lon__range=(west, east),
        reported_at__gt=now - WITHIN,
        # Named one by one, they are found in `workorder_open_nearby`.
        category__in=[leaf.id for leaf in leaf_categories() if leaf.public],
        archived_at=None,
    )
    said = bigrams(words)
    found = [
        Near(order, kind.name, order.community_name or "", _metres(order, lon, lat), now - order.reported_at)
        for order in around.select_related("text")
        .annotate(community_name=F("community__short_name"))
        .order_by("-id")[:LOOKED_AT]
        if (kind := known_category(order.category_id or 0)) is not None
        and (kind.code == category or alike(said, bigrams(order.text.title)) >= ALIKE)
    ]
    return sorted((each for each in found if each.metres <= METRES), key=lambda each: each.metres)[:MOST]


def pictures_of(orders: Iterable[int]) -> dict[int, PublishedPicture]:
    """The first picture of each order that staff has made unrecognisable and published. One query."""
    found = PublishedPicture.objects.filter(attachment__order__in=list(orders), withdrawn_at=None).exclude(path="")
    return {each.attachment.order_id: each for each in found.select_related("attachment").order_by("-attachment_id")}


def offered_picture(key: uuid.UUID) -> PublishedPicture | None:
    """One of them, as long as its order is offered."""
    found = PublishedPicture.objects.select_related("attachment__order").filter(key=key, withdrawn_at=None).first()
    return found if found is not None and found.path and is_offered(found.attachment.order) else None


def is_offered(order: WorkOrder | None) -> bool:
    """Whether somebody may still join it."""
    return order is not None and order.status in OPEN and order.reported_at > clock.now() - WITHIN


def place_name(lon: float, lat: float) -> str:
    """Street and community of a point; empty outside of the district."""
    place = place_at(lon, lat)
    if not place:
        return ""
    community = place["community"]["short_name"] or place["community"]["name"]
    return f"{place['street']['name']} · {community}"


def frequent() -> list[CategoryNode]:
    """The matters that citizens tell of most; counted once an hour."""
    codes = cache.get(FREQUENT_KEY)
    if codes is None:
        codes = _counted()
        cache.set(FREQUENT_KEY, codes, FREQUENT_SECONDS)
    return _first(codes)


def _counted() -> list[int]:
    rows = (
        WorkOrder.objects.filter(
            source__in=CITIZEN_SOURCES,
            category__isnull=False,
            reported_at__gt=clock.now() - dt.timedelta(days=FREQUENT_DAYS),
        )
        .values_list("category_id")
        .annotate(times=Count("id"))
        .order_by("-times")[:FREQUENT]
    )
    return [pk for pk, _times in rows if pk is not None]


def _first(keys: Iterable[int]) -> list[CategoryNode]:
    leaves = {leaf.id: leaf for leaf in leaf_categories()}
    chosen = [leaves[key] for key in keys if key in leaves]
    return [*chosen, *(leaf for leaf in leaves.values() if leaf not in chosen)][:FREQUENT]


def _metres(order: WorkOrder, lon: float, lat: float) -> int:
    assert order.lon is not None
    assert order.lat is not None
    return distance_m((order.lon, order.lat), (lon, lat))
