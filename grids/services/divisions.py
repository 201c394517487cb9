"""Districts, streets, communities and grids: begun, changed and ended. Boundaries are re-division's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from accounts.services import audit
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import NotAllowed, NotVisible

from ..errors import DivisionFault, DivisionInUse
from ..models import Community, District, Division, Grid, Membership, Street, Unit
from ..permissions import Action, can
from .division_values import FIELDS, clean, require_code, require_occupier_fits
from .naming import pinyin_of, short_name_of
from .posts import today
from .versions import touch_ground

MODELS: Mapping[str, type[Division]] = {"district": District, "street": Street, "community": Community, "grid": Grid}
PARENTS: Mapping[str, str] = {"street": "district", "community": "street", "grid": "community"}
CHILDREN: Mapping[str, str] = {parent: child for child, parent in PARENTS.items()}


@transaction.atomic
def create_division(
    *,
    level: str,
    code: str,
    parent: str = "",
    values: Mapping[str, Any],
    by: Actor,
    valid_from: dt.date | None = None,
    synthetic: bool = False,
) -> Division:
    """Begin a division without a boundary. ``values`` holds fields of its level (see ``division_values.FIELDS``).

    Raise NotAllowed, DivisionFault.
    """
    _require_right(by)
    model = MODELS[level]
    above = _parent(level, parent)
    require_code(level, code, above.code if above else "")
    cleaned = clean(level, {"name": "", **values})
    _require_free(model, code, cleaned, above, level)
    if level == "grid":
        require_occupier_fits(cleaned.get("kind", "comprehensive"), cleaned)
    if level == "district":
        _require_prefix(cleaned, None)
    _name(level, cleaned)
    placed = {PARENTS[level]: above} if above else {}
    try:
        with transaction.atomic():
            division = model._default_manager.create(
                code=code, valid_from=valid_from or today(), synthetic=synthetic, **placed, **cleaned
            )
    except IntegrityError as error:  # Somebody began the same at the same moment.
        raise _code_taken(code) from error
    touch_ground()
    _tell(by, division, level, "created", {}, {"code": code, "parent": parent, **_plain(cleaned)})
    return division


@transaction.atomic
def change_division(*, level: str, code: str, values: Mapping[str, Any], by: Actor) -> Division:
    """Change attributes of a division; fields that are not told stay. Raise NotAllowed, NotVisible, DivisionFault."""
    _require_right(by)
    division = _locked(level, code)
    cleaned = clean(level, values)
    _require_free(type(division), None, cleaned, _above(level, division), level, division)
    if isinstance(division, Grid) and cleaned.keys() & {"kind", "occupier", "occupier_name"}:
        require_occupier_fits(cleaned.get("kind", division.kind), cleaned)
    if level == "district" and "number_prefix" in cleaned:
        _require_prefix(cleaned, division)
    if "name" in cleaned:
        _name(level, cleaned)
    changed = {name: value for name, value in cleaned.items() if getattr(division, name) != value}
    if not changed:
        return division
    before = _plain({name: getattr(division, name) for name in changed})
    for name, value in changed.items():
        setattr(division, name, value)
    division.save(update_fields=list(changed))
    touch_ground()
    _tell(by, division, level, "changed", before, _plain(changed))
    return division


@transaction.atomic
def end_division(*, level: str, code: str, by: Actor, on: dt.date | None = None) -> Division:
    """End a division from ``on`` (default: today). Raise NotAllowed, NotVisible, DivisionInUse.

    A grid with a boundary ends by a re-division only, so that no place is left to nobody.
    """
    _require_right(by)
    division = _locked(level, code)
    day = max(on or today(), division.valid_from)
    held = _held_by(level, division, day)
    if held:
        raise DivisionInUse(held[0], held=held)
    division.valid_to = day
    division.save(update_fields=["valid_to"])
    touch_ground()
    _tell(by, division, level, "ended", {"valid_to": None}, {"valid_to": day.isoformat()})
    return division


@transaction.atomic
def drop_division(*, level: str, code: str, by: Actor) -> None:
    """Delete a division that was begun by mistake and that nothing hangs on, so that its code is free again.

    Raise NotAllowed, NotVisible, DivisionInUse.
    """
    _require_right(by)
    division = _locked(level, code, to_drop=True)
    told = {name: str(getattr(division, name)) for name in ("code", "name")}
    try:
        with transaction.atomic():
            division.delete()
    except ProtectedError as error:
        raise DivisionInUse from error
    touch_ground()
    _tell(by, division, level, "dropped", told, {})


def _require_right(by: Actor) -> None:
    if not can(by, Action.EDIT_GROUND):
        raise NotAllowed


def _locked(level: str, code: str, *, to_drop: bool = False) -> Division:
    # Without its key: orders go on naming the division meanwhile.
    rows = MODELS[level]._default_manager.select_for_update(no_key=not to_drop, of=("self",))
    found = rows.filter(code=code).first()
    if found is None or found.valid_to is not None:
        raise NotVisible
    return found


def _parent(level: str, code: str) -> Division | None:
    if level == "district":
        return None
    # Locked, so that it does not end meanwhile, and no sibling takes the name.
    parents = MODELS[PARENTS[level]]._default_manager.select_for_update(no_key=True, of=("self",))
    found = parents.filter(code=code, valid_to=None).first()
    if found is None:
        raise DivisionFault(fields={"parent": [_("没有代码为 %s 的上级区划，请先建立") % (code or _("（空）"))]})
    return found


def _above(level: str, division: Division) -> Division | None:
    return getattr(division, PARENTS[level]) if level in PARENTS else None


def _require_free(
    model: type[Division],
    code: str | None,
    cleaned: Mapping[str, Any],
    above: Division | None,
    level: str,
    but: Division | None = None,
) -> None:
    """Raise DivisionFault where the code was ever used, or a sibling in force has the name."""
    if code is not None and model._default_manager.filter(code=code).exists():
        raise _code_taken(code)
    if "name" not in cleaned:
        return
    siblings = model._default_manager.filter(name=cleaned["name"], valid_to=None)
    if above is not None:
        siblings = siblings.filter(**{PARENTS[level]: above})
    if but is not None:
        siblings = siblings.exclude(pk=but.pk)
    if siblings.exists():
        raise DivisionFault(fields={"name": [_("同一上级下已有同名的区划：%s") % cleaned["name"]]})


def _code_taken(code: str) -> DivisionFault:
    return DivisionFault(fields={"code": [_("代码 %s 已经用过；停用的代码不再使用") % code]})


def _require_prefix(cleaned: Mapping[str, Any], but: Division | None) -> None:
    prefix = cleaned.get("number_prefix", "")
    if not prefix:
        raise DivisionFault(fields={"number_prefix": [_("请填写工单号前缀，如 PK")]})
    others = District.objects.filter(number_prefix=prefix)
    if (others.exclude(pk=but.pk) if but is not None else others).exists():
        raise DivisionFault(fields={"number_prefix": [_("前缀 %s 已被其他区使用") % prefix]})


def _name(level: str, cleaned: dict[str, Any]) -> None:
    cleaned["short_name"] = cleaned.get("short_name") or short_name_of(level, cleaned["name"])
    cleaned["pinyin"] = pinyin_of(cleaned["name"])


def _held_by(level: str, division: Division, day: dt.date) -> list[str]:
    """What keeps a division from ending, in words."""
    held: list[str] = []
    if isinstance(division, Grid):
        if division.boundary is not None:
            held.append(_("该网格已有边界，请在“网格划分”中合并或重划"))
        posts = Membership.objects.filter(grid=division).exclude(ends_on__lte=day).count()
        return [*held, _("还有 %d 个岗位在该网格任职") % posts] if posts else held
    child = CHILDREN[level]
    below = MODELS[child]._default_manager.filter(**{level: division, "valid_to": None}).count()
    if below:
        held.append(_("下面还有 %d 个在用的区划") % below)
    units = Unit.objects.filter(active=True, **{level: division}).count()
    if units:
        held.append(_("还有 %d 个在用单位设在这里") % units)
    return held


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.code if isinstance(value, Unit) else value for name, value in values.items()}


def _tell(
    by: Actor, division: Division, level: str, what: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> None:
    audit(
        actor_id=by.user_id,
        action=f"grids.{level}_{what}",
        object_label=f"{division.name} {division.code}",
        detail={"before": dict(before), "after": dict(after)},
    )


__all__ = ["FIELDS", "change_division", "create_division", "drop_division", "end_division"]
