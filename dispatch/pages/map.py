"""What the page of the map offers to who looks: its layers, and where it begins."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from dispatch.rules.load import BORNE
from dispatch.selectors.map_heat import DAYS
from dispatch.selectors.map_load import places_seen
from dispatch.selectors.map_people import may_see_people
from grids.models import Community, Grid, Post, Street
from grids.selectors.cameras import may_see_cameras
from grids.selectors.elements import may_see_elements
from insight.permissions import places_of
from lianqin.kernel.actors import COMMUNITY, DISTRICT, GRID, STREET, Actor
from workorders.pages.tags import Text

START = frozenset({"load", "orders"})


@dataclass(frozen=True, slots=True)
class Layer:
    """``name`` is what the address and the script call it; ``source`` is what it asks."""

    name: str
    title: Text
    icon: str
    source: str
    on: bool = False


@dataclass(frozen=True, slots=True)
class MapPage:
    layers: tuple[Layer, ...]
    days: tuple[int, ...]
    home: str
    full_time: int
    part_time: int


def map_page(actor: Actor) -> MapPage:
    """At most one query: the code of the place that the actor's posts are on."""
    return MapPage(
        _layers(actor), DAYS, home_of(actor), BORNE[Post.FULL_TIME_WORKER], BORNE[Post.PART_TIME_WORKER]
    )  # fmt: skip


def _layers(actor: Actor) -> tuple[Layer, ...]:
    offered = (
        (any(places_seen(actor).values()), Layer("load", _("网格负荷"), "layers-intersect", reverse("api:map-load"))),
        (bool(places_of(actor)), Layer("heat", _("上报热力"), "activity", reverse("api:map-heat"))),
        (True, Layer("orders", _("在办工单"), "inbox", reverse("api:map-orders"))),
        (may_see_people(actor), Layer("people", _("值守人员"), "users", reverse("api:map-people"))),
        (
            actor.user_id is not None and not actor.officer,
            Layer("whistles", _("吹哨"), "speakerphone", reverse("api:whistles") + "?state=open"),
        ),
        (may_see_elements(actor), Layer("elements", _("要素"), "map-pin", reverse("api:elements"))),
        (may_see_cameras(actor), Layer("cameras", _("视频点位"), "camera", reverse("api:cameras"))),
    )
    return tuple(
        Layer(each.name, each.title, each.icon, each.source, each.name in START) for may, each in offered if may
    )


def home_of(actor: Actor) -> str:
    """The code of the smallest place that all of the actor's orders may lie in; empty for a whole district."""
    places = places_seen(actor)
    if places[DISTRICT]:
        return ""
    for letter, model in ((STREET, Street), (COMMUNITY, Community), (GRID, Grid)):
        if len(places[letter]) == 1:
            return model._default_manager.filter(pk__in=places[letter]).values_list("code", flat=True).first() or ""
        if places[letter]:
            return ""
    return ""
