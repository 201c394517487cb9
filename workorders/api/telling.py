"""Orders as plain dicts. The serializers describe the same shapes; field by field they would cost most of an answer.

``tests/workorders/test_telling.py`` holds the two together.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from functools import cache
from typing import Any

from django.db.models import TextChoices
from django.utils.timezone import get_current_timezone
from django.utils.translation import get_language

from accounts.models import User
from catalogue.models import Category
from grids.models import Division, Unit
from workorders.models import Assignment, WorkOrder
from workorders.models import Request as ApprovalRequest
from workorders.models.orders import Source, Urgency
from workorders.states import OPEN, AssignmentStatus, Level, Outcome, RequestKind, Role, Status, Tier

Told = dict[str, Any]


@cache
def _labels(choices: type[TextChoices], language: str | None) -> Mapping[str, str]:
    return {value: str(label) for value, label in choices.choices}


def label(choices: type[TextChoices], value: str) -> str:
    """The word for a value; a value that has none stands for itself."""
    return _labels(choices, get_language()).get(value, value)


def moment(value: dt.datetime | None) -> str | None:
    """A time with the offset of the current time zone."""
    return None if value is None else value.astimezone(get_current_timezone()).isoformat()


def named(what: Division | Unit | None) -> Told | None:
    return None if what is None else {"code": what.code, "name": what.short_name}


def _category(category: Category | None) -> Told | None:
    return None if category is None else {"code": category.code, "name": category.name}


def _person(user: User | None) -> str | None:
    return None if user is None else user.get_full_name()


def line(order: WorkOrder, masters: Collection[int]) -> Told:
    """An order as a line of a list; ``masters`` are the keys of those orders merged into that the reader sees."""
    text, master, now = order.text, order.master, getattr(order, "now", None)
    is_open = order.status in OPEN
    return {
        "number": order.number,
        "title": text.title,
        "address": text.address,
        "status": order.status,
        "status_label": label(Status, order.status),
        "level": order.level,
        "level_label": label(Level, order.level),
        "highest_level": order.highest_level,
        "urgency": order.urgency,
        "urgency_label": label(Urgency, order.urgency),
        "source": order.source,
        "source_label": label(Source, order.source),
        "external_ref": order.external_ref,
        "category": _category(order.category),
        "street": named(order.street),
        "community": named(order.community),
        "grid": named(order.grid),
        "lon": order.lon,
        "lat": order.lat,
        "holder": named(order.holder),
        "master": master.number if master is not None and order.master_id in masters else None,
        "on_site": order.on_site,
        "is_open": is_open,
        "due_at": moment(order.due_at),
        # By the clock of the database, where the query asked it.
        "is_overdue": bool(is_open and order.due_at and now and order.due_at < now),
        "supervision_tier": order.supervision_tier,
        "version": order.version,
        "reported_at": moment(order.reported_at),
        "registered_at": moment(order.registered_at),
        "submitted_at": moment(order.submitted_at),
        "ended_at": moment(order.ended_at),
    }


def assignment(part: Assignment) -> Told:
    return {
        "id": part.pk,
        "unit": named(part.unit),
        "role": part.role,
        "role_label": label(Role, part.role),
        "status": part.status,
        "status_label": label(AssignmentStatus, part.status),
        "level": part.level,
        "version": part.version,
        "binding": part.binding,
        "late": part.late,
        "is_live": part.is_live,
        "due_at": moment(part.due_at),
        "dispatched_at": moment(part.dispatched_at),
        "acknowledged_at": moment(part.acknowledged_at),
        "acknowledged_by": _person(part.acknowledged_by),
        "finished_at": moment(part.finished_at),
        "finished_by": _person(part.finished_by),
        "instruction": part.instruction,
        "result": part.result,
    }


def request(asked: ApprovalRequest) -> Told:
    return {
        "id": asked.pk,
        "kind": asked.kind,
        "kind_label": label(RequestKind, asked.kind),
        "tier": asked.tier,
        "tier_label": label(Tier, asked.tier),
        "outcome": asked.outcome,
        "outcome_label": label(Outcome, asked.outcome),
        "unit": named(asked.unit),
        "requester": _person(asked.requester),
        "approver": _person(asked.approver),
        "assignment": asked.assignment_id,
        "requested_at": moment(asked.requested_at),
        "decided_at": moment(asked.decided_at),
        "reason": asked.reason,
        "answer": asked.answer,
        "payload": asked.payload,
    }


def reporter(order: WorkOrder) -> Told:
    """Masked, as it is kept."""
    contact = getattr(order, "contact", None)
    return {"name": contact.shown_name if contact else "", "phone": contact.shown_phone if contact else ""}


def detail(order: WorkOrder, masters: Collection[int], affected_streets: Collection[str]) -> Told:
    """Everything about one order but its history."""
    text = order.text
    return line(order, masters) | {
        "description": text.description,
        "text_erased_at": moment(text.erased_at),
        "reporter": reporter(order),
        "affected_streets": list(affected_streets),
        "relocations": order.relocations,
        "returns": order.returns,
        "failed_checks": order.failed_checks,
        "hand_downs": order.hand_downs,
        "shelvings": order.shelvings,
        "reopenings": order.reopenings,
        "contested": order.contested,
        "last_seq": order.last_seq,
        "assignments": [assignment(part) for part in order.assignments.all()],
        "requests": [request(asked) for asked in order.requests.all()],
    }
