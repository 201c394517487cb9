"""Deadlines, calendars and admissions: with a draft of each, and one application with a paper."""

from __future__ import annotations

import datetime as dt

from django.core.files.uploadedfile import SimpleUploadedFile

from catalogue.calendars import DayPlan
from catalogue.services import publish_calendar
from catalogue.services.admissions import Application, draft_admission
from catalogue.services.calendar_drafts import draft_calendar, put_days
from catalogue.services.deadline_drafts import Line, draft_deadlines, put_deadlines
from catalogue.services.deadlines import today
from catalogue.services.papers import add_paper
from lianqin.kernel.actors import SYSTEM
from tests.workorders.conftest import Desk

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
NEW_YEAR = DayPlan(dt.date(2027, 1, 1), False, "元旦")

FIGURES = {
    "page deadlines": ("/configuration/deadlines/", "sysadmin", 4),
    "page deadline-preview": ("/configuration/deadlines/preview/?draft={deadline_draft}", "sysadmin", 6),
    "page deadline-drafts": ("/configuration/deadlines/drafts/", "sysadmin", 5),
    "page deadline-draft": ("/configuration/deadlines/drafts/{deadline_draft}/", "sysadmin", 6),
    "page calendars": ("/configuration/calendars/", "sysadmin", 6),
    "page calendar-drafts": ("/configuration/calendars/drafts/", "sysadmin", 5),
    "page calendar-draft": ("/configuration/calendars/drafts/{calendar_draft}/", "sysadmin", 14),
    "page recomputations": ("/configuration/calendars/recomputations/", "sysadmin", 4),
    "page admissions": ("/configuration/admissions/", "district_handler", 8),
    "page admission-new": ("/configuration/admissions/new/", "district_handler", 4),
    "page admission": ("/configuration/admissions/{admission}/", "district_handler", 7),
    "page admission-edit": ("/configuration/admissions/{admission}/edit/", "district_handler", 4),
    "page admission-print": ("/configuration/admissions/{admission}/print/", "district_handler", 7),
    "page admission-paper": ("/configuration/admissions/{admission}/papers/{paper}/", "district_handler", 5),
    "api setup-deadlines": ("/api/v1/setup/deadlines/", "sysadmin", 2),
    "api setup-deadline-preview": ("/api/v1/setup/deadlines/preview/", "sysadmin", 3),
    "api setup-deadline-drafts": ("/api/v1/setup/deadlines/drafts/", "sysadmin", 3),
    "api setup-deadline-draft": ("/api/v1/setup/deadlines/drafts/{deadline_draft}/", "sysadmin", 6),
    "api setup-calendars": ("/api/v1/setup/calendars/", "sysadmin", 3),
    "api setup-calendar": ("/api/v1/setup/calendars/{calendar}/", "sysadmin", 4),
    "api setup-calendar-drafts": ("/api/v1/setup/calendars/drafts/", "sysadmin", 3),
    "api setup-calendar-draft": ("/api/v1/setup/calendars/drafts/{calendar_draft}/", "sysadmin", 12),
    "api setup-recomputations": ("/api/v1/setup/calendars/recomputations/", "sysadmin", 3),
    "api admissions": ("/api/v1/admissions/", "district_handler", 4),
    "api admission": ("/api/v1/admissions/{admission}/", "district_handler", 6),
    "api admission-paper": ("/api/v1/admissions/{admission}/papers/{paper}/", "district_handler", 5),
}


def prepare(desk: Desk) -> dict[str, str]:
    by, bureau = desk.cast.sysadmin, desk.cast.district_handler
    published = publish_calendar(version=1, days=[NEW_YEAR], by=SYSTEM)
    deadlines = draft_deadlines(name="试", valid_from=today(), by=by)
    put_deadlines(draft_id=deadlines.pk, lines=[Line(stage="verify", amount=60, unit="minutes")], by=by)
    calendar = draft_calendar(name="试", by=by)
    put_days(draft_id=calendar.pk, days=[DayPlan(dt.date(2027, 1, 4), False, "元旦")], by=by)
    unit_id = desk.ground.urban_bureau.pk
    admission = draft_admission(unit_id=unit_id, application=Application(name="试"), by=bureau)
    paper = add_paper(admission_id=admission.pk, upload=SimpleUploadedFile("x.pdf", PDF), by=bureau)
    return {
        "calendar": str(published.version),
        "deadline_draft": str(deadlines.pk),
        "calendar_draft": str(calendar.pk),
        "admission": str(admission.pk),
        "paper": str(paper.key),
    }
