"""Plans are decided by a second person, and hold for the ground that they were drafted on."""

from __future__ import annotations

import pytest

from accounts.errors import DraftDecided, DraftNotOpen, SecondPersonNeeded
from accounts.models import AuditEntry
from grids import services
from grids.errors import PlanNotReady, PlanNotScheduled, PlanStale
from grids.models import Grid, Membership, PlanStep
from lianqin.kernel.errors import NotAllowed, NotVisible
from tests.cast import Cast
from tests.grids.planning import FRESH, SOUTH_1, SOUTH_2, Planner, line

ACROSS = line((-0.2, 0.5), (1.2, 0.5))


@pytest.fixture
def planner(cast: Cast) -> Planner:
    return Planner(cast)


def test_two_editors_of_one_plan(planner: Planner, cast: Cast) -> None:
    seen = planner.plan.version
    planner.do("split_grid", code=SOUTH_1, line=ACROSS)
    with pytest.raises(PlanStale) as refused:
        services.merge_grids(plan_id=planner.plan.pk, version=seen, codes=[SOUTH_1, SOUTH_2], by=cast.sysadmin)
    assert (refused.value.code, refused.value.extra) == ("stale_version", {"current": seen + 1, "seen": seen})


def test_four_eyes(planner: Planner, cast: Cast) -> None:
    planner.do("split_grid", code=SOUTH_1, line=ACROSS)
    planner.do("submit_plan")
    with pytest.raises(DraftNotOpen):
        planner.do("merge_grids", codes=[SOUTH_2, FRESH])
    for name in ("sysadmin", "secadmin", "district_dispatcher"):
        # The commander is in office: the security officer does not stand in.
        with pytest.raises(NotAllowed):
            planner.do("approve_plan", by=getattr(cast, name))
    assert planner.plan.state == "submitted"
    planner.do("approve_plan", by=cast.commander, opinion="同意")
    assert (planner.plan.state, planner.plan.opinion, planner.plan.in_force_at) == ("scheduled", "同意", None)
    assert AuditEntry.objects.filter(action="grids.groundplan_approved", actor=cast.user("commander")).count() == 1
    with pytest.raises(DraftDecided):
        planner.do("approve_plan", by=cast.commander)


def test_without_a_commander_the_security_officer_approves(planner: Planner, cast: Cast) -> None:
    Membership.objects.filter(role="district_commander").delete()
    planner.do("submit_plan")
    planner.do("approve_plan", by=cast.secadmin)
    assert planner.plan.state == "scheduled"


def test_whoever_had_a_hand_in_it_does_not_approve(planner: Planner, cast: Cast) -> None:
    planner.do("submit_plan")
    PlanStep.objects.update(by=cast.user("commander"))
    with pytest.raises(SecondPersonNeeded):
        planner.do("approve_plan", by=cast.commander)


def test_sent_back_and_submitted_again(planner: Planner, cast: Cast) -> None:
    planner.do("submit_plan")
    planner.do("refuse_plan", by=cast.commander, opinion="请与社区再议")
    assert (planner.plan.state, planner.plan.opinion) == ("refused", "请与社区再议")
    planner.do("split_grid", code=SOUTH_1, line=ACROSS)
    planner.do("submit_plan")
    planner.do("reopen_plan")
    planner.do("withdraw_plan")
    assert planner.plan.state == "withdrawn"
    with pytest.raises(DraftDecided):
        planner.do("withdraw_plan")


def test_a_day_that_has_come_is_not_submitted(planner: Planner) -> None:
    planner.do("describe_plan", effective_on=services.today())
    with pytest.raises(PlanNotReady) as refused:
        planner.do("submit_plan")
    assert refused.value.extra["reason"] == "day"


def test_one_plan_at_a_time_waits_for_a_community(planner: Planner, cast: Cast) -> None:
    other = Planner(cast)
    planner.scheduled()
    with pytest.raises(PlanNotReady) as refused:
        other.do("submit_plan")
    assert refused.value.extra["reason"] == "waiting"
    planner.do("cancel_plan", by=cast.commander)
    assert planner.plan.state == "cancelled"
    with pytest.raises(PlanNotScheduled):
        planner.do("cancel_plan")
    other.scheduled()
    assert other.plan.state == "scheduled"


def test_a_plan_for_another_ground_is_not_submitted(planner: Planner) -> None:
    Grid.objects.filter(code=SOUTH_2).update(valid_to=services.today())
    with pytest.raises(PlanNotReady) as refused:
        planner.do("submit_plan")
    assert refused.value.extra["reason"] == "moved"


def test_a_plan_that_is_not_there(cast: Cast) -> None:
    with pytest.raises(NotVisible):
        services.submit_plan(plan_id=1, version=1, by=cast.sysadmin)
