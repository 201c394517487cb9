"""New rules and calendars, and the clocks of orders that are open: frozen, unless somebody decides otherwise."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from catalogue.calendars import DayPlan
from catalogue.models import CalendarRecomputation
from catalogue.services.calendar_drafts import (
    decide_calendar,
    draft_calendar,
    edit_calendar_draft,
    put_days,
    submit_calendar,
)
from catalogue.services.deadline_drafts import Line, decide_deadlines, draft_deadlines, put_deadlines, submit_deadlines
from catalogue.services.deadlines import today
from catalogue.services.recomputations import approve_recomputation
from relay.models import OutboxMessage
from tests.workorders.conftest import Desk
from workorders.models import Timer, WorkOrder
from workorders.receivers import recompute
from workorders.services.recompute import count_moved

DAY = 7 * 3600
STANDARD = [["09:00", "12:00"], ["13:30", "17:30"]]


def clock_of(order: WorkOrder, stage: str) -> Timer:
    return Timer.objects.filter(order=order, stage=stage).order_by("-id")[0]


def facts(order: WorkOrder) -> list[tuple[Any, ...]]:
    rows = Timer.objects.filter(order=order).order_by("id")
    return [(row.stage, row.state, row.due_at, row.next_at, row.policy_snapshot, row.calendar_version) for row in rows]


def approve_rules(desk: Desk, *lines: Line) -> None:
    draft = draft_deadlines(name="延长办结", valid_from=today(), by=desk.cast.sysadmin)
    put_deadlines(draft_id=draft.pk, lines=list(lines), by=desk.cast.sysadmin)
    submit_deadlines(draft_id=draft.pk, by=desk.cast.sysadmin)
    decide_deadlines(draft_id=draft.pk, approve=True, by=desk.cast.commander)


def test_an_approved_rule_moves_no_running_clock(desk: Desk) -> None:
    order = desk.dispatched()
    before, due_at = facts(order), order.due_at
    approve_rules(desk, Line(stage="resolve", urgency="normal", amount=5, unit="workdays"),
                  Line(stage="handle", urgency="normal", amount=3, unit="workdays"))  # fmt: skip
    order.refresh_from_db()
    assert (facts(order), order.due_at) == (before, due_at)
    assert clock_of(order, "resolve").policy_snapshot["seconds"] == 3 * DAY

    later = desk.dispatched(title="另一件")
    assert clock_of(later, "resolve").policy_snapshot["seconds"] == 5 * DAY


@pytest.fixture
def saturday_too(desk: Desk) -> int:
    """The urban squad of the street works on Saturday mornings; the version of its calendar."""
    by = desk.cast.sysadmin
    draft = draft_calendar(name="城管中队工作日历", unit_id=desk.ground.urban_squad.pk, by=by)
    week = [*[STANDARD] * 5, [["09:00", "12:00"]], []]
    known = dt.date(2026, 12, 31)
    edit_calendar_draft(draft_id=draft.pk, by=by, name="城管中队工作日历", slots=STANDARD, week=week, known_until=known)
    submit_calendar(draft_id=draft.pk, by=by)
    decided = decide_calendar(draft_id=draft.pk, approve=True, by=desk.cast.commander)
    assert decided.calendar is not None
    return decided.calendar.version


def test_what_a_unit_does_goes_by_its_own_hours_and_the_order_by_the_districts(desk: Desk, saturday_too: int) -> None:
    order = desk.handling(desk.ground.market_squad.code)
    versions = {
        (row.stage, row.assignment.unit_id if row.assignment else None): row.calendar_version
        for row in Timer.objects.filter(order=order).select_related("assignment")
    }
    urban, market = desk.ground.urban_squad.pk, desk.ground.market_squad.pk
    assert versions["acknowledge", urban] == saturday_too
    assert versions["handle", urban] == saturday_too
    assert versions["acknowledge", market] == 0
    assert versions["resolve", None] == 0
    assert clock_of(order, "handle").due_at <= clock_of(order, "resolve").due_at


def test_a_published_calendar_offers_and_only_then_moves_open_orders(desk: Desk) -> None:
    order = desk.registered()
    due_at = clock_of(order, "resolve").due_at
    by = desk.cast.sysadmin
    first = draft_calendar(name="法定工作日历", by=by)
    days = [DayPlan(today() + dt.timedelta(days=n), False, "放假") for n in range(1, 31)]
    put_days(draft_id=first.pk, days=days, by=by)
    submit_calendar(draft_id=first.pk, by=by)
    decide_calendar(draft_id=first.pk, approve=True, by=desk.cast.commander)
    # The first calendar has none before it to offer from; the second has.
    assert not CalendarRecomputation.objects.exists()
    ordered = desk.registered(title="第二件")
    assert clock_of(ordered, "resolve").calendar_version == 1
    away = clock_of(ordered, "resolve").due_at
    second = draft_calendar(name="法定工作日历", by=by)
    put_days(draft_id=second.pk, days=[DayPlan(day.date, True) for day in days if day.date.weekday() < 5], by=by)
    submit_calendar(draft_id=second.pk, by=by)
    decide_calendar(draft_id=second.pk, approve=True, by=desk.cast.commander)
    offer = CalendarRecomputation.objects.get()
    assert count_moved(1, offer.changed_from) == 1
    assert clock_of(ordered, "resolve").due_at == away

    approve_recomputation(recomputation_id=offer.pk, by=desk.cast.commander)
    recompute(OutboxMessage.objects.get(topic="calendar.recompute"))
    offer.refresh_from_db()
    assert (offer.state, offer.order_total, offer.order_count) == ("applied", 1, 1)
    assert clock_of(ordered, "resolve").due_at < away
    assert clock_of(order, "resolve").due_at == due_at
    assert "recomputed" in desk.events(ordered)
    assert "recomputed" not in desk.events(order)
