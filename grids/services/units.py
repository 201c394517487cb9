"""Units: begun, changed, closed. A unit is never deleted, for orders and posts name it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from accounts.services import audit
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import NotAllowed, NotVisible

from ..errors import UnitFault, UnitInUse
from ..models import Community, District, Membership, Presence, Street, Unit, UnitKind, UnitLevel
from ..permissions import Action, can
from ..rules import FUNCTIONS
from ..signals import unit_closing
from .naming import pinyin_of
from .posts import today
from .versions import touch_ground

# What may be told of a unit; places and the parent by their codes.
FIELDS = (
    "name", "short_name", "kind", "function", "street", "community", "parent", "presence", "vertical", "phone",
)  # fmt: skip
CENTRES = frozenset({UnitKind.COMMAND_CENTER, UnitKind.SUB_CENTER, UnitKind.WORKSTATION})
TAILS: Mapping[str, str] = {
    UnitKind.COMMAND_CENTER: "zx", UnitKind.SUB_CENTER: "zx", UnitKind.WORKSTATION: "gzz",
    UnitKind.LEADING_GROUP: "ldxz", UnitKind.OFFICE: "lqb", UnitKind.SOCIAL_GROUP: "shzz", UnitKind.CONTRACTOR: "gmfw",
}  # fmt: skip


@transaction.atomic
def create_unit(*, values: Mapping[str, Any], by: Actor, code: str = "", synthetic: bool = False) -> Unit:
    """Begin a unit; its code follows from its place and kind unless given. Raise NotAllowed, UnitFault."""
    _require_right(by)
    unit = Unit(synthetic=synthetic, active=True)
    _fill(unit, values)
    unit.code = code.strip() or _free_code(unit)
    _save(unit)
    touch_ground()
    _tell(by, unit, "grids.unit_created", after=told_of(unit))
    return unit


@transaction.atomic
def change_unit(*, unit: Unit, values: Mapping[str, Any], by: Actor) -> Unit:
    """Change what is told of a unit; what is not told stays. Raise NotAllowed, NotVisible, UnitFault, UnitInUse."""
    _require_right(by)
    locked = _locked(unit)
    before = told_of(locked)
    _fill(locked, {**before, **values})
    after = told_of(locked)
    if after == before:
        return locked
    moved = {name for name in ("kind", "street", "community") if before[name] != after[name]}
    if moved:
        _require_empty(locked)
    _save(locked)
    touch_ground()
    _tell(by, locked, "grids.unit_changed", before=before, after=after)
    return locked


@transaction.atomic
def close_unit(*, unit: Unit, by: Actor) -> Unit:
    """Close a unit: nothing is sent there any more. Raise NotAllowed, NotVisible; UnitInUse says what is there."""
    _require_right(by)
    locked = _locked(unit)
    if not locked.active:
        return locked
    _require_empty(locked)
    below = list(Unit.objects.filter(parent=locked, active=True).values_list("short_name", flat=True))
    if below:
        raise UnitInUse(_("还有下属单位：%s") % "、".join(below), units=below)
    locked.active = False
    locked.save(update_fields=["active"])
    touch_ground()
    _tell(by, locked, "grids.unit_closed", before={"active": True}, after={"active": False})
    return locked


@transaction.atomic
def reopen_unit(*, unit: Unit, by: Actor) -> Unit:
    """Put a closed unit back in use. Raise NotAllowed, NotVisible, UnitFault."""
    _require_right(by)
    locked = _locked(unit)
    if locked.active:
        return locked
    locked.active = True
    _save(locked)
    touch_ground()
    _tell(by, locked, "grids.unit_reopened", before={"active": False}, after={"active": True})
    return locked


@transaction.atomic
def drop_unit(*, unit: Unit, by: Actor) -> None:
    """Delete a unit that was begun by mistake and that nothing names. Raise NotAllowed, NotVisible, UnitInUse."""
    _require_right(by)
    locked = _locked(unit, to_drop=True)
    _require_empty(locked)
    before = told_of(locked)
    try:
        with transaction.atomic():
            locked.delete()
    except ProtectedError as error:
        raise UnitInUse from error
    touch_ground()
    _tell(by, Unit(code=unit.code, name=unit.name), "grids.unit_dropped", before=before, after={})


def told_of(unit: Unit) -> dict[str, Any]:
    """What a form, a file and the audit log say of a unit; places by code."""
    return {
        **{name: getattr(unit, name) for name in FIELDS if name not in ("street", "community", "parent")},
        "street": unit.street.code if unit.street else "",
        "community": unit.community.code if unit.community else "",
        "parent": unit.parent.code if unit.parent else "",
    }


def _fill(unit: Unit, values: Mapping[str, Any]) -> None:
    """Take over what is told; everything that follows from it is not asked for."""
    for name in ("name", "short_name", "kind", "function", "presence", "phone"):
        setattr(unit, name, str(values.get(name) or "").strip())
    unit.vertical = bool(values.get("vertical"))
    faults: dict[str, list[str]] = {}
    _check(unit, faults)
    unit.street = _found(Street, values.get("street"), "street", faults)
    unit.community = _found(Community, values.get("community"), "community", faults)
    unit.parent = _found(Unit, values.get("parent"), "parent", faults)
    if unit.community is not None:
        unit.street = unit.community.street
    district = unit.street.district if unit.street else District.objects.order_by("pk").first()
    _check_place(unit, faults)
    if district is None:
        faults["street"] = [_("还没有区，请先建区划")]
    if faults:
        raise UnitFault(fields=faults)
    assert district is not None
    unit.district = district
    unit.level = UnitLevel.STREET if unit.street else UnitLevel.DISTRICT
    unit.short_name = unit.short_name or unit.name[:40]
    unit.pinyin = pinyin_of(unit.short_name)


def _check(unit: Unit, faults: dict[str, list[str]]) -> None:
    if not unit.name:
        faults["name"] = [_("请填写名称")]
    if unit.kind not in UnitKind.values:
        faults["kind"] = [_("请选择类别")]
    if unit.presence and unit.presence not in Presence.values:
        faults["presence"] = [_("请选择参勤方式")]
    if unit.kind == UnitKind.DUTY_DEPARTMENT and unit.function not in FUNCTIONS:
        faults["function"] = [_("参勤单位须选择职能")]
    elif unit.kind != UnitKind.DUTY_DEPARTMENT:
        unit.function, unit.presence, unit.vertical = "", "", False


def _check_place(unit: Unit, faults: dict[str, list[str]]) -> None:
    if unit.kind == UnitKind.COMMAND_CENTER and unit.street is not None:
        faults.setdefault("street", [_("区联勤指挥中心不属于街道")])
    if unit.kind == UnitKind.SUB_CENTER and unit.street is None:
        faults.setdefault("street", [_("分中心须选择街道")])
    if unit.kind == UnitKind.WORKSTATION and unit.community is None:
        faults.setdefault("community", [_("工作站须选择社区")])
    if unit.kind != UnitKind.WORKSTATION and unit.community is not None:
        faults.setdefault("community", [_("只有工作站属于社区")])
    if unit.parent is not None and unit.parent.pk == unit.pk:
        faults.setdefault("parent", [_("上级单位不能是自己")])


def _found(model: type[Any], code: Any, name: str, faults: dict[str, list[str]]) -> Any:
    text = str(code or "").strip()
    if not text:
        return None
    found = model.objects.filter(code=text).first()
    if found is None:
        faults[name] = [_("没有代码为 %s 的记录") % text]
    return found


def _free_code(unit: Unit) -> str:
    place = unit.community or unit.street or unit.district
    stem = f"{place.code}-{TAILS.get(unit.kind) or unit.function}"
    taken = set(Unit.objects.filter(code__startswith=stem).values_list("code", flat=True))
    number = 1
    while (code := stem if number == 1 else f"{stem}{number}") in taken:
        number += 1
    return code


def _save(unit: Unit) -> None:
    try:
        unit.full_clean(validate_unique=False, validate_constraints=False)
        with transaction.atomic():
            unit.save()
    except ValidationError as error:
        raise UnitFault(fields=error.message_dict) from error
    except IntegrityError as error:
        if "code" in str(error):
            raise UnitFault(fields={"code": [_("单位代码已被使用")]}) from error
        twin = {
            UnitKind.COMMAND_CENTER: _("区里已有启用的联勤指挥中心"),
            UnitKind.SUB_CENTER: _("该街道已有启用的分中心"),
            UnitKind.WORKSTATION: _("该社区已有启用的工作站"),
        }.get(UnitKind(unit.kind), UnitFault.message)
        raise UnitFault(fields={"kind": [twin]}) from error


def _require_empty(unit: Unit) -> None:
    """Raise UnitInUse while people hold posts there or another room still needs it."""
    holders = [
        str(post.user)
        for post in Membership.objects.filter(unit=unit).exclude(ends_on__lte=today()).select_related("user")
    ]
    if holders:
        raise UnitInUse(_("还有 %(n)d 个在任岗位：%(who)s") % {"n": len(holders), "who": "、".join(holders[:5])})
    unit_closing.send(sender=Unit, unit=unit)


def _locked(unit: Unit, *, to_drop: bool = False) -> Unit:
    # Without its key: orders go on naming the unit meanwhile.
    found = (
        Unit.objects.select_for_update(no_key=not to_drop, of=("self",))
        .select_related("street", "community", "parent", "district")
        .defer("street__boundary", "community__boundary", "district__boundary")
        .filter(pk=unit.pk)
        .first()
    )
    if found is None:
        raise NotVisible
    return found


def _require_right(by: Actor) -> None:
    if not can(by, Action.EDIT_UNITS):
        raise NotAllowed


def _tell(by: Actor, unit: Unit, action: str, **detail: Any) -> None:
    audit(actor_id=by.user_id, action=action, object_label=f"{unit.code} {unit.name}", detail=detail)
