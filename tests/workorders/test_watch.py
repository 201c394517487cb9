"""Who watches the machine: the audit is done by whichever driver is awake, and its age is a fact of health."""

from __future__ import annotations

import pytest
from django.core.management import call_command

from lianqin.kernel.errors import NotAllowed
from relay.health import facts
from tests.workorders.conftest import Desk
from workorders.models import Alarm, SweepRecord, Timer
from workorders.services.auditor import audit_if_due
from workorders.tasks import audit_orders


def test_one_audit_a_minute_whoever_asks(desk: Desk) -> None:
    SweepRecord.objects.all().delete()
    assert facts()["last_audit_age_seconds"].ok is False

    assert audit_if_due() is True
    assert audit_if_due() is False
    assert audit_orders() is False
    assert facts()["last_audit_age_seconds"].ok is True


def test_what_the_audit_finds_turns_health_red(desk: Desk) -> None:
    order = desk.registered()
    SweepRecord.objects.all().delete()
    Timer.objects.filter(order=order, stage="resolve").update(state="cancelled")

    audit_if_due()

    assert Alarm.objects.filter(kind="order_without_clock", subject=order.number, cleared_at=None).count() == 1
    assert facts()["auditor_findings"].ok is False


def test_staff_withdraw_their_own_report_only_before_it_is_registered(desk: Desk) -> None:
    """Whoever typed in a report is its reporter, but voiding a registered order takes a second person."""
    early = desk.do(desk.report(), "withdraw", desk.cast.street_dispatcher, reason="录错了")
    assert early.status == "voided"

    order = desk.registered()
    with pytest.raises(NotAllowed) as refusal:
        desk.do(order, "withdraw", desk.cast.street_dispatcher, reason="录错了")
    assert refusal.value.code == "void_instead"
    assert desk.events(order) == ["report", "register"]


def test_a_citizen_withdraws_a_registered_order(desk: Desk) -> None:
    order = desk.report(desk.cast.citizen, source="citizen")
    order = desk.do(order, "register", desk.cast.street_dispatcher, conditions_confirmed=True)
    assert desk.do(order, "withdraw", desk.cast.citizen, reason="已经解决").status == "voided"


@pytest.mark.parametrize(("urgency", "day"), [("critical", 86_400), ("normal", 7 * 3600)])
def test_supervision_repeats_once_a_day_of_the_clock(desk: Desk, urgency: str, day: int) -> None:
    """Around the clock a day has 24 hours; by the calendar it is a workday of seven."""
    call_command("seed_catalogue", verbosity=0)
    order = desk.at_district(urgency=urgency)

    resolve = Timer.objects.get(order=order, stage="resolve", level="district", state="pending")
    assert resolve.policy_snapshot["around_the_clock"] is (urgency == "critical")
    assert resolve.policy_snapshot["day_seconds"] == day
