"""What the map tells of one division, and what it finds by words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q

from dispatch.selectors.map_load import LEVELS, map_load
from dispatch.selectors.map_orders import due_in_words, place_of, time_of
from grids.models import Post
from grids.selectors import divisions
from grids.selectors.elements import ElementFilter, elements, may_see_elements
from grids.selectors.people import memberships_in_force
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor, ActorKind
from lianqin.kernel.errors import NotAllowed, NotVisible
from workorders.models import WorkOrder
from workorders.selectors import Wanted, newest, sought, visible_to
from workorders.states import OPEN, Status

SHOWN, FOUND = 8, 6
LEVEL_OF = {9: "street", 12: "community", 15: "grid"}


@dataclass(frozen=True, slots=True)
class Line:
    """An open order of a card."""

    number: str
    title: str
    state: str
    due: str
    time: str


def may_see_map(actor: Actor) -> bool:
    """Who works: people with a post, and no officer."""
    return actor.kind == ActorKind.SYSTEM or (bool(actor.posts) and not actor.officer)


def require_staff(actor: Actor) -> None:
    if not may_see_map(actor):
        raise NotAllowed


def card(actor: Actor, code: str) -> dict[str, Any]:
    """The division, its load if the actor sees all of it, who is posted on it, and its most pressing open orders.

    At most five statements. Raises NotVisible where there is no such division in force, NotAllowed for who has no post.
    """
    require_staff(actor)
    level = LEVEL_OF.get(len(code))
    found = divisions(level=level, code=code) if level else []
    if not level or not found:
        raise NotVisible
    load = next((row for row in map_load(actor, level)["results"] if row["code"] == code), None)
    row = found[0]
    return {
        "code": code,
        "level": level,
        "name": row["name"],
        "kind": row["kind"],
        "households": row["households"],
        "population": row["population"],
        "load": load,
        "people": _people(code) if level == "grid" else [],
        "orders": open_orders(actor, code),
    }


def _people(code: str) -> list[dict[str, Any]]:
    """Names and posts on a grid, the leader first; no telephone numbers here."""
    rank = [Post.GRID_LEADER, Post.FULL_TIME_WORKER, Post.PART_TIME_WORKER]
    held = memberships_in_force().filter(grid__code=code, user__is_active=True).order_by("pk")
    rows = held.values_list("post", "user__full_name", "user__username")
    told = [{"post": post, "title": str(Post(post).label), "name": name or login} for post, name, login in rows]
    return sorted(told, key=lambda each: rank.index(each["post"]) if each["post"] in rank else len(rank))


def open_orders(actor: Actor, code: str) -> list[Line]:
    """The open orders of a division that are due first. One statement."""
    now = clock.now()
    seen = visible_to(actor).filter(place_of(code), status__in=OPEN)
    first = seen.order_by(F("due_at").asc(nulls_last=True), "pk")[:SHOWN]
    return [
        Line(number, title or number, str(Status(status).label), due_in_words(due_at, now), time_of(due_at, now))
        for number, title, status, due_at in first.values_list("number", "text__title", "status", "due_at")
    ]


def search(actor: Actor, text: str) -> list[dict[str, Any]]:
    """Divisions, orders and elements by name, number or address. At most eight statements. Raises NotAllowed."""
    require_staff(actor)
    words = text.strip()[:60]
    if not words:
        return []
    return [*_divisions(words), *_orders(actor, words), *_elements(actor, words)]


def _divisions(words: str) -> list[dict[str, Any]]:
    wanted = words.lower()
    found: list[dict[str, Any]] = []
    for level in LEVELS:
        for row in divisions(level=level):
            if wanted in f"{row['name']} {row['code']} {row['pinyin']}".lower():
                found.append(
                    {"kind": level, "code": row["code"], "name": row["name"], "note": "", "lon": None, "lat": None}
                )
            if len(found) >= FOUND:
                return found
    return found


def _orders(actor: Actor, words: str) -> list[dict[str, Any]]:
    is_open = Q(status__in=OPEN, lon__isnull=False, lat__isnull=False)
    keys = newest(Wanted(actor=actor, where=is_open, sought=sought(words), is_open=True), FOUND)
    rows = WorkOrder.objects.filter(pk__in=keys).order_by("-pk")
    return [
        {"kind": "order", "code": number, "name": title or number, "note": note, "lon": lon, "lat": lat}
        for number, title, note, lon, lat in rows.values_list("number", "text__title", "text__address", "lon", "lat")
    ]


def _elements(actor: Actor, words: str) -> list[dict[str, Any]]:
    if not may_see_elements(actor) or len(words) < 2:
        return []
    rows = elements(ElementFilter(q=words)).values_list("code", "name", "address", "lon", "lat")[:FOUND]
    return [
        {"kind": "element", "code": code, "name": name, "note": address, "lon": lon, "lat": lat}
        for code, name, address, lon, lat in rows
    ]
