"""The fields that an administrator gives a type of element: how they are defined, filled in, masked and read.

Values are kept as they were written (text, number, true/false, date as ISO text). A definition that changes later
rewrites none of them: what no longer fits is still shown as it is.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

Text = str | Promise
NAME = re.compile(r"[a-z][a-z0-9_]{0,29}")
MOST_FIELDS, MOST_CHOICES, LONGEST_TEXT, LONGEST_LABEL = 30, 100, 200, 20
YES = frozenset({"true", "1", "yes", "是", "有", "on"})
NO = frozenset({"false", "0", "no", "否", "无", "off"})


class FieldKind(models.TextChoices):
    TEXT = "text", gettext_lazy("文字")
    NUMBER = "number", gettext_lazy("数字")
    CHOICE = "choice", gettext_lazy("选项")
    DATE = "date", gettext_lazy("日期")
    BOOLEAN = "boolean", gettext_lazy("是/否")


class Mask(models.TextChoices):
    """What is left of a value of a sensitive type until somebody says why the rest is needed."""

    HIDDEN = "hidden", gettext_lazy("全部隐去")
    PHONE = "phone", gettext_lazy("电话：留前三后四")
    OPEN = "open", gettext_lazy("不隐去")


@dataclass(frozen=True, slots=True)
class Field:
    """``name`` is for programs and never changes; a retired field is filled in no more, its values stay readable."""

    name: str
    label: str
    kind: str = FieldKind.TEXT
    required: bool = False
    choices: tuple[str, ...] = field(default=())
    unit: str = ""
    mask: str = Mask.HIDDEN
    retired: bool = False

    def told(self) -> dict[str, Any]:
        return {**asdict(self), "choices": list(self.choices), "kind": str(self.kind), "mask": str(self.mask)}


class Shown(NamedTuple):
    """A value in words; ``note`` says that it is older than the definition."""

    name: str
    label: str
    text: str
    note: Text


def fields_of(raw: Iterable[Mapping[str, Any]]) -> tuple[Field, ...]:
    """Read definitions that were checked when they were saved."""
    return tuple(Field(**{**each, "choices": tuple(each.get("choices", ()))}) for each in raw)


def define(raw: Any) -> tuple[tuple[Field, ...], list[str]]:
    """Read definitions that somebody typed: the fields, and what is wrong with them in words."""
    if not isinstance(raw, list) or not all(isinstance(each, Mapping) for each in raw):
        return (), [_("字段定义应为列表")]
    faults: list[str] = []
    if len(raw) > MOST_FIELDS:
        return (), [_("最多 %(most)d 个字段") % {"most": MOST_FIELDS}]
    found: list[Field] = []
    for place, each in enumerate(raw, start=1):
        made, wrong = _defined(each, place)
        faults += [_("第 %(place)d 个字段：%(fault)s") % {"place": place, "fault": fault} for fault in wrong]
        found.append(made)
    for attribute, text in (("name", _("字段代号“%s”重复")), ("label", _("字段名称“%s”重复"))):
        values = [getattr(each, attribute) for each in found if attribute == "name" or not each.retired]
        faults += [text % value for value in sorted({value for value in values if values.count(value) > 1})]
    return tuple(found), faults


def _defined(raw: Mapping[str, Any], place: int) -> tuple[Field, list[str]]:
    faults = []
    label, unit = str(raw.get("label") or "").strip(), str(raw.get("unit") or "").strip()
    name = str(raw.get("name") or "").strip() or f"field_{place}"
    kind, mask = str(raw.get("kind") or FieldKind.TEXT), str(raw.get("mask") or Mask.HIDDEN)
    choices = _choices(raw.get("choices"))
    if not label or len(label) > LONGEST_LABEL:
        faults.append(_("名称须为 1 至 %(most)d 个字") % {"most": LONGEST_LABEL})
    if not NAME.fullmatch(name):
        faults.append(_("代号只能用小写字母、数字和下划线，以字母开头"))
    if kind not in FieldKind.values:
        faults.append(_("类型须为文字、数字、选项、日期或是/否"))
    if mask not in Mask.values:
        faults.append(_("脱敏方式无效"))
    if len(unit) > LONGEST_LABEL:
        faults.append(_("单位最多 %(most)d 个字") % {"most": LONGEST_LABEL})
    if kind == FieldKind.CHOICE and not 1 <= len(choices) <= MOST_CHOICES:
        faults.append(_("请列出 1 至 %(most)d 个选项") % {"most": MOST_CHOICES})
    made = Field(
        name, label, kind, bool(raw.get("required")), choices if kind == FieldKind.CHOICE else (), unit, mask,
        bool(raw.get("retired")),
    )  # fmt: skip
    return made, faults


def _choices(raw: Any) -> tuple[str, ...]:
    """From a list, or from one text with the choices apart by commas or lines."""
    parts = re.split(r"[,，;；、\n]", raw) if isinstance(raw, str) else [str(each) for each in raw or ()]
    return tuple(dict.fromkeys(part.strip()[:LONGEST_TEXT] for part in parts if part.strip()))


def fill(
    fields: Sequence[Field], given: Mapping[str, Any], before: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, str]]:
    """Values to keep, and faults by field name. What is not given, or given as it was, stays as it was."""
    values, faults = dict(before), dict[str, str]()
    known = {each.name: each for each in fields if not each.retired}
    for name in given.keys() - known.keys():
        if name not in before or given[name] != before[name]:
            faults[name] = _("没有这个字段")
    for name, each in known.items():
        if name in given and not (name in before and given[name] == before[name]):
            value, fault = cleaned(each, given[name])
            if fault:
                faults[name] = fault
            elif value is None:
                values.pop(name, None)
            else:
                values[name] = value
        if each.required and name not in faults and values.get(name) in (None, ""):
            faults[name] = _("请填写%s") % each.label
    return values, faults


def cleaned(field: Field, raw: Any) -> tuple[Any, str]:
    """(value, fault); an empty value is None."""
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return None, ""
    match field.kind:
        case FieldKind.NUMBER:
            return _number(raw)
        case FieldKind.BOOLEAN:
            return _boolean(raw)
        case FieldKind.DATE:
            return _date(raw)
        case FieldKind.CHOICE:
            text = str(raw).strip()
            return (text, "") if text in field.choices else (None, _("须为：%s") % "、".join(field.choices))
        case _:
            text = str(raw).replace("\x00", "").strip()
            fits = len(text) <= LONGEST_TEXT
            return (text, "") if fits else (None, _("最多 %(most)d 个字") % {"most": LONGEST_TEXT})


def _number(raw: Any) -> tuple[Any, str]:
    if isinstance(raw, bool):
        return None, _("应为数字")
    try:
        value = float(str(raw).strip())
    except ValueError:
        return None, _("应为数字")
    if not math.isfinite(value) or abs(value) > 1e15:
        return None, _("数字超出范围")
    return (int(value) if value.is_integer() else value), ""


def _boolean(raw: Any) -> tuple[Any, str]:
    word = str(raw).strip().lower()
    return (word in YES, "") if word in YES | NO else (None, _("应为“是”或“否”"))


def _date(raw: Any) -> tuple[Any, str]:
    if isinstance(raw, dt.date):
        return raw.strftime("%Y-%m-%d"), ""
    try:
        return dt.date.fromisoformat(str(raw).strip()[:10].replace("/", "-")).isoformat(), ""
    except ValueError:
        return None, _("日期应写作 2026-11-22")


def shown(fields: Sequence[Field], values: Mapping[str, Any]) -> Iterator[Shown]:
    """Every value in words, in the order of the definition; what has no definition any more comes last."""
    for each in fields:
        if each.name in values:
            value = values[each.name]
            fits = each.retired or cleaned(each, value) == (value, "")
            note: Text = (
                gettext_lazy("已停用的字段") if each.retired else "" if fits else gettext_lazy("旧值，与现定义不符")
            )
            yield Shown(each.name, each.label, in_words(value, each.unit), note)
    for name in values.keys() - {each.name for each in fields}:
        yield Shown(name, name, in_words(values[name]), gettext_lazy("已停用的字段"))


def in_words(value: Any, unit: str = "") -> str:
    if isinstance(value, bool):
        return _("是") if value else _("否")
    return f"{value} {unit}".strip()


# -- masking

BUILDING = re.compile(r".*?(?:号楼|幢|栋|座)")
NUMBER_OF_HOUSE = re.compile(r".*?\d+\s*号")
STARS = "**"


def masked_name(name: str) -> str:
    """王小明 becomes 王**, so that its length tells nothing."""
    return name[:1] + STARS if name else ""


def masked_address(address: str) -> str:
    """Down to the building, else to the number of the house, never to the flat; digits that follow neither are cut."""
    for pattern in (BUILDING, NUMBER_OF_HOUSE):
        found = pattern.match(address)
        if found:
            return found[0]
    return re.split(r"\d", address, maxsplit=1)[0]


def masked_values(fields: Sequence[Field], values: Mapping[str, Any]) -> dict[str, Any]:
    """What may be read without a reason; a value without a definition is hidden."""
    ways = {each.name: each.mask for each in fields}
    return {name: _masked(ways.get(name, Mask.HIDDEN), value) for name, value in values.items()}


def _masked(way: str, value: Any) -> Any:
    if way == Mask.OPEN:
        return value
    digits = str(value)
    if way == Mask.PHONE and len(digits) >= 10:
        return f"{digits[:3]}****{digits[-4:]}"
    return STARS
