"""Who is responsible: the order in which rules decide, lists from draft to midnight, and the cost of an answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pytest
from django.test import Client
from pytest_django.asserts import assertNumQueries

from accounts.errors import SecondPersonNeeded
from accounts.models import AuditEntry
from catalogue.errors import ListHasErrors
from catalogue.models import Category, ResponsibilityProposal, ResponsibilityVersion
from catalogue.revisions import forget
from catalogue.selectors import Spot, responsible
from catalogue.selectors.list_checks import check_list, compare_lists
from catalogue.services import accept_responsibility
from catalogue.services.deadlines import today
from catalogue.services.responsibility_lists import (
    ItemTold,
    decide_responsibilities,
    draft_responsibilities,
    put_responsibilities,
    submit_responsibilities,
)
from grids.models import Community, Grid, Unit
from lianqin.kernel.errors import Invalid, NotAllowed
from tests.cast import Cast, SmallGround, centre_of
from tests.workorders.conftest import categories

__all__ = ["categories"]
STREET = "320999001"


def told(code: str, lead: str, **more: Any) -> ItemTold:
    values: dict[str, Any] = {"name": f"事项 {code}", "domain": "appearance", "category": "T01", "level": "street"}
    return ItemTold(code=code, lead=lead, **values | more)


def published(cast: Cast, *items: ItemTold) -> ResponsibilityVersion:
    """A list in force, past the checks: what they find is another test's."""
    made = draft_responsibilities(name="清单", by=cast.sysadmin, effective_from=today())
    put_responsibilities(version_id=made.pk, items=items, by=cast.sysadmin)
    number = ResponsibilityVersion.objects.filter(state="approved").count() + 1
    ResponsibilityVersion.objects.filter(pk=made.pk).update(state="approved", number=number)
    forget()
    return made


def here() -> Spot:
    grid = Grid.objects.select_related("community__street").get(code=f"{STREET}001001")
    street = grid.community.street
    return Spot(street.district_id, street.pk, grid.community_id, grid.pk, grid.kind)


def lead(spot: Spot, level: str = "street") -> tuple[str, str]:
    answer = responsible(category=Category.objects.get(code="T01"), spot=spot, level=level, explain=True)
    return (answer.lead.code if answer.lead else "", answer.number)


RUNGS: list[Mapping[str, Any]] = [
    {"code": "1.1.6", "lead": "market", "category": "T"},
    {"code": "1.1.5", "lead": "housing"},
    {"code": "1.1.4", "lead": f"{STREET}-sanitation"},
    {"code": "1.1.3", "lead": "emergency", "street": STREET},
    {"code": "1.1.2", "lead": "justice", "community": f"{STREET}001"},
    {"code": "1.1.1", "lead": "civil_affairs", "grid_kind": "comprehensive"},
]
LEADS = ["market", "housing", "sanitation", "emergency", "justice", "civil_affairs"]


@pytest.mark.parametrize("rungs", range(1, 7))
def test_the_more_specific_line_decides(
    cast: Cast, small_ground: SmallGround, categories: dict[str, Category], rungs: int
) -> None:
    top = Category.objects.get(code="T01").parent
    assert top is not None
    items = [told(**{**rung, "category": top.code if rung.get("category") else "T01"}) for rung in RUNGS[:rungs]]
    published(cast, *items)
    assert lead(here()) == (f"{STREET}-{LEADS[rungs - 1]}", RUNGS[rungs - 1]["code"])


def test_an_arbitration_comes_before_every_line(
    cast: Cast, small_ground: SmallGround, categories: dict[str, Category]
) -> None:
    published(cast, told("1.1.1", "justice", grid_kind="comprehensive"))
    unit = Unit.objects.get(code=f"{STREET}-market")
    ResponsibilityProposal.objects.create(
        category=Category.objects.get(code="T01"),
        street_id=here().street_id,
        unit=unit,
        order_number="SY20261122-000001",
    )
    accept_responsibility(proposal_id=ResponsibilityProposal.objects.get().pk, by=cast.commander)
    assert lead(here()) == (f"{STREET}-market", "SY20261122-000001")
    answer = responsible(category=Category.objects.get(code="T01"), spot=here(), level="street", explain=True)
    assert [(each.number, each.why) for each in answer.passed] == [("1.1.1", "仲裁结论优先")]


def test_a_line_without_a_unit_here_is_passed_and_says_why(
    cast: Cast, small_ground: SmallGround, categories: dict[str, Category]
) -> None:
    published(cast, told("1.1.1", "water"), told("1.1.2", f"{STREET}-market"))
    Unit.objects.filter(code=f"{STREET}-market").update(active=False)
    forget()
    answer = responsible(category=Category.objects.get(code="T01"), spot=here(), level="street")
    assert [(each.number, each.why) for each in answer.passed] == [
        ("1.1.2", "牵头单位已停用，或不在这一级、这个街道"),
        ("1.1.1", "这个街道没有启用的水务单位"),
    ]
    assert answer.decided_by in ("catalogue", "")


def test_no_query_when_warm(cast: Cast, small_ground: SmallGround, categories: dict[str, Category]) -> None:
    published(cast, told("1.1.1", "market"))
    spot, category = here(), Category.objects.get(code="T01")
    responsible(category=category, spot=spot, level="street")
    with assertNumQueries(0):
        assert responsible(category=category, spot=spot, level="street").number == "1.1.1"


def test_a_list_comes_into_force_on_its_day_and_the_old_one_stays(
    cast: Cast, small_ground: SmallGround, categories: dict[str, Category]
) -> None:
    published(cast, told("1.1.1", "market"))
    later = published(cast, told("1.1.1", "housing"))
    coming = today() + dt.timedelta(days=3)
    ResponsibilityVersion.objects.filter(pk=later.pk).update(effective_from=coming)
    forget()

    def on(day: dt.date) -> str:
        answer = responsible(category=Category.objects.get(code="T01"), spot=here(), level="street", on=day)
        return answer.lead.function if answer.lead else ""

    assert lead(here())[0] == f"{STREET}-market"
    assert on(coming - dt.timedelta(days=1)) == "market"
    assert on(coming) == "housing"


def test_who_drafts_does_not_approve_and_nothing_unsound_is_published(
    cast: Cast, small_ground: SmallGround, categories: dict[str, Category]
) -> None:
    with pytest.raises(NotAllowed):
        draft_responsibilities(name="清单", by=cast.street_dispatcher)
    draft = draft_responsibilities(name="清单", by=cast.sysadmin)
    put_responsibilities(
        version_id=draft.pk,
        by=cast.sysadmin,
        items=[told("1.1.1", "market"), told("1.1.2", "housing"), told("1.1.3", "")],
    )
    codes = {finding.code for finding in check_list(draft) if finding.severity == "error"}
    assert {"overlap", "no_owner"} <= codes
    with pytest.raises(ListHasErrors):
        submit_responsibilities(version_id=draft.pk, by=cast.sysadmin)
    Category.objects.exclude(code="T01").filter(level=2).update(active=False)
    Category.objects.update(vertical=False)
    forget()
    draft.items.exclude(code="1.1.1").delete()
    put_responsibilities(version_id=draft.pk, by=cast.sysadmin, items=[told("1.1.1", "market", level="district")])
    assert [finding.text for finding in check_list(draft) if finding.severity == "error"] == []
    submit_responsibilities(version_id=draft.pk, by=cast.sysadmin)
    with pytest.raises((NotAllowed, SecondPersonNeeded)):
        decide_responsibilities(version_id=draft.pk, approve=True, by=cast.sysadmin)
    decided = decide_responsibilities(version_id=draft.pk, approve=True, by=cast.commander)
    assert (decided.number, decided.effective_from) == (1, today())
    assert lead(here()) == (f"{STREET}-market", "1.1.1")
    assert AuditEntry.objects.filter(action="catalogue.responsibilityversion_approved").count() == 1


def test_a_wrong_line_leaves_nothing(cast: Cast, small_ground: SmallGround, categories: dict[str, Category]) -> None:
    draft = draft_responsibilities(name="清单", by=cast.sysadmin)
    with pytest.raises(Invalid):
        put_responsibilities(
            version_id=draft.pk, by=cast.sysadmin, items=[told("1.1.1", "market"), told("1.1.2", "no-such-unit")]
        )
    assert draft.items.count() == 0


def test_what_a_version_changes(cast: Cast, small_ground: SmallGround, categories: dict[str, Category]) -> None:
    old = published(cast, told("1.1.1", "market"), told("1.1.2", "market"))
    new = draft_responsibilities(name="新", base_id=old.pk, by=cast.sysadmin)
    new.items.get(code="1.1.2").delete()
    put_responsibilities(
        version_id=new.pk, by=cast.sysadmin, items=[told("1.1.1", "housing"), told("1.1.10", "market")]
    )
    changes = compare_lists(old, new)
    assert [(change.kind, change.line.code) for change in changes] == [
        ("changed", "1.1.1"), ("removed", "1.1.2"), ("added", "1.1.10"),
    ]  # fmt: skip
    assert changes[0].fields == (("牵头职能", "市场监管", "住建"),)


def test_over_http(cast: Cast, small_ground: SmallGround, categories: dict[str, Category]) -> None:
    published(cast, told("1.1.1", "market", assisting=("housing",), amount=1, amount_unit="workdays"))
    client = Client()
    lon, lat = centre_of(0, 0)
    address = f"/api/v1/responsible/?category=T01&lon={lon}&lat={lat}&level=street"
    assert client.get(address).status_code == 401
    client.force_login(cast.user("citizen"), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(address).status_code == 403
    client.force_login(cast.user("grid_worker"), backend="django.contrib.auth.backends.ModelBackend")
    (found,) = client.get(address).json()["results"]
    assert (found["lead"]["code"], found["number"], found["decided_by"]) == (f"{STREET}-market", "1.1.1", "list")
    assert [unit["code"] for unit in found["assisting"]] == [f"{STREET}-housing"]
    assert found["deadline"] == {"amount": 1, "unit": "workdays"}
    assert Community.objects.exists()
