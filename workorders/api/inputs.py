"""What may be sent: the report, and one serializer for each action, made from rules.inputs. They document;
the services clean."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from lianqin.kernel.numbers import whole
from workorders.errors import DomainError, Invalid
from workorders.models.attachments import AttachmentStage
from workorders.models.orders import Source, Urgency
from workorders.rules.corrections import Correction
from workorders.rules.inputs import INPUTS, LABELS, Input, Kind
from workorders.states import ACTIONS, ASSIGNMENT_ACTIONS, MACHINE_ACTIONS

MOST_IN_BATCH = 100
# Each of these has its own door: the list, the files.
POSTED_ELSEWHERE = frozenset({"report", "attach"})
ORDER_ACTIONS = tuple(each for each in ACTIONS if each not in MACHINE_ACTIONS | POSTED_ELSEWHERE)
# As it is spelled in the address of an assignment.
PART_ACTIONS: Mapping[str, str] = {
    "return" if each == "return_assignment" else each: each for each in ACTIONS if each in ASSIGNMENT_ACTIONS
}


class MalformedBody(DomainError):
    code = "malformed"


def body_of(data: Any) -> dict[str, Any]:
    """The members of what was sent as plain values. Raises MalformedBody for anything but an object."""
    if hasattr(data, "lists"):
        return {name: values if len(values) > 1 else values[0] for name, values in data.lists()}
    if not isinstance(data, Mapping):
        raise MalformedBody(_("请求内容应为一个 JSON 对象"))
    return dict(data)


def seen_version(data: Mapping[str, Any]) -> int | None:
    """The version that the caller had before them, if they say so."""
    return _whole_number(data, "version")


def named_assignment(data: Mapping[str, Any]) -> int | None:
    return _whole_number(data, "assignment")


def _whole_number(data: Mapping[str, Any], name: str) -> int | None:
    value = data.get(name)
    if value in (None, ""):
        return None
    number = None if isinstance(value, bool) else whole(str(value))
    if number is None:
        raise Invalid(fields={name: [_("应为整数")]})
    return number


class ReportIn(serializers.Serializer[Any]):
    """A report. Only the title is indispensable; without a place the district places it."""

    title = serializers.CharField(max_length=80)
    source = serializers.ChoiceField(  # type: ignore[assignment]
        choices=Source.choices, required=False, help_text="Citizens need not name it."
    )
    description = serializers.CharField(max_length=4000, required=False)
    address = serializers.CharField(max_length=200, required=False)
    lon = serializers.FloatField(min_value=-180, max_value=180, required=False, help_text="WGS-84")
    lat = serializers.FloatField(min_value=-90, max_value=90, required=False, help_text="WGS-84")
    category = serializers.CharField(required=False, help_text="Code of a leaf of the catalogue.")
    urgency = serializers.ChoiceField(choices=Urgency.choices, required=False)
    external_ref = serializers.CharField(
        max_length=64, required=False, help_text="Unique per source: a repeat is answered with the first order, 200."
    )
    reporter_name = serializers.CharField(max_length=40, required=False)
    reporter_phone = serializers.CharField(max_length=32, required=False)


class DecisionIn(serializers.Serializer[Any]):
    answer = serializers.CharField(max_length=1000, required=False, help_text="Required for a refusal.")
    version = serializers.IntegerField(
        required=False, help_text="Version of the order as it was seen; 409 `stale_version` if it has moved on."
    )


class AttachmentIn(serializers.Serializer[Any]):
    """JPEG, PNG or WebP up to 10 MB; MP4 or QuickTime up to 50 MB; MP3, M4A, WAV or Ogg up to 10 MB."""

    file = serializers.FileField()
    stage = serializers.ChoiceField(choices=AttachmentStage.choices, default=AttachmentStage.NOTE)
    assignment = serializers.IntegerField(required=False)


Field = serializers.Field[Any, Any, Any, Any]


def _text(field: Input, **common: Any) -> Field:
    return serializers.CharField(max_length=field.max_length, **common)


def _codes(field: Input, **common: Any) -> Field:
    return serializers.ListField(child=serializers.CharField(), **common)


def _code(field: Input, **common: Any) -> Field:
    return serializers.CharField(**common)


FIELDS: Mapping[Kind, Callable[..., Field]] = {
    Kind.TEXT: _text,
    Kind.UNIT: _code,
    Kind.UNITS: _codes,
    Kind.CATEGORY: _code,
    Kind.URGENCY: lambda field, **common: serializers.ChoiceField(choices=Urgency.choices, **common),
    Kind.ORDER: _code,
    Kind.STREETS: _codes,
    Kind.EXTENT: lambda field, **common: serializers.DictField(**common),
    Kind.STREET: _code,
    Kind.WORKER: _code,
    Kind.LONGITUDE: lambda field, **common: serializers.FloatField(min_value=-180, max_value=180, **common),
    Kind.LATITUDE: lambda field, **common: serializers.FloatField(min_value=-90, max_value=90, **common),
    Kind.DATE: lambda field, **common: serializers.DateField(**common),
    Kind.WORKDAYS: lambda field, **common: serializers.IntegerField(**common),
    Kind.HOURS: lambda field, **common: serializers.FloatField(**common),
    Kind.FLAG: lambda field, **common: serializers.BooleanField(**common),
    Kind.CORRECTION: lambda field, **common: serializers.ChoiceField(choices=Correction.choices, **common),
}
HELP: Mapping[Kind, str] = {
    Kind.UNIT: "code of a unit",
    Kind.UNITS: "codes of units",
    Kind.CATEGORY: "code of a category",
    Kind.ORDER: "number of an order",
    Kind.STREETS: "codes of streets",
    Kind.EXTENT: "GeoJSON LineString or Polygon (WGS-84): the streets that it touches are affected",
    Kind.STREET: "code of a street",
    Kind.WORKER: "user name of a grid worker",
    Kind.CORRECTION: "why not the lead that the responsibility list names; not kept where it was followed",
}


def input_serializer(action: str, *, of_assignment: bool = False) -> type[serializers.Serializer[Any]]:
    """The inputs of an action as a serializer, for the description of the API."""
    fields: dict[str, Any] = {
        field.name: FIELDS[field.kind](
            field, required=field.required, help_text=f"{field.label} {HELP.get(field.kind, '')}".strip()
        )
        for field in INPUTS[action]
    }
    whose = "assignment" if of_assignment else "order"
    if action in ASSIGNMENT_ACTIONS and not of_assignment:
        whose = "order, or of the assignment if one is named,"
    seen = f"Version of the {whose} as it was seen; 409 `stale_version` if it has moved on."
    fields["version"] = serializers.IntegerField(required=False, help_text=seen)
    if action in ASSIGNMENT_ACTIONS and not of_assignment:
        fields["assignment"] = serializers.IntegerField(required=False, help_text="Without it: the caller's own.")
    name = "".join(part.title() for part in action.split("_")) + ("PartIn" if of_assignment else "In")
    return type(name, (serializers.Serializer,), {**fields, "__doc__": str(LABELS[action])})


class RegisterAndDispatchIn(input_serializer("register"), input_serializer("dispatch")):  # type: ignore[misc]
    """The inputs of both; the version is the one before."""
