"""Subtle rules of single verbs, each typed by hand from the specification."""

from __future__ import annotations

import datetime as dt

import pytest

from catalogue import calendars
from tests.workorders.conftest import HERE, NEXT_GRID, OTHER_STREET, Desk
from tests.workorders.machine import faults
from tests.workorders.verbs import Shift, clock_of, critical, decided, make_due
from workorders import services
from workorders.errors import Invalid, NotAllowed, SamePerson, Unmet
from workorders.models import Timer, WorkOrder

__all__ = ["critical"]


# Claim, place, relocate


def test_claim_keeps_the_accept_clock(desk: Desk) -> None:
    order = desk.report()
    before = clock_of(order, "accept")
    order = desk.do(order, "claim", desk.cast.community_officer)
    after = clock_of(order, "accept")
    assert (order.holder, after.pk, after.due_at) == (desk.ground.workstation, before.pk, before.due_at)
    with pytest.raises(Unmet):
        desk.do(order, "claim", desk.cast.community_officer)
    order = desk.do(order, "assign_worker", desk.cast.community_officer, worker="grid_worker")
    assert order.worker == desk.cast.user("grid_worker")
    assert desk.do(order, "pass_up", desk.cast.community_officer).holder == desk.ground.sub_center
    assert desk.events(order) == ["report", "claim", "assign_worker", "pass_up"]


def test_relocated_once_to_the_street_then_to_the_district(desk: Desk) -> None:
    order = desk.report()
    accept = clock_of(order, "accept").due_at
    lon, lat = OTHER_STREET
    order = desk.do(order, "relocate", desk.cast.street_dispatcher, lon=lon, lat=lat, reason="在西街")
    assert (order.status, order.level, order.street) == ("reported", "street", desk.ground.street2)
    assert clock_of(order, "accept").due_at == accept
    order = desk.do(order, "relocate", desk.cast.other_street_dispatcher, lon=HERE[0], lat=HERE[1], reason="在东街")
    assert (order.status, order.level, order.holder) == ("reported", "district", desk.ground.command_center)


def test_relocating_an_accepted_order_takes_the_accept_clock_up_again(desk: Desk) -> None:
    order = desk.report()
    used_up = clock_of(order, "accept")
    order = desk.do(order, "register", desk.cast.street_dispatcher, conditions_confirmed=True)
    order = desk.do(
        order, "relocate", desk.cast.street_dispatcher, lon=OTHER_STREET[0], lat=OTHER_STREET[1], reason="在西街"
    )
    again = clock_of(order, "accept")
    used_up.refresh_from_db()
    assert (order.status, again.elapsed_seconds) == ("reported", used_up.elapsed_seconds)
    assert faults() == []


def test_corrected_within_the_street_is_not_counted(desk: Desk) -> None:
    order = desk.do(
        desk.report(), "relocate", desk.cast.street_dispatcher, lon=NEXT_GRID[0], lat=NEXT_GRID[1], reason="隔壁网格"
    )
    assert (order.status, order.level, order.relocations) == ("reported", "street", 0)


def test_relocating_does_not_shake_off_the_districts_clock(desk: Desk) -> None:
    order = desk.do(desk.at_district(), "hand_down", desk.cast.commander, reason="属街道职责")
    clock = clock_of(order, "resolve")
    order = desk.do(
        order, "relocate", desk.cast.street_dispatcher, lon=OTHER_STREET[0], lat=OTHER_STREET[1], reason="在西街"
    )
    assert (order.status, clock_of(order, "resolve").pk) == ("reported", clock.pk)
    assert faults() == []
    order = desk.do(order, "register", desk.cast.other_street_dispatcher, conditions_confirmed=True)
    assert (order.level, clock_of(order, "resolve").due_at) == ("street", clock.due_at)


# Decline, contest


def test_decline_needs_a_second_person_and_is_contested_once_in_five_workdays(desk: Desk, shift: Shift) -> None:
    order = desk.do(desk.report(desk.cast.citizen), "decline", desk.cast.street_dispatcher, reason="不属实")
    assert order.status == "reported"
    with pytest.raises(SamePerson):
        decided(desk, order, "street_dispatcher")
    order = decided(desk, order, "street_dispatcher2")
    assert order.status == "declined"
    order = desk.do(order, "contest", desk.cast.citizen, reason="确有其事")
    assert (order.status, order.level, order.holder) == ("reported", "district", desk.ground.command_center)
    order = desk.do(order, "decline", desk.cast.district_dispatcher, reason="不属实")
    order = decided(desk, order, "commander")
    with pytest.raises(Unmet):
        desk.do(order, "contest", desk.cast.citizen, reason="不服")
    assert faults() == []


def test_contest_comes_too_late(desk: Desk, shift: Shift) -> None:
    order = desk.do(desk.report(desk.cast.citizen), "decline", desk.cast.street_dispatcher, reason="不属实")
    order = decided(desk, order, "street_dispatcher2")
    shift(dt.timedelta(days=10))
    with pytest.raises(Unmet):
        desk.do(order, "contest", desk.cast.citizen, reason="确有其事")


# Merge


def test_merged_work_goes_over_and_the_earlier_due_holds(desk: Desk, critical: None) -> None:
    by = desk.cast.street_dispatcher
    first = desk.handling("320999001-market", urgency="critical")
    master = desk.do(desk.registered(), "dispatch", by, lead="320999001-housing")
    merged = desk.do(first, "merge", by, master=master.number)
    master.refresh_from_db()

    assert (merged.status, merged.master, merged.due_at) == ("merged", master, None)
    assert first.due_at == first.registered_at + dt.timedelta(hours=4)  # type: ignore[operator]
    # As soon as the master's own calendar lets it: its desks are shut at night.
    opening = calendars.current().add(first.due_at, 0)
    assert master.due_at is not None
    assert master.due_at <= max(opening, first.due_at)
    assert {(part.unit.code, part.role, part.status) for part in master.assignments.all()} == {
        ("320999001-housing", "lead", "pending"),
        ("320999001-urban_management", "assist", "acknowledged"),
        ("320999001-market", "assist", "pending"),
    }
    assert faults() == []


def test_closing_the_master_answers_and_voiding_it_lets_go(desk: Desk) -> None:
    by = desk.cast.street_dispatcher
    master, other = desk.submitted(), desk.submitted()
    answered = desk.do(desk.registered(), "merge", by, master=master.number)
    let_go = desk.do(desk.registered(), "merge", by, master=other.number)
    desk.do(master, "verify", by)
    assert desk.events(answered)[-1] == "answered"
    decided(desk, desk.do(other, "void", by, reason="误报"), "street_dispatcher2")
    let_go.refresh_from_db()
    assert (let_go.status, let_go.master, desk.events(let_go)[-1]) == ("registered", None, "unmerge")
    assert faults() == []


def test_no_cycles_no_ends_no_level_lost(desk: Desk) -> None:
    by, master, part = desk.cast.street_dispatcher, desk.registered(), desk.registered()
    desk.do(part, "merge", by, master=master.number)
    for order, into in ((master, desk.registered()), (master, master), (desk.registered(), desk.closed())):
        with pytest.raises(Invalid):
            desk.do(order, "merge", by, master=into.number)
    with pytest.raises(Invalid):
        desk.do(desk.at_district(), "merge", desk.cast.commander, master=master.number)


# Levels


def test_hand_down_leaves_the_districts_clock_running(desk: Desk) -> None:
    order = desk.at_district()
    before = clock_of(order, "resolve")
    order = desk.do(order, "hand_down", desk.cast.commander, reason="属街道职责")
    after = clock_of(order, "resolve")
    assert (order.status, order.level, order.holder) == ("registered", "street", desk.ground.sub_center)
    assert (after.pk, after.due_at) == (before.pk, before.due_at)

    make_due(after, step=2)
    assert services.sweep() == 1
    order.refresh_from_db()
    assert (order.status, order.level, order.supervision_tier) == ("registered", "district", 1)
    with pytest.raises(Unmet):
        desk.do(order, "hand_down", desk.cast.commander, reason="再交办")


def test_vertical_matters_are_not_handed_down(desk: Desk) -> None:
    with pytest.raises(Unmet):
        desk.do(desk.at_district(category="T03"), "hand_down", desk.cast.commander, reason="属街道")


def test_second_failed_check_escalates_and_the_district_counts_anew(desk: Desk) -> None:
    by, handler = desk.cast.street_dispatcher, desk.cast.handler
    order = desk.do(desk.submitted(), "rework", by, reason="未清理")
    assert (order.status, order.level) == ("handling", "street")
    order = desk.do(order, "submit_result", handler, result="再次清理")
    order = desk.do(order, "rework", by, reason="仍未清理")
    assert (order.status, order.level, order.failed_checks) == ("registered", "district", 0)


def test_rework_leaves_a_quarter_at_least(desk: Desk) -> None:
    order = desk.submitted()
    timer = clock_of(order, "resolve")
    whole = timer.policy_snapshot["original"]
    Timer.objects.filter(pk=timer.pk).update(elapsed_seconds=whole * 0.9)
    desk.do(order, "rework", desk.cast.street_dispatcher, reason="未清理")
    timer.refresh_from_db()
    assert timer.policy_snapshot["seconds"] - timer.elapsed_seconds == pytest.approx(whole * 0.25, abs=5)


def test_on_site_that_rose_can_still_be_sent_back(desk: Desk) -> None:
    order = desk.report(desk.cast.grid_worker, source="grid_worker")
    order = desk.do(order, "handle_on_site", desk.cast.grid_worker, result="已劝离")
    order = desk.do(order, "escalate", desk.cast.street_dispatcher, reason="反复发生")
    assert (order.status, order.on_site) == ("registered", False)


# Requests


def test_extended_once_a_level_by_one_level_up(desk: Desk) -> None:
    order = desk.handling()
    due = order.due_at
    order = desk.do(order, "extend", desk.cast.handler, reason="需采购材料", workdays=2)
    order = decided(desk, order, "street_dispatcher")
    assert order.due_at > due  # type: ignore[operator]
    with pytest.raises(Unmet):
        desk.do(order, "extend", desk.cast.handler, reason="还不够", workdays=2)
    order = desk.do(order, "escalate", desk.cast.street_dispatcher, reason="街道力量不足")
    order = desk.do(order, "extend", desk.cast.district_dispatcher, reason="工程", workdays=2)
    with pytest.raises(NotAllowed):
        decided(desk, order, "district_dispatcher2")
    decided(desk, order, "commander")


def test_shelved_twice_and_resumed_by_the_review(desk: Desk) -> None:
    order, by = desk.registered(), desk.cast.street_dispatcher
    for _ in range(2):
        review_on = (order.reported_at + dt.timedelta(days=20)).date().isoformat()
        order = decided(
            desk, desk.do(order, "shelve", by, reason="等待施工", review_on=review_on), "district_dispatcher"
        )
        assert order.status == "shelved"
        make_due(clock_of(order, "review"), step=1)
        assert services.sweep() == 1
        order.refresh_from_db()
        assert order.status == "registered"
    with pytest.raises(Unmet):
        desk.do(order, "shelve", by, reason="等待施工", review_on=review_on)


def test_silence_refuses(desk: Desk) -> None:
    order = desk.do(desk.report(), "decline", desk.cast.street_dispatcher, reason="不属实")
    make_due(clock_of(order, "decide"), step=1)
    assert services.sweep() == 1
    assert order.requests.get().outcome == "expired"
    assert WorkOrder.objects.get(pk=order.pk).status == "reported"
