"""What the list said when an order was dispatched stands in the event, on the part and in the timeline."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from catalogue.models import ResponsibilityProposal, ResponsibilityVersion
from catalogue.revisions import touch
from grids.models import Unit
from tests.workorders.api import Door, url
from tests.workorders.conftest import Desk
from tests.workorders.listed import listed
from workorders.models import Assignment, Event, WorkOrder
from workorders.services.auditor import breaches
from workorders.services.chain import verify_order

pytestmark = pytest.mark.django_db
MARKET, URBAN, CLEAN = "320999001-market", "320999001-urban_management", "320999001-sanitation"


@pytest.fixture(name="listed")
def the_list(desk: Desk) -> ResponsibilityVersion:
    """Rule 3.2.1 of version 4: T01 at the street is the market squad's, with sanitation."""
    return listed(desk.categories["plain"], "market", assisting=["sanitation"])


def sent(desk: Desk, order: WorkOrder, lead: str, *assists: str, **data: Any) -> dict[str, Any]:
    """Dispatch the order; the facts of the event."""
    desk.do(order, "dispatch", desk.cast.street_dispatcher, lead=lead, assists=list(assists), **data)
    facts: dict[str, Any] = json.loads(Event.objects.filter(order=order, kind="dispatch").latest("seq").body)["data"]
    return facts


def pk(code: str) -> int:
    return Unit.objects.get(code=code).pk


def test_what_was_followed_says_so(desk: Desk, listed: ResponsibilityVersion) -> None:
    order = desk.registered()
    assert sent(desk, order, MARKET, CLEAN) == {
        "lead": pk(MARKET),
        "assists": [pk(CLEAN)],
        "suggested": pk(MARKET),
        "rule": "3.2.1",
        "list_version": 4,
        "followed": True,
        "assists_differ": False,
    }
    part = Assignment.objects.get(order=order, role="lead")
    assert (part.suggested_unit_id, part.suggested_rule, part.list_version, part.followed, part.correction) == (
        pk(MARKET),
        "3.2.1",
        4,
        True,
        "",
    )


def test_a_correction_names_what_was_suggested_and_why_not(desk: Desk, listed: ResponsibilityVersion) -> None:
    order = desk.registered()
    facts = sent(desk, order, URBAN, correction="no_capacity", reason="今日全员执勤")
    assert (facts["suggested"], facts["followed"], facts["correction"]) == (pk(MARKET), False, "no_capacity")
    assert facts["assists_differ"] is True
    # Free text is erasable: only its hash is in the event.
    assert "今日全员执勤" not in Event.objects.get(order=order, kind="dispatch").body
    assert Event.objects.get(order=order, kind="dispatch").texts.get(field="reason").text == "今日全员执勤"


def test_a_reason_is_not_kept_where_the_list_was_followed(desk: Desk, listed: ResponsibilityVersion) -> None:
    assert "correction" not in sent(desk, desk.registered(), MARKET, correction="other")


def test_without_a_rule_nothing_was_suggested(desk: Desk, listed: ResponsibilityVersion) -> None:
    order = desk.registered(category="T02")
    assert sent(desk, order, URBAN, correction="wrong_rule") == {"lead": pk(URBAN), "assists": [], "followed": None}
    part = Assignment.objects.get(order=order)
    assert (part.suggested_unit_id, part.followed, part.correction) == (None, None, "")


def test_whom_the_list_names_and_who_returned_the_order_is_not_suggested_again(
    desk: Desk, listed: ResponsibilityVersion
) -> None:
    order = desk.registered()
    sent(desk, order, MARKET)
    desk.do(order, "return_assignment", desk.cast.handler2, reason="不属本单位职责")
    facts = sent(desk, order, URBAN, correction="wrong_rule")
    assert (facts["suggested"], facts["followed"]) == (pk(MARKET), None)
    assert "correction" not in facts


def test_an_arbitration_that_was_accepted_is_a_suggestion_without_a_number(
    desk: Desk, listed: ResponsibilityVersion
) -> None:
    ResponsibilityProposal.objects.create(
        order_number="SY2026110100001", category=desk.categories["plain"], street=desk.ground.street,
        unit=desk.ground.urban_squad, state="accepted",
    )  # fmt: skip
    touch()
    facts = sent(desk, desk.registered(), URBAN)
    assert (facts["suggested"], facts["rule"], facts["followed"]) == (pk(URBAN), "", True)


def test_an_unknown_reason_is_refused_beside_its_field(desk: Desk) -> None:
    order = desk.registered()
    told = {"lead": MARKET, "correction": "because"}
    answer = Door(desk.cast).street_dispatcher.post(url(order.number, "dispatch"), told)
    assert answer.status_code == 400
    assert "correction" in answer.json()["errors"]


def test_the_history_still_replays_and_chains(desk: Desk, listed: ResponsibilityVersion) -> None:
    order = desk.registered()
    sent(desk, order, URBAN, correction="wrong_rule")
    desk.do(order, "acknowledge", desk.cast.handler)
    assert list(verify_order(WorkOrder.objects.get(pk=order.pk))) == []
    assert list(breaches()) == []


@pytest.mark.parametrize(
    ("lead", "data", "sentence"),
    [
        (MARKET, {}, "按规则 3.2.1 派给 东街市场监管中队 主办"),
        (
            URBAN,
            {"correction": "no_capacity"},
            "改派给 东街城管中队 主办（规则 3.2.1 建议 东街市场监管中队，力量不足）",
        ),
        (URBAN, {}, "改派给 东街城管中队 主办（规则 3.2.1 建议 东街市场监管中队）"),
    ],
)
def test_the_timeline_tells_it(
    desk: Desk, listed: ResponsibilityVersion, client: Client, lead: str, data: dict[str, str], sentence: str
) -> None:
    order = desk.registered()
    sent(desk, order, lead, **data)
    client.force_login(desk.cast.user("street_dispatcher"))
    assert sentence in client.get(f"/orders/{order.number}/").content.decode()
