"""One draft of a calendar: hours of the week, days of the year, what would change, and who decides."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from catalogue.calendars import DayPlan, holidays_known_until
from catalogue.models import CalendarDraft
from catalogue.permissions import Action, can
from catalogue.selectors.calendars import calendar_drafts, differences, draft_clock, draft_plans, standing_clock
from catalogue.services.calendar_drafts import (
    decide_calendar,
    draft_calendar,
    drop_days,
    edit_calendar_draft,
    fill_year,
    put_days,
    submit_calendar,
    withdraw_calendar,
)
from catalogue.services.deadlines import today
from catalogue.workclock import CalendarClock
from configuration.api.rule_inputs import read_dates, read_head
from configuration.pages.base import ConfigurationPage
from configuration.pages.calendars.published import WEEKDAYS
from configuration.pages.calendars.years import hours_words, months_of, told_words, year_of
from configuration.reading.hours import read_hours
from configuration.reading.seen import read_seen
from grids.selectors import may_approve
from lianqin.kernel.drafts import DraftState
from lianqin.kernel.errors import DomainError, Invalid, NotAllowed, NotVisible
from lianqin.kernel.numbers import whole

OPEN = (DraftState.DRAFT, DraftState.REFUSED)


class NewCalendarDraft(ConfigurationPage):
    """The next version of the district's calendar, or of one unit's own."""

    section = "calendars"

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            draft = draft_calendar(
                name=request.POST.get("name", "").strip() or _("法定工作日历"),
                unit_id=whole(request.POST.get("unit")),
                reason=request.POST.get("reason", "").strip()[:500],
                by=self.actor,
            )
        except NotAllowed:
            raise
        except DomainError as refusal:
            self.refuse(refusal)
            return redirect("configuration:calendar-drafts")
        return redirect("configuration:calendar-draft", draft.pk)


class CalendarDraftPage(ConfigurationPage):
    section = "calendars"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._show(pk, {})

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        told, verb = request.POST, request.POST.get("do", "")
        year = year_of(told.get("year", ""), today())
        back = f"{reverse('configuration:calendar-draft', args=[pk])}?year={year}"
        try:
            self.tell(self._done(pk, verb, told, year))
        except NotAllowed as refusal:
            if refusal.code != "second_person_needed":
                raise
            self.refuse(refusal)
        except DomainError as refusal:
            if refusal.status == 404:
                raise
            if verb in ("edit", "day"):
                return self._show(pk, dict(told.items()), refusal)
            self.refuse(refusal)
        return redirect(back)

    def _done(self, pk: int, verb: str, told: Mapping[str, Any], year: int) -> str:
        by = self.actor
        if verb == "day":
            return self._put_days(pk, told)
        if verb == "fill":
            count = fill_year(draft_id=pk, year=year, by=by)
            return _("已按国务院放假安排填入%(year)d年，%(count)d天与现行不同") % {"year": year, "count": count}
        if verb == "edit":
            edit_calendar_draft(draft_id=pk, by=by, **read_head(told))
            return _("已保存")
        if verb == "submit":
            submit_calendar(draft_id=pk, by=by)
            return _("已提交，等待另一人审批")
        if verb == "withdraw":
            withdraw_calendar(draft_id=pk, by=by)
            return _("草稿已撤销")
        approve = {"approve": True, "refuse": False}.get(verb)
        if approve is None:
            raise Invalid
        draft = decide_calendar(
            draft_id=pk, approve=approve, opinion=told.get("opinion", "").strip()[:500], seen=read_seen(told), by=by
        )
        if draft.calendar is None:
            return _("已退回")
        return _("已发布第%(version)d版；未结工单是否重算，见“时限重算”") % {"version": draft.calendar.version}

    def _put_days(self, pk: int, told: Mapping[str, Any]) -> str:
        dates, kind = read_dates(told.get("dates", "")), told.get("kind", "")
        if kind == "reset":
            drop_days(draft_id=pk, dates=dates, by=self.actor)
            return _("已恢复为现行日历的安排")
        if kind not in ("off", "work"):
            raise Invalid(fields={"kind": [_("请选择休息或上班")]})
        slots = read_hours(told.get("hours", ""), "hours") if kind == "work" else []
        note = told.get("note", "").strip()
        plans = [DayPlan(date, kind == "work", note, slots or None) for date in dates]
        put_days(draft_id=pk, days=plans, by=self.actor)
        return _("已写入%(count)d天") % {"count": len(dates)}

    def _show(self, pk: int, typed: Mapping[str, Any], refusal: DomainError | None = None) -> HttpResponse:
        draft = calendar_drafts().filter(pk=pk).first()
        if draft is None:
            raise NotVisible
        day = today()
        asked = self.request.POST.get("year") or self.request.GET.get("year", "")
        year = year_of(asked, day) if asked else _year_of_interest(draft, day)
        old, new, plans = standing_clock(draft), draft_clock(draft), draft_plans(draft)
        changed = set(draft.days.values_list("date", flat=True))
        months = months_of(year, new, plans, today=day, changed=changed)
        context = {
            "tab": "drafts",
            "draft": draft,
            "year": year,
            "months": months,
            "workdays": sum(month.workdays for month in months),
            "workdays_before": sum(old.is_workday(dt.date(year, 1, 1) + dt.timedelta(n)) for n in range(_days(year))),
            "selected": typed.get("dates") or self.request.GET.get("day", ""),
            "typed": typed,
            "refusal": refusal,
            "week": _week(draft, typed),
            "differences": [(each, hours_words(each.before), hours_words(each.after))
                            for each in differences(old, new, plans, since=dt.date(2004, 1, 1))],
            "week_changed": (old.slots, old.week) != (new.slots, new.week),
            "weeks": _weeks(old, new),
            "known_year": holidays_known_until().year,
            "standard": typed.get("slots") or told_words(draft.slots),
            "editable": draft.state in OPEN and can(self.actor, Action.DRAFT_CALENDARS),
            "decidable": draft.state == DraftState.SUBMITTED and may_approve(self.actor),
            "own": draft.drafted_by_id == self.actor.user_id,
        }  # fmt: skip
        return self.show("calendar_draft.html", context, refusal.status if refusal else 200)


def _year_of_interest(draft: CalendarDraft, day: dt.date) -> int:
    """The year of the last day that the draft names; else the year whose holidays are not known yet, soon."""
    last = draft.days.order_by("-date").values_list("date", flat=True).first()
    if last is not None:
        return last.year
    return day.year + 1 if day.month > 10 else day.year


def _days(year: int) -> int:
    return (dt.date(year + 1, 1, 1) - dt.date(year, 1, 1)).days


def _week(draft: CalendarDraft, typed: Mapping[str, Any]) -> list[tuple[int, Any, str]]:
    week = draft.week or [*[draft.slots] * 5, [], []]
    return [(n, name, typed.get(f"week{n}", told_words(week[n]))) for n, name in enumerate(WEEKDAYS)]


def _weeks(old: CalendarClock, new: CalendarClock) -> list[tuple[Any, str, str]]:
    """The weekdays whose hours change: name, before, after."""
    monday = dt.date(2024, 1, 1)
    found = []
    for n, name in enumerate(WEEKDAYS):
        day = monday + dt.timedelta(days=n)
        before, after = hours_words(old.plain_hours(day)), hours_words(new.plain_hours(day))
        if before != after:
            found.append((name, before, after))
    return found
