"""A first responsibility list: 1,448 made-up lines in fifteen domains, from the matters and their functions.

Some lines hold in a part of the district only, and some matters stand in no line, as in any real list.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from django.db import transaction

from catalogue.models import Category, Responsibility, ResponsibilityVersion
from catalogue.revisions import touch
from catalogue.rules import Domain, Level, Unit
from catalogue.seeding.exceptions import NARROWER, SILENT, Narrower
from grids.models import Community, Street, UnitLevel
from grids.models import Unit as GroundUnit
from lianqin.kernel.clock import Now
from lianqin.kernel.drafts import DraftState

LINES = 1448
SINCE = dt.date(2026, 1, 1)
DOMAINS: Mapping[str, str] = MappingProxyType(
    {
        "01": Domain.APPEARANCE,
        "02": Domain.BUILDING,
        "03": Domain.FACILITIES,
        "04": Domain.ENVIRONMENT,
        "05": Domain.SAFETY,
        "06": Domain.FIRE,
        "07": Domain.MARKET,
        "08": Domain.MARKET,
        "09": Domain.TRAFFIC,
        "10": Domain.HOUSING,
        "11": Domain.DISPUTES,
        "12": Domain.LIVELIHOOD,
        "13": Domain.SECURITY,
        "14": Domain.GREENING,
    }
)
# What there is to do about a matter, in the order in which it is done.
STREET_PARTS = (
    "现场处置",
    "日常巡查",
    "先行劝阻",
    "登记取证",
    "督促整改",
    "信息报告",
    "群众告知",
    "回头查看",
    "台账管理",
)
DISTRICT_PARTS = (
    "组织处置",
    "行政处罚",
    "技术鉴定",
    "专项整治",
    "业务指导",
    "应急支援",
    "联合执法",
    "督导检查",
    "源头治理",
)
ASSISTING = {Level.STREET: ("mobile_squad",), Level.DISTRICT: ("urban_management",)}


@transaction.atomic
def seed_responsibilities() -> int:
    """Publish the first list if there is none; return how many lines it has."""
    if ResponsibilityVersion.objects.exists():
        return 0
    version = ResponsibilityVersion.objects.create(
        name="浦口区大联勤权责清单（演示）", reason="按事项目录和承办职能生成的示例条目", effective_from=SINCE,
        number=1, state=DraftState.APPROVED, submitted_at=Now(), decided_at=Now(), synthetic=True,
    )  # fmt: skip
    lines = list(_lines(version))
    _narrow(lines)
    made = Responsibility.objects.bulk_create(lines, 500)
    touch()
    return len(made)


def _lines(version: ResponsibilityVersion) -> Iterator[Responsibility]:
    matters = Category.objects.filter(level=2).exclude(code__in=SILENT).select_related("parent").order_by("order")
    if not matters:
        return
    squads = set(GroundUnit.objects.filter(active=True, level=UnitLevel.STREET).values_list("function", flat=True))
    each, extra = divmod(LINES, len(matters))
    counts: dict[str, int] = {}
    for place, category in enumerate(matters):
        domain = _domain(category)
        counts[domain] = counts.get(domain, 0) + 1
        number = f"{list(Domain.values).index(domain) + 1}.{counts[domain]}"
        parts = _parts(category, each + (place < extra))
        for step, (level, part) in enumerate(parts, start=1):
            yield _line(version, category, domain, f"{number}.{step}", level, part, squads)


def _domain(category: Category) -> str:
    if category.district_function == "petition":
        return Domain.OTHER
    if category.district_function == "water":
        return Domain.WATER
    code = category.parent.code if category.parent else ""
    return DOMAINS.get(code, Domain.OTHER)


def _parts(category: Category, count: int) -> list[tuple[str, str]]:
    """Street and district in turn; what is vertically managed lies with the district alone."""
    both = [(Level.STREET, part) for part in STREET_PARTS], [(Level.DISTRICT, part) for part in DISTRICT_PARTS]
    if category.vertical:
        more = [(Level.DISTRICT, f"{part}（续办）") for part in DISTRICT_PARTS]
        return [(str(level), part) for level, part in (both[1] + more)[:count]]
    mixed = [line for pair in zip(*both, strict=True) for line in pair]
    return [(str(level), part) for level, part in mixed[:count]]


def _line(
    version: ResponsibilityVersion, category: Category, domain: str, code: str, level: str, part: str, squads: set[str]
) -> Responsibility:
    function = category.district_function
    if level == Level.STREET:
        function = category.street_function if category.street_function in squads or not squads else "mobile_squad"
        function = function or "mobile_squad"
    return Responsibility(
        version=version, code=code, name=f"{category.name}：{part}", domain=domain, category=category, level=level,
        lead_function=function, assisting=[one for one in ASSISTING[Level(level)] if one != function],
        legal_basis="示例：以本区公布的部门权责清单为准", amount=1 if level == Level.STREET else 3,
        amount_unit=Unit.WORKDAYS,
    )  # fmt: skip


def _narrow(lines: list[Responsibility]) -> None:
    """Let the last lines of some matters hold in one place only. What is not on this ground stays as it was."""
    last: dict[tuple[str, str], list[Responsibility]] = {}
    for line in lines:
        last.setdefault((line.category.code, line.level), []).append(line)
    streets, communities = Street.objects.in_bulk(field_name="code"), Community.objects.in_bulk(field_name="code")
    units = GroundUnit.objects.in_bulk(field_name="code")
    tops = {category.code: category for category in Category.objects.filter(level=1)}
    for each in NARROWER:
        own, where = last.get((each.matter, each.level), []), streets.get(each.where) or communities.get(each.where)
        unit = units.get(each.lead)
        if not own or (each.area in ("street", "community") and where is None) or (unit is None and "-" in each.lead):
            continue
        line = own.pop()
        _place(line, each, where)
        line.lead_unit, line.lead_function = unit, "" if unit else each.lead
        line.assisting = [one for one in line.assisting if one != line.lead_function]
        if each.matter_class:
            line.category, line.name = tops[each.matter_class], f"{tops[each.matter_class].name}（大类）：{each.words}"
        else:
            line.name = f"{line.category.name}：{each.words}"


def _place(line: Responsibility, narrower: Narrower, where: Street | Community | None) -> None:
    line.area = narrower.area
    line.street = where if isinstance(where, Street) else None
    line.community = where if isinstance(where, Community) else None
    line.grid_kind = narrower.where if narrower.area == "grid_kind" else ""
