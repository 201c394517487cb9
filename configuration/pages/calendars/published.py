"""What is published: the year in force, every version, and the drafts of the next."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from catalogue.calendars import DayPlan, calendar_by_version, current_version, known_days, plans_of
from catalogue.models import WorkCalendar
from catalogue.permissions import Action, can
from catalogue.selectors.calendars import calendar_drafts, work_calendars
from catalogue.services.deadlines import today
from configuration.pages.base import ConfigurationPage
from configuration.pages.calendars.years import hours_words, months_of, year_of
from grids.models import Unit
from lianqin.kernel.errors import NotVisible

PAGE = 50
WEEKDAYS = (_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日"))


class Calendars(ConfigurationPage):
    """One year of one version; without a choice the district's newest, this year."""

    section = "calendars"

    def get(self, request: HttpRequest) -> HttpResponse:
        day = today()
        year = year_of(request.GET.get("year", ""), day)
        versions = list(work_calendars())
        row = _chosen(versions, request.GET.get("version", ""))
        clock = calendar_by_version(row.version if row else 0)
        months = months_of(year, clock, _plans(row), today=day, changed=())
        may_draft = can(self.actor, Action.DRAFT_CALENDARS)
        return self.show(
            "calendars.html",
            {
                "tab": "year",
                "calendar": row,
                "versions": versions,
                "newest": {each.unit_id: each for each in reversed(versions)},
                "year": year,
                "months": months,
                "workdays": sum(month.workdays for month in months),
                "week": [(name, hours_words(clock.plain_hours(_weekday(n)))) for n, name in enumerate(WEEKDAYS)],
                "known": year <= clock.known_until.year,
                "known_until": clock.known_until,
                "day_hours": clock.day_seconds / 3600,
                "in_force": row is None or row.version == current_version(row.unit_id),
                "may_draft": may_draft,
                "units": Unit.objects.filter(active=True).order_by("code") if may_draft else (),
            },
        )


def _weekday(number: int) -> dt.date:
    """A day of that weekday; 2024 began on a Monday."""
    return dt.date(2024, 1, 1 + number)


def _chosen(versions: list[WorkCalendar], text: str) -> WorkCalendar | None:
    if not text:
        return next((each for each in versions if each.unit_id is None), None)
    found = next((each for each in versions if str(each.version) == text), None)
    if found is None:
        raise NotVisible
    return found


def _plans(row: WorkCalendar | None) -> dict[dt.date, DayPlan]:
    if row is not None:
        return plans_of(row)
    return {day: DayPlan(day, workday, note) for day, (workday, note) in known_days().items()}


class CalendarDrafts(ConfigurationPage):
    section = "calendars"

    def get(self, request: HttpRequest) -> HttpResponse:
        page = Paginator(calendar_drafts(), PAGE).get_page(request.GET.get("page"))
        context: dict[str, Any] = {"tab": "drafts", "page": page, "may_draft": can(self.actor, Action.DRAFT_CALENDARS)}
        if context["may_draft"]:
            context["units"] = Unit.objects.filter(active=True).order_by("code")
        return self.show("calendar_drafts.html", context)
