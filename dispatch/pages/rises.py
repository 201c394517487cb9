"""What came up to the district lately, and why."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import router
from django.db.models import QuerySet, Value
from django.utils.translation import gettext as _

from dispatch.pages.accounts import Bar, bar_of
from lianqin.kernel.actors import Actor
from lianqin.kernel.statements import prepared
from workorders.models import Event, WorkOrder
from workorders.models.events import RISES
from workorders.pages.lines import Row
from workorders.pages.queue import row_of
from workorders.pages.sentences import NO_NAMES, SENTENCES, Names
from workorders.pages.tags import Tag, Tone
from workorders.pages.words import TIERS
from workorders.permissions import centre
from workorders.rules.minutes import Account
from workorders.states import Level, Status

DAYS = 7
MOST = 40
# Every partition has its few rises by time. They are merged first, and each order is then looked at by its key until
# there are enough: to join the orders to each partition took longer to plan than to do.
RISEN = """
SELECT order_id, kind, at, user_id, body,
(SELECT text FROM workorders_eventtext WHERE order_id = risen.order_id AND event_id = risen.id AND field = 'reason')
FROM (SELECT order_id, id, kind, at, user_id, body FROM workorders_event
 WHERE kind IN ({kinds}) AND at >= %s ORDER BY at DESC OFFSET 0) AS risen
WHERE ({seen} AND workorders_workorder.id = risen.order_id) ORDER BY at DESC LIMIT {most}
"""


class Risen(NamedTuple):
    """The event by which an order came up, with what is left of its reason."""

    order_id: int
    kind: str
    at: dt.datetime
    user_id: int | None
    body: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class Rise:
    """An order that came up, and why."""

    row: Row
    street: str
    why: str
    reason: str
    at: dt.datetime
    by_clock: bool
    tier: Tag | None
    bar: Bar | None = None
    may_hand_down: bool = False


def risen(seen: QuerySet[WorkOrder], now: dt.datetime) -> list[Risen]:
    """The last rise of every order of these that came up within the days shown, the latest first. One query."""
    alias = router.db_for_read(Event)
    above = seen.filter(highest_level=Level.DISTRICT.value).order_by().values(is_seen=Value(True))
    try:
        select, given = above.query.get_compiler(alias).as_sql()
    except EmptyResultSet:
        return []
    # Written out, the kinds are those of the index whatever the plan.
    kinds = ", ".join(f"'{kind}'" for kind in RISES)
    with prepared(alias) as cursor:
        cursor.execute(RISEN.format(kinds=kinds, seen=select, most=MOST * 3), [now - dt.timedelta(days=DAYS), *given])
        events = [Risen(*row) for row in cursor.fetchall()]
    found: dict[int, Risen] = {}
    for event in events:
        if json.loads(event.body)["changes"]["order"].get("level") == Level.DISTRICT:
            found.setdefault(event.order_id, event)
    return list(found.values())[:MOST]


def rise_of(event: Risen, order: WorkOrder, now: dt.datetime, told: Account | None, actor: Actor) -> Rise:
    by_clock = event.user_id is None
    tone: Tone = "critical"
    tier = Tag(TIERS[min(order.supervision_tier, 3)], tone) if order.supervision_tier else None
    return Rise(
        row=row_of(order, now),
        street=str(order.street) if order.street else _("位置待确定"),
        why=SENTENCES[event.kind](json.loads(event.body)["data"], Names(NO_NAMES))
        if event.kind in SENTENCES
        else _("再次更正位置"),
        reason="" if by_clock else event.reason or "",
        at=event.at,
        by_clock=by_clock,
        tier=tier,
        bar=bar_of(told) if told is not None and told.total >= 1 else None,
        may_hand_down=_may_hand_down(order, actor),
    )


def _may_hand_down(order: WorkOrder, actor: Actor) -> bool:
    """Whether to offer it; the door has the last word."""
    waits = order.status == Status.REGISTERED and order.level == Level.DISTRICT and order.grid_id is not None
    fits = order.hand_downs == 0 and not (order.category is not None and order.category.vertical)
    return waits and fits and actor.may("dispatch_orders", centre(order))


def note_on(number: int) -> str:
    words = _("最近 %(days)d 天，最新 %(number)d 件") if number >= MOST else _("最近 %(days)d 天 %(number)d 件")
    return words % {"days": DAYS, "number": number}
