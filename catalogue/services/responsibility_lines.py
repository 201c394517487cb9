"""A line of the responsibility list as people write it, and what it says in columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from catalogue.models import Category
from catalogue.rules import Area, Domain, Level, Unit
from grids.models import Community, GridKind, Street
from grids.models import Unit as GroundUnit
from grids.rules import FUNCTIONS
from lianqin.kernel.errors import Invalid


@dataclass(frozen=True, slots=True)
class ItemTold:
    """A line as people write it: places, matters and units by their codes; ``lead`` a unit's code or a function."""

    code: str
    name: str
    domain: str
    category: str
    level: str
    lead: str = ""
    assisting: tuple[str, ...] = ()
    street: str = ""
    community: str = ""
    grid_kind: str = ""
    legal_basis: str = ""
    amount: int | None = None
    amount_unit: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Codes:
    """What the codes of a line stand for."""

    categories: Mapping[str, int]
    streets: Mapping[str, int]
    communities: Mapping[str, int]
    units: Mapping[str, int]


def codes_in(items: Sequence[ItemTold]) -> Codes:
    """What the codes in these lines stand for. Four queries, however many lines."""
    units = {each for item in items for each in (item.lead, *item.assisting) if each and each not in FUNCTIONS}
    return Codes(
        categories=dict(Category.objects.values_list("code", "pk")),
        streets=dict(Street.objects.values_list("code", "pk")),
        communities=dict(
            Community.objects.filter(code__in={item.community for item in items}).values_list("code", "pk")
        ),
        units=dict(GroundUnit.objects.filter(code__in=units).values_list("code", "pk")),
    )


def columns_of(item: ItemTold, codes: Codes) -> dict[str, Any]:
    """The columns of a line. Raise Invalid."""
    wrong = _wrong(item, codes)
    if wrong:
        raise Invalid(_("条目 %s 有误") % item.code, fields=wrong)
    area = Area.DISTRICT
    for name in (Area.GRID_KIND, Area.COMMUNITY, Area.STREET):
        area = name if getattr(item, name) else area
    return {
        "code": item.code, "name": item.name, "domain": item.domain, "category_id": codes.categories[item.category],
        "level": item.level, "area": area, "street_id": codes.streets.get(item.street),
        "community_id": codes.communities.get(item.community), "grid_kind": item.grid_kind,
        "lead_unit_id": None if item.lead in FUNCTIONS else codes.units.get(item.lead),
        "lead_function": item.lead if item.lead in FUNCTIONS else "", "assisting": list(item.assisting),
        "legal_basis": item.legal_basis, "amount": item.amount, "amount_unit": item.amount_unit, "note": item.note,
    }  # fmt: skip


def _wrong(item: ItemTold, codes: Codes) -> dict[str, list[str]]:
    wrong: dict[str, list[str]] = {}
    texts = {"code": 16, "name": 120, "legal_basis": 300, "note": 300}
    for name, most in texts.items():
        text = getattr(item, name)
        if len(text) > most or (name in ("code", "name") and not text):
            wrong[name] = [_("请填写，不超过 %d 个字") % most]
    for name, allowed in (("domain", Domain.values), ("level", Level.values), ("grid_kind", ["", *GridKind.values])):
        if getattr(item, name) not in allowed:
            wrong[name] = [_("请从给出的选项中选择")]
    if item.category not in codes.categories:
        wrong["category"] = [_("没有代码为 %s 的事项") % item.category]
    for name, known in (("street", codes.streets), ("community", codes.communities)):
        told = getattr(item, name)
        if told and told not in known:
            wrong[name] = [_("没有代码为 %s 的区划") % told]
    if sum(map(bool, (item.street, item.community, item.grid_kind))) > 1:
        wrong["street"] = [_("街道、社区、网格类型只能写一项")]
    for name, told_units in (("lead", (item.lead,)), ("assisting", item.assisting)):
        unknown = [each for each in told_units if each and each not in FUNCTIONS and each not in codes.units]
        if unknown:
            wrong[name] = [_("没有这个单位或职能：%s") % "、".join(unknown)]
    if bool(item.amount) != bool(item.amount_unit) or item.amount_unit not in ("", *Unit.values):
        wrong["amount"] = [_("时限请写时长和单位（分钟或工作日），或都不写")]
    return wrong
