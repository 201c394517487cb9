"""The history of an order as plain dicts, in one statement; ``EventOut`` describes the same shape.

In SQL of our own, as in wholes: four queries took longer to build than to run. ``tests/workorders/test_telling.py``
holds what is told and what is described together.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db import router

from accounts.models import User
from lianqin.kernel.actors import Actor, ActorKind
from lianqin.kernel.rows import from_json
from lianqin.kernel.statements import prepared
from workorders.api.serializers import shown_name
from workorders.api.telling import Told, moment
from workorders.models import Event, WorkOrder
from workorders.rules.inputs import LABELS
from workorders.rules.masking import mask_name, mask_phone
from workorders.selectors import seen_among

# Facts that name another order.
OF_ANOTHER = frozenset({"master", "merged", "number"})
MASKS = {"reporter_name": mask_name, "reporter_phone": mask_phone}
# Texts name the order, too: they are then looked for in its partition alone.
HISTORY = """
SELECT seq, kind, at, late, user_id, actor_kind, body, hash,
(SELECT json_object_agg(field, text ORDER BY id) FROM workorders_eventtext
 WHERE order_id = %(order)s AND event_id = e.id)::text,
(SELECT short_name FROM grids_unit WHERE id = e.unit_id),
(SELECT row_to_json(x) FROM (SELECT id, username, full_name, kind FROM accounts_user WHERE id = e.user_id) x)::text
FROM workorders_event e WHERE order_id = %(order)s AND seq > %(after)s ORDER BY seq
"""


class Fact(NamedTuple):
    """One event with what is left of its texts (JSON) and who did it (JSON), as ``HISTORY`` reads them."""

    seq: int
    kind: str
    at: Any
    late: bool
    user_id: int | None
    actor_kind: str
    body: str
    hash: str
    texts: str | None
    unit: str | None
    person: str | None


def history(order: WorkOrder, actor: Actor, *, after: int = 0) -> list[Told]:
    """The events with a greater ``seq``, oldest first. One query, and one more where they name other orders."""
    return _told(_facts(order, after), actor)


def since(order: WorkOrder, version: int, actor: Actor, assignment_id: int | None = None) -> list[Told]:
    """The events from the one that moved the order (or the assignment) past ``version``; what the caller missed."""
    facts = _facts(order)
    for index, fact in enumerate(facts):
        changes = json.loads(fact.body)["changes"]
        part = changes.get("assignments", {}).get(str(assignment_id), {}) if assignment_id else changes.get("order", {})
        if part.get("version", 0) > version:
            return _told(facts[index:], actor)
    return []


def _facts(order: WorkOrder, after: int = 0) -> list[Fact]:
    with prepared(router.db_for_read(Event)) as cursor:
        cursor.execute(HISTORY, {"order": order.pk, "after": after})
        return [Fact(*row) for row in cursor.fetchall()]


def _told(facts: list[Fact], actor: Actor) -> list[Told]:
    data = _data(facts, actor)
    people: dict[int | None, str] = {None: ""}
    for fact in facts:
        if fact.user_id not in people:
            people[fact.user_id] = _name(fact.person)
    return [
        {
            "seq": fact.seq,
            "kind": fact.kind,
            "label": str(LABELS.get(fact.kind, fact.kind)),
            "at": moment(fact.at),
            "late": fact.late,
            "is_machine": fact.actor_kind == ActorKind.SYSTEM,
            "actor": {"name": people[fact.user_id], "unit": fact.unit or ""},
            "data": data[fact.seq],
            "texts": _texts(fact.texts),
            "hash": fact.hash,
        }
        for fact in facts
    ]


def _texts(told: str | None) -> dict[str, str]:
    return {field: MASKS.get(field, str)(text) for field, text in json.loads(told).items()} if told else {}


def _name(told: str | None) -> str:
    """Those in service by name; of citizens the family name only."""
    return shown_name(from_json(User, json.loads(told))) if told else ""


def _data(facts: Iterable[Fact], actor: Actor) -> dict[int, dict[str, Any]]:
    """What the events say; of another order only to those who see that as well. A query where there is one."""
    data: dict[int, dict[str, Any]] = {fact.seq: json.loads(fact.body)["data"] for fact in facts}
    named = {seq: told.get("master", told.get("merged")) for seq, told in data.items()}
    seen = seen_among(actor, named.values())
    for seq, other in named.items():
        if other is not None and other not in seen:
            data[seq] = {name: value for name, value in data[seq].items() if name not in OF_ANOTHER}
    return data
