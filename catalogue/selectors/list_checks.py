"""What is amiss with a responsibility list before it is published, and how it differs from the one before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _

from catalogue.models import Responsibility, ResponsibilityVersion
from catalogue.rules import Level
from catalogue.selectors.lists import Book, book, number_key, read_lines
from catalogue.selectors.responsible import CATALOGUE, Spot, decide, function_name
from grids.ground import in_force
from grids.models import Street
from grids.rules import FUNCTIONS
from grids.selectors import memberships_in_force

ERROR, WARNING = "error", "warning"
COMPARED = (
    "name", "domain", "category_id", "lead_unit_id", "lead_function", "assisting", "legal_basis", "amount",
    "amount_unit", "note",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """``item`` is the line to mend, ``unit`` the code of the unit, ``category`` that of the matter."""

    severity: str
    code: str
    text: str
    item: int | None = None
    unit: str = ""
    category: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """A line that is new, gone or different; ``fields`` hold (field, before, after) of what differs."""

    kind: str
    before: Responsibility | None
    after: Responsibility | None
    fields: tuple[tuple[str, Any, Any], ...] = ()

    @property
    def line(self) -> Responsibility:
        found = self.after or self.before
        assert found is not None
        return found


def items_of(version: ResponsibilityVersion) -> list[Responsibility]:
    """The lines with what they name, in the order of their numbers. One query."""
    rows = version.items.select_related("category", "lead_unit", "street", "community")
    found = list(rows.defer("street__boundary", "community__boundary"))
    return sorted(found, key=lambda row: (number_key(row.code), row.level, row.pk))


def check_list(version: ResponsibilityVersion) -> list[Finding]:
    """Everything that the rules find, errors first. Five queries, whatever the size."""
    known, items = book(), items_of(version)
    found = [*_lines(known, items), *_overlaps(items), *_gaps(known, version)]
    return sorted(found, key=lambda finding: finding.severity != ERROR)


def _lines(known: Book, items: list[Responsibility]) -> Iterator[Finding]:
    for item in items:
        if item.lead_unit is None and not item.lead_function:
            yield Finding(ERROR, "no_owner", _("%s 没有写明牵头单位") % item, item.pk)
        if not item.category.active:
            yield Finding(
                ERROR, "inactive_category", _("%s 用了已停用的事项") % item, item.pk, category=item.category.code
            )
        unit = item.lead_unit
        if unit is not None and not unit.active:
            yield Finding(
                ERROR,
                "inactive_unit",
                _("%(item)s 的牵头单位 %(unit)s 已停用") % {"item": item, "unit": unit},
                item.pk,
                unit.code,
            )
        elif unit is not None and unit.level != item.level:
            yield Finding(
                ERROR,
                "wrong_level",
                _("%(item)s 的牵头单位 %(unit)s 不在这一级") % {"item": item, "unit": unit},
                item.pk,
                unit.code,
            )
        vertical = (
            unit.vertical
            if unit is not None
            else item.lead_function in FUNCTIONS and FUNCTIONS[item.lead_function].vertical
        )
        if vertical and item.level == Level.STREET:
            yield Finding(
                WARNING, "vertical_at_street", _("%s 在街道一级由垂直管理部门牵头，街道无权派遣") % item, item.pk
            )
        for named in item.assisting:
            told = known.unit_codes.get(named)
            if (told is None and named not in FUNCTIONS) or (told is not None and not told.active):
                yield Finding(
                    ERROR,
                    "inactive_unit",
                    _("%(item)s 的协助单位 %(unit)s 不存在或已停用") % {"item": item, "unit": named},
                    item.pk,
                    named,
                )


def _overlaps(items: list[Responsibility]) -> Iterator[Finding]:
    def place(item: Responsibility) -> tuple[Any, ...]:
        return (
            item.category_id, item.level, item.area, item.street_id or 0, item.community_id or 0, item.grid_kind,
            item.lead_unit_id is not None,
        )  # fmt: skip

    for _place, group in groupby(sorted(items, key=place), key=place):
        same = list(group)
        leads = {(item.lead_unit_id, item.lead_function) for item in same}
        if len(leads) > 1:
            numbers = "、".join(item.code for item in same)
            text = _("“%(matter)s”同样具体的条目 %(numbers)s 牵头单位不同") % {
                "matter": same[0].category.name, "numbers": numbers,
            }  # fmt: skip
            yield Finding(ERROR, "overlap", text, same[1].pk, category=same[0].category.code)


def _gaps(known: Book, version: ResponsibilityVersion) -> Iterator[Finding]:
    lines = read_lines(version.pk)
    streets = list(Street.objects.filter(in_force()).order_by("code").values_list("pk", "district_id", "short_name"))
    staffed = set(
        memberships_in_force().filter(user__is_active=True, unit__isnull=False).values_list("unit_id", flat=True)
    )
    empty: dict[str, str] = {}
    for category in known.categories.values():
        if category.level != 2 or not category.active:
            continue
        for level in Level.values:
            nobody, by_default = [], []
            for street_id, district_id, name in streets:
                answer = decide(known, lines, None, category=category, spot=Spot(district_id, street_id), level=level)
                if answer.lead is None:
                    nobody.append(name)
                elif answer.decided_by == CATALOGUE:
                    by_default.append(name)
                if answer.lead is not None and answer.lead.pk not in staffed:
                    empty[answer.lead.code] = answer.lead.short_name
            # What the province or the city manages goes to the district at once.
            if nobody and not (category.vertical and level == Level.STREET):
                yield Finding(
                    ERROR,
                    "gap",
                    _gap(category.name, level, nobody, len(streets), _("没有牵头单位")),
                    category=category.code,
                )
            if by_default:
                text = _gap(category.name, level, by_default, len(streets), _("清单没有条目，按事项目录的默认职能"))
                yield Finding(WARNING, "by_default", text, category=category.code)
    for code, name in sorted(empty.items()):
        yield Finding(WARNING, "no_members", _("%s 是牵头单位，但没有在岗人员") % name, unit=code)


def _gap(matter: str, level: str, names: list[str], streets: int, what: str) -> str:
    where = _("各街道") if len(names) == streets else "、".join(names)
    if level == Level.DISTRICT:
        where = _("区级")
    return _("“%(matter)s”在%(where)s（%(level)s）%(what)s") % {
        "matter": matter, "where": where, "level": Level(level).label, "what": what,
    }  # fmt: skip


def compare_lists(old: ResponsibilityVersion | None, new: ResponsibilityVersion) -> list[Change]:
    """What is new, gone and different, in the order of the numbers. Two queries."""
    before = {_key(item): item for item in items_of(old)} if old is not None else {}
    after = {_key(item): item for item in items_of(new)}
    found = [Change("added", None, item) for key, item in after.items() if key not in before]
    found += [Change("removed", item, None) for key, item in before.items() if key not in after]
    for key in before.keys() & after.keys():
        fields = tuple(_differences(before[key], after[key]))
        if fields:
            found.append(Change("changed", before[key], after[key], fields))
    return sorted(found, key=lambda change: (number_key(change.line.code), change.line.level))


def _key(item: Responsibility) -> tuple[Any, ...]:
    return item.code, item.level, item.street_id, item.community_id, item.grid_kind


def _differences(old: Responsibility, new: Responsibility) -> Iterator[tuple[str, str, str]]:
    for name in COMPARED:
        if getattr(old, name) != getattr(new, name):
            label = str(getattr(Responsibility._meta.get_field(name.removesuffix("_id")), "verbose_name", name))
            yield label, _shown(old, name), _shown(new, name)


def _shown(item: Responsibility, name: str) -> str:
    if name == "lead_function":
        return function_name(item.lead_function)
    if name == "assisting":
        return "、".join(function_name(each) for each in item.assisting)
    if name in ("domain", "amount_unit"):
        return str(getattr(item, f"get_{name}_display")())
    value = getattr(item, name.removesuffix("_id"))
    return "" if value is None else str(value)
