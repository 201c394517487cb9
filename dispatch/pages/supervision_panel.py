"""Beside an order: its documents of supervision and who may write another; and the account of its minutes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from dispatch.pages.accounts import Bar, bar_of
from dispatch.pages.supervision import Line, line_of
from dispatch.permissions import may_decide_accountability, may_propose_accountability
from dispatch.rules.supervision import TOP
from dispatch.selectors.commanding import accounts_of
from dispatch.selectors.supervision import documents_on
from lianqin.kernel.actors import DISTRICT, STREET, Actor, token
from workorders.models import WorkOrder
from workorders.permissions import VIEW, may_remind, may_supervise
from workorders.registry import Panel, panel

MOST = 6


@dataclass(frozen=True, slots=True)
class Supervision:
    number: str
    lines: tuple[Line, ...]
    over: bool
    reminds: bool
    supervises: bool
    proposes: bool


@panel("supervision", place=40)
def supervision(actor: Actor, order: WorkOrder, now: dt.datetime) -> Panel | None:
    """One query for who has a unit, two where there are documents, none for others."""
    if not actor.unit_ids:
        return None
    documents = documents_on(actor, order, MOST)
    above = order.is_open and order.archived_at is None
    top = any(document.tier == TOP for document in documents)
    proposes = top and may_propose_accountability(actor, order)
    told = Supervision(
        number=order.number,
        lines=tuple(line_of(document, now) for document in documents),
        over=not order.is_open,
        reminds=above and may_remind(actor, order),
        supervises=above and may_supervise(actor, order),
        proposes=proposes or (above and may_decide_accountability(actor, order.district_id)),
    )
    if not (told.lines or told.reminds or told.supervises or told.proposes):
        return None
    return Panel("dispatch/panels/supervision.html", told)


@panel("minutes", place=45)
def minutes(actor: Actor, order: WorkOrder, now: dt.datetime) -> Panel | None:
    """To who answers for a street or the district: two queries."""
    places = {token(DISTRICT, order.district_id)}
    if order.street_id is not None:
        places.add(token(STREET, order.street_id))
    if not actor.may(VIEW, places) or order.archived_at is not None:
        return None
    told = accounts_of([order.pk], now).get(order.pk)
    if told is None or told.total < 1:
        return None
    shown: Bar = bar_of(told, _names(order))
    return Panel("dispatch/panels/minutes.html", shown)


def _names(order: WorkOrder) -> dict[int, str]:
    """Units of the order's parts, which its page has read already."""
    return {part.unit_id: part.unit.short_name for part in order.assignments.all()}
