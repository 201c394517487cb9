"""The tree of matters, over the API and for those who dispatch."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from pytest_django.asserts import assertNumQueries

from accounts.models import User
from catalogue import revisions
from catalogue.errors import AlreadyDecided
from catalogue.models import CalendarDay, Category, DeadlineRule, ResponsibilityProposal, Revision
from catalogue.selectors import category_node, category_tree, default_unit_id, leaf_categories
from catalogue.services import accept_responsibility, change_deadline, propose_responsibility
from grids.models import District, Street, Unit
from grids.rules import FUNCTIONS
from lianqin.kernel.actors import SYSTEM, Actor
from lianqin.kernel.errors import NotAllowed

URL = "/api/v1/categories/"


@pytest.mark.usefixtures("seeded")
def test_fourteen_classes_and_84_matters() -> None:
    assert Category.objects.filter(level=1).count() == 14
    assert Category.objects.filter(level=2).count() == 84
    assert not Category.objects.filter(illustrative=False).exists()
    for leaf in leaf_categories():
        assert leaf.registration_conditions
        assert leaf.closing_conditions
        assert leaf.district_function in FUNCTIONS
        assert leaf.street_function in {"", *FUNCTIONS}
        assert not (leaf.vertical and leaf.street_function), leaf.name


@pytest.mark.usefixtures("seeded")
def test_seeding_again_changes_nothing() -> None:
    stamp = Revision.objects.get().stamp
    before = (Category.objects.count(), DeadlineRule.objects.count(), CalendarDay.objects.count())
    with assertNumQueries(9):
        call_command("seed_catalogue", verbosity=0)
    assert (Category.objects.count(), DeadlineRule.objects.count(), CalendarDay.objects.count()) == before
    assert Revision.objects.get().stamp == stamp


@pytest.mark.usefixtures("seeded")
def test_the_tree_is_one_query() -> None:
    revisions.forget()
    with assertNumQueries(2):  # the version row, the tree
        tree = category_tree()
    with assertNumQueries(0):
        category_tree()
    assert [node.name for node in tree][:3] == ["市容环境", "违法建设", "市政设施"]
    first = tree[0].children[0]
    assert (first.code, first.name, first.pinyin) == ("0101", "暴露垃圾堆积", "bao lu la ji dui ji")
    assert category_node(first.id) == first
    assert category_node(-1) is None


def test_the_api_shows_the_tree_once(seeded: None) -> None:
    client = Client()
    assert client.get(URL).status_code == 401
    client.force_login(User.objects.create(username="reader"), backend="django.contrib.auth.backends.ModelBackend")
    answer = client.get(URL)
    assert answer.status_code == 200
    body = answer.json()
    assert body["notice"] == "事项名称与条件为示例数据，仅供演示"
    assert len(body["results"]) == 14
    assert sum(len(node["children"]) for node in body["results"]) == 84
    lid = body["results"][2]["children"][1]
    assert (lid["name"], lid["urgency"], lid["evidence_required"]) == ("井盖缺失破损", "critical", True)
    assert lid["registration_conditions"] == ["井盖缺失移位或破损"]

    again = client.get(URL, headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", answer["ETag"])
    change_deadline(stage="verify", amount=1, unit="minutes", by=SYSTEM)
    assert client.get(URL, headers={"If-None-Match": answer["ETag"]}).status_code == 200


@pytest.fixture
def ground(db: None) -> tuple[District, Street, Unit, Unit, Unit]:
    district = District.objects.create(code="320111000000", name="浦口区", valid_from="2020-01-01")
    street = Street.objects.create(code="320111001000", name="泰山街道", district=district, valid_from="2020-01-01")
    squads = [
        Unit.objects.create(
            code=code, name=code, short_name=code, kind="duty_department", level=level, function=function,
            district=district, street=street if level == "street" else None,
        )
        for code, level, function in (
            ("S-URBAN", "street", "urban_management"),
            ("S-SAN", "street", "sanitation"),
            ("D-URBAN", "district", "urban_management"),
        )
    ]  # fmt: skip
    return district, street, *squads  # type: ignore[return-value]


def test_who_handles_it_by_default(
    seeded: None, ground: tuple[District, Street, Unit, Unit, Unit], commander: Actor, dispatcher: Actor
) -> None:
    district, street, urban, sanitation, bureau = ground
    waste, power = Category.objects.get(code="0101"), Category.objects.get(code="0306")
    here = {"street_id": street.pk, "district_id": district.pk}
    assert default_unit_id(category=waste, level="street", **here) == sanitation.pk
    assert default_unit_id(category=waste, level="district", **here) == bureau.pk
    assert default_unit_id(category=power, level="street", **here) is None

    learnt: dict[str, Any] = {
        "category_id": waste.pk,
        "street_id": street.pk,
        "unit_id": urban.pk,
        "order_number": "PK20261121-000001",
    }
    propose_responsibility(**learnt)
    propose_responsibility(**learnt)
    proposal = ResponsibilityProposal.objects.get()
    assert default_unit_id(category=waste, level="street", **here) == sanitation.pk
    with pytest.raises(NotAllowed):
        accept_responsibility(proposal_id=proposal.pk, by=dispatcher)
    accept_responsibility(proposal_id=proposal.pk, by=commander)
    assert default_unit_id(category=waste, level="street", **here) == urban.pk
    with assertNumQueries(0):
        assert default_unit_id(category=waste, level="street", **here) == urban.pk
    assert default_unit_id(category=waste, level="district", **here) == bureau.pk
    with pytest.raises(AlreadyDecided):
        accept_responsibility(proposal_id=proposal.pk, by=commander)
