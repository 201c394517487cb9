"""200 orders that somebody labelled by hand from the published list: who leads, or that no rule applies.

``suggestion_cases.csv`` was written and labelled by a person who had the demonstration's list as tables (``manage.py
export_responsibility_list``) and had not seen the code that decides here. Labels are never changed to please it.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.db import connection

from catalogue.management.commands.seed_catalogue import seed_categories
from catalogue.models import Category
from catalogue.seeding import seed_responsibilities
from dispatch.selectors import advise
from grids.ground import ground, look_again
from grids.models import Community, Grid, Street
from grids.seeding.divisions import write_divisions
from grids.seeding.units import write_units
from grids.services import touch_ground
from lianqin.kernel import clock
from lianqin.kernel.actors import SYSTEM
from workorders.models import WorkOrder

CASES = Path(__file__).with_name("suggestion_cases.csv")
pytestmark = pytest.mark.django_db
LEAST_RIGHT = 0.95
SILENCE = "没有适用的权责规则"


@dataclass(frozen=True, slots=True)
class Case:
    """``place``: a grid's or a community's code, ``lon lat``, or nothing; ``lead`` is empty where no rule applies."""

    number: str
    description: str
    category: str
    street: str
    place: str
    level: str
    lead: str
    note: str


@pytest.fixture
def demo_list() -> Iterator[None]:
    """The ground, the departments and the list of the demonstration; three seconds, so one test for all cases."""
    with connection.cursor() as cursor:  # Rolled back with the test.
        cursor.execute("TRUNCATE accounts_user, grids_district, grids_groundversion CASCADE")
    write_units(write_divisions())
    touch_ground()
    look_again()
    seed_categories()
    # A matter that was admitted after the list was published.
    top = Category.objects.get(code="01")
    Category.objects.create(
        code="01ZR1", name="飞线充电巡查", parent=top, level=2, order=999,
        street_function="urban_management", district_function="urban_management",
    )  # fmt: skip
    assert seed_responsibilities() == 1448
    yield
    look_again()


def read_cases() -> list[Case]:
    with CASES.open(encoding="utf-8-sig", newline="") as file:
        return [Case(**{name: row[name].strip() for name in Case.__slots__}) for row in csv.DictReader(file)]


def order_of(case: Case) -> WorkOrder:
    """The order as it would stand before its dispatcher. Only its place and matter count."""
    street = Street.objects.get(code=case.street)
    order = WorkOrder(
        category=Category.objects.get(code=case.category), level=case.level, district_id=street.district_id,
        street=street, reported_at=clock.now(),
    )  # fmt: skip
    if " " in case.place:
        order.lon, order.lat = (float(part) for part in case.place.split())
        found = ground().locate(order.lon, order.lat)
        assert found is not None, f"case {case.number} lies nowhere"
        assert found.street_id == street.pk, f"case {case.number} lies in another street"
        order.community_id, order.grid_id = found.community_id, found.grid_id
    elif len(case.place) == 15:
        grid = Grid.objects.get(code=case.place)
        order.community_id, order.grid_id = grid.community_id, grid.pk
    elif case.place:
        order.community = Community.objects.get(code=case.place)
    return order


def miss_of(case: Case) -> str:
    """What is wrong with the suggestion; nothing if it is right."""
    advice = advise(SYSTEM, order_of(case), clock.now())
    lead = advice.lead.code if advice.lead else ""
    if lead != case.lead:
        return f"case {case.number} {case.category} {case.level}: {lead or 'nobody'}, labelled {case.lead or 'nobody'}"
    if not case.lead and SILENCE not in advice.says:
        return f"case {case.number}: no rule applies, and it does not say so: {advice.says}"
    if advice.lead is not None and not (advice.lead.rule and advice.lead.rule in advice.lead.reason):
        return f"case {case.number}: no rule is named: {advice.lead.reason}"
    return ""


def test_the_lead_is_right_as_somebody_else_labelled_it(demo_list: None) -> None:
    cases = read_cases()
    assert len(cases) == 200
    assert sum(not case.lead for case in cases) >= 10, "silence must be among them"
    misses = [miss for case in cases if (miss := miss_of(case))]
    right = 1 - len(misses) / len(cases)
    print(f"{right:.1%} of {len(cases)} right", *misses, sep="\n")
    assert right >= LEAST_RIGHT, "\n".join(misses)
    # Where the list is silent, nobody is suggested: there is no tolerance for inventing a rule.
    silent = {case.number for case in cases if not case.lead}
    assert [miss for miss in misses if miss.split()[1].strip(":") in silent] == []
