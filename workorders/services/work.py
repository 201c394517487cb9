"""One change of one order: what was locked and read, what changes, and the one place that writes it down."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.db.models import Model

from lianqin.kernel.actors import Actor
from relay.services import post
from workorders.models import Assignment, Event, EventText, Request, Timer, WorkOrder
from workorders.permissions import audience
from workorders.rules.replay import canonical, chained, text_hash
from workorders.services.recorded import ORDER_COLUMNS, PARTS, UNRECORDED, columns_of, fields_of, plain
from workorders.states import LIVE_ASSIGNMENT, MAIN_STAGE, RUNNING, Outcome, Role, TimerState

TOPIC = "order.event"
VERSIONED = ("status", "level", "holder_id", "due_at")


class Work:
    """The locked order with everything that moves with it; unlocked (``locked=False``) it serves to look only."""

    def __init__(self, order: WorkOrder, actor: Actor, *, new: bool = False, locked: bool = True) -> None:
        self.order = order
        self.actor = actor
        self.locked = locked
        # After the lock, so that events of one order are in the order of their times.
        self.now = _moment(order)
        self.assignments: list[Assignment] = [] if new else list(order.assignments.all())
        self.requests: list[Request] = [] if new else list(order.requests.filter(outcome=Outcome.PENDING))
        self.timers: list[Timer] = [] if new else list(order.timers.all())
        self.stop_state = TimerState.DONE
        self.audience: set[str] = set() if new else audience(order, self.assignments)
        self._seen_order: dict[str, Any] = {} if new else columns_of(order, ORDER_COLUMNS)
        self._seen = {part: {row.pk: columns_of(row, PARTS[part]) for row in getattr(self, part)} for part in PARTS}

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
        ended = [each for each in self.assignments if each.pk and each.status not in LIVE_ASSIGNMENT]
        Assignment.objects.bulk_update(ended, ["status"])
        Assignment.objects.bulk_create(rows)
        self.assignments.extend(rows)

    def add_request(self, row: Request) -> None:
        row.save(force_insert=True)
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
    ) -> Event:
        """Write the order, its parts, one event and its outbox row. The last thing that a change does."""
        assert self.locked, "only a locked order is written"
        order = self.order
        self._face_the_main_clock()
        if any(plain(getattr(order, name)) != self._seen_order.get(name) for name in VERSIONED) and self._seen_order:
            order.version += 1
        changes = {"order": self._order_changes(), **{part: self._part_changes(part) for part in PARTS}}
        event, written = self._event(kind, changes, dict(data or {}), dict(texts or {}), unit_id, late)
        order.last_seq, order.last_hash = event.seq, event.hash
        order.save(update_fields=[*changes["order"], "last_seq", "last_hash"])
        event.save(force_insert=True)
        if written:
            EventText.objects.bulk_create([EventText(event=event, **text) for text in written])
        self._post(event)
        return event

    def _face_the_main_clock(self) -> None:
        stage = MAIN_STAGE.get(self.order.status)  # type: ignore[call-overload]
        main = self.timer(stage) if stage else None
        self.order.due_at = main.due_at if main else None

    def _order_changes(self) -> dict[str, Any]:
        current = columns_of(self.order, ORDER_COLUMNS)
        return {name: value for name, value in current.items() if self._seen_order.get(name, ...) != value}

    def _part_changes(self, part: str) -> dict[str, dict[str, Any]]:
        """Save the rows of a part that changed, and say how."""
        names, changed, changes = PARTS[part], [], {}
        fresh = [row for row in getattr(self, part) if row.pk is None]
        for row in getattr(self, part):
            seen = self._seen[part].get(row.pk)
            difference = {k: v for k, v in columns_of(row, names).items() if seen is None or seen[k] != v}
            if row.pk is not None and difference:
                changes[str(row.pk)] = difference
                changed.append(row)
        # What ends is written before what begins: only one of a kind may run.
        if changed:
            type(changed[0])._default_manager.bulk_update(changed, [*fields_of(names), *UNRECORDED[part]])
        if fresh:
            type(fresh[0])._default_manager.bulk_create(fresh)
        return changes | {str(row.pk): columns_of(row, names) for row in fresh}

    def _event(
        self,
        kind: str,
        changes: dict[str, Any],
        data: dict[str, Any],
        texts: dict[str, str],
        unit_id: int | None,
        late: bool,
    ) -> tuple[Event, list[dict[str, str]]]:
        order, actor = self.order, self.actor
        written = [{"field": name, "text": text, "salt": secrets.token_hex(16)} for name, text in texts.items() if text]
        body = canonical(
            {
                "order": order.number,
                "seq": order.last_seq + 1,
                "kind": kind,
                "at": plain(self.now),
                "actor": {"kind": str(actor.kind), "user": actor.user_id, "unit": unit_id},
                "late": late,
                "data": data,
                "texts": {each["field"]: text_hash(each["salt"], each["text"]) for each in written},
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
        return event, written

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


def _moment(order: WorkOrder) -> dt.datetime:
    """The platform's time, but never before the order's last event: a clock may be set back. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT greatest(lianqin_now(), (SELECT at FROM workorders_event WHERE order_id = %s AND seq = %s))",
            [order.pk, order.last_seq],
        )
        moment: dt.datetime = cursor.fetchone()[0]
    return moment


def pk_of(row: Model | None) -> int | None:
    return row.pk if row is not None else None
