"""Who is responsible here for this: the rule that decided, and why the others did not.

In this order: what an arbitration settled; then the list in force, a narrower area before the whole district, a unit
before a function, a matter before its class, and of equals the one that stands first; then the function that the matter
itself names. See docs/adr/who-is-responsible-is-one-typed-order.md.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from catalogue.models import Category
from catalogue.rules import Area, Level
from catalogue.selectors.lists import Book, Line, Lines, Listed, UnitFacts, book
from grids.ground import Place, ground
from grids.models import UnitKind
from grids.rules import FUNCTIONS
from lianqin.kernel.errors import NotVisible

PROPOSAL, RULE, CATALOGUE, NOBODY = "arbitration", "list", "catalogue", ""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where: of a grid all is known; an order without one may know no more than its street."""

    district_id: int
    street_id: int | None
    community_id: int | None = None
    grid_id: int | None = None
    grid_kind: str = ""


@dataclass(frozen=True, slots=True)
class Passed:
    """A rule that did not decide, and why."""

    number: str
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Answer:
    """``decided_by``: arbitration, list, catalogue, or empty where nobody leads."""

    level: str
    lead: UnitFacts | None
    decided_by: str
    number: str = ""
    text: str = ""
    assisting: tuple[UnitFacts, ...] = ()
    amount: int | None = None
    amount_unit: str = ""
    legal_basis: str = ""
    version: int | None = None
    passed: tuple[Passed, ...] = ()
    why_nobody: str = ""


def responsible(
    *, category: Category, spot: Spot, level: str, on: dt.date | None = None, explain: bool = False
) -> Answer:
    """Return who leads here for this matter at that level, today or on another day. No query when warm.

    ``explain`` also tells why the rules behind the one that decided did not; those before it are always told.
    """
    known = book()
    version = known.version_on(on or known.today)
    return decide(known, known.lines_of(version), version, category=category, spot=spot, level=level, explain=explain)


def spot_of_point(lon: float, lat: float) -> Spot:
    """The spot of a WGS-84 point. Raise NotVisible outside of every grid."""
    place = ground().locate(lon, lat)
    if place is None:
        raise NotVisible(_("该点不在任何网格内"), code="outside_every_grid")
    return spot_of_place(place)


def spot_of_place(place: Place) -> Spot:
    kind = book().grid_kinds.get(place.grid_id, "")
    return Spot(place.district_id, place.street_id, place.community_id, place.grid_id, kind)


def decide(
    known: Book,
    lines: Lines,
    version: Listed | None,
    *,
    category: Category,
    spot: Spot,
    level: str,
    explain: bool = False,
) -> Answer:
    """The rule of this module over any set of lines, such as those of a draft."""
    passed: list[Passed] = []
    for learnt in known.learnt.get(category.pk, ()):
        if learnt.street_id not in (None, spot.street_id):
            continue
        unit = known.units.get(learnt.unit_id)
        text = _("仲裁结论，来自工单 %s") % learnt.order_number
        if unit is not None and stands_here(unit, spot, level):
            if explain:
                passed += _others(_candidates(lines, category, spot, level), _("仲裁结论优先"))
            return Answer(level, unit, PROPOSAL, learnt.order_number, text, passed=tuple(passed))
        passed.append(Passed(learnt.order_number, text, _("该单位不在这一级或这个街道，或已停用")))
    return _by_list(known, lines, version, category, spot, level, passed, explain)


def _by_list(
    known: Book,
    lines: Lines,
    version: Listed | None,
    category: Category,
    spot: Spot,
    level: str,
    passed: list[Passed],
    explain: bool,
) -> Answer:  # fmt: skip
    candidates = _candidates(lines, category, spot, level)
    for place, line in enumerate(candidates):
        unit, why = lead_of(known, line, spot, level)
        if unit is None:
            passed.append(Passed(line.code, line.name, why))
            continue
        if explain:
            passed += (Passed(rest.code, rest.name, _why_later(line, rest)) for rest in candidates[place + 1 :])
        return Answer(
            level, unit, RULE, line.code, line.name,
            assisting=tuple(_assisting(known, line, spot, level, unit)),
            amount=line.amount, amount_unit=line.amount_unit, legal_basis=line.legal_basis,
            version=version.number if version else None, passed=tuple(passed),
        )  # fmt: skip
    return _by_catalogue(known, category, spot, level, passed)


def _by_catalogue(known: Book, category: Category, spot: Spot, level: str, passed: list[Passed]) -> Answer:
    function = category.street_function if level == Level.STREET else category.district_function
    if not function:
        why = _("没有适用的权责条目，事项目录也没有写明承办职能")
        if category.vertical and level == Level.STREET:
            why = _("垂直管理事项，街道不设承办单位，直接由区级响应")
        return Answer(level, None, NOBODY, passed=tuple(passed), why_nobody=why)
    unit = _department(known, function, spot, level)
    text = _("事项目录的默认职能：%s（权责清单没有适用的条目）") % function_name(function)
    if unit is None:
        why = no_department(function, level)
        return Answer(level, None, NOBODY, passed=tuple(passed), why_nobody=why)
    return Answer(level, unit, CATALOGUE, category.code, text, passed=tuple(passed))


def _candidates(lines: Lines, category: Category, spot: Spot, level: str) -> list[Line]:
    """Lines that apply here, the deciding one first; equals in the order of their numbers."""
    own = lines.get((category.pk, level), ())
    above = lines.get((category.parent_id, level), ()) if category.parent_id else ()
    found = [line for line in (*own, *above) if line.area == "district" or applies(line, spot)]
    if above and len(found) > 1:
        found.sort(key=lambda line: line.weight, reverse=True)
    return found


def applies(line: Line, spot: Spot) -> bool:
    if line.area == Area.DISTRICT:
        return True
    if line.area == Area.STREET:
        return line.street_id == spot.street_id
    if line.area == Area.COMMUNITY:
        return line.community_id == spot.community_id
    return line.grid_kind == spot.grid_kind


def lead_of(known: Book, line: Line, spot: Spot, level: str) -> tuple[UnitFacts | None, str]:
    """The unit that a line names here, or why it names none."""
    if line.lead_unit_id is not None:
        unit = known.units.get(line.lead_unit_id)
        if unit is not None and stands_here(unit, spot, level):
            return unit, ""
        return None, _("牵头单位已停用，或不在这一级、这个街道")
    if not line.lead_function:
        return None, _("没有写明牵头单位")
    unit = _department(known, line.lead_function, spot, level)
    return unit, "" if unit else no_department(line.lead_function, level)


def stands_here(unit: UnitFacts, spot: Spot, level: str) -> bool:
    """True if an order of that level at the spot may be sent to the unit."""
    within = level != Level.STREET or (unit.street_id == spot.street_id and spot.street_id is not None)
    department = unit.active and unit.kind == UnitKind.DUTY_DEPARTMENT
    return department and unit.level == level and unit.district_id == spot.district_id and within


def function_name(function: str) -> str:
    return str(FUNCTIONS[function].name) if function in FUNCTIONS else function


def no_department(function: str, level: str) -> str:
    if level == Level.STREET:
        return _("这个街道没有启用的%s单位") % function_name(function)
    return _("区级没有启用的%s单位") % function_name(function)


def _department(known: Book, function: str, spot: Spot, level: str) -> UnitFacts | None:
    street_id = spot.street_id if level == Level.STREET else None
    if level == Level.STREET and street_id is None:
        return None
    return known.departments.get((level, spot.district_id, street_id, function))


def _assisting(known: Book, line: Line, spot: Spot, level: str, lead: UnitFacts) -> Iterator[UnitFacts]:
    """Units by their codes; functions in the place, at this level or else in the district."""
    for named in line.assisting:
        unit = known.unit_codes.get(named)
        if unit is None:
            unit = _department(known, named, spot, level) or _department(known, named, spot, Level.DISTRICT)
        if unit is not None and unit.active and unit.pk != lead.pk:
            yield unit


def _others(lines: list[Line], why: str) -> Iterator[Passed]:
    return (Passed(line.code, line.name, why) for line in lines)


def _why_later(winner: Line, line: Line) -> str:
    ahead, behind = winner.weight, line.weight
    if ahead[0] != behind[0]:
        return _("适用范围更大，让位于 %s") % winner.code
    if ahead[1] != behind[1]:
        return _("只写了职能，让位于写明单位的 %s") % winner.code
    if ahead[2] != behind[2]:
        return _("只写到大类，让位于写明事项的 %s") % winner.code
    if (winner.lead_unit_id, winner.lead_function) == (line.lead_unit_id, line.lead_function):
        return _("同样具体，牵头相同，编号在后")
    return _("同样具体，编号在后（重叠，请检查清单）")
