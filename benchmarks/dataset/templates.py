"""Turn a recorded life course into a mould: everything that differs from copy to copy becomes a numbered slot."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import DateTimeField, Field, Model

from benchmarks.dataset.moulds import QUOTED, RAW, Cell, EventMould, Mould, OrderMould, escaped, joined, split
from benchmarks.dataset.player import MARK, TABLES, Moment, Recording
from benchmarks.dataset.references import (
    FACTS,
    OWN,
    PLAIN,
    TOKENS,
    field_of,
    fields_of,
    kind_of,
    meanings,
)
from catalogue.workclock import SHANGHAI
from workorders.models import Assignment, Event, EventText, OrderText, Request, Timer, WorkOrder
from workorders.rules.replay import canonical

NULL = "\\N"
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00")
DATE = re.compile(r"\d{4}-\d\d-\d\d")
PARTS: tuple[tuple[type[Model], str], ...] = ((Assignment, "assignments"), (Request, "requests"), (Timer, "timers"))


def mould(recording: Recording, moments: Sequence[int] | None = None) -> Mould:
    """Make the mould of a course, or of its beginning: ``moments`` events of each of its orders."""
    kept = [order[: None if moments is None else moments[n]] for n, order in enumerate(recording.orders)]
    return _Maker(recording, kept).make()


class _Maker:
    def __init__(self, recording: Recording, kept: list[list[Moment]]) -> None:
        self.recording, self.kept = recording, kept
        self.start = recording.orders[0][0].event["at"]
        self.slots: list[tuple[Any, ...]] = []
        self.numbered: dict[tuple[Any, ...], int] = {}
        self.who = meanings(recording.names)
        self.hashes: dict[str, int] = {}
        self.numbers = {order[0].rows["workorders_workorder"][0]["number"]: n for n, order in enumerate(kept)}
        self.counts: dict[str, int] = {}
        self.own: dict[tuple[str, int], int] = {}
        self._number_ids()

    def make(self) -> Mould:
        orders = [self._order(n, moments) for n, moments in enumerate(self.kept)]
        last = max(moments[-1].event["at"] for moments in self.kept)
        row = self.kept[0][-1].rows["workorders_workorder"][0]
        timers = [each for moments in self.kept for each in moments[-1].rows["workorders_timer"]]
        due = min((each["next_at"] for each in timers if each["next_at"] is not None), default=None)
        return Mould(
            course=self.recording.course,
            matter=self.recording.matter,
            start=self.start.astimezone(SHANGHAI),
            last=self._offset(last),
            status=row["status"],
            level=row["level"],
            due=due,
            slots=self.slots,
            orders=orders,
            counts=self.counts,
        )

    def _number_ids(self) -> None:
        """Ids keep the order in which they were given: keys of a body are sorted by it."""
        found: dict[str, set[int]] = {name: set() for name in OWN.values()}
        for moments in self.kept:
            for model in TABLES:
                if model in OWN:
                    found[OWN[model]] |= {row["id"] for row in moments[-1].rows[model._meta.db_table]}
            found["event"] |= {each.event["id"] for each in moments}
            found["text"] |= {text["id"] for each in moments for text in each.texts}
        for name, ids in found.items():
            self.counts[name] = len(ids)
            for rank, pk in enumerate(sorted(ids)):
                self.own[name, pk] = self._slot(("id", name, rank))

    def _slot(self, what: tuple[Any, ...]) -> int:
        if what not in self.numbered:
            self.numbered[what] = len(self.slots)
            self.slots.append(what)
        return self.numbered[what]

    def _free(self) -> int:
        self.slots.append(("free",))
        return len(self.slots) - 1

    def _offset(self, moment: dt.datetime) -> int:
        micros: int = (moment - self.start) // dt.timedelta(microseconds=1)
        return micros

    # One order

    def _order(self, n: int, moments: list[Moment]) -> OrderMould:
        events = [self._event(each) for each in moments]
        rows = moments[-1].rows
        (order,), (text,) = rows[WorkOrder._meta.db_table], rows[OrderText._meta.db_table]
        search = self._free()
        made: list[tuple[str, list[Cell]]] = []
        for model in TABLES:
            for row in rows[model._meta.db_table]:
                cells = self._row(model, {**row, "search": search} if model is OrderText else row)
                made.append((model._meta.db_table, cells))
        for moment, mould in zip(moments, events, strict=True):
            for told, (_text, salt, _hash) in zip(moment.texts, mould.texts, strict=True):
                made.append((EventText._meta.db_table, self._row(EventText, {**told, "salt": salt})))
        return OrderMould(
            reported=self._offset(moments[0].event["at"]),
            number_slot=self._slot(("number", n)),
            id_slot=self.own["order", order["id"]],
            events=events,
            rows=made,
            search_slot=search,
            searched=tuple(self._text(text[name]) for name in ("title", "address", "description")),
            places=tuple(
                (kind, self._ref(kind, order[f"{kind}_id"]))
                for kind in ("street", "community")
                if order[f"{kind}_id"] is not None
            ),
        )

    def _event(self, moment: Moment) -> EventMould:
        event = moment.event
        texts = [(self._text(each["text"]), self._free(), self._free()) for each in moment.texts]
        hashed = {each["field"]: slot for each, (_text, _salt, slot) in zip(moment.texts, texts, strict=True)}
        body_slot, hash_slot = self._free(), self._free()
        self.hashes[event["hash"]] = hash_slot
        return EventMould(
            at=self._offset(event["at"]),
            texts=texts,
            body=self._body(json.loads(event["body"]), hashed),
            body_slot=body_slot,
            hash_slot=hash_slot,
            row=self._row(Event, {**event, "body": body_slot}),
            message=self._message(moment),
        )

    def _body(self, body: dict[str, Any], hashed: Mapping[str, int]) -> list[Cell]:
        changes = body["changes"]
        told = {
            **self._facts(body),
            "texts": {name: QUOTED % hashed[name] for name in body["texts"]},
            "changes": {
                "order": self._columns(WorkOrder, changes["order"]),
                **{name: self._part(model, name, changes) for model, name in PARTS},
            },
        }
        return split(canonical(told))

    def _part(self, model: type[Model], name: str, changes: Mapping[str, Any]) -> dict[str, Any]:
        rows = changes.get(name, {})
        return {QUOTED % self.own[OWN[model], int(pk)]: self._columns(model, row) for pk, row in rows.items()}

    def _columns(self, model: type[Model], row: Mapping[str, Any]) -> dict[str, Any]:
        return {name: self._json(value, kind_of(field_of(model, name))) for name, value in row.items()}

    def _facts(self, body: Mapping[str, Any]) -> dict[str, Any]:
        actor = body["actor"]
        return {
            "order": self._json(body["order"], ""),
            "seq": body["seq"],
            "kind": body["kind"],
            "at": self._json(body["at"], ""),
            "late": body["late"],
            "actor": {
                "kind": actor["kind"],
                "user": self._json(actor["user"], "user"),
                "unit": self._json(actor["unit"], "unit"),
            },
            "data": self._mapping(body["data"]),
        }

    def _mapping(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        unknown = facts.keys() - FACTS.keys() - PLAIN
        assert not unknown, f"{unknown}: what do these facts of an event refer to?"
        return {name: self._json(value, FACTS.get(name, "")) for name, value in facts.items()}

    def _message(self, moment: Moment) -> list[Cell]:
        """Key, payload and audience, as COPY wants them; the rest is known when all of them are sorted."""
        key = self.own["event", moment.event["id"]]
        tokens: list[Cell] = []
        for each in moment.audience:
            letter, _, pk = each.partition(":")
            tokens += ["," if tokens else "", f"{letter}:", self._ref(TOKENS[letter], int(pk))]
        payload = split(json.dumps(self._mapping(moment.payload), ensure_ascii=False))
        return joined([key, "\t", *payload, "\t{", *tokens, "}"])

    # Values

    def _ref(self, kind: str, pk: int) -> int:
        if (kind, pk) in self.own:
            return self.own[kind, pk]
        assert (kind, pk) in self.who, f"{self.recording.course}: {kind} {pk} has no name in the play"
        return self._slot(("cast", self.who[kind, pk]))

    def _json(self, value: Any, kind: str) -> Any:
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, list):
            return [self._json(each, kind) for each in value]
        if isinstance(value, str):
            slot = self._string(value)
            return value if slot is None else QUOTED % slot
        return RAW % self._ref(kind, value) if kind else value

    def _string(self, value: str) -> int | None:
        """The slot of a text that is another one in each copy."""
        if value in self.numbers:
            return self._slot(("number", self.numbers[value]))
        if value in self.hashes:
            return self.hashes[value]
        if value.startswith(MARK):
            return self._slot(("text", *value.split(MARK)[1:]))
        if MOMENT.fullmatch(value):
            return self._slot(("time", self._offset(dt.datetime.fromisoformat(value))))
        if DATE.fullmatch(value):
            return self._slot(("date", (dt.date.fromisoformat(value) - self.start.astimezone(SHANGHAI).date()).days))
        return None

    def _text(self, value: str) -> Cell:
        slot = self._string(value)
        return escaped(value) if slot is None else slot

    def _row(self, model: type[Model], row: Mapping[str, Any]) -> list[Cell]:
        cells: list[Cell] = []
        for column in fields_of(model):
            cells += ["\t" if cells else "", *self._cells(column, row[column.attname])]
        return joined([*cells, "\n"])

    def _cells(self, column: Field[Any, Any], value: Any) -> list[Cell]:
        if column.name in ("search", "salt", "body"):
            return [value]
        if value is None:
            return [NULL]
        if column.name == "key":
            return [self._free_uuid()]
        if column.name in ("lon", "lat"):
            return [self._point(column.name, value)]
        if isinstance(value, bool):
            return ["t" if value else "f"]
        if isinstance(column, DateTimeField):
            return [self._slot(("time", self._offset(value)))]
        if isinstance(value, dict):
            facts = self._mapping(value) if column.name == "payload" else value
            return split(escaped(json.dumps(facts, ensure_ascii=False)))
        kind = kind_of(column)
        if isinstance(value, list):
            refs = [cell for each in value for cell in (",", self._ref(kind, each))][1:]
            return ["{", *refs, "}"]
        if isinstance(value, str):
            return [self._text(value)]
        return [self._ref(kind, value) if kind else repr(value)]

    def _free_uuid(self) -> int:
        self.slots.append(("uuid",))
        return len(self.slots) - 1

    def _point(self, axis: str, value: float) -> int:
        for point, spot in self.recording.points.items():
            if point[axis == "lat"] == value:
                return self._slot(("point", spot, point, axis == "lat"))
        raise AssertionError(f"{axis} {value} is no point of the play")
