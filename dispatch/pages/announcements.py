"""What the editor of an announcement shows and reads."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from dispatch.models import Announcement
from dispatch.permissions import announces_for
from grids.models import Role, Street, Unit
from lianqin.kernel.actors import Actor

MOMENT = "%Y-%m-%dT%H:%M"
# Who can be addressed as a group; citizens are not.
ROLES = tuple((role.value, role.label) for role in Role)


@dataclass(frozen=True, slots=True)
class Editor:
    """``given``: the fields as they were typed; ``faults``: by field."""

    given: Mapping[str, Any]
    faults: Mapping[str, Sequence[Any]]
    message: str
    places: tuple[tuple[str, str], ...]
    roles: tuple[tuple[str, Any], ...]
    units: tuple[Unit, ...]
    pk: int | None = None


def editor(
    actor: Actor, given: Mapping[str, Any], *, pk: int | None, faults: Mapping[str, Sequence[Any]], message: str = ""
) -> Editor:
    """Two queries: streets and units that the actor may address."""
    districts, streets = announces_for(actor)
    whole = (("", "全区"),) if districts else ()
    mine = Street.objects.filter(pk__in=streets) | Street.objects.filter(district_id__in=districts)
    places = whole + tuple((each.code, each.name) for each in mine.defer("boundary").order_by("code"))
    units = Unit.objects.filter(active=True)
    if not districts:
        units = units.filter(street_id__in=streets)
    return Editor(given, faults, message, places, ROLES, tuple(units.order_by("level", "street", "short_name")), pk)


def of_row(row: Announcement) -> dict[str, Any]:
    return {
        "title": row.title,
        "body": row.body,
        "street": row.street.code if row.street else "",
        "roles": list(row.roles),
        "units": [each.code for each in row.units.all()],
        "must_read": row.must_read,
        "read_by": shown_moment(row.read_by),
        "expires_at": shown_moment(row.expires_at),
    }


def of_post(posted: QueryDict) -> dict[str, Any]:
    """The fields as typed, to show again."""
    plain = {name: posted.get(name, "") for name in ("title", "body", "street", "read_by", "expires_at")}
    lists = {name: posted.getlist(name) for name in ("roles", "units")}
    return {**plain, **lists, "must_read": bool(posted.get("must_read"))}


def asked_of(given: Mapping[str, Any]) -> dict[str, Any]:
    """The fields as the service wants them; a moment that is none is one long past, for the service to refuse."""
    moments = {name: _moment(given[name]) for name in ("read_by", "expires_at")}
    return {**given, **moments}


def _moment(text: str) -> dt.datetime | None:
    if not text.strip():
        return None
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    return timezone.make_aware(found) if found else dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


def shown_moment(moment: dt.datetime | None) -> str:
    return "" if moment is None else timezone.localtime(moment).strftime(MOMENT)


def audience(row: Announcement) -> str:
    """Whom it is meant for, in words."""
    parts = [row.street.name if row.street else "全区"]
    labels = dict(ROLES)
    if row.roles:
        parts.append("、".join(str(labels[role]) for role in row.roles))
    units = [each.short_name for each in row.units.all()]
    if units:
        parts.append("、".join(units))
    return " · ".join(parts)
