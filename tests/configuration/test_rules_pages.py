"""The pages of deadlines, calendars and admissions, and their REST, as people use them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client

from accounts.models import User
from catalogue import revisions
from catalogue.models import (
    AdmissionPaper,
    CalendarDraft,
    CalendarRecomputation,
    Category,
    DeadlineDraft,
    DeadlineRule,
    TaskAdmission,
    WorkCalendar,
)
from catalogue.services.deadlines import today
from dispatch.models import Trial
from tests.cast import Cast
from tests.configuration.deciding import decide
from tests.workorders.api import Door

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@pytest.fixture(autouse=True)
def _seeded(cast: Cast, settings: Any, tmp_path: Any) -> Iterator[None]:
    settings.MEDIA_ROOT = tmp_path
    revisions.forget()
    call_command("seed_catalogue", verbosity=0)
    yield
    revisions.forget()


class Pages:
    """``pages.sysadmin.get(...)``: the pages as somebody of the cast."""

    def __init__(self, cast: Cast) -> None:
        self._cast = cast

    def __getattr__(self, name: str) -> Client:
        client = Client()
        client.force_login(self._cast.user(name), backend="django.contrib.auth.backends.ModelBackend")
        setattr(self, name, client)
        return client


@pytest.fixture
def pages(cast: Cast) -> Pages:
    return Pages(cast)


@pytest.fixture
def door(cast: Cast) -> Door:
    return Door(cast)


def text(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.content[:2000]
    return str(answer.content.decode())


def test_the_matrix_filters_by_what_a_rule_is_about(pages: Pages) -> None:
    assert "41 条规则" in text(pages.street_dispatcher.get("/configuration/deadlines/"))
    # Everything but what names another urgency: 11 stages' rules for "critical" or any.
    shown = text(pages.sysadmin.get("/configuration/deadlines/?stage=accept&urgency=critical"))
    assert "3 条规则" in shown
    assert "15分钟" in shown
    assert "没有符合条件的规则" in text(pages.sysadmin.get("/configuration/deadlines/?q=zzz"))


def test_a_preview_says_when_and_by_which_rule(pages: Pages) -> None:
    shown = text(pages.commander.get("/configuration/deadlines/preview/?moment=2026-09-30T17:20"))
    for due in ("10月8日 星期四 10:50", "10月10日 星期六 17:20", "11月3日 星期二 17:20"):
        assert due in shown
    assert "条件全部符合，且最具体" in shown


def draft_of(pages: Pages) -> DeadlineDraft:
    pages.sysadmin.post(
        "/configuration/deadlines/drafts/new/",
        {"name": "缩短核查", "valid_from": today().isoformat(), "reason": "试行"},
    )
    return DeadlineDraft.objects.get()


def test_from_a_draft_to_its_trial_and_back(pages: Pages) -> None:
    draft = draft_of(pages)
    address = f"/configuration/deadlines/drafts/{draft.pk}/"
    there = f"/trials/new/?draft={draft.pk}"
    for who in (pages.sysadmin, pages.commander):
        assert f'href="{there}"' in text(who.get(address))
    assert "/trials/new/" not in text(pages.street_dispatcher.get(address))
    assert f'<option value="{draft.pk}" selected>' in text(pages.commander.get(there))
    trial = Trial.objects.create(
        name="缩短", since="2026-10-01", until="2026-10-01", draft=draft, by=User.objects.get(username="commander")
    )
    assert f'href="{address}"' in text(pages.commander.get(f"/trials/{trial.pk}/"))


def test_a_draft_on_the_pages_from_begin_to_end(pages: Pages) -> None:
    draft = draft_of(pages)
    address = f"/configuration/deadlines/drafts/{draft.pk}/"
    line = {"do": "put", "stage": "verify", "urgency": "normal", "amount": "3", "unit": "minutes"}
    pages.sysadmin.post(address, line)
    shown = text(pages.sysadmin.get(address))
    assert "时限短于5分钟，没有人来得及" in shown
    pages.sysadmin.post(address, {"do": "submit"})
    draft.refresh_from_db()
    assert draft.state == "draft"
    pages.sysadmin.post(address, {**line, "amount": "180"})
    compared = text(pages.sysadmin.get(f"/configuration/deadlines/preview/?draft={draft.pk}&moment=2026-09-30T17:20"))
    assert "10月8日 星期四 11:50" in compared  # 10 minutes before the holiday, 2:50 on the 8th.
    assert "1 个环节不同" in compared
    pages.sysadmin.post(address, {"do": "submit"})
    assert "缩短核查" in text(pages.commander.get("/configuration/approvals/"))
    assert pages.sysadmin.post(address, {"do": "approve"}).status_code == 403
    assert pages.street_dispatcher.post(address, {"do": "approve"}).status_code == 403
    assert not DeadlineRule.objects.filter(amount=180, stage="verify").exists()
    decide(pages.commander, address, {"do": "approve", "opinion": "同意"})
    assert DeadlineRule.objects.get(amount=180, stage="verify").valid_from == today()
    assert "3小时 · 工作时间" in text(pages.commander.get(address))


def test_what_was_typed_into_a_line_is_not_lost(pages: Pages) -> None:
    address = f"/configuration/deadlines/drafts/{draft_of(pages).pk}/"
    answer = pages.sysadmin.post(address, {"do": "put", "stage": "verify", "source": "portal", "amount": "abc"})
    shown = text(answer, 400)
    assert "时长须为整数" in shown
    assert '<option value="portal" selected>' in shown
    assert 'value="abc"' in shown


def test_a_line_of_the_matrix_goes_into_a_draft(pages: Pages) -> None:
    draft = draft_of(pages)
    rule = DeadlineRule.objects.get(stage="dispatch", urgency="normal", level="district")
    prefilled = text(pages.sysadmin.get(f"/configuration/deadlines/drafts/{draft.pk}/?rule={rule.pk}"))
    assert 'value="120"' in prefilled
    pages.sysadmin.post(f"/configuration/deadlines/rules/{rule.pk}/end/", {"draft": draft.pk})
    assert draft.changes.get().amount is None
    assert (
        pages.commander.post(f"/configuration/deadlines/rules/{rule.pk}/end/", {"draft": draft.pk}).status_code == 403
    )


def test_a_calendar_on_the_pages_from_begin_to_end(pages: Pages) -> None:
    assert "全年 248 个工作日" in text(pages.street_dispatcher.get("/configuration/calendars/?year=2026"))
    assert "2027年暂按平常的每周推算" in text(pages.sysadmin.get("/configuration/calendars/?year=2027"))
    pages.sysadmin.post("/configuration/calendars/drafts/new/", {"name": "2027年日历"})
    draft = CalendarDraft.objects.get()
    address = f"/configuration/calendars/drafts/{draft.pk}/"
    assert "内置的国务院安排只到2026年" in text(pages.sysadmin.get(f"{address}?year=2027"))
    days = {"do": "day", "year": "2027", "dates": "2027-01-01, 2027-01-04", "kind": "off", "note": "元旦"}
    pages.sysadmin.post(address, days)
    bad = text(pages.sysadmin.post(address, {**days, "kind": "work", "hours": "nine to five"}), 400)
    assert "不是时段" in bad
    assert "2027-01-01, 2027-01-04" in bad
    shown = text(pages.sysadmin.get(f"{address}?year=2027"))
    assert "全年 259 个工作日" in shown  # 261 plain weekdays, two of them off.
    pages.sysadmin.post(address, {"do": "submit", "year": "2027"})
    assert pages.sysadmin.post(address, {"do": "approve"}).status_code == 403
    decide(pages.commander, address, {"do": "approve"})
    assert WorkCalendar.objects.count() == 2
    offers = text(pages.commander.get("/configuration/calendars/recomputations/"))
    assert "第1版 → 第2版" in offers
    offer = CalendarRecomputation.objects.get()
    pages.sysadmin.post("/configuration/calendars/recomputations/", {"do": "approve", "offer": offer.pk})
    offer.refresh_from_db()
    assert offer.state == "proposed"
    pages.commander.post("/configuration/calendars/recomputations/", {"do": "approve", "offer": offer.pk})
    offer.refresh_from_db()
    assert offer.state == "approved"


def test_hours_of_the_week_on_the_page(pages: Pages) -> None:
    pages.sysadmin.post("/configuration/calendars/drafts/new/", {"name": "周六上午"})
    draft = CalendarDraft.objects.get()
    hours = "09:00-12:00 13:30-17:30"
    form = {f"week{n}": hours if n < 5 else "" for n in range(7)} | {
        "do": "edit", "year": "2026", "name": "周六上午", "slots": hours, "known_until": "2026-12-31", "reason": "",
    }  # fmt: skip
    pages.sysadmin.post(f"/configuration/calendars/drafts/{draft.pk}/", form)
    assert CalendarDraft.objects.get().week is None
    pages.sysadmin.post(f"/configuration/calendars/drafts/{draft.pk}/", {**form, "week5": "9:00－12:00"})
    draft.refresh_from_db()
    assert draft.week is not None
    assert draft.week[5] == [["09:00", "12:00"]]
    assert "每周六" in text(pages.sysadmin.get(f"/configuration/calendars/drafts/{draft.pk}/"))


APPLICATION = {
    "name": "飞线充电巡查", "asked": "每周巡查一次", "legal_basis": "条例", "registration_conditions": "飞线\n明火",
    "closing_conditions": "拆除", "budget_yuan": "12,000.50", "budget_source": "部门预算", "budget_period": "2027年",
    "people_needed": "2", "frequency": "weekly",
}  # fmt: skip


def test_an_application_on_the_pages_from_begin_to_end(pages: Pages) -> None:
    form = APPLICATION | {"parent": Category.objects.get(code="01").pk}
    bad = text(pages.district_handler.post("/configuration/admissions/new/", {**form, "budget_yuan": "很多"}), 400)
    assert "金额须为数字" in bad
    assert "飞线\n明火" in bad
    pages.district_handler.post("/configuration/admissions/new/", form)
    admission = TaskAdmission.objects.get()
    assert (str(admission.budget_yuan), admission.registration_conditions) == ("12000.50", ["飞线", "明火"])
    address = f"/configuration/admissions/{admission.pk}/"
    paper = SimpleUploadedFile("方案.pdf", PDF)
    pages.district_handler.post(address, {"do": "paper", "file": paper})
    for name in ("handler", "grid_worker", "outsider"):
        assert getattr(pages, name).get(address).status_code == 403
    assert pages.district_dispatcher.get(address).status_code == 404  # Not yet: it is only being written.
    pages.district_handler.post(address, {"do": "submit"})
    assert "飞线充电巡查" in text(pages.district_dispatcher.get("/configuration/admissions/?mine=1"))
    pages.district_dispatcher.post(address, {"do": "take_up"})
    assert "请填写意见" in text(pages.district_dispatcher.post(address, {"do": "forward"}), 400)
    pages.district_dispatcher.post(address, {"do": "forward", "opinion": "建议准入"})
    pages.commander.post(address, {"do": "admit", "opinion": "同意"})
    printed = text(pages.commander.get(f"{address}print/"))
    for words in ("联勤事项准入审批表", "建议准入", "同意", "方案.pdf", "12000.50"):
        assert words in printed
    pages.sysadmin.post(address, {"do": "category", "code": "0199", "district_function": "urban_management"})
    assert not Category.objects.get(code="0199").active
    pages.sysadmin.post(address, {"do": "activate"})
    assert Category.objects.get(code="0199").active


def test_a_paper_is_saved_and_never_run(pages: Pages) -> None:
    pages.district_handler.post("/configuration/admissions/new/", {"name": "试"})
    admission = TaskAdmission.objects.get()
    address = f"/configuration/admissions/{admission.pk}/"
    assert "PDF含有脚本" in text(
        pages.district_handler.post(
            address, {"do": "paper", "file": SimpleUploadedFile("x.pdf", PDF.replace(b"<<>>", b"<</JavaScript 1>>", 1))}
        ),
        400,
    )
    pages.district_handler.post(address, {"do": "paper", "file": SimpleUploadedFile("x.pdf", PDF)})
    paper = AdmissionPaper.objects.get()
    answer = pages.district_handler.get(f"{address}papers/{paper.key}/")
    assert answer.content == PDF
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert pages.sysadmin.get(f"{address}papers/{paper.key}/").status_code == 404  # Only being written.


def test_deadlines_over_rest(door: Door) -> None:
    made = door.sysadmin.post(
        "/api/v1/setup/deadlines/drafts/", {"name": "缩短", "valid_from": today().isoformat()}, format="json"
    )
    assert made.status_code == 201, made.content
    address = f"/api/v1/setup/deadlines/drafts/{made.json()['id']}/"
    lines = [
        {"stage": "verify", "urgency": "normal", "amount": 180, "unit": "minutes"},
        {"stage": "review", "ends": True},
    ]
    body = door.sysadmin.post(f"{address}lines/", lines, format="json").json()
    assert [(line["stage"], line["amount"]) for line in body["lines"]] == [("review", None), ("verify", 180)]
    assert [finding["code"] for finding in body["findings"]] == ["ends_the_broadest"]
    told = door.commander.get(f"/api/v1/setup/deadlines/preview/?moment=2026-09-30T17:20:00&draft={body['id']}").json()
    verify = next(each for each in told["stages"] if each["stage"] == "verify")
    assert verify["now"]["due_at"] == "2026-10-08T17:20:00+08:00"
    assert verify["draft"]["due_at"] == "2026-10-08T11:50:00+08:00"
    seen = door.sysadmin.post(f"{address}submit/").json()["submitted_at"]
    yes = {"approve": True, "opinion": "同意", "seen": seen}
    assert door.sysadmin.post(f"{address}decide/", yes, format="json").status_code == 403
    blind = door.commander.post(f"{address}decide/", {"approve": True}, format="json")
    assert blind.status_code == 400
    assert "seen" in blind.content.decode()
    door.commander.post(f"{address}decide/", {**yes, "approve": False}, format="json")
    anew = door.sysadmin.post(f"{address}submit/").json()["submitted_at"]
    stale = door.commander.post(f"{address}decide/", yes, format="json")
    assert (stale.status_code, stale.json()["code"]) == (409, "draft_stale")
    yes["seen"] = anew
    answer = door.commander.post(f"{address}decide/", yes, format="json")
    assert (answer.status_code, answer.json()["state"]) == (200, "approved")
    again = door.commander.post(f"{address}decide/", yes, format="json")
    assert (again.status_code, again.json()["code"]) == (409, "draft_decided")
    assert door.handler.get("/api/v1/setup/deadlines/").status_code == 403


def test_calendars_over_rest(door: Door) -> None:
    made = door.sysadmin.post("/api/v1/setup/calendars/drafts/", {"name": "2027"}, format="json")
    address = f"/api/v1/setup/calendars/drafts/{made.json()['id']}/"
    unknown = door.sysadmin.post(f"{address}fill/", {"year": 2030}, format="json")
    assert (unknown.status_code, unknown.json()["code"]) == (409, "calendar_year_unknown")
    days = {"days": [{"date": "2027-01-01", "workday": False, "note": "元旦"}]}
    body = door.sysadmin.post(f"{address}days/", days, format="json").json()
    assert body["differences"] == [
        {"date": "2027-01-01", "before": [["09:00", "12:00"], ["13:30", "17:30"]], "after": [], "note": "元旦"}
    ]
    seen = door.sysadmin.post(f"{address}submit/").json()["submitted_at"]
    published = door.commander.post(f"{address}decide/", {"approve": True, "seen": seen}, format="json").json()
    assert published["published_as"] == 2
    told = door.commander.get("/api/v1/setup/calendars/2/").json()
    assert told["workdays"]["2026"] == 248
    (offer,) = door.commander.get("/api/v1/setup/calendars/recomputations/").json()
    decided = door.commander.post(
        f"/api/v1/setup/calendars/recomputations/{offer['id']}/decide/", {"approve": False}, format="json"
    )
    assert decided.json()["state"] == "refused"


def test_admissions_over_rest(door: Door) -> None:
    body = {"name": "巡查", "parent": Category.objects.get(code="01").pk, "budget_yuan": "100.00"}
    made = door.district_handler.post("/api/v1/admissions/", body, format="json")
    assert made.status_code == 201, made.content
    assert made.json()["actions"] == ["submit", "withdraw"]
    address = f"/api/v1/admissions/{made.json()['id']}/"
    short = door.district_handler.post(f"{address}moves/", {"action": "submit"}, format="json")
    assert (short.status_code, short.json()["code"]) == (400, "admission_incomplete")
    whole = {
        **body, "asked": "做", "legal_basis": "法", "registration_conditions": ["甲"], "closing_conditions": ["乙"],
        "budget_source": "预算", "budget_period": "2027", "version": 1,
    }  # fmt: skip
    assert door.district_handler.put(address, whole, format="json").status_code == 200
    stale = door.district_handler.put(address, whole, format="json")
    assert (stale.status_code, stale.json()["code"]) == (409, "admission_changed")
    upload = {"file": SimpleUploadedFile("x.pdf", PDF)}
    paper = door.district_handler.post(f"{address}papers/", upload, format="multipart")
    assert paper.status_code == 201, paper.content
    assert door.district_handler.post(f"{address}moves/", {"action": "submit"}, format="json").status_code == 200
    assert door.commander.post(f"{address}moves/", {"action": "take_up"}, format="json").status_code == 403
    assert door.district_dispatcher.post(f"{address}moves/", {"action": "take_up"}, format="json").status_code == 200
    assert door.handler.get(address).status_code == 404
    listed = door.commander.get("/api/v1/admissions/?state=office_review").json()["results"]
    assert [row["name"] for row in listed] == ["巡查"]


def test_a_bureau_finds_the_section_and_a_squad_does_not(pages: Pages) -> None:
    assert "/configuration/admissions/" in text(pages.district_handler.get("/", follow=True))
    assert pages.handler.get("/configuration/admissions/").status_code == 403
