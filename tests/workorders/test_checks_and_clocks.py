"""Who checks, what is late, what the sweep does: typed by hand from the specification."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.workorders.conftest import HERE, Desk
from tests.workorders.verbs import Shift, clock_of, critical, make_due
from workorders import services
from workorders.errors import NotAllowed, NotIndependent, WrongState
from workorders.models import Alarm, Downtime, Event, SweepRecord, Timer
from workorders.rules.sampling import drawn

__all__ = ["critical"]


# Checks


def test_on_site_is_confirmed_by_somebody_else(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workorders.services.effects.intake.drawn", lambda number: False)
    told = {"title": "共享单车乱停", "lon": HERE[0], "lat": HERE[1], "category": "T01", "result": "已摆放"}
    order, new = services.report_handled(by=desk.cast.grid_leader, data=told)
    assert (new, order.status, order.on_site, order.holder) == (True, "submitted", True, desk.ground.workstation)
    assert desk.events(order) == ["report", "handle_on_site"]
    with pytest.raises(NotIndependent):
        desk.do(order, "verify", desk.cast.grid_leader)
    assert desk.do(order, "verify", desk.cast.community_officer).status == "closed"
    with pytest.raises(NotAllowed):
        services.report_handled(by=desk.cast.handler, data={**told, "source": "inspection"})


def test_citizens_and_the_drawn_go_to_the_sub_centre(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    order = desk.report(desk.cast.citizen)
    order = desk.do(order, "handle_on_site", desk.cast.grid_worker, result="已劝离")
    assert order.holder == desk.ground.sub_center
    with pytest.raises(NotAllowed):
        desk.do(order, "verify", desk.cast.community_officer)
    assert 300 < sum(drawn(f"SY20261121-{n:06d}") for n in range(8000)) < 500


def test_own_squad_is_checked_by_a_supervisor(desk: Desk) -> None:
    order = desk.do(desk.registered(), "dispatch", desk.cast.street_dispatcher, lead=desk.ground.own_squad.code)
    order = desk.do(order, "acknowledge", desk.cast.squad_handler)
    order = desk.do(order, "submit_result", desk.cast.squad_handler, result="已清理")
    with pytest.raises(NotIndependent):
        desk.do(order, "verify", desk.cast.street_dispatcher2)
    assert desk.do(order, "verify", desk.cast.street_supervisor).status == "closed"


def test_reopened_is_checked_by_another_and_the_citizens_goes_up(desk: Desk) -> None:
    order = desk.do(desk.closed(source="inspection"), "reopen", desk.cast.street_supervisor, reason="抽查不合格")
    assert (order.status, order.level, order.reopenings) == ("registered", "street", 1)
    order = desk.do(order, "dispatch", desk.cast.street_dispatcher, lead="320999001-urban_management")
    order = desk.do(order, "acknowledge", desk.cast.handler)
    order = desk.do(order, "submit_result", desk.cast.handler, result="已清理")
    with pytest.raises(NotIndependent):
        desk.do(order, "verify", desk.cast.street_dispatcher)
    order = desk.do(order, "verify", desk.cast.street_dispatcher2)
    assert desk.do(order, "reopen", desk.cast.street_dispatcher, reason="又发生").level == "district"
    mine = desk.report(desk.cast.citizen)
    mine = desk.do(mine, "register", desk.cast.street_dispatcher, conditions_confirmed=True)
    mine = desk.do(mine, "dispatch", desk.cast.street_dispatcher, lead="320999001-urban_management")
    mine = desk.do(mine, "acknowledge", desk.cast.handler)
    mine = desk.do(mine, "submit_result", desk.cast.handler, result="已清理")
    mine = desk.do(mine, "verify", desk.cast.street_dispatcher)
    assert desk.do(mine, "reopen", desk.cast.citizen, reason="没有清理").level == "district"


# Clocks


def test_unsigned_is_taken_back_at_one_and_a_half(desk: Desk) -> None:
    order = desk.dispatched()
    make_due(clock_of(order, "acknowledge"), step=1)
    assert services.sweep() == 1
    order.refresh_from_db()
    assert (order.status, order.returns, order.holder) == ("registered", 1, desk.ground.sub_center)


def test_lateness_stays_with_the_department(desk: Desk) -> None:
    order = desk.handling("320999001-market")
    part = order.assignments.get(role="assist")
    timer = Timer.objects.get(assignment=part, stage="handle")
    make_due(timer, step=1)
    services.sweep()
    order.refresh_from_db()
    assert (order.status, order.level) == ("handling", "street")
    assert [each.late for each in order.assignments.all()] == [False, True]


def test_late_by_the_databases_time_and_once(desk: Desk, shift: Shift) -> None:
    order = desk.report()
    shift(dt.timedelta(days=6))
    order = desk.do(order, "register", desk.cast.street_dispatcher, conditions_confirmed=True)
    assert Event.objects.get(order=order, kind="register").late
    assert (order.level, services.sweep()) == ("street", 0)


def test_downtime_is_given_back(desk: Desk, shift: Shift, critical: None) -> None:
    order = desk.registered(urgency="critical")
    timer = clock_of(order, "resolve")
    began, ended = timer.running_since, timer.running_since + dt.timedelta(hours=6)
    shift(dt.timedelta(hours=6))
    Downtime.objects.create(began_at=began, ended_at=ended)
    for _ in range(5):
        services.sweep()
    order.refresh_from_db()
    timer.refresh_from_db()
    assert (order.level, timer.step) == ("street", 0)
    assert (timer.due_at - began).total_seconds() == pytest.approx(6 * 3600 + 240 * 60, abs=2)


def test_outage_does_not_run_through_several_steps(desk: Desk, shift: Shift, critical: None) -> None:
    order = desk.registered(urgency="critical")
    SweepRecord.objects.all().delete()
    shift(dt.timedelta(days=9))
    Timer.objects.filter(order=order).exclude(stage="resolve").update(next_at=None)
    fired = [services.sweep() for _ in range(4)]
    assert (fired, clock_of(order, "resolve").step) == ([1, 0, 0, 0], 1)


def test_failing_timer_backs_off_and_others_go_on(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    bad, good = desk.dispatched(), desk.dispatched()
    timer = clock_of(bad, "acknowledge")
    make_due(timer, step=1)
    make_due(clock_of(good, "acknowledge"), step=1)
    Timer.objects.filter(pk=timer.pk).update(policy_snapshot={**timer.policy_snapshot, "steps": ["broken"] * 2})
    assert services.sweep() == 1
    timer.refresh_from_db()
    assert (timer.attempts, Alarm.objects.get(kind="timer_failed").subject) == (1, str(timer.pk))
    assert services.sweep() == 0, "it waits before it is tried again"


def test_callback_is_the_only_clock_of_an_end(desk: Desk) -> None:
    order = desk.closed()
    assert clock_of(order, "callback").state == "pending"
    make_due(clock_of(order, "callback"), step=1)
    assert services.sweep() == 1
    assert desk.events(order)[-1] == "callback_missed"
    with pytest.raises(WrongState):
        desk.do(order, "callback", desk.cast.street_dispatcher, reached=True)


def test_a_call_that_was_recorded_ends_its_clock_until_the_next_end(desk: Desk) -> None:
    order = desk.closed()
    desk.do(order, "callback", desk.cast.street_dispatcher, reached=True, satisfied=False)
    desk.do(order, "comment", desk.cast.street_dispatcher, comment="已转告办理单位")
    assert list(Timer.objects.filter(order=order, stage="callback").values_list("state", flat=True)) == ["done"]
    with pytest.raises(WrongState):
        desk.do(order, "callback", desk.cast.street_dispatcher, reached=True)
    desk.do(order, "reopen", desk.cast.street_dispatcher2, reason="反映人说没有解决")
    desk.do(order, "dispatch", desk.cast.street_dispatcher, lead=desk.ground.urban_squad.code)
    desk.do(order, "acknowledge", desk.cast.handler)
    desk.do(order, "submit_result", desk.cast.handler, result="再次处理")
    desk.do(order, "verify", desk.cast.street_dispatcher2)
    assert clock_of(order, "callback").state == "pending"


def test_reclassified_counts_from_the_original_start(desk: Desk, shift: Shift, critical: None) -> None:
    order = desk.handling(urgency="normal")
    start = clock_of(order, "resolve").started_at
    shift(dt.timedelta(minutes=30))
    order = desk.do(
        order, "reclassify", desk.cast.street_dispatcher, category="T02", urgency="critical", reason="有危险"
    )
    resolve = clock_of(order, "resolve")
    assert resolve.due_at == start + dt.timedelta(minutes=240)
    assert all(timer.due_at <= resolve.due_at for timer in Timer.objects.filter(order=order, stage="handle"))
