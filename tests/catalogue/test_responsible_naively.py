"""Every (grid, matter, level) of the small cast, with a list in force: asked, and found again the long way."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from catalogue.models import Category, Responsibility
from catalogue.selectors import Spot, responsible
from catalogue.services.deadlines import today
from catalogue.services.responsibility_lists import (
    ItemTold,
    decide_responsibilities,
    draft_responsibilities,
    put_responsibilities,
    submit_responsibilities,
)
from grids.ground import look_again
from grids.models import Grid, Unit
from grids.services import touch_ground
from tests.cast import Cast, SmallGround
from tests.catalogue.test_responsible import STREET, published, told
from tests.workorders.conftest import categories, shift

__all__ = ["categories", "shift"]
ITEMS = [
    told("2.10", "market"),
    told("2.9", "housing"),
    told("2.8", "justice", street=STREET),
    told("2.7", f"{STREET}-market", community=f"{STREET}002"),
    told("2.6", "emergency", grid_kind="dedicated"),
    told("2.5", "housing", category="T"),
    told("2.4", "water", category="T", level="district"),
    told("2.3", "320999-market", category="T02", level="district"),
    told("2.2", "water", category="T02"),
]


def the_long_way(grid: Grid, category: Category, level: str) -> str:
    """The code of the unit, by the order of docs/adr/who-is-responsible-is-one-typed-order.md, line by line."""
    street = grid.community.street

    def unit_of(function: str) -> Unit | None:
        places = {"street": street} if level == "street" else {"street": None}
        return Unit.objects.filter(
            kind="duty_department", active=True, level=level, function=function, **places
        ).first()

    def lead_of(line: Responsibility) -> Unit | None:
        unit = line.lead_unit
        if unit is None:
            return unit_of(line.lead_function)
        here = unit.active and unit.level == level and (level == "district" or unit.street_id == street.pk)
        return unit if here else None

    def reaches(line: Responsibility) -> int:
        """How narrow the line is here; 0 where it does not apply."""
        if line.grid_kind:
            return 4 if line.grid_kind == grid.kind else 0
        if line.community_id:
            return 3 if line.community_id == grid.community_id else 0
        if line.street_id:
            return 2 if line.street_id == street.pk else 0
        return 1

    lines = [line for line in Responsibility.objects.select_related("category", "lead_unit") if line.level == level]
    lines = [line for line in lines if line.category_id in (category.pk, category.parent_id) and reaches(line)]
    while lines:
        best = lines[0]
        for line in lines[1:]:
            mine = (reaches(line), bool(line.lead_unit_id), line.category_id == category.pk)
            theirs = (reaches(best), bool(best.lead_unit_id), best.category_id == category.pk)
            earlier = [int(part) for part in line.code.split(".")] < [int(part) for part in best.code.split(".")]
            if mine > theirs or (mine == theirs and earlier):
                best = line
        found = lead_of(best)
        if found is not None:
            return found.code
        lines.remove(best)
    function = category.street_function if level == "street" else category.district_function
    last = unit_of(function) if function else None
    return last.code if last else ""


def test_every_answer_is_that_of_the_long_way(
    cast: Cast, small_ground: SmallGround, categories: dict[str, Category]
) -> None:
    Grid.objects.filter(code=f"{STREET}001002").update(kind="dedicated")
    touch_ground()
    published(cast, *ITEMS)
    answers = set()
    for grid in Grid.objects.select_related("community__street"):
        street = grid.community.street
        spot = Spot(street.district_id, street.pk, grid.community_id, grid.pk, grid.kind)
        for category in Category.objects.filter(level=2):
            for level in ("street", "district"):
                lead = responsible(category=category, spot=spot, level=level).lead
                answer = lead.code if lead else ""
                assert answer == the_long_way(grid, category, level), (grid.code, category.code, level)
                answers.add(answer)
    assert {f"{STREET}-emergency", f"{STREET}-market", f"{STREET}-justice", "320999-market", "320999-water"} <= answers


def test_a_list_takes_effect_at_midnight_without_anybody_telling(
    cast: Cast, small_ground: SmallGround, categories: dict[str, Category], shift: Callable[[dt.timedelta], None]
) -> None:
    published(cast, told("1.1.1", "market"))
    Category.objects.exclude(code="T01").filter(level=2).update(active=False)
    tomorrow = today() + dt.timedelta(days=1)
    draft = draft_responsibilities(name="次日清单", effective_from=tomorrow, by=cast.sysadmin)
    lines: list[ItemTold] = [told("1.1.1", "housing"), told("1.1.1", "market", level="district")]
    put_responsibilities(version_id=draft.pk, items=lines, by=cast.sysadmin)
    submit_responsibilities(version_id=draft.pk, by=cast.sysadmin)
    decide_responsibilities(version_id=draft.pk, approve=True, by=cast.commander)
    grid = Grid.objects.select_related("community__street").get(code=f"{STREET}001001")
    street = grid.community.street
    spot = Spot(street.district_id, street.pk, grid.community_id, grid.pk, grid.kind)

    def lead() -> str:
        look_again()
        found = responsible(category=Category.objects.get(code="T01"), spot=spot, level="street").lead
        return found.function if found else ""

    assert lead() == "market"
    shift(dt.timedelta(days=1))
    assert lead() == "housing"
