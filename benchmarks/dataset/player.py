"""Plays one life course through the real services on a shifted clock, and records every row after every event."""

from __future__ import annotations

import datetime as dt
import io
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models import JSONField, Model
from PIL import Image

from accounts.models import User
from benchmarks.dataset.references import fields_of
from benchmarks.dataset.town import Casting, Matter, Spot, Town
from catalogue import calendars
from catalogue.models import Category
from grids.models import Unit
from grids.selectors import actor_for
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor
from relay.models import OutboxMessage
from workorders.models import (
    Assignment,
    Attachment,
    Event,
    EventText,
    OrderText,
    ReporterContact,
    Request,
    Timer,
    WorkOrder,
)
from workorders.rules.inputs import INPUTS, Kind
from workorders.services import advance, decide, report
from workorders.services.attachments import attach, shelf
from workorders.services.sweep import fire

MARK = "§"
# How fast people are, by urgency; whoever is in a hurry does not wait for the office to open.
PACE = {"normal": 1.0, "urgent": 0.22, "critical": 0.08}
# The units and places that the services name by themselves.
ALWAYS = ("district", "street", "community", "grid", "matter", "sub", "station", "centre", "squad", "lead", "bureau")
# Sealed with every order of a mould alike: what is under seal is not read by anything that is measured.
CALLER = {"reporter_name": "刘某某", "reporter_phone": "02558001234"}
TABLES: tuple[type[Model], ...] = (WorkOrder, OrderText, ReporterContact, Assignment, Request, Timer, Attachment)


class Stop(Exception):
    """The course has come to the moment at which it is to be left."""


@dataclass(slots=True)
class Moment:
    """One event with its texts and message, and the rows of its order as they then were, by table."""

    event: dict[str, Any]
    texts: list[dict[str, Any]]
    payload: dict[str, Any]
    audience: list[str]
    rows: dict[str, list[dict[str, Any]]]


@dataclass(slots=True)
class Recording:
    """``names``: what each id of the play means. One list of moments for each order; most courses have one order."""

    course: str
    start: dt.datetime
    matter: Matter
    names: dict[str, int]
    points: dict[tuple[float, float], int]
    orders: list[list[Moment]] = field(default_factory=list)


class Player:
    """``until``: leave everything as it is at that moment. Times are minutes of work, or real ones if it is urgent."""

    def __init__(
        self,
        town: Town,
        dice: random.Random,
        start: dt.datetime,
        spots: Sequence[Spot],
        matters: Sequence[Matter],
        source: str,
        until: dt.datetime | None = None,
    ) -> None:
        self.dice, self.now, self.until, self.source = dice, start, until, source
        self.spots, self.matter, self.matters = spots, matters[0], matters
        self.casting = Casting(town, dice, spots, matters)
        self.recording = Recording("", start, matters[0], self.casting.known, {})
        self.order_ids: list[int] = []
        self.actors: dict[str, Actor] = {}
        self.marks = 0
        for name in ALWAYS:
            self.casting[name], self.casting[f"{name}@2"]

    # People

    def actor(self, who: str) -> Actor:
        if who not in self.actors:
            self.actors[who] = actor_for(User.objects.get(pk=self.casting[who]))
        return self.actors[who]

    def unit(self, name: str) -> str:
        return Unit.objects.values_list("code", flat=True).get(pk=self.casting[name])

    def username(self, who: str) -> str:
        return User.objects.values_list("username", flat=True).get(pk=self.casting[who])

    def text(self, kind: str) -> str:
        """A mark that a stamped copy replaces by words; another one each time, also in other plays."""
        self.marks += 1
        return f"{MARK}{kind}{MARK}{self.marks}-{self.order_ids or self.now.timestamp()}"

    # Time

    def later(self, least: float, most: float) -> None:
        """Let minutes pass; what is due in them is fired."""
        pace = PACE[self.matter.urgency]
        seconds = self.dice.uniform(least, most) * 60 * pace
        self.pass_to(calendars.current().add(self.now, seconds, around_the_clock=pace < 1))

    def pass_to(self, moment: dt.datetime) -> None:
        while (due := self._next_due()) is not None and due[0] <= moment:
            self._fire(*due)
        self._at(max(moment, self.now))

    def hold(self) -> None:
        """Leave the course until its end."""
        assert self.until is not None
        self.pass_to(self.until + dt.timedelta(seconds=1))

    def wait_for(self, **columns: str) -> None:
        """Do nothing until the clocks have brought the order there."""
        for _ in range(40):
            if all(getattr(self.order(), name) == value for name, value in columns.items()):
                return
            due = self._next_due()
            assert due is not None, "nothing will happen any more"
            self._fire(*due)
        raise AssertionError(f"never became {columns}")

    def run_out(self) -> None:
        """Let every clock come to its end."""
        while (due := self._next_due()) is not None:
            self._fire(*due)

    def _next_due(self) -> tuple[dt.datetime, int, int] | None:
        waiting = Timer.objects.filter(order_id__in=self.order_ids, state="pending", next_at__isnull=False)
        found = waiting.order_by("next_at", "id").values_list("next_at", "pk", "order_id").first()
        return found  # type: ignore[return-value]

    def _fire(self, due: dt.datetime, timer_id: int, order_id: int) -> None:
        self._at(due + dt.timedelta(seconds=self.dice.uniform(0.1, 0.9)))
        assert fire(timer_id=timer_id, order_id=order_id)
        self._record()

    def _at(self, moment: dt.datetime) -> None:
        if self.until is not None and moment > self.until:
            raise Stop
        self.now = moment
        with connection.cursor() as cursor:
            cursor.execute("UPDATE lianqin_clock_shift SET shift = %s - clock_timestamp()", [moment])

    # What people do

    def order(self, which: int = 0) -> WorkOrder:
        return WorkOrder.objects.get(pk=self.order_ids[which])

    def report(self, by: str, source: str, *, placed: bool = True) -> None:
        """``by`` tells of the matter at the first spot."""
        self._at(self.now)
        data: dict[str, Any] = {"title": self.text("title"), "description": self.text("description"), "source": source}
        data |= {"address": self.text("address"), "category": self.category()}
        if placed:
            data |= self.point(0)
        if by == "hotline":
            data |= {"external_ref": self.text("ref"), **CALLER}
        order, _new = report(by=self.actor(by), data=data)
        self.order_ids.append(order.pk)
        self.recording.orders.append([])
        self._record()

    def category(self, which: int = 0) -> str:
        return Category.objects.values_list("code", flat=True).get(pk=self.matters[which].id)

    def point(self, which: int) -> dict[str, Any]:
        """A place at one of the spots."""
        lon, lat = self.dice.choice(self.spots[which].points)
        self.recording.points[lon, lat] = which
        return {"lon": lon, "lat": lat}

    def act(self, action: str, who: str, *, on: int = 0, **data: Any) -> None:
        self._at(self.now)
        for each in INPUTS[action]:
            if each.kind == Kind.TEXT and each.required and each.name not in data:
                data[each.name] = self.text(f"{each.name}.{action}")
        advance(order_id=self.order_ids[on], action=action, by=self.actor(who), data=data)
        self._record()

    def decide(self, who: str, *, approve: bool = True) -> None:
        self._at(self.now)
        request = Request.objects.filter(order_id=self.order_ids[0], outcome="pending").latest("pk")
        answer = self.text("answer.approve" if approve else "answer.refuse")
        decide(request_id=request.pk, approve=approve, by=self.actor(who), answer=answer)
        self._record()

    def picture(self, who: str, *, on: int = 0) -> None:
        """What the matter's category asks for before it is closed."""
        if not self.matter.evidence:
            return
        self._at(self.now)
        upload = SimpleUploadedFile("after.png", picture(), "image/png")
        with shelf() as written:
            attach(order_id=self.order_ids[on], by=self.actor(who), upload=upload, stage="after", written=written)
        self._record()

    # Recording

    def _record(self) -> None:
        for order_id, moments in zip(self.order_ids, self.recording.orders, strict=True):
            events = sorted(_rows(Event, order_id), key=lambda row: row["seq"])[len(moments) :]
            assert len(events) <= 1, "each event must be seen with the rows that it left"
            for event in events:
                message = OutboxMessage.objects.get(topic="order.event", key=str(event["id"]))
                moments.append(
                    Moment(
                        event=event,
                        texts=_texts(event["id"], order_id),
                        payload=message.payload,
                        audience=message.audience,
                        rows={model._meta.db_table: _rows(model, order_id) for model in TABLES},
                    )
                )
                self.now = max(self.now, event["at"])


def _texts(event_id: int, order_id: int) -> list[dict[str, Any]]:
    return [row for row in _rows(EventText, order_id) if row["event_id"] == event_id]


def _rows(model: type[Model], order_id: int) -> list[dict[str, Any]]:
    """Every row of an order in a table, as the columns have it. Bare SQL: this is asked after every event."""
    query, names, documents = _reading(model)
    with connection.cursor() as cursor:
        cursor.execute(query, [order_id])
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    for row in rows:
        for name in documents:
            row[name] = json.loads(row[name])
    return rows


@cache
def _reading(model: type[Model]) -> tuple[str, list[str], list[str]]:
    fields = fields_of(model)
    key = "id" if model is WorkOrder else "order_id"
    columns = ", ".join(f'"{each.column}"' for each in fields)
    order = next(each.column for each in fields if each.column in ("id", "order_id"))
    query = f'SELECT {columns} FROM {model._meta.db_table} WHERE "{key}" = %s ORDER BY "{order}"'
    documents = [each.attname for each in fields if isinstance(each, JSONField)]
    return query, [each.attname for each in fields], documents


def picture() -> bytes:
    """The picture that all attachments of a data set show: it says itself that it is none."""
    out = io.BytesIO()
    image = Image.new("RGB", (320, 240), (214, 220, 228))
    for line in range(0, 320, 16):
        image.paste((180, 190, 205), (line, 0, line + 8, 240))
    image.save(out, "PNG")
    return out.getvalue()


def open_stage() -> None:
    """Give the scratch database its shiftable clock; nothing of it is meant to last."""
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
    clock.install_shiftable_clock()
