"""Types of elements and the fields that each asks for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.services import audit
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import NotAllowed, NotVisible

from ..errors import CodeTaken, ElementFault, TypeInUse
from ..models import AttentionRecord, Colour, Element, ElementLayer, ElementType
from ..models.element_fields import define
from ..permissions import Action, can
from .placing import Faults, read_text, spelled

CODE = re.compile(r"[a-z][a-z0-9_-]{0,19}")
TOLD = ("name", "layer", "icon", "colour", "fields", "key", "order", "active")
ICONS = ("map-pin", "building-community", "camera", "flag", "star", "user", "home-star", "polygon", "school", "point")


@transaction.atomic
def create_element_type(*, data: Mapping[str, Any], by: Actor) -> ElementType:
    """Add a type. Raise NotAllowed, ElementFault, CodeTaken."""
    _require(by)
    code = str(data.get("code") or "").strip().lower()
    values, faults = _read(data)
    if not CODE.fullmatch(code):
        faults["code"] = [_("代码须以小写字母开头，只含小写字母、数字、横线和下划线，最多 20 位")]
    _refuse(faults)
    if ElementType.objects.filter(code=code).exists():
        raise CodeTaken(fields={"code": [CodeTaken.message]})
    _require_free_name(values["name"], 0)
    made = ElementType.objects.create(code=code, pinyin=spelled(values["name"]), **values)
    audit(
        actor_id=by.user_id, action="grids.element_type_created", object_label=made.name, detail={"after": _told(made)}
    )
    return made


@transaction.atomic
def change_element_type(*, code: str, data: Mapping[str, Any], by: Actor) -> ElementType:
    """Change it. A field that is left out is retired: its values stay readable. Raise NotVisible, TypeInUse, …"""
    _require(by)
    kept = ElementType.objects.select_for_update().filter(code=code).first()
    if kept is None:
        raise NotVisible
    before = _told(kept)
    values, faults = _read({**before, **data})
    _refuse(faults)
    _require_free_name(values["name"], kept.pk)
    if values["sensitive"] != kept.sensitive and _in_use(kept):
        raise TypeInUse
    values["fields"] = _with_retired(before["fields"], values["fields"])
    for name, value in values.items():
        setattr(kept, name, value)
    kept.pinyin = spelled(kept.name)
    kept.save()
    after = _told(kept)
    changed = [name for name in TOLD if before[name] != after[name]]
    if changed:
        detail = {"before": {n: before[n] for n in changed}, "after": {n: after[n] for n in changed}}
        audit(actor_id=by.user_id, action="grids.element_type_changed", object_label=kept.name, detail=detail)
    return kept


def _with_retired(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> list[Any]:
    """What was defined and is not listed any more stays at the end, retired."""
    listed = {each["name"] for each in after}
    return [*after, *({**each, "retired": True} for each in before if each["name"] not in listed)]


def _read(data: Mapping[str, Any]) -> tuple[dict[str, Any], Faults]:
    faults = Faults()
    layer, colour = str(data.get("layer") or ""), str(data.get("colour") or Colour.BLUE)
    icon = str(data.get("icon") or ICONS[0])
    if layer not in ElementLayer.values:
        faults["layer"] = [_("请选择图层")]
    if colour not in Colour.values:
        faults["colour"] = [_("请选择颜色")]
    if icon not in ICONS:
        faults["icon"] = [_("请选择图标")]
    fields, wrong = define(data.get("fields") or [])
    if wrong:
        faults["fields"] = wrong
    values = {
        "name": read_text(data, "name", 30, faults, needed=_("名称")),
        "layer": layer,
        "icon": icon,
        "colour": colour,
        "fields": [each.told() for each in fields],
        "sensitive": layer == ElementLayer.ATTENTION,
        "key": bool(data.get("key")),
        "order": _order(data.get("order"), faults),
        "active": bool(data.get("active", True)),
    }
    return values, faults


def _order(raw: Any, faults: Faults) -> int:
    text = str(raw if raw not in (None, "") else 0)
    if not text.isdecimal() or int(text) > 9999:
        faults["order"] = [_("排序应为 0 至 9999 的整数")]
        return 0
    return int(text)


def _refuse(faults: Faults) -> None:
    if faults:
        raise ElementFault(fields=faults)


def _require_free_name(name: str, pk: int) -> None:
    if ElementType.objects.filter(name=name).exclude(pk=pk).exists():
        raise CodeTaken(fields={"name": [_("已有同名的类型")]})


def _in_use(kept: ElementType) -> bool:
    return any(model._default_manager.filter(type=kept).exists() for model in (Element, AttentionRecord))


def _told(kept: ElementType) -> dict[str, Any]:
    return {name: getattr(kept, name) for name in TOLD}


def _require(by: Actor) -> None:
    if not can(by, Action.EDIT_ELEMENTS):
        raise NotAllowed
