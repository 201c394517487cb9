"""Placing people in shifts: what stands against it, who may, and what a rotation or last week brings."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from dispatch.errors import NotAllowed, RosterRefused
from dispatch.models import Leave, Shift, Watch, WatchState
from dispatch.rules.rosters import Span
from dispatch.services import (
    Segment,
    assign,
    copy_week,
    drop_shift,
    end_leave,
    fill_from_rotation,
    generate_shifts,
    publish_shifts,
    set_rotation,
    set_template,
    take_leave,
    take_up,
    unassign,
)
from grids.models import Course, CourseRequirement, Membership
from lianqin.kernel import clock
from lianqin.kernel.errors import Invalid
from tests.cast import Cast, SmallGround
from tests.dispatch.rosters import HOUR, shift_at, watch

DAY = Segment("全天", 8 * 60, 1440, {"dispatcher": 1})


def place(cast: Cast, shift: Shift, name: str = "street_dispatcher2", **more: Any) -> Watch:
    who = cast.user(name).pk
    return assign(
        shift_id=shift.pk, user_id=who, post=more.pop("post", "dispatcher"), by=cast.street_dispatcher, **more
    )


def test_twice_is_once(cast: Cast, small_ground: SmallGround) -> None:
    shift = shift_at(small_ground.sub_center, 2)
    assert place(cast, shift).pk == place(cast, shift).pk
    assert Watch.objects.get().state == WatchState.PLANNED


def refused(cast: Cast, shift: Shift, name: str = "street_dispatcher2", **more: Any) -> list[str]:
    before = Watch.objects.count()
    with pytest.raises(RosterRefused) as refusal:
        place(cast, shift, name, **more)
    assert Watch.objects.count() == before
    return list(refusal.value.extra["conflicts"])


def test_nobody_in_two_places(cast: Cast, small_ground: SmallGround) -> None:
    watch(shift_at(small_ground.sub_center2, 9), cast.user("street_dispatcher2"))
    assert refused(cast, shift_at(small_ground.sub_center, 2), despite_rest=True) == ["double"]


def test_eight_hours_of_rest_unless_one_insists(cast: Cast, small_ground: SmallGround) -> None:
    watch(shift_at(small_ground.sub_center, 2), cast.user("street_dispatcher2"))
    after = shift_at(small_ground.sub_center, 17)
    assert refused(cast, after) == ["rest"]
    place(cast, after, despite_rest=True)
    rested = shift_at(small_ground.sub_center, 33)
    place(cast, rested)


def test_who_is_on_leave_or_has_no_post(cast: Cast, small_ground: SmallGround) -> None:
    shift = shift_at(small_ground.sub_center, 2)
    assert refused(cast, shift, "other_street_dispatcher") == ["left"]
    Leave.objects.create(user=cast.user("street_dispatcher2"), starts_at=shift.starts_at + HOUR, ends_at=shift.ends_at)
    assert refused(cast, shift) == ["leave"]
    Membership.objects.filter(user=cast.user("street_dispatcher")).update(ends_on=dt.date(2026, 2, 1))
    assert refused(cast, shift, "street_dispatcher") == ["left"]


def test_who_lacks_a_course_that_the_post_requires(cast: Cast, small_ground: SmallGround) -> None:
    course = Course.objects.create(code="C1", name="值班培训", hours=2)
    rule = CourseRequirement.objects.create(course=course, role="street_dispatcher", since=dt.date(2025, 1, 1))
    shift = shift_at(small_ground.sub_center, 2)
    assert refused(cast, shift) == ["untrained"]
    # Who was in office before the rule stays.
    rule.since = dt.date(2026, 6, 1)
    rule.save()
    place(cast, shift)


@pytest.mark.parametrize("who", ["other_street_dispatcher", "district_dispatcher", "handler", "commander", "sysadmin"])
def test_a_street_keeps_its_own(cast: Cast, small_ground: SmallGround, who: str) -> None:
    shift = shift_at(small_ground.sub_center, 2)
    with pytest.raises(NotAllowed):
        assign(shift_id=shift.pk, user_id=cast.user("street_dispatcher").pk, post="dispatcher", by=getattr(cast, who))
    assert not Watch.objects.exists()


def test_a_department_keeps_its_own_on_call(cast: Cast, small_ground: SmallGround) -> None:
    shift = shift_at(small_ground.urban_squad, 2, on_call=1)
    made = assign(shift_id=shift.pk, user_id=cast.user("handler").pk, post="on_call", by=cast.handler)
    with pytest.raises(NotAllowed):
        unassign(watch_id=made.pk, by=cast.handler2)
    unassign(watch_id=made.pk, by=cast.handler)
    assert not Watch.objects.exists()


def test_a_patrol_comes_from_the_grids_of_the_street(cast: Cast, small_ground: SmallGround) -> None:
    shift = shift_at(small_ground.sub_center, 2, patrol=1)
    place(cast, shift, "grid_worker", post="patrol")
    assert refused(cast, shift, "other_grid_worker", post="patrol") == ["left"]


def test_shifts_ahead_once(cast: Cast, small_ground: SmallGround) -> None:
    unit = small_ground.sub_center
    set_template(unit=unit, name="值守", segments=[DAY], swap_needs_approval=True, by=cast.street_dispatcher)
    first = generate_shifts()
    assert first in (13, 14)
    assert generate_shifts() == 0
    one = Shift.objects.filter(unit=unit).order_by("starts_at")[1]
    assert timezone.localtime(one.starts_at).hour == 8
    assert one.ends_at - one.starts_at == dt.timedelta(days=1)
    assert one.needed == {"dispatcher": 1}
    drop_shift(shift_id=one.pk, by=cast.street_dispatcher)
    assert generate_shifts() == 1


def test_a_centre_leaves_no_gap_in_its_day(cast: Cast, small_ground: SmallGround) -> None:
    half = Segment("白班", 8 * 60, 720, {"dispatcher": 1})
    with pytest.raises(Invalid):
        set_template(
            unit=small_ground.sub_center,
            name="白",
            segments=[half],
            swap_needs_approval=True,
            by=cast.street_dispatcher,
        )


def test_turns_and_last_week(cast: Cast, small_ground: SmallGround) -> None:
    unit, by = small_ground.sub_center, cast.street_dispatcher
    template = set_template(unit=unit, name="值守", segments=[DAY], swap_needs_approval=True, by=by)
    generate_shifts()
    two = (cast.user("street_dispatcher").pk, cast.user("street_dispatcher2").pk)
    today = timezone.localdate(clock.now())
    set_rotation(
        template=template, starts_on=today, pattern=[0, None], teams=2,
        members=[(team, pk, "dispatcher") for team, pk in enumerate(two)], by=by,
    )  # fmt: skip
    monday = today - dt.timedelta(days=today.weekday())
    days = {"unit": unit, "since": monday, "until": monday + dt.timedelta(days=7), "by": by}
    seen = fill_from_rotation(**days, preview=True)
    assert not Watch.objects.exists()
    assert fill_from_rotation(**days) == seen
    assert fill_from_rotation(**days) == []
    filled = Watch.objects.count()
    assert filled == len(seen)
    placed = Watch.objects.select_related("shift").order_by("shift__starts_at")
    assert all(each.user_id == two[(timezone.localdate(each.shift.starts_at) - today).days % 2] for each in placed)
    copied = copy_week(unit=unit, monday=monday + dt.timedelta(days=7), by=by)
    assert len([each for each in copied if each.possible]) == filled


def test_only_what_is_published_counts(cast: Cast, small_ground: SmallGround) -> None:
    shift = shift_at(small_ground.sub_center, 0.5, published=False)
    mine = watch(shift, cast.user("street_dispatcher"))
    with pytest.raises(RosterRefused):
        take_up(watch_id=mine.pk, by=cast.street_dispatcher)
    today = timezone.localdate(clock.now())
    days = {"since": today, "until": today + dt.timedelta(days=2)}
    assert publish_shifts(unit=small_ground.sub_center, **days, by=cast.street_dispatcher) == 1
    assert publish_shifts(unit=small_ground.sub_center, **days, by=cast.street_dispatcher) == 0
    assert take_up(watch_id=mine.pk, by=cast.street_dispatcher).state == WatchState.PRESENT
    assert shift.handover.due_at == shift.ends_at


def test_the_deputy_steps_in(cast: Cast, small_ground: SmallGround) -> None:
    principal = Membership.objects.get(user=cast.user("street_dispatcher"))
    Membership.objects.filter(user=cast.user("street_dispatcher2")).update(standing="b_role", deputy_of=principal)
    soon, later = shift_at(small_ground.sub_center, 2), shift_at(small_ground.sub_center, 200)
    watch(soon, cast.user("street_dispatcher"))
    watch(later, cast.user("street_dispatcher"))
    now = clock.now()
    gone = take_leave(
        user=cast.user("street_dispatcher"), span=Span(now, now + dt.timedelta(days=1)), by=cast.street_dispatcher
    )
    assert gone.freed == (soon.pk,)
    assert [(each.user_id, each.post) for each in gone.stand_ins] == [
        (cast.user("street_dispatcher2").pk, "dispatcher")
    ]
    end_leave(leave_id=gone.leave.pk, by=cast.street_dispatcher)
    states = Watch.objects.order_by("shift__starts_at").values_list("user__username", "state")
    assert list(states) == [("street_dispatcher", "planned"), ("street_dispatcher", "planned")]


def test_leave_is_told_by_oneself_or_who_keeps_the_roster(cast: Cast, small_ground: SmallGround) -> None:
    now = clock.now()
    span = Span(now, now + HOUR)
    with pytest.raises(NotAllowed):
        take_leave(user=cast.user("street_dispatcher"), span=span, by=cast.other_street_dispatcher)
    take_leave(user=cast.user("street_dispatcher"), span=span, by=cast.street_dispatcher2)
    assert Leave.objects.count() == 1
