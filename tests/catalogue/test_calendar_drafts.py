"""Calendars with four eyes, hours of the week, and units that keep hours of their own."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from accounts.errors import DraftNotOpen, SecondPersonNeeded
from catalogue import calendars
from catalogue.calendars import DayPlan
from catalogue.deadlines import policy_for
from catalogue.errors import CalendarInvalid, CalendarYearUnknown, DraftIsEmpty
from catalogue.models import CalendarDay, CalendarDraft, CalendarRecomputation, WorkCalendar
from catalogue.selectors.calendars import differences, draft_clock, draft_plans, standing_clock
from catalogue.services.calendar_drafts import (
    decide_calendar,
    draft_calendar,
    drop_days,
    edit_calendar_draft,
    fill_year,
    put_days,
    submit_calendar,
)
from catalogue.workclock import SHANGHAI, CalendarClock, parse_slots, parse_week
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import Invalid, NotAllowed
from tests.cast import SmallGround

STANDARD = [["09:00", "12:00"], ["13:30", "17:30"]]
NEW_YEAR = dt.date(2027, 1, 1)  # A Friday.


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def publish(draft: CalendarDraft, drafter: Actor, approver: Actor) -> int:
    submit_calendar(draft_id=draft.pk, by=drafter)
    decided = decide_calendar(draft_id=draft.pk, approve=True, by=approver)
    assert decided.calendar is not None
    return decided.calendar.version


def test_a_draft_publishes_nothing_until_another_approves(seeded: None, sysadmin: Actor, commander: Actor) -> None:
    draft = draft_calendar(name="法定工作日历", by=sysadmin)
    with pytest.raises(DraftIsEmpty):
        submit_calendar(draft_id=draft.pk, by=sysadmin)
    put_days(draft_id=draft.pk, days=[DayPlan(NEW_YEAR, False, "元旦")], by=sysadmin)
    submit_calendar(draft_id=draft.pk, by=sysadmin)
    assert calendars.current().version == 1
    assert calendars.current().is_workday(NEW_YEAR)
    with pytest.raises(NotAllowed):
        decide_calendar(draft_id=draft.pk, approve=True, by=sysadmin)
    with pytest.raises(DraftNotOpen):
        put_days(draft_id=draft.pk, days=[DayPlan(NEW_YEAR, True)], by=sysadmin)
    decided = decide_calendar(draft_id=draft.pk, approve=True, by=commander)
    assert decided.calendar is not None
    assert (decided.calendar.version, decided.calendar.published_by_id) == (2, commander.user_id)
    assert not calendars.current().is_workday(NEW_YEAR)
    assert calendars.by_version(1).is_workday(NEW_YEAR)
    offer = CalendarRecomputation.objects.get()
    # The one who drafted offers, so that the one who published may decide about the orders, too.
    assert (offer.proposed_by_id, offer.previous.version, offer.calendar.version) == (sysadmin.user_id, 1, 2)


def test_a_draft_that_is_sent_back_publishes_nothing(seeded: None, sysadmin: Actor, commander: Actor) -> None:
    draft = draft_calendar(name="法定工作日历", by=sysadmin)
    put_days(draft_id=draft.pk, days=[DayPlan(NEW_YEAR, False, "元旦")], by=sysadmin)
    submit_calendar(draft_id=draft.pk, by=sysadmin)
    decide_calendar(draft_id=draft.pk, approve=False, opinion="请附通知", by=commander)
    assert WorkCalendar.objects.count() == 1
    drop_days(draft_id=draft.pk, dates=[NEW_YEAR], by=sysadmin)
    assert not draft.days.exists()


def test_the_same_person_never_does_both(seeded: None, sysadmin: Actor, make_actor: Any) -> None:
    both = make_actor("both", officer="sysadmin", grants=("command_orders",))
    draft = draft_calendar(name="法定工作日历", by=both)
    put_days(draft_id=draft.pk, days=[DayPlan(NEW_YEAR, False)], by=both)
    submit_calendar(draft_id=draft.pk, by=both)
    with pytest.raises(SecondPersonNeeded):
        decide_calendar(draft_id=draft.pk, approve=True, by=both)
    assert WorkCalendar.objects.count() == 1


def test_what_changes_is_told_day_by_day(seeded: None, sysadmin: Actor) -> None:
    draft = draft_calendar(name="法定工作日历", by=sysadmin)
    days = [
        DayPlan(NEW_YEAR, False, "元旦"),
        DayPlan(dt.date(2027, 1, 2), False, "元旦"),  # A Saturday: no hour changes.
        DayPlan(dt.date(2027, 1, 10), True, "元旦调休上班"),
        DayPlan(dt.date(2027, 2, 5), True, "除夕前", [["09:00", "12:00"]]),
        DayPlan(dt.date(2026, 11, 23), True),  # A plain Monday: says nothing.
    ]
    assert put_days(draft_id=draft.pk, days=days, by=sysadmin) == 4
    found = differences(standing_clock(draft), draft_clock(draft), draft_plans(draft), since=dt.date(2026, 1, 1))
    morning, day = parse_slots([["09:00", "12:00"]]), parse_slots(STANDARD)
    assert [(each.date.isoformat(), each.before, each.after, each.note) for each in found] == [
        ("2027-01-01", day, (), "元旦"),
        ("2027-01-10", (), day, "元旦调休上班"),
        ("2027-02-05", day, morning, "除夕前"),
    ]


def test_the_notice_of_a_year_is_taken_over_where_it_is_known(db: None, sysadmin: Actor, commander: Actor) -> None:
    draft = draft_calendar(name="法定工作日历", by=sysadmin)
    with pytest.raises(CalendarYearUnknown) as refusal:
        fill_year(draft_id=draft.pk, year=2031, by=sysadmin)
    assert refusal.value.status == 409
    put_days(draft_id=draft.pk, days=[DayPlan(dt.date(2026, 10, 1), True, "误录")], by=sysadmin)
    fill_year(draft_id=draft.pk, year=2026, by=sysadmin)
    clock = draft_clock(CalendarDraft.objects.get(pk=draft.pk))
    assert not clock.is_workday(dt.date(2026, 10, 1))
    assert clock.is_workday(dt.date(2026, 10, 10))
    assert publish(draft, sysadmin, commander) == 1
    # With the years before it: the first calendar of a district explains old orders, too.
    assert CalendarDay.objects.filter(calendar__version=1, date=dt.date(2010, 10, 1), workday=False).exists()


def test_hours_and_days_are_refused_with_the_field(seeded: None, sysadmin: Actor, dispatcher: Actor) -> None:
    with pytest.raises(NotAllowed):
        draft_calendar(name="x", by=dispatcher)
    draft = draft_calendar(name="法定工作日历", by=sysadmin)
    with pytest.raises(CalendarInvalid):
        put_days(draft_id=draft.pk, days=[DayPlan(NEW_YEAR, True, "", [["12:00", "09:00"]])], by=sysadmin)
    head: dict[str, Any] = {"name": "x", "slots": STANDARD, "week": None, "known_until": dt.date(2027, 12, 31)}
    bad: tuple[dict[str, Any], ...] = ({"slots": []}, {"week": [[], [], [], [], [], [], []]}, {"week": [STANDARD]})
    for wrong in bad:
        with pytest.raises(CalendarInvalid):
            edit_calendar_draft(draft_id=draft.pk, by=sysadmin, **{**head, **wrong})
    with pytest.raises(Invalid) as refusal:
        edit_calendar_draft(draft_id=draft.pk, by=sysadmin, **{**head, "known_until": dt.date(2025, 12, 31)})
    assert set(refusal.value.fields) == {"known_until"}
    with pytest.raises(Invalid) as refusal:
        put_days(draft_id=draft.pk, days=[DayPlan(NEW_YEAR, False, "", [["09:00", "12:00"]])], by=sysadmin)
    assert set(refusal.value.fields) == {"slots"}


def test_each_weekday_may_keep_its_own_hours() -> None:
    clock = CalendarClock(
        version=3,
        slots=parse_slots(STANDARD),
        days={dt.date(2026, 11, 29): parse_slots(STANDARD)},  # A Sunday at work.
        known_from=dt.date(2026, 1, 1),
        known_until=dt.date(2026, 12, 31),
        week=parse_week([STANDARD, STANDARD, [["09:00", "12:00"]], STANDARD, STANDARD, [["09:00", "12:00"]], []]),
    )
    assert clock.day_seconds == 7 * 3600
    assert clock.add(at("2026-11-27 17:20"), 3600) == at("2026-11-28 09:50")  # Friday evening, Saturday morning
    assert clock.add(at("2026-11-28 11:00"), 2 * 3600) == at("2026-11-29 10:00")
    assert clock.add(at("2026-11-25 11:00"), 2 * 3600) == at("2026-11-26 10:00")  # Wednesday afternoon is off
    assert clock.seconds_between(at("2026-11-23 00:00"), at("2026-11-30 00:00")) == (4 * 7 + 3 + 3 + 7) * 3600


SATURDAY_TOO: dict[str, Any] = {
    "name": "便民服务中心工作日历",
    "slots": STANDARD,
    "week": [*[STANDARD] * 5, [["09:00", "12:00"]], []],
    "known_until": dt.date(2026, 12, 31),
}


def test_a_unit_keeps_its_hours_and_follows_the_holidays_of_the_district(
    seeded: None, small_ground: SmallGround, sysadmin: Actor, commander: Actor
) -> None:
    unit = small_ground.urban_squad
    mine = draft_calendar(name="便民服务中心工作日历", unit_id=unit.pk, by=sysadmin)
    edit_calendar_draft(draft_id=mine.pk, by=sysadmin, **SATURDAY_TOO)
    put_days(draft_id=mine.pk, days=[DayPlan(dt.date(2026, 12, 5), False, "停电检修")], by=sysadmin)
    assert publish(mine, sysadmin, commander) == 2

    def version(unit_id: int | None) -> int:
        return policy_for(
            stage="handle", level="street", category_id=None, urgency="normal", unit_id=unit_id
        ).calendar_version

    assert (version(unit.pk), version(small_ground.market_squad.pk), version(None)) == (2, 1, 1)
    assert calendars.current().version == 1
    friday = at("2026-11-27 17:20")
    assert calendars.current(unit.pk).add(friday, 3600) == at("2026-11-28 09:50")
    assert calendars.current().add(friday, 3600) == at("2026-11-30 09:50")

    ours = draft_calendar(name="法定工作日历", by=sysadmin)
    put_days(draft_id=ours.pk, days=[DayPlan(NEW_YEAR, False, "元旦")], by=sysadmin)
    assert publish(ours, sysadmin, commander) == 3
    assert (version(unit.pk), version(None)) == (4, 3)
    clock = calendars.by_version(4)
    assert not clock.is_workday(NEW_YEAR)  # The district's holiday
    assert clock.is_workday(dt.date(2026, 11, 28))  # its own Saturday
    assert not clock.is_workday(dt.date(2026, 12, 5))  # its own day off
    offers = CalendarRecomputation.objects.order_by("id").values_list("previous__version", "calendar__version")
    assert list(offers) == [(1, 3), (2, 4)]
    assert calendars.by_version(2).is_workday(NEW_YEAR)
