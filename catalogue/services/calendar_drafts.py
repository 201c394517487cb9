"""Work calendars with four eyes: one drafts and submits, another approves, and only then a version is published."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.services import audit, decide_draft, lock_draft, require_open, submit_draft, withdraw_draft
from catalogue.calendars import STANDARD_SLOTS, DayPlan, Hours, Week, holidays_known_until, known_days
from catalogue.errors import CalendarYearUnknown, DraftIsEmpty
from catalogue.models import CalendarDraft, CalendarDraftDay, WorkCalendar
from catalogue.permissions import Action, can
from catalogue.revisions import touch
from catalogue.selectors.calendars import draft_clock, draft_plans, standing_clock
from catalogue.services.calendars import check_hours, newest_calendar, put_out
from catalogue.workclock import LAST_YEAR
from grids.models import Unit
from grids.selectors import may_approve
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import Invalid, NotAllowed

EARLIEST = 2004
LONGEST_NOTE = 64


@transaction.atomic
def draft_calendar(*, name: str, by: Actor, unit_id: int | None = None, reason: str = "") -> CalendarDraft:
    """Begin the next version of the district's calendar, or of one unit's own. Raise NotAllowed, Invalid."""
    _require(by)
    if unit_id is not None and not Unit.objects.filter(pk=unit_id, active=True).exists():
        raise Invalid(fields={"unit": [_("没有这个单位，或已停用")]})
    if not name.strip() or len(name) > 64:
        raise Invalid(fields={"name": [_("请用不超过64个字命名")]})
    base = newest_calendar(unit_id) or newest_calendar(None)
    draft = CalendarDraft.objects.create(
        name=name,
        unit_id=unit_id,
        slots=base.slots if base else STANDARD_SLOTS,
        week=base.week if base else None,
        known_until=base.known_until if base else holidays_known_until(),
        reason=reason,
        drafted_by_id=by.user_id,
    )
    draft.refresh_from_db()
    _audit(by, "draft_calendar", draft, after={"name": name, "unit": unit_id})
    return draft


@transaction.atomic
def edit_calendar_draft(
    *,
    draft_id: int,
    by: Actor,
    name: str,
    slots: Hours,
    week: Week | None,
    known_until: dt.date,
    reason: str = "",
) -> CalendarDraft:
    """Set the hours of the draft, and until when its holidays are known.

    Raise NotAllowed, NotVisible, DraftNotOpen, CalendarInvalid, Invalid.
    """
    draft = _opened(draft_id, by)
    check_hours(slots, week, ())
    base = newest_calendar(draft.unit_id) or newest_calendar(None)
    if base is not None and known_until < base.known_until:
        raise Invalid(fields={"known_until": [_("不能早于现行日历的%(day)s") % {"day": base.known_until}]})
    if known_until.year > LAST_YEAR - 10:
        raise Invalid(fields={"known_until": [_("日期过远")]})
    before = _head(draft)
    draft.name, draft.slots, draft.week = name, [list(slot) for slot in slots], week
    draft.known_until, draft.reason = known_until, reason
    draft.save(update_fields=["name", "slots", "week", "known_until", "reason"])
    _audit(by, "edit_calendar_draft", draft, before=before, after=_head(draft))
    return draft


def _head(draft: CalendarDraft) -> dict[str, Any]:
    return {
        "name": draft.name,
        "slots": draft.slots,
        "week": draft.week,
        "known_until": draft.known_until.isoformat(),
    }


@transaction.atomic
def put_days(*, draft_id: int, days: Iterable[DayPlan], by: Actor, whole_years: bool = False) -> int:
    """Write days into a draft over what they said; one that says what stands anyway is left out. Return how many.

    ``whole_years``: they are the notice of their years, which are known from then on.

    Raise NotAllowed, NotVisible, DraftNotOpen, CalendarInvalid, Invalid.
    """
    draft = _opened(draft_id, by)
    plans = {plan.date: plan for plan in days}
    _check_days(plans.values())
    before = _days_of(draft, plans)
    draft.days.filter(date__in=plans).delete()
    standing = {plan.date: plan for plan in draft_plans(draft).values()}
    clock = draft_clock(draft)
    written = [plan for plan in plans.values() if not _says_nothing(plan, standing.get(plan.date), clock)]
    CalendarDraftDay.objects.bulk_create(
        CalendarDraftDay(draft=draft, date=plan.date, workday=plan.workday, slots=plan.slots or None, note=plan.note)
        for plan in written
    )
    if whole_years and plans:
        last = max(draft.known_until, dt.date(max(plans).year, 12, 31))
        CalendarDraft.objects.filter(pk=draft_id).update(known_until=last)
    _audit(by, "put_calendar_days", draft, before=before, after=_days_of(draft, plans))
    return len(written)


def _says_nothing(plan: DayPlan, standing: DayPlan | None, clock: Any) -> bool:
    if standing is not None:
        told = (standing.workday, standing.note, _listed(standing.slots))
        return told == (plan.workday, plan.note, _listed(plan.slots))
    return not plan.slots and not plan.note and plan.workday == bool(clock.plain_hours(plan.date))


def _listed(slots: Sequence[Sequence[str]] | None) -> list[list[str]]:
    return [list(slot) for slot in slots or ()]


def _check_days(plans: Iterable[DayPlan]) -> None:
    check_hours(None, None, plans)
    for plan in plans:
        if not EARLIEST <= plan.date.year < LAST_YEAR:
            raise Invalid(fields={"date": [_("日期超出工作日历的范围")]})
        if len(plan.note) > LONGEST_NOTE:
            raise Invalid(fields={"note": [_("说明不能超过64个字")]})
        if plan.slots and not plan.workday:
            raise Invalid(fields={"slots": [_("休息日没有工作时段")]})


def _days_of(draft: CalendarDraft, dates: Iterable[dt.date]) -> dict[str, Any]:
    rows = draft.days.filter(date__in=list(dates)).values_list("date", "workday", "slots", "note")
    return {date.isoformat(): [workday, slots, note] for date, workday, slots, note in rows}


@transaction.atomic
def drop_days(*, draft_id: int, dates: Iterable[dt.date], by: Actor) -> int:
    """Take days out of a draft: they say again what the calendar in force says. Return how many."""
    draft = _opened(draft_id, by)
    wanted = list(dates)
    before = _days_of(draft, wanted)
    count, _by_model = draft.days.filter(date__in=wanted).delete()
    _audit(by, "drop_calendar_days", draft, before=before, after={})
    return count


@transaction.atomic
def fill_year(*, draft_id: int, year: int, by: Actor) -> int:
    """Fill a year as the State Council announced it, from ``chinesecalendar``. Return how many days differ.

    Raise NotAllowed, NotVisible, DraftNotOpen, CalendarYearUnknown.
    """
    known = holidays_known_until()
    if not EARLIEST <= year <= known.year:
        raise CalendarYearUnknown(known_until=known.year)
    days = [DayPlan(day, workday, note) for day, (workday, note) in known_days().items() if day.year == year]
    return put_days(draft_id=draft_id, days=days, by=by, whole_years=True)


@transaction.atomic
def submit_calendar(*, draft_id: int, by: Actor) -> CalendarDraft:
    """Hand the draft to the second person. Raise NotAllowed, NotVisible, DraftNotOpen, DraftIsEmpty."""
    draft = _opened(draft_id, by)
    _require_change(draft)
    return submit_draft(CalendarDraft, draft_id, by=by)


def _require_change(draft: CalendarDraft) -> None:
    """A draft must say something that the calendar in force does not; a unit's first one always does."""
    own = newest_calendar(draft.unit_id)
    if own is None:
        return
    old, new = standing_clock(draft), draft_clock(draft)
    shape = (old.slots, old.week, old.known_until) != (new.slots, new.week, new.known_until)
    if not shape and not draft.days.exists():
        raise DraftIsEmpty


@transaction.atomic
def withdraw_calendar(*, draft_id: int, by: Actor) -> CalendarDraft:
    """Give the draft up. Raise NotAllowed, NotVisible, DraftDecided."""
    _require(by)
    return withdraw_draft(CalendarDraft, draft_id, by=by)


@transaction.atomic
def decide_calendar(
    *, draft_id: int, approve: bool, by: Actor, opinion: str = "", seen: dt.datetime | None = None
) -> CalendarDraft:
    """Publish the draft as the next version, or send it back. Open orders are only offered a recomputation.

    Raise NotAllowed, NotVisible, DraftDecided, DraftStale, SecondPersonNeeded, CalendarInvalid.
    """
    if not may_approve(by):
        raise NotAllowed
    touch()  # Locks the version row: calendars are published one after the other.
    draft = lock_draft(CalendarDraft, draft_id)
    decided = decide_draft(CalendarDraft, draft_id, by=by, approve=approve, opinion=opinion, seen=seen)
    if not approve:
        return decided
    decided.calendar = _published(draft, by)
    decided.save(update_fields=["calendar"])
    return decided


def _published(draft: CalendarDraft, by: Actor) -> WorkCalendar:
    plans = draft_plans(draft)
    check_hours(draft.slots, draft.week, plans.values())
    base = newest_calendar(draft.unit_id) or newest_calendar(None)
    return put_out(
        name=draft.name,
        slots=draft.slots,
        week=draft.week,
        plans=plans,
        known_until=max(draft.known_until, base.known_until) if base else draft.known_until,
        unit_id=draft.unit_id,
        publisher_id=by.user_id,
        drafter_id=draft.drafted_by_id,
    )


def _require(by: Actor) -> None:
    if not can(by, Action.DRAFT_CALENDARS):
        raise NotAllowed


def _opened(draft_id: int, by: Actor) -> CalendarDraft:
    _require(by)
    draft = lock_draft(CalendarDraft, draft_id)
    require_open(draft)
    return draft


def _audit(by: Actor, verb: str, draft: CalendarDraft, **detail: Any) -> None:
    audit(actor_id=by.user_id, action=f"catalogue.{verb}", object_label=f"CalendarDraft {draft.pk}", detail=detail)
