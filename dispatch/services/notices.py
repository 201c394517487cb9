"""Writes of notices: from events, and that somebody has read them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db import transaction

from dispatch.errors import NotVisible
from dispatch.models import Notice
from dispatch.rules.news import NEWS, News, To, gravity_of, kept, superseded_pks
from dispatch.selectors import notices_for
from dispatch.services.telling import write_notices
from grids.ground import ground
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor
from workorders.models import Assignment, Event, Request, WorkOrder
from workorders.states import Level


@dataclass(frozen=True)
class Recipients:
    """Finds the units and people of an event; reads a row only where a rule asks for it."""

    event: Event
    body: Mapping[str, Any] = field(default_factory=dict)

    @property
    def order(self) -> WorkOrder:
        return self.event.order

    @property
    def facts(self) -> Mapping[str, Any]:
        facts: Mapping[str, Any] = self.body["data"]
        return facts

    @cached_property
    def request(self) -> Request | None:
        return Request.objects.filter(pk=self.facts.get("request") or 0, order=self.order).first()

    def units(self, to: To) -> list[int | None]:
        return UNITS[to](self) if to in UNITS else []

    def people(self, to: To) -> list[int | None]:
        return PEOPLE[to](self) if to in PEOPLE else []

    def street(self) -> int | None:
        return None if self.order.street_id is None else ground().sub_center_id(self.order.street_id)

    def district(self) -> int:
        return ground().command_center_id(self.order.district_id)

    def centre(self) -> int:
        street = self.street() if self._level() == Level.STREET else None
        return self.district() if street is None else street

    def _level(self) -> str:
        """The level of the event's time, if it changed it; an order keeps its level otherwise until told."""
        return str(self.body["changes"]["order"].get("level", self.order.level))

    def holder(self) -> int | None:
        changed: int | None = self.body["changes"]["order"].get("holder_id", self.order.holder_id)
        return changed

    def superseded(self) -> list[int | None]:
        pks = superseded_pks(self.body["changes"])
        return list(Assignment.objects.filter(pk__in=pks).values_list("unit_id", flat=True)) if pks else []


UNITS: Mapping[To, Callable[[Recipients], list[int | None]]] = {
    To.ADDRESSEE: lambda found: [found.facts.get("unit")],
    To.HOLDER: lambda found: [found.holder()],
    To.CENTRE: lambda found: [found.centre()],
    To.DISTRICT: lambda found: [found.district()],
    To.STREET: lambda found: [found.street()],
    To.LEAD: lambda found: [found.facts.get("lead")],
    To.ASSISTS: lambda found: list(found.facts.get("assists") or ()),
    To.SUPERSEDED: Recipients.superseded,
    To.APPROVER: lambda found: [found.request.unit_id if found.request else None],
    To.REQUESTER: lambda found: [found.request.requester_unit_id if found.request else None],
}
PEOPLE: Mapping[To, Callable[[Recipients], list[int | None]]] = {
    To.REPORTER: lambda found: [found.order.reporter_id],
    To.WORKER: lambda found: [found.facts.get("worker")],
}


@transaction.atomic
def tell(*, event: Event) -> int:
    """Write a notice for everybody whom the event concerns; return for how many. Repeating it writes nothing."""
    if event.kind not in NEWS:
        return 0
    found = Recipients(event, json.loads(event.body))
    if found.facts.get("why"):
        # Ordered by a person or for want of a reply: the service that wrote it tells of it.
        return 0
    rows = [notice for news in NEWS[event.kind] for notice in _notices(news, found)]
    write_notices(rows)
    return len(rows)


def _notices(news: News, found: Recipients) -> Iterator[Notice]:
    event = found.event
    if news.kind == "approved" and not found.facts.get("approved"):
        return
    own = None if news.own_too or event.user_id is None else event.unit_id
    units = {pk for to in news.to for pk in found.units(to)} - {None, own}
    people = {pk for to in news.to for pk in found.people(to)} - {None, event.user_id}
    to = [{"unit_id": pk} for pk in units] + [{"user_id": pk} for pk in people]
    for recipient in to:
        yield Notice(
            order_id=event.order_id,
            event=event,
            kind=news.kind,
            gravity=gravity_of(news, found.facts),
            facts=kept({"number": "", **found.facts}),
            created_at=event.at,
            **recipient,
        )


def mark_read(*, notice_id: int, by: Actor) -> Notice:
    """Note that a notice was read; the first reader stays. Raises NotVisible."""
    notice = notices_for(by).filter(pk=notice_id).first()
    if notice is None:
        raise NotVisible
    mine = Notice.objects.filter(pk=notice_id, read_at=None)
    mine.update(read_at=clock.Now(), read_by_id=by.user_id)
    notice.refresh_from_db(fields=["read_at", "read_by"])
    return notice


def mark_all_read(*, by: Actor, until: int | None = None, ids: Iterable[int] | None = None) -> int:
    """Note that everything was read, up to the notice ``until``, or only ``ids``; return how many were not."""
    unread = notices_for(by).filter(read_at=None)
    if until is not None:
        unread = unread.filter(pk__lte=until)
    if ids is not None:
        unread = unread.filter(pk__in=list(ids))
    pks = list(unread.values_list("pk", flat=True))
    return Notice.objects.filter(pk__in=pks, read_at=None).update(read_at=clock.Now(), read_by_id=by.user_id)
