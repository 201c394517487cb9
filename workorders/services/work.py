"""One change of one order: what was locked and read, what changes, and the one place that writes it down."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from django.db.models import Model

from lianqin.kernel.actors import Actor
from lianqin.kernel.statements import pipelined
from relay.services import post
from workorders.errors import Archived
from workorders.models import Assignment, Event, EventText, Request, Timer, WorkOrder
from workorders.permissions import audience
from workorders.rules.replay import canonical, chained, text_hash
from workorders.services.recorded import ORDER_COLUMNS, PARTS, UNRECORDED, changed_columns, plain, values_of
from workorders.services.storing import Ids, Stored, Write, read, store
from workorders.states import LIVE_ASSIGNMENT, MAIN_STAGE, RUNNING, Outcome, Role, TimerState

TOPIC = "order.event"
VERSIONED = frozenset({"status", "level", "holder_id", "due_at"})


class Work:
    """The locked order with everything that moves with it; unlocked (``locked=False``) it serves to look only."""

    def __init__(self, order: WorkOrder, actor: Actor, *, locked: bool = True, stored: Stored | None = None) -> None:
        """``stored``: what stands beside the order, if that is known without reading: nothing beside a new one."""
        self.order = order
        self.actor = actor
        self.locked = locked
        self.is_new = stored is not None
        stored = stored or read(order, to_write=locked)
        # Taken after the lock, so that events of one order are in the order of their times.
        self.now: dt.datetime = stored.now
        self.ids: Ids = stored.ids
        self.merged_ids: frozenset[int] = stored.merged_ids
        self.assignments: list[Assignment] = stored.assignments
        self.requests: list[Request] = stored.requests
        self.timers: list[Timer] = stored.timers
        self.stop_state = TimerState.DONE
        self.audience: set[str] = set() if self.is_new else audience(order, self.assignments)
        self._seen_order = None if self.is_new else values_of("order", order)
        self._seen = {part: {row.pk: values_of(part, row) for row in getattr(self, part)} for part in PARTS}

    # What stands

    @property
    def live_assignments(self) -> list[Assignment]:
        return [each for each in self.assignments if each.status in LIVE_ASSIGNMENT]

    @property
    def lead(self) -> Assignment | None:
        return next((each for each in self.live_assignments if each.role == Role.LEAD), None)

    def open_request(self, kind: str) -> Request | None:
        return next((each for each in self.requests if each.kind == kind and each.outcome == Outcome.PENDING), None)

    def timer(
        self, stage: str, *, assignment: Assignment | None = None, request: Request | None = None
    ) -> Timer | None:
        """The running or paused clock of a stage."""
        for each in self.timers:
            same = each.stage == stage and each.assignment_id == pk_of(assignment) and each.request_id == pk_of(request)
            if same and each.state in RUNNING:
                return each
        return None

    # What changes

    def add_assignments(self, rows: list[Assignment]) -> None:
        """Open assignments. What ended in the same change ends first: a unit has one live part in an order."""
        self.ids.give(*rows)
        self.assignments.extend(rows)
        self.order.part_unit_ids = sorted({each.unit_id for each in self.assignments})

    def add_request(self, row: Request) -> None:
        self.ids.give(row)
        self.requests.append(row)

    # Writing it down

    def write(
        self,
        kind: str,
        *,
        data: Mapping[str, Any] | None = None,
        texts: Mapping[str, str] | None = None,
        unit_id: int | None = None,
        late: bool = False,
        beside: Sequence[Model] = (),
    ) -> Event:
        """Write the order, its parts, one event and its outbox row. The last thing that a change does.

        ``beside``: new rows of other tables that come with it. Two or three statements.
        """
        assert self.locked, "only a locked order is written"
        order = self.order
        if order.archived_at is not None:
            # Each way here says so earlier; an event beside the archive would keep the month from coming back.
            raise Archived
        self._face_the_main_clock()
        if self._seen_order is not None and not VERSIONED.isdisjoint(self._order_changes()):
            order.version += 1
        fresh = {part: [row for row in getattr(self, part) if row.pk not in self._seen[part]] for part in PARTS}
        self.ids.give(*(row for rows in fresh.values() for row in rows if row.pk is None))
        ended, part_changes = self._part_changes(fresh)
        order_changes = self._order_changes()
        event, written = self._event(
            kind, {"order": order_changes, **part_changes}, dict(data or {}), dict(texts or {}), unit_id, late
        )
        order.last_seq, order.last_hash = event.seq, event.hash
        with pipelined():
            self._store(ended, fresh, [event], written, beside)
            self._post(event)
        return event

    def _store(
        self,
        ended: list[Write],
        fresh: Mapping[str, list[Any]],
        *others: Sequence[Model],
    ) -> None:
        """What ends is written before what begins, since only one of a kind may run; all else at once."""
        # All columns, changed or not: one text, whatever happened.
        order = Write([self.order], () if self.is_new else (*ORDER_COLUMNS, *UNRECORDED["order"]))
        begun = [Write(rows) for rows in fresh.values()]
        together = [order, *begun, *(Write(rows) for rows in _of_a_kind(others))]
        if any(each.rows for each in begun):
            store(*ended)
            store(*together)
        else:
            store(*ended, *together)

    def _face_the_main_clock(self) -> None:
        stage = MAIN_STAGE.get(self.order.status)  # type: ignore[call-overload]
        main = self.timer(stage) if stage else None
        self.order.due_at = main.due_at if main else None

    def _order_changes(self) -> dict[str, Any]:
        return changed_columns("order", self.order, self._seen_order)

    def _part_changes(self, fresh: Mapping[str, list[Any]]) -> tuple[list[Write], dict[str, dict[str, Any]]]:
        """What to write of the rows that were there before; and how every row changed, for the event."""
        writes, changes = [], {}
        for part, names in PARTS.items():
            known = [row for row in getattr(self, part) if row.pk in self._seen[part]]
            told = {row.pk: changed_columns(part, row, self._seen[part][row.pk]) for row in known}
            writes.append(Write([row for row in known if told[row.pk]], (*names, *UNRECORDED[part])))
            told |= {row.pk: changed_columns(part, row, None) for row in fresh[part]}
            changes[part] = {str(pk): columns for pk, columns in told.items() if columns}
        return writes, changes

    def _event(
        self,
        kind: str,
        changes: dict[str, Any],
        data: dict[str, Any],
        texts: dict[str, str],
        unit_id: int | None,
        late: bool,
    ) -> tuple[Event, list[EventText]]:
        order, actor = self.order, self.actor
        salted = [{"field": name, "text": text, "salt": secrets.token_hex(16)} for name, text in texts.items() if text]
        body = canonical(
            {
                "order": order.number,
                "seq": order.last_seq + 1,
                "kind": kind,
                "at": plain(self.now),
                "actor": {"kind": str(actor.kind), "user": actor.user_id, "unit": unit_id},
                "late": late,
                "data": data,
                "texts": {each["field"]: text_hash(each["salt"], each["text"]) for each in salted},
                "changes": changes,
            }
        )
        event = Event(
            order=order,
            seq=order.last_seq + 1,
            kind=kind,
            at=self.now,
            actor_kind=str(actor.kind),
            user_id=actor.user_id,
            unit_id=unit_id,
            late=late,
            body=body,
            hash=chained(order.last_hash, body),
        )
        self.ids.give(event)
        return event, [EventText(order=order, event=event, **text) for text in salted]

    def _post(self, event: Event) -> None:
        order = self.order
        payload = {
            "order": order.pk,
            "number": order.number,
            "event": event.pk,
            "seq": event.seq,
            "kind": event.kind,
            "status": order.status,
            "level": order.level,
            "holder": order.holder_id,
            "version": order.version,
            "generation": order.generation,
            "tier": order.supervision_tier,
            "late": event.late,
            "at": plain(event.at),
            "hash": event.hash,
        }
        reached = self.audience | audience(order, self.assignments)
        post(topic=TOPIC, key=str(event.pk), payload=payload, audience=sorted(reached))


def pk_of(row: Model | None) -> int | None:
    return row.pk if row is not None else None


def _of_a_kind(several: Iterable[Sequence[Model]]) -> Iterator[list[Model]]:
    """Rows of one table at a time."""
    for rows in several:
        for _model, alike in groupby(rows, key=type):
            yield list(alike)
