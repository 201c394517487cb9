"""Calendars are published, kept, and recomputed only with a second person's consent."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.test import override_settings
from pytest_django.asserts import assertNumQueries

from accounts.models import AuditEntry
from catalogue import calendars
from catalogue.errors import (
    AlreadyDecided,
    CalendarInvalid,
    CalendarUnknown,
    CalendarVersionTaken,
    NothingToRecompute,
    SecondPersonNeeded,
)
from catalogue.models import CalendarRecomputation, WorkCalendar
from catalogue.services import (
    DayPlan,
    approve_recomputation,
    mark_recomputation_applied,
    propose_recomputation,
    publish_calendar,
    refuse_recomputation,
)
from catalogue.services.calendar_drafts import decide_calendar, draft_calendar, put_days, submit_calendar
from catalogue.workclock import SHANGHAI
from lianqin.kernel.actors import SYSTEM, Actor
from lianqin.kernel.errors import NotAllowed
from relay.models import OutboxMessage

NEW_YEAR = [
    DayPlan(dt.date(2027, 1, 1), False, "元旦"),
    DayPlan(dt.date(2027, 1, 2), False, "元旦"),
    DayPlan(dt.date(2027, 1, 3), True, "元旦调休上班"),
]


def put_out(days: list[DayPlan], drafter: Actor, approver: Actor) -> WorkCalendar:
    """The way of people: one drafts, another approves."""
    draft = draft_calendar(name="法定工作日历", by=drafter)
    put_days(draft_id=draft.pk, days=days, by=drafter)
    submit_calendar(draft_id=draft.pk, by=drafter)
    published = decide_calendar(draft_id=draft.pk, approve=True, by=approver).calendar
    assert published is not None
    return published


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.django_db
def test_without_a_published_calendar_the_official_one_stands_in() -> None:
    clock = calendars.current()
    assert clock.version == 0
    assert clock.add(at("2026-02-14 16:00"), 25200) == at("2026-02-24 16:00")


@pytest.mark.usefixtures("seeded")
def test_the_seeded_calendar_knows_the_official_days() -> None:
    clock = calendars.current()
    assert clock.version == 1
    assert clock.is_workday(dt.date(2026, 2, 14))
    assert not clock.is_workday(dt.date(2026, 10, 7))
    assert clock.warning_for(at("2027-01-01 00:00")) != ""
    day = WorkCalendar.objects.get(version=1).days.get(date=dt.date(2026, 2, 14))
    assert (day.workday, day.note) == (True, "春节调休上班")


def test_a_new_calendar_leaves_the_old_one_as_it_was(seeded: None, sysadmin: Actor) -> None:
    publish_calendar(version=2, days=NEW_YEAR, by=SYSTEM)
    start = at("2026-12-31 10:00")
    assert calendars.by_version(1).add(start, 25200) == at("2027-01-01 10:00")
    assert calendars.current().version == 2
    assert calendars.current().add(start, 25200) == at("2027-01-03 10:00")
    assert calendars.current().warning_for(at("2027-12-31 12:00")) == ""
    assert calendars.by_version(1).warning_for(at("2027-12-31 12:00")) != ""
    assert calendars.current().is_workday(dt.date(2026, 2, 14))
    assert AuditEntry.objects.filter(action="catalogue.publish_calendar").count() == 2  # With the seeded one.
    with pytest.raises(CalendarUnknown):
        calendars.by_version(3)


def test_clocks_cost_no_query_when_warm(seeded: None) -> None:
    calendars.current()
    with assertNumQueries(0):
        calendars.current()
        calendars.by_version(1)


def test_who_may_publish_and_what(seeded: None, sysadmin: Actor, commander: Actor, dispatcher: Actor) -> None:
    for person in (dispatcher, sysadmin, commander):  # Whoever it is: a person goes through a draft.
        with pytest.raises(NotAllowed):
            publish_calendar(version=2, days=NEW_YEAR, by=person)
    with pytest.raises(CalendarVersionTaken):
        publish_calendar(version=1, days=NEW_YEAR, by=SYSTEM)
    with pytest.raises(CalendarInvalid):
        publish_calendar(version=2, days=NEW_YEAR, slots=[["12:00", "09:00"]], by=SYSTEM)
    assert WorkCalendar.objects.count() == 1
    assert not CalendarRecomputation.objects.exists()


def test_recomputation_needs_a_second_person(
    seeded: None, sysadmin: Actor, commander: Actor, dispatcher: Actor
) -> None:
    put_out(NEW_YEAR, sysadmin, commander)
    offer = CalendarRecomputation.objects.get()
    assert (offer.state, offer.proposed_by_id) == ("proposed", sysadmin.user_id)
    assert (offer.changed_from, offer.changed_until) == (dt.date(2027, 1, 1), dt.date(2027, 1, 3))
    assert propose_recomputation(version=2, by=sysadmin).pk == offer.pk
    for other in (sysadmin, dispatcher):
        with pytest.raises(NotAllowed):
            approve_recomputation(recomputation_id=offer.pk, by=other)
    assert not OutboxMessage.objects.filter(topic="calendar.recompute").exists()

    approve_recomputation(recomputation_id=offer.pk, by=commander)
    message = OutboxMessage.objects.get(topic="calendar.recompute")
    assert message.payload == {
        "recomputation": offer.pk,
        "from_version": 1,
        "to_version": 2,
        "changed_from": "2027-01-01",
        "changed_until": "2027-01-03",
    }
    with pytest.raises(AlreadyDecided):
        approve_recomputation(recomputation_id=offer.pk, by=commander)
    assert OutboxMessage.objects.filter(topic="calendar.recompute").count() == 1
    assert mark_recomputation_applied(recomputation_id=offer.pk, order_count=4) is True
    assert mark_recomputation_applied(recomputation_id=offer.pk, order_count=4) is False


def test_a_commander_who_proposed_may_not_approve(seeded: None, sysadmin: Actor, commander: Actor) -> None:
    put_out(NEW_YEAR, sysadmin, commander)
    offer = CalendarRecomputation.objects.get()
    refuse_recomputation(recomputation_id=offer.pk, by=commander)
    again = propose_recomputation(version=2, by=commander, reason="元旦前集中重算")
    assert again.pk != offer.pk
    with pytest.raises(SecondPersonNeeded):
        approve_recomputation(recomputation_id=again.pk, by=commander)
    with pytest.raises(IntegrityError), transaction.atomic():
        CalendarRecomputation.objects.filter(pk=again.pk).update(approved_by=commander.user_id)
    assert not OutboxMessage.objects.filter(topic="calendar.recompute").exists()


def test_a_calendar_that_changes_nothing_offers_nothing(seeded: None, sysadmin: Actor) -> None:
    publish_calendar(version=2, days=[DayPlan(dt.date(2026, 11, 23), True, "平日")], by=SYSTEM)
    assert not CalendarRecomputation.objects.exists()
    with pytest.raises(NothingToRecompute):
        propose_recomputation(version=2, by=sysadmin)


@pytest.mark.usefixtures("seeded")
@override_settings(LIANQIN_TIME_SCALE=60)
def test_time_scale_makes_a_clock_that_never_closes() -> None:
    clock = calendars.current()
    assert clock.note == "演示时钟：全天不停，时限缩短为 1/60"
    assert clock.day_seconds == 25200
    assert clock.add(at("2026-11-21 02:43"), 3 * 25200) == at("2026-11-21 03:04")
    assert clock.seconds_between(at("2026-11-21 02:43"), at("2026-11-21 03:04")) == 75600.0
