"""Beside an order: who was summoned to its place, and the way to summon somebody."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from dispatch.pages.whistles import Line, line_of, over_with_order
from dispatch.permissions import may_whistle
from dispatch.selectors.whistles import whistles_on
from lianqin.kernel.actors import Actor
from workorders.models import WorkOrder
from workorders.registry import Panel, panel

MOST = 5


@dataclass(frozen=True, slots=True)
class Whistles:
    number: str
    lines: tuple[Line, ...]
    may_whistle: bool


@panel("whistles", place=30)
def whistles(actor: Actor, order: WorkOrder, now: dt.datetime) -> Panel | None:
    """One query where nobody was summoned, three else; none for who has no post."""
    if not actor.posts or actor.officer:
        return None
    lines = tuple(line_of(each, actor, now) for each in whistles_on(actor, order, MOST))
    if not order.is_open:
        lines = tuple(over_with_order(each) for each in lines)
    stands = order.is_open and order.archived_at is None and order.lon is not None
    may = stands and may_whistle(
        actor, district_id=order.district_id, street_id=order.street_id, community_id=order.community_id
    )
    if not lines and not may:
        return None
    return Panel("dispatch/panels/whistles.html", Whistles(order.number, lines, may))
