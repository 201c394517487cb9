"""The history of an order as far as who follows it may know of it."""

from __future__ import annotations

import json
from collections.abc import Iterable

from citizens.models import Receipt
from citizens.rules.rounds import Happening
from grids.models import Unit
from lianqin.kernel.actors import ActorKind
from workorders.models import Assignment, Event, EventText, WorkOrder
from workorders.rules.months import month_of
from workorders.services.archived import at_hand, history_in_archive
from workorders.states import TRANSITIONS, Role

# Of staff what was done and why it was declined; of the follower what they said. Nothing else is read.
TOLD = {"submit_result": "result", "handle_on_site": "result", "decline": "reason"}
OWN = {"contest": "reason", "reopen": "reason", "comment": "comment"}
KINDS = {*TOLD, *OWN} | {row.action for row in TRANSITIONS if row.target != row.source}


def happenings_of(order: WorkOrder, receipt: Receipt) -> list[Happening]:
    """Oldest first; nothing of a month that is not in reach. Words of others are left out. Two queries."""
    events, texts = _read(order)
    said = {(each.event_id, each.field): each.text for each in texts}
    return [_happening(each, said, own=_is_own(each, order, receipt)) for each in events if each.kind in KINDS]


def _read(order: WorkOrder) -> tuple[Iterable[Event], Iterable[EventText]]:
    if order.archived_at is None:
        fields = {*TOLD.values(), *OWN.values()}
        events = Event.objects.filter(order=order, kind__in=KINDS).order_by("seq")
        return events, EventText.objects.filter(order=order, field__in=fields)
    month = month_of(order.pk)
    if month is None or not at_hand(month):
        return [], []
    history = history_in_archive(order, month)
    return history.events, history.texts


def _is_own(event: Event, order: WorkOrder, receipt: Receipt) -> bool:
    """Whether who brings this receipt did it. Whoever works here has a user, and machines are of another kind."""
    mine = order.pk == receipt.order_id and not receipt.joined
    return mine and event.actor_kind == ActorKind.PERSON and event.user_id == receipt.user_id


def _happening(event: Event, said: dict[tuple[int, str], str], *, own: bool) -> Happening:
    body = json.loads(event.body)
    field = TOLD.get(event.kind) or (OWN.get(event.kind, "") if own else "")
    return Happening(
        kind=event.kind, at=event.at, becomes=body["changes"]["order"].get("status", ""),
        text=said.get((event.pk, field), "") if field else "", own=own,
        assignment_id=body["data"].get("assignment"), unit_id=event.unit_id,
    )  # fmt: skip


def with_units(order: WorkOrder, results: Iterable[Happening]) -> list[tuple[str, str]]:
    """The public name of each department with its text, the lead before the others. At most two queries."""
    results = list(results)
    if not results:
        return []
    parts = {each.pk: each for each in Assignment.objects.filter(order=order).select_related("unit")}
    on_site = {each.unit_id for each in results if each.assignment_id is None and each.unit_id is not None}
    names = dict(Unit.objects.filter(pk__in=on_site).values_list("pk", "name")) if on_site else {}
    found = []
    for each in results:
        part = parts.get(each.assignment_id or 0)
        name = part.unit.name if part is not None else names.get(each.unit_id or 0, "")
        found.append((part is not None and part.role != Role.LEAD, name, each.text))
    return [(name, text) for _assists, name, text in sorted(found, key=lambda each: each[0])]
