"""Requests that time overtakes, calendars that come late, references that come twice, words that must go."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client

from catalogue.models import ResponsibilityProposal
from catalogue.services import DayPlan, publish_calendar
from lianqin.kernel.actors import SYSTEM
from tests.workorders.api import REPORT, ROOT, Door, url
from tests.workorders.conftest import OTHER_STREET, Desk
from tests.workorders.test_loop import proven
from workorders import services
from workorders.errors import Invalid, StaleVersion, WrongState
from workorders.models import Alarm, WorkOrder
from workorders.services.auditor import audit
from workorders.services.erasure import erase_texts
from workorders.services.recompute import affected_orders, recompute_order
from workorders.services.sweep import _back_off

Shift = Callable[[dt.timedelta], None]


@pytest.fixture
def door(desk: Desk) -> Door:
    return Door(desk.cast)


def test_what_a_street_asked_for_is_overtaken_when_the_order_leaves_it(desk: Desk) -> None:
    order = desk.report()
    desk.do(order, "decline", desk.cast.street_dispatcher, reason="现场未发现")
    request = order.requests.get()
    lon, lat = OTHER_STREET
    order = desk.do(order, "relocate", desk.cast.street_dispatcher, lon=lon, lat=lat, reason="在西街")

    request.refresh_from_db()
    assert request.outcome == "overtaken"
    with pytest.raises(WrongState):
        services.decide(request_id=request.pk, approve=True, by=desk.cast.other_street_dispatcher)
    proven(order)


def test_what_the_district_decides_is_not_overtaken_by_a_relocation(desk: Desk) -> None:
    order = desk.registered()
    desk.do(order, "escalate", desk.cast.street_dispatcher, reason="街道力量不足")
    desk.do(order, "void", desk.cast.district_dispatcher, reason="重复")
    lon, lat = OTHER_STREET
    desk.do(order, "relocate", desk.cast.district_dispatcher, lon=lon, lat=lat, reason="在西街")
    assert order.requests.get().outcome == "pending"


def test_an_approval_of_what_has_changed_meanwhile_is_stale(desk: Desk, door: Door) -> None:
    order = desk.dispatched()
    desk.do(order, "void", desk.cast.street_dispatcher, reason="重复")
    request = order.requests.get()
    seen = WorkOrder.objects.get(pk=order.pk).version
    desk.do(order, "acknowledge", desk.cast.handler)

    with pytest.raises(StaleVersion):
        services.decide(request_id=request.pk, approve=True, by=desk.cast.street_dispatcher2, seen_version=seen)
    answer = door.street_dispatcher2.post(url(order.number, "requests", request.pk, "approve"), {"version": seen})
    assert (answer.status_code, answer.json()["code"]) == (409, "stale_version")
    assert [each["kind"] for each in answer.json()["since"]] == ["acknowledge"]
    bad = door.street_dispatcher2.post(url(order.number, "requests", request.pk, "approve"), {"version": "x"})
    assert (bad.status_code, list(bad.json()["errors"])) == (400, ["version"])
    answer = door.street_dispatcher2.post(url(order.number, "requests", request.pk, "approve"), {"version": seen + 1})
    assert (answer.status_code, answer.json()["status"]) == (200, "voided")


def test_a_pause_whose_review_has_passed_is_not_approved(desk: Desk, shift: Shift) -> None:
    order = desk.handling()
    local = dt.datetime.now(dt.UTC).astimezone(dt.timezone(dt.timedelta(hours=8))).date()
    tomorrow = (local + dt.timedelta(days=1)).isoformat()
    desk.do(order, "shelve", desk.cast.street_dispatcher, reason="等待施工", review_on=tomorrow)
    shift(dt.timedelta(days=1))

    with pytest.raises(Invalid) as refused:
        services.decide(request_id=order.requests.get().pk, approve=True, by=desk.cast.district_dispatcher)
    assert list(refused.value.fields) == ["review_on"]
    order.refresh_from_db()
    assert order.status == "handling"


def test_a_reference_that_a_colleague_took_down_is_answered_with_their_order(door: Door) -> None:
    told = REPORT | {"external_ref": "12345-0007"}
    first = door.street_dispatcher.post(ROOT, told).json()["number"]

    again = door.street_dispatcher2.post(ROOT, told)
    assert (again.status_code, again.json()["number"]) == (200, first)
    hidden = door.other_street_dispatcher.post(ROOT, told)
    assert (hidden.status_code, hidden.json()["code"]) == (409, "external_ref_taken")
    assert first not in hidden.content.decode()


def test_the_reason_of_an_arbitration_goes_with_the_words(desk: Desk) -> None:
    order = desk.registered()
    desk.do(order, "dispatch", desk.cast.street_dispatcher, lead=desk.ground.urban_squad.code)
    desk.do(order, "return_assignment", desk.cast.handler, reason="不属本单位")
    desk.do(order, "contest_return", desk.cast.street_dispatcher, reason="应由城管")
    desk.do(order, "arbitrate", desk.cast.commander, lead=desk.ground.urban_squad.code, reason="刘德华家门前")
    proposal = ResponsibilityProposal.objects.get(order_number=order.number)
    assert proposal.reason == "刘德华家门前"

    erase_texts(number=order.number, reason="个人信息删除申请")
    proposal.refresh_from_db()
    assert (proposal.reason, proposal.state) == ("", "proposed")


def publish_a_month_of_holidays(desk: Desk) -> None:
    today = dt.datetime.now(dt.UTC).date()
    days = [DayPlan(today + dt.timedelta(days=n), workday=False, note="放假") for n in range(2, 32)]
    publish_calendar(version=1, days=days, by=SYSTEM)


def test_a_recomputation_moves_the_due_of_every_part(desk: Desk) -> None:
    order = desk.handling(desk.ground.market_squad.code)
    publish_a_month_of_holidays(desk)
    assert affected_orders(0) == [order.pk]
    assert recompute_order(order_id=order.pk, from_version=0, to_version=1)

    order.refresh_from_db()
    for part in order.assignments.all():
        (handle,) = order.timers.filter(assignment=part, stage="handle")
        assert part.due_at == handle.due_at
        assert order.due_at is not None
        assert handle.due_at <= order.due_at
    assert proven(order)


def test_a_clock_that_is_paused_goes_on_by_the_new_calendar(desk: Desk) -> None:
    order = desk.submitted()
    publish_a_month_of_holidays(desk)
    assert affected_orders(0) == [order.pk]
    recompute_order(order_id=order.pk, from_version=0, to_version=1)
    order = desk.do(order, "rework", desk.cast.street_dispatcher, reason="未清理干净")

    (resolve,) = order.timers.filter(stage="resolve")
    assert (resolve.state, resolve.calendar_version) == ("pending", 1)
    assert resolve.due_at > order.reported_at + dt.timedelta(days=28)
    assert proven(order)


def test_the_warning_of_a_year_without_calendar_reaches_the_screen(desk: Desk, door: Door, shift: Shift) -> None:
    days = (dt.date(2026, 12, 31) - dt.datetime.now(dt.UTC).date()).days
    shift(dt.timedelta(days=days))
    order = desk.registered()
    order.refresh_from_db()
    assert order.due_at is not None
    assert order.due_at.year == 2027
    sentence = "2027年放假安排尚未纳入工作日历，暂按周一至周五推算"

    (resolve,) = [each for each in door.street_dispatcher.get(url(order.number, "timers")).json()
                  if each["stage"] == "resolve"]  # fmt: skip
    assert resolve["calendar_warning"] == sentence
    client = Client()
    client.force_login(desk.cast.user("street_dispatcher"), backend="django.contrib.auth.backends.ModelBackend")
    assert sentence in client.get(f"/orders/{order.number}/").content.decode()


def test_an_order_of_this_year_carries_no_warning(desk: Desk, door: Door) -> None:
    order = desk.registered()
    told = door.street_dispatcher.get(url(order.number, "timers")).json()
    assert {each["calendar_warning"] for each in told} == {""}


def test_events_keep_their_order_when_the_clock_is_set_back(desk: Desk, shift: Shift) -> None:
    order = desk.registered()
    shift(-dt.timedelta(hours=2))
    order = desk.do(order, "dispatch", desk.cast.street_dispatcher, lead=desk.ground.urban_squad.code)
    order = desk.do(order, "acknowledge", desk.cast.handler)

    times = list(order.events.order_by("seq").values_list("at", flat=True))
    assert times == sorted(times)
    assert proven(order)


def test_the_alarm_of_a_timer_ends_with_the_timer(desk: Desk) -> None:
    order = desk.report()
    (accept,) = order.timers.filter(stage="accept")
    _back_off(accept.pk, RuntimeError("boom"))
    audit()
    assert standing() == [("timer_failed", str(accept.pk))]

    desk.do(order, "register", desk.cast.street_dispatcher, conditions_confirmed=True)
    audit()
    assert standing() == []


def standing() -> list[tuple[str, str]]:
    return list(Alarm.objects.filter(cleared_at=None).values_list("kind", "subject"))
