"""Elements come, change, move and go."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.services import audit
from lianqin.kernel.actors import Actor
from lianqin.kernel.clock import Now
from lianqin.kernel.errors import NotAllowed, NotVisible

from ..errors import CodeTaken, ElementFault
from ..models import Element, ElementType
from ..permissions import Action, can
from .placing import grid_at, read_placed, spelled

TOLD = ("code", "name", "address", "lon", "lat", "key", "fields", "active")


def type_for(code: Any, *, sensitive: bool) -> ElementType:
    """The type in use of that code. Raise ElementFault."""
    found = ElementType.objects.filter(code=str(code or ""), sensitive=sensitive, active=True).first()
    if found is None:
        raise ElementFault(fields={"type": [_("请选择要素类型")]})
    return found


def next_code(of: ElementType, table: str) -> str:
    """A code that nobody has: the type's, and a number of the table's own sequence."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [table])
        return f"{of.code}-{cursor.fetchone()[0]:06d}"


@transaction.atomic
def create_element(*, data: Mapping[str, Any], by: Actor) -> Element:
    """Put a new element on the map. Raise NotAllowed, ElementFault, CodeTaken."""
    _require(by)
    of = type_for(data.get("type"), sensitive=False)
    values = read_placed(of, data, {})
    values["code"] = values["code"] or next_code(of, Element._meta.db_table)
    if Element.objects.filter(code=values["code"]).exists():
        raise CodeTaken(fields={"code": [CodeTaken.message]})
    element = Element(type=of, **values)
    _place(element)
    element.save()
    _log(by, "grids.element_created", element, {"after": told_of(element)})
    return element


@transaction.atomic
def change_element(*, code: str, data: Mapping[str, Any], by: Actor) -> Element:
    """Change what is told and leave the rest; a new point moves it. Raise NotAllowed, NotVisible, ElementFault."""
    _require(by)
    element = _locked(code)
    before = told_of(element)
    values = read_placed(element.type, {name: data[name] for name in data if name not in ("code", "type")}, before)
    for name, value in values.items():
        setattr(element, name, value)
    _place(element)
    return _changed(element, before, by, "grids.element_changed")


@transaction.atomic
def retire_element(*, code: str, by: Actor) -> Element:
    """Take it off the map; it stays in the table. Raise NotAllowed, NotVisible."""
    return _switch(code, by, active=False)


@transaction.atomic
def restore_element(*, code: str, by: Actor) -> Element:
    """Put a retired one back. Raise NotAllowed, NotVisible."""
    return _switch(code, by, active=True)


def _switch(code: str, by: Actor, *, active: bool) -> Element:
    _require(by)
    element = _locked(code)
    before = told_of(element)
    element.active = active
    return _changed(element, before, by, "grids.element_restored" if active else "grids.element_retired")


def _changed(element: Element, before: dict[str, Any], by: Actor, action: str) -> Element:
    after = told_of(element)
    changed = [name for name in TOLD if before[name] != after[name]]
    if changed:
        element.updated_at = Now()
        element.save(update_fields=[*changed, "pinyin", "grid", "updated_at"])
        element.refresh_from_db(fields=["updated_at"])
        detail = {"before": {n: before[n] for n in changed}, "after": {n: after[n] for n in changed}}
        _log(by, action, element, detail)
    return element


def told_of(element: Element) -> dict[str, Any]:
    return {name: getattr(element, name) for name in TOLD}


def _place(element: Element) -> None:
    element.grid_id = grid_at(element.lon, element.lat)
    element.pinyin = spelled(element.name)


def _locked(code: str) -> Element:
    found = Element.objects.select_for_update(of=("self",)).select_related("type").defer("search").filter(code=code)
    element = found.first()
    if element is None:
        raise NotVisible
    return element


def _require(by: Actor) -> None:
    if not can(by, Action.EDIT_ELEMENTS):
        raise NotAllowed


def _log(by: Actor, action: str, element: Element, detail: Mapping[str, Any]) -> None:
    audit(actor_id=by.user_id, action=action, object_label=f"{element.type.name} {element.code}", detail=detail)
