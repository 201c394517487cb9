"""A short shift is told of before it begins, once a step; an unsigned hand-over half an hour after the change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import ProgrammingError, transaction

from dispatch.errors import NotAllowed, RosterRefused
from dispatch.models import Handover, Notice, Shift
from dispatch.services import (
    assign,
    call_for_handovers,
    check_staffing,
    generate_shifts,
    sign_handover,
    unassign,
    write_handover,
)
from lianqin.kernel import clock
from tests.cast import Cast, SmallGround
from tests.dispatch.rosters import HOUR, shift_at, watch
from tests.workorders.conftest import Desk
from workorders.models import Alarm

Shifter = Callable[[dt.timedelta], None]


def told() -> list[tuple[str, str]]:
    return list(Notice.objects.filter(kind="roster_gap", user=None).order_by("pk").values_list("key", "gravity"))


def standing() -> int:
    return Alarm.objects.filter(kind="roster_gap", cleared_at=None).count()


def due(shift: Shift) -> Shift:
    """As generation leaves it: first looked at a day before."""
    Shift.objects.filter(pk=shift.pk).update(check_due_at=shift.starts_at - 24 * HOUR, check_step=0)
    return shift


def test_the_ladder_once_a_step(cast: Cast, small_ground: SmallGround, shift: Shifter) -> None:
    gap = due(shift_at(small_ground.sub_center, 25))
    assert check_staffing() == 0
    shift(dt.timedelta(hours=2))
    assert (check_staffing(), check_staffing()) == (1, 0)
    assert told() == [(f"roster_gap:{gap.pk}:0", "warn")]
    assert standing() == 1
    commander = Notice.objects.get(kind="roster_gap", user=cast.user("commander"))
    assert commander.facts["unit_name"] == "东街联勤指挥分中心"
    shift(dt.timedelta(hours=19, minutes=30))
    check_staffing()
    shift(dt.timedelta(hours=3, minutes=10))
    check_staffing()
    shift(dt.timedelta(minutes=30))
    check_staffing()
    check_staffing()
    assert [key[-1] for key, _gravity in told()] == ["0", "1", "2", "3"]
    assert {gravity for _key, gravity in told()[1:]} == {"critical"}


def test_it_stops_when_somebody_is_there(cast: Cast, small_ground: SmallGround, shift: Shifter) -> None:
    gap = due(shift_at(small_ground.sub_center, 23))
    check_staffing()
    assert standing() == 1
    made = assign(
        shift_id=gap.pk, user_id=cast.user("street_dispatcher").pk, post="dispatcher", by=cast.street_dispatcher
    )
    assert standing() == 0
    shift(dt.timedelta(hours=20))
    check_staffing()
    assert len(told()) == 1
    # Whoever stands in it hears of it four hours before.
    assert Notice.objects.get(kind="shift_due").user == cast.user("street_dispatcher")
    unassign(watch_id=made.pk, by=cast.street_dispatcher)
    shift(dt.timedelta(hours=2, minutes=45))
    check_staffing()
    assert [key[-1] for key, _gravity in told()] == ["0", "2"]


def test_a_draft_counts_as_nobody(cast: Cast, small_ground: SmallGround) -> None:
    draft = due(shift_at(small_ground.sub_center, 3, published=False))
    watch(draft, cast.user("street_dispatcher"))
    assert check_staffing() == 1
    # Late: only the step that is due now is told, not those before it.
    assert told() == [(f"roster_gap:{draft.pk}:1", "critical")]


def test_a_department_is_told_of_at_its_centre(cast: Cast, small_ground: SmallGround) -> None:
    due(shift_at(small_ground.urban_squad, 3, on_call=1))
    officer = watch(
        shift_at(small_ground.sub_center, -1, duty_officer=1), cast.user("street_dispatcher2"), "duty_officer"
    )
    check_staffing()
    units = set(Notice.objects.filter(user=None).values_list("unit__code", flat=True))
    assert units == {"320999001-urban_management", "320999001-centre"}
    assert Notice.objects.filter(user_id=officer.user_id, kind="roster_gap").count() == 1


def test_nothing_is_due_without_shifts(small_ground: SmallGround) -> None:
    assert generate_shifts() == 0
    assert check_staffing() == 0


def handover(cast: Cast, ground: SmallGround) -> Handover:
    """The first dispatcher goes in an hour, the second comes."""
    goes = shift_at(ground.sub_center, -7)
    watch(goes, cast.user("street_dispatcher"))
    watch(shift_at(ground.sub_center, 1), cast.user("street_dispatcher2"))
    Shift.objects.filter(unit=ground.sub_center, starts_at__gt=clock.now()).update(starts_at=goes.ends_at)
    late = goes.ends_at + dt.timedelta(minutes=30)
    return Handover.objects.create(shift=goes, unit=ground.sub_center, due_at=goes.ends_at, alarm_due_at=late)


def test_written_signed_and_then_for_good(cast: Cast, small_ground: SmallGround) -> None:
    made = handover(cast, small_ground)
    with pytest.raises(RosterRefused):
        sign_handover(handover_id=made.pk, by=cast.street_dispatcher2)
    with pytest.raises(NotAllowed):
        write_handover(handover_id=made.pk, important="", pending="", by=cast.other_street_dispatcher)
    write_handover(handover_id=made.pk, important="寒潮", pending=" 积水一件 ", by=cast.street_dispatcher)
    made.refresh_from_db()
    assert (made.important, made.pending) == ("寒潮", "积水一件")
    assert made.facts == {"open": 0, "overdue": 0, "urgent": 0, "to_dispatch": 0, "supervised": 0}
    assert made.taken_by_shift is not None
    assert Notice.objects.get(kind="handed_over").user == cast.user("street_dispatcher2")
    with pytest.raises(RosterRefused):
        sign_handover(handover_id=made.pk, by=cast.street_dispatcher)
    sign_handover(handover_id=made.pk, remark="清楚", by=cast.street_dispatcher2)
    with pytest.raises(RosterRefused):
        write_handover(handover_id=made.pk, important="改", pending="", by=cast.street_dispatcher)
    with pytest.raises(ProgrammingError), transaction.atomic():
        Handover.objects.filter(pk=made.pk).update(important="改")
    with pytest.raises(ProgrammingError), transaction.atomic():
        Handover.objects.filter(pk=made.pk).delete()
    made.refresh_from_db()
    assert (made.important, made.signed_by) == ("寒潮", cast.user("street_dispatcher2"))


def test_the_counts_are_those_of_the_centre(cast: Cast, small_ground: SmallGround, desk: Desk) -> None:
    made = handover(cast, small_ground)
    desk.report()
    write_handover(handover_id=made.pk, important="", pending="", by=cast.street_dispatcher)
    made.refresh_from_db()
    assert (made.facts["open"], made.facts["to_dispatch"]) == (1, 1)


def test_called_for_half_an_hour_after(cast: Cast, small_ground: SmallGround, shift: Shifter) -> None:
    made = handover(cast, small_ground)
    shift(dt.timedelta(hours=1, minutes=20))
    assert call_for_handovers() == 0
    shift(dt.timedelta(minutes=15))
    assert (call_for_handovers(), call_for_handovers()) == (1, 0)
    assert Notice.objects.filter(kind="handover_due", unit=small_ground.sub_center).count() == 1
    assert Alarm.objects.get(kind="handover_late", cleared_at=None).subject == str(made.pk)
    write_handover(handover_id=made.pk, important="", pending="", by=cast.street_dispatcher)
    sign_handover(handover_id=made.pk, by=cast.street_dispatcher2)
    assert not Alarm.objects.filter(kind="handover_late", cleared_at=None).exists()
