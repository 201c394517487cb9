"""Advice on an order: what the list says leads, everything has its reason, and silence is said to be silence."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalogue.models import ResponsibilityProposal, ResponsibilityVersion
from catalogue.revisions import touch
from dispatch.errors import NotAllowed
from dispatch.models import Position, Shift, Watch
from dispatch.rules.advice import Advice
from dispatch.selectors import advise
from grids.models import Unit
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor
from tests.workorders.conftest import HERE, Desk
from tests.workorders.listed import listed
from workorders.models import WorkOrder

pytestmark = pytest.mark.django_db


@pytest.fixture(name="listed")
def the_list(desk: Desk) -> ResponsibilityVersion:
    """Rule 3.2.1: T01 at the street is the market squad's, with sanitation; 3.2.2 at the district is the water's."""
    category = desk.categories["plain"]
    listed(category, "market", assisting=["sanitation"])
    return listed(category, "water", code="3.2.2", level="district", assisting=["320999001-urban_management"])


def advice(desk: Desk, order: WorkOrder, by: Actor | None = None) -> Advice:
    return advise(by or desk.cast.street_dispatcher, order, clock.now())


def test_the_rule_of_the_list_leads_with_its_number_and_words(desk: Desk, listed: ResponsibilityVersion) -> None:
    found = advice(desk, desk.registered())
    assert found.lead is not None
    assert (found.lead.code, found.lead.role, found.lead.rule) == ("320999001-market", "lead", "3.2.1")
    assert found.lead.reason == "规则 3.2.1“违停：现场处置”→ 东街市场监管中队主办"
    assert found.lead.chosen
    assert [(each.code, each.role, each.reason) for each in found.assists] == [
        ("320999001-sanitation", "assist", "规则 3.2.1 写明协办")
    ]
    assert found.says == "权责清单第 4 版规则 3.2.1 适用。"
    assert found.version == 4


def test_who_should_assist_and_cannot_be_sent_for_is_told_of(desk: Desk) -> None:
    listed(desk.categories["plain"], "market", assisting=["water", "sanitation"])
    found = advice(desk, desk.registered())
    assert [each.code for each in found.assists] == ["320999001-sanitation"]
    assert found.says.endswith("规则还写明区水务局协办，本级不能直接派，需要时请升级。")


def test_the_district_is_advised_by_its_own_rule(desk: Desk, listed: ResponsibilityVersion) -> None:
    found = advice(desk, desk.at_district(), desk.cast.district_dispatcher)
    assert found.lead is not None
    assert (found.lead.code, found.lead.rule) == ("320999-water", "3.2.2")
    assert [each.code for each in found.assists] == ["320999001-urban_management"]


def test_an_arbitration_goes_before_the_list(desk: Desk, listed: ResponsibilityVersion) -> None:
    ResponsibilityProposal.objects.create(
        order_number="SY2026110100001", category=desk.categories["plain"], street=desk.ground.street,
        unit=desk.ground.urban_squad, state="accepted",
    )  # fmt: skip
    touch()
    found = advice(desk, desk.registered())
    assert found.lead is not None
    assert (found.lead.code, found.lead.rule, found.lead.decided_by) == (
        "320999001-urban_management",
        "",
        "arbitration",
    )
    assert "SY2026110100001" in found.lead.reason
    assert found.says == "仲裁结论适用，来自工单 SY2026110100001。"


def test_where_no_rule_applies_it_says_so_and_leads_nobody(desk: Desk, listed: ResponsibilityVersion) -> None:
    found = advice(desk, desk.registered(category="T02"))
    assert found.lead is None
    assert found.assists == ()
    assert found.says.startswith("没有适用的权责规则，请自行选择")
    # The catalogue's default is offered for what it is.
    first = found.others[0]
    assert (first.code, first.rule, first.chosen, first.decided_by) == (
        "320999001-urban_management",
        "",
        True,
        "catalogue",
    )


def test_an_order_without_a_matter_has_no_rule(desk: Desk) -> None:
    order = desk.report(category="")
    found = advice(desk, order)
    assert found.lead is None
    assert "还没有确定事项分类" in found.says


def test_who_returned_the_order_is_warned_of_and_not_chosen(desk: Desk, listed: ResponsibilityVersion) -> None:
    order = desk.do(desk.registered(), "dispatch", desk.cast.street_dispatcher, lead="320999001-market", assists=[])
    order = desk.do(order, "return_assignment", desk.cast.handler2, reason="不属本单位职责")
    found = advice(desk, order)
    assert found.lead is not None
    assert (found.lead.warning, found.lead.chosen) == ("已对本单退单，不宜再派", False)


def test_what_a_department_has_in_hand_and_did_is_told(desk: Desk, listed: ResponsibilityVersion) -> None:
    desk.closed()  # By the urban squad.
    desk.dispatched()
    found = advice(desk, desk.registered())
    squad = next(each for each in found.others if each.code == "320999001-urban_management")
    assert squad.reason == "城管，近 30 天办结同类 1 件"
    assert squad.load == 1


def test_a_department_in_which_nobody_can_sign_in_is_flagged(desk: Desk, listed: ResponsibilityVersion) -> None:
    found = advice(desk, desk.registered())
    assert found.lead is not None
    assert found.lead.warning == "没有能登录的在岗处置人员，派过去无人签收"
    user = desk.cast.user("handler2")
    user.set_password("ein-Passwort-9")
    user.save()
    again = advice(desk, desk.registered())
    assert again.lead is not None
    assert again.lead.warning == ""


@pytest.mark.parametrize("name", ["handler", "grid_worker", "citizen", "other_street_dispatcher", "sysadmin"])
def test_only_who_may_dispatch_here_is_advised(desk: Desk, name: str) -> None:
    order = desk.registered()
    with pytest.raises(NotAllowed):
        advice(desk, order, getattr(desk.cast, name))


def test_advice_costs_few_statements(desk: Desk, listed: ResponsibilityVersion) -> None:
    order = desk.registered()
    now = clock.now()
    advise(desk.cast.street_dispatcher, order, now)
    with CaptureQueriesContext(connection) as seen:
        advise(desk.cast.street_dispatcher, order, now)
    assert len(seen) == 2


def on_duty(desk: Desk, name: str, unit: str, post: str = "on_call") -> Watch:
    now = clock.now()
    shift, _new = Shift.objects.get_or_create(
        unit=Unit.objects.get(code=unit), name="白班", starts_at=now.replace(minute=0, second=0, microsecond=0),
        defaults={"ends_at": now + dt.timedelta(hours=8), "published_at": now},
    )  # fmt: skip
    return Watch.objects.create(shift=shift, user=desk.cast.user(name), post=post)


def at(desk: Desk, name: str, north_m: float, minutes: int) -> None:
    """So many metres north of the order, so long ago."""
    lon, lat = HERE
    Position.objects.create(
        user=desk.cast.user(name), lon=lon, lat=lat + north_m / 110_900, until=clock.now() + dt.timedelta(hours=8),
        at=clock.now() - dt.timedelta(minutes=minutes, seconds=5),
    )  # fmt: skip


def test_who_is_near_and_on_duty_comes_first_and_says_why(desk: Desk, listed: ResponsibilityVersion) -> None:
    on_duty(desk, "handler", "320999001-urban_management")
    on_duty(desk, "handler2", "320999001-market")
    on_duty(desk, "grid_worker", "320999001001-station", "patrol")
    on_duty(desk, "squad_handler", "320999001-mobile_squad")
    on_duty(desk, "street_dispatcher2", "320999001-centre", "dispatcher")
    at(desk, "handler", 820, 3)
    at(desk, "grid_worker", 100, 45)
    at(desk, "handler2", 2500, 0)
    desk.handling()  # The urban squad's handler signed for it.
    found = advice(desk, desk.registered())
    assert [(each.user_id, each.load, each.reason) for each in found.people] == [
        (desk.cast.user("handler").pk, 1, "距现场 820 米，在办 1 件，位置 3 分钟前"),
        (desk.cast.user("handler2").pk, 0, "距现场 2.5 公里，空闲，位置 刚刚"),
        (desk.cast.user("grid_worker").pk, 0, "距现场 100 米，空闲，位置是 45 分钟前的，可能已离开"),
        (desk.cast.user("squad_handler").pk, 0, "未共享位置，空闲"),
    ]
    assert found.lead is not None
    assert found.lead.on_duty == 1


def test_a_rostered_department_with_nobody_on_duty_is_flagged(desk: Desk, listed: ResponsibilityVersion) -> None:
    user = desk.cast.user("handler2")
    user.set_password("ein-Passwort-9")
    user.save()
    watch = on_duty(desk, "handler2", "320999001-market")
    calm = advice(desk, desk.registered()).lead
    assert calm is not None
    assert calm.warning == ""
    watch.delete()
    empty = advice(desk, desk.registered()).lead
    assert empty is not None
    assert (empty.warning, empty.on_duty) == ("排了班，但当前无人在班", 0)


def test_nobody_of_another_street_is_told_of(desk: Desk, listed: ResponsibilityVersion) -> None:
    on_duty(desk, "other_handler", "320999002-urban_management")
    at(desk, "other_handler", 50, 1)
    assert advice(desk, desk.registered()).people == ()
