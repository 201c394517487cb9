"""What may be told about a division: each field cleaned, or refused with its remedy."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext as _

from ..errors import DivisionFault
from ..models import GridKind, Setting, StreetKind, Unit, Zone

CODE_DIGITS: Final[Mapping[str, int]] = {"district": 6, "street": 9, "community": 12, "grid": 15}
MOST_PEOPLE = 100_000_000
LONGEST: Final[Mapping[str, int]] = {"name": 60, "short_name": 60, "party_branch": 80, "occupier_name": 80}
CHOICES: Final[Mapping[tuple[str, str], tuple[str, ...]]] = {
    ("street", "kind"): tuple(StreetKind.values),
    ("grid", "kind"): tuple(GridKind.values),
    ("community", "zone"): ("", *Zone.values),
    ("community", "setting"): tuple(Setting.values),
}
_COMMON = ("name", "short_name", "households", "population")
FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "district": (*_COMMON, "number_prefix"),
    "street": (*_COMMON, "kind"),
    "community": (*_COMMON, "zone", "setting"),
    "grid": (*_COMMON, "kind", "party_branch", "occupier", "occupier_name"),
}
PREFIX = re.compile(r"[A-Z][A-Z0-9]{0,7}")


def clean(level: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Clean what was told about a division of ``level``; ``occupier`` is a unit, its code, or empty.

    Raise DivisionFault naming every field that cannot stand.
    """
    cleaned: dict[str, Any] = {}
    faults: dict[str, list[str]] = {}
    for name, value in values.items():
        if name not in FIELDS[level]:
            faults[name] = [_("此级区划没有这一项")]
            continue
        try:
            cleaned[name] = _clean_one(level, name, value)
        except ValueError as error:
            faults[name] = [str(error)]
    if faults:
        raise DivisionFault(fields=faults)
    return cleaned


def _clean_one(level: str, name: str, value: Any) -> Any:
    if name in ("households", "population"):
        return _count(value)
    if name == "occupier":
        return _unit(value)
    text = str(value if value is not None else "").strip()
    if (level, name) in CHOICES:
        if text not in CHOICES[level, name]:
            raise ValueError(_("请从给出的选项中选择"))
        return text
    if name == "number_prefix":
        if not PREFIX.fullmatch(text):
            raise ValueError(_("请填 1 至 8 位大写字母或数字，以字母开头，如 PK"))
        return text
    if name == "name" and not text:
        raise ValueError(_("请填写名称"))
    if len(text) > LONGEST[name]:
        raise ValueError(_("最多 %d 个字") % LONGEST[name])
    if not text.isprintable():
        raise ValueError(_("含有不可见字符，请重新输入"))
    return text


def _count(value: Any) -> int:
    if value in (None, ""):
        return 0
    text = str(value).strip().replace(",", "")
    if not (text.isascii() and text.isdigit()) or int(text) > MOST_PEOPLE:
        raise ValueError(_("请填写不小于 0 的整数"))
    return int(text)


def _unit(value: Any) -> Unit | None:
    if value is None or isinstance(value, Unit):
        return value
    code = str(value).strip()
    if not code:
        return None
    unit = Unit.objects.filter(code=code, active=True).first()
    if unit is None:
        raise ValueError(_("没有代码为 %s 的在用单位") % code)
    return unit


def require_code(level: str, code: str, parent_code: str) -> None:
    """Raise DivisionFault unless the code has the digits of its level and continues its parent's."""
    digits = CODE_DIGITS[level]
    if len(code) != digits or not (code.isascii() and code.isdigit()):
        raise DivisionFault(fields={"code": [_("代码应为 %d 位数字") % digits]})
    if not code.startswith(parent_code):
        raise DivisionFault(fields={"code": [_("代码应以上级代码 %s 开头") % parent_code]})


def require_occupier_fits(kind: str, cleaned: dict[str, Any]) -> None:
    """Leave a grid one occupier at most, and a comprehensive grid none; raise DivisionFault if told otherwise."""
    told = [name for name in ("occupier", "occupier_name") if cleaned.get(name)]
    if kind != GridKind.DEDICATED:
        if told:
            raise DivisionFault(fields={told[0]: [_("只有专属网格有占用单位；请先把类型改为专属网格")]})
        cleaned |= {"occupier": None, "occupier_name": ""}
    elif cleaned.get("occupier"):
        cleaned["occupier_name"] = ""
    elif cleaned.get("occupier_name"):
        cleaned["occupier"] = None
