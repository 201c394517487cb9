"""What the numbers in rows, events and messages refer to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import Field, Model

from accounts.models import User
from benchmarks.dataset.town import PLACES
from catalogue.models import Category
from grids.models import Community, District, Grid, Street, Unit
from workorders.models import Assignment, Attachment, Event, EventText, Request, Timer, WorkOrder

CAST: Mapping[type[Model], str] = {
    User: "user",
    Unit: "unit",
    Category: "category",
    District: "district",
    Street: "street",
    Community: "community",
    Grid: "grid",
}
OWN: Mapping[type[Model], str] = {
    WorkOrder: "order",
    Assignment: "assignment",
    Request: "request",
    Timer: "timer",
    Attachment: "attachment",
    Event: "event",
    EventText: "text",
}
UNITS = frozenset({"centre", "sub", "station", "squad", "lead", "help", "help2", "bureau", "bureau2"})
# What the facts of an event and the payload of a message refer to. What is in neither table is refused: a new fact
# must not be copied as it stands.
FACTS: Mapping[str, str] = {
    "assignment": "assignment", "assignment_id": "assignment", "request": "request", "arbitration": "request",
    "timer": "timer", "attachment": "attachment", "unit": "unit", "lead": "unit", "assists": "unit", "revoked": "unit",
    "suggested": "unit",
    "worker": "user", "grid": "grid", "from_street": "street", "street": "street", "master": "order",
    "merged": "order", "category": "category", "order": "order", "event": "event", "holder": "unit",
}  # fmt: skip
PLAIN = frozenset({
    "placed", "stage", "step", "name", "lateness_seconds", "tier", "request_kind", "outcome", "approved", "reached",
    "satisfied", "role", "urgency", "number", "confirmed_by_centre", "failed_checks", "reopenings", "review_on",
    "workdays", "hours", "sha256", "seconds", "seq", "kind", "status", "level", "version", "generation", "late", "at",
    "hash", "by_reporter", "rule", "list_version", "followed", "assists_differ", "correction", "upheld",
})  # fmt: skip
ARRAYS = {"affected_street_ids": "street", "part_unit_ids": "unit"}
TOKENS = {"d": "district", "s": "street", "c": "community", "g": "grid", "u": "unit", "p": "user"}


def meanings(names: Mapping[str, int]) -> dict[tuple[str, int], str]:
    found: dict[tuple[str, int], str] = {}
    for name, pk in names.items():
        base = name.partition("@")[0]
        kind = base if base in PLACES else "unit" if base in UNITS else "category" if base == "matter" else "user"
        found.setdefault((kind, pk), name)
    return found


def kind_of(column: Field[Any, Any]) -> str:
    """What the numbers of a column refer to, nothing if they are just numbers."""
    if isinstance(column, ArrayField):
        return ARRAYS[column.name]
    if column.remote_field is not None:
        model: Any = column.remote_field.model
        return OWN.get(model) or CAST[model]
    if column.primary_key:
        return OWN[column.model]
    return {"user_id": "user", "unit_id": "unit"}.get(column.name, "")


def columns_of(model: type[Model]) -> list[str]:
    return [str(each.column) for each in fields_of(model)]


def fields_of(model: type[Model]) -> list[Field[Any, Any]]:
    return [each for each in model._meta.concrete_fields if not getattr(each, "generated", False)]


def field_of(model: type[Model], attname: str) -> Field[Any, Any]:
    return next(each for each in model._meta.concrete_fields if each.attname == attname)
