"""Assessment by the quarter, the budget of each community, and the lists of payments."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from configuration.pages.exports import spreadsheet
from configuration.pages.forms import plain
from configuration.pages.stewards.places import StewardPage, community_named, community_options, streets
from configuration.pages.stewards.words import quarter_name, quarters
from configuration.reading.seen import read_seen
from grids.models import Community, PaymentList
from grids.rules import quarter_of
from grids.selectors import may_approve
from grids.selectors.allowances import budget_of, budgets, payment, payments, to_assess
from grids.services import (
    StepData,
    advance_steward,
    commit_month,
    decide_payment,
    draft_payment,
    set_budget,
    submit_payment,
    today,
    withdraw_payment,
)
from lianqin.kernel.drafts import DraftState
from lianqin.kernel.errors import DomainError, Invalid, NotAllowed, NotVisible
from lianqin.kernel.numbers import whole

PAGE_SIZE = 50


def _day(text: str, usual: dt.date) -> dt.date:
    try:
        return parse_date(text) or usual
    except ValueError:
        return usual


def _year(text: str, usual: int) -> int:
    return whole(text, 4) or usual


class Assessments(StewardPage):
    """One community and quarter on one table; saved together or not at all."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page()

    def post(self, request: HttpRequest) -> HttpResponse:
        quarter = _day(request.POST.get("quarter", ""), quarter_of(today()))
        code = request.POST.get("community", "")
        try:
            marked = self._save(request, quarter)
        except NotAllowed:
            raise
        except DomainError as refusal:
            return self._page(refusal)
        self.tell(_("已登记 %d 人的考核") % marked)
        return redirect(f"{reverse('configuration:steward-assessments')}?community={code}&quarter={quarter}")

    @transaction.atomic
    def _save(self, request: HttpRequest, quarter: dt.date) -> int:
        community = community_named(request.POST.get("community", ""))
        marked = 0
        for steward, mark in to_assess(community.pk, quarter):
            text = request.POST.get(f"score-{steward.pk}", "").strip()
            remark = request.POST.get(f"remark-{steward.pk}", "").strip()[:300]
            if not text or (mark and text == plain(mark.score) and remark == mark.remark):
                continue
            try:
                score = Decimal(text)
            except InvalidOperation as error:
                raise Invalid(fields={f"{steward.pk}": [_("%s：请填写 0 至 100 的得分") % steward.name]}) from error
            told = StepData(score=score if score.is_finite() else None, quarter=quarter, reason=remark)
            advance_steward(steward_id=steward.pk, action="assess", by=self.actor, data=told)
            marked += 1
        return marked

    def _page(self, refusal: DomainError | None = None) -> HttpResponse:
        typed = self.request.POST if refusal else self.request.GET
        quarter = quarter_of(_day(typed.get("quarter", ""), today()))
        options = community_options()
        code = typed.get("community", "") or (options[0][0] if options else "")
        community = Community.objects.filter(code=code).defer("boundary").first()
        rows = to_assess(community.pk, quarter) if community else []
        lines = [
            {
                "steward": steward,
                "mark": mark,
                "score": typed.get(f"score-{steward.pk}", plain(mark.score) if mark else ""),
                "remark": typed.get(f"remark-{steward.pk}", mark.remark if mark else ""),
            }
            for steward, mark in rows
        ]
        context = {
            "tab": "steward-assessments", "lines": lines, "community": code, "communities": options,
            "quarter": quarter.isoformat(), "quarters": quarters(today()), "quarter_name": quarter_name(quarter),
            "marked": sum(1 for _steward, mark in rows if mark), "refusal": refusal, "may_run": self.may_run,
            "loose": [text for texts in (refusal.fields.values() if refusal else ()) for text in texts],
        }  # fmt: skip
        return self.show("steward_assessments.html", context, refusal.status if refusal else 200)


class Budgets(StewardPage):
    """Planned, committed, paid and left, community by community."""

    def get(self, request: HttpRequest) -> HttpResponse:
        day = today()
        year = _year(request.GET.get("year", ""), day.year)
        street, text = request.GET.get("street", "")[:15], request.GET.get("q", "").strip()[:60]
        # Who has money or a plan comes first; the rest in the order of codes.
        rows = sorted(budgets(year, street=street, text=text), key=lambda row: not (row[1].planned or row[1].used))
        if "export" in request.GET:
            return _as_file(year, rows)
        total = {name: sum((getattr(f, name) for _c, f in rows), Decimal(0)) for name in
                 ("planned", "committed", "paid", "available")}  # fmt: skip
        context = {
            "tab": "steward-budget", "total": total, "year": year,
            "page": Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")), "street": street, "q": text,
            "years": range(day.year + 1, day.year - 3, -1), "streets": streets(),
        }  # fmt: skip
        return self.show("steward_budget.html", context)


def _as_file(year: int, rows: list[Any]) -> HttpResponse:
    head = (_("街道"), _("社区代码"), _("社区"), _("预算"), _("已列支待发"), _("已发放"), _("可用"))
    lines = [(c.street.short_name, c.code, c.short_name, f.planned, f.committed, f.paid, f.available) for c, f in rows]
    return spreadsheet(_("楼栋长补贴预算%d") % year, head, lines)


class Budget(StewardPage):
    """One community's year: the plan, the months, and the lists."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        return self._page(code, _year(request.GET.get("year", ""), today().year))

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        community, day = community_named(code), today()
        year = _year(request.POST.get("year", ""), day.year)
        try:
            said = self._act(request, community, year)
        except NotAllowed:
            raise
        except DomainError as refusal:
            return self._page(code, year, refusal)
        self.tell(said)
        return redirect(f"{reverse('configuration:steward-budget-one', args=[code])}?year={year}")

    def _act(self, request: HttpRequest, community: Community, year: int) -> str:
        action = request.POST.get("action", "")
        if action == "commit":
            month = _day(f"{request.POST.get('month', '')}-01", today()).replace(day=1)
            added = commit_month(by=self.actor, community=community, month=month)
            return _("已列支 %(month)s：新增 %(added)d 人") % {"month": f"{month:%Y-%m}", "added": added}
        if action == "draft":
            made = draft_payment(
                by=self.actor, community=community, quarter=_day(request.POST.get("quarter", ""), today())
            )
            return _("已起草发放表，共 %s 元") % made.total
        try:
            planned = Decimal(request.POST.get("planned", "").strip())
        except InvalidOperation as error:
            raise Invalid(fields={"planned": [_("请填写金额")]}) from error
        set_budget(
            by=self.actor, community=community, year=year, planned=planned if planned.is_finite() else Decimal(-1)
        )
        return _("预算已保存")

    def _page(self, code: str, year: int, refusal: DomainError | None = None) -> HttpResponse:
        community, day = community_named(code), today()
        context = {
            "tab": "steward-budget", "community": community, "year": year, "figures": budget_of(community.pk, year),
            "payments": payments(community=code).filter(quarter__year=year), "quarters": quarters(day),
            "month": f"{day:%Y-%m}", "refusal": refusal, "may_run": self.may_run, "tones": PAYMENT_TONES,
            "planned": self.request.POST.get("planned", "") if refusal else "",
            "loose": [text for texts in (refusal.fields.values() if refusal else ()) for text in texts],
        }  # fmt: skip
        return self.show("steward_budget_one.html", context, refusal.status if refusal else 200)


PAYMENT_TONES = {
    DraftState.DRAFT: "muted",
    DraftState.SUBMITTED: "warn",
    DraftState.APPROVED: "ok",
    DraftState.REFUSED: "critical",
    DraftState.WITHDRAWN: "muted",
}


class Payment(StewardPage):
    """One list of payments: checked line by line, submitted by one person and decided by another."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._page(pk)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        action, opinion = request.POST.get("action", ""), request.POST.get("opinion", "").strip()[:500]
        try:
            if action == "submit":
                submit_payment(by=self.actor, payment_id=pk)
            elif action == "withdraw":
                withdraw_payment(by=self.actor, payment_id=pk)
            else:
                decide_payment(
                    by=self.actor,
                    payment_id=pk,
                    approve=action == "approve",
                    opinion=opinion,
                    seen=read_seen(request.POST),
                )
        except NotVisible:
            raise
        except DomainError as refusal:
            return self._page(pk, refusal, opinion)
        self.tell(_("已办理"))
        return redirect("configuration:steward-payment", pk=pk)

    def _page(self, pk: int, refusal: DomainError | None = None, opinion: str = "") -> HttpResponse:
        found: PaymentList | None = payment(pk)
        if found is None:
            raise NotVisible
        own = found.drafted_by_id == self.actor.user_id
        context = {
            "tab": "steward-budget", "payment": found, "figures": budget_of(found.community_id, found.quarter.year),
            "tone": PAYMENT_TONES[DraftState(found.state)], "may_run": self.may_run, "refusal": refusal,
            "may_decide": found.state == DraftState.SUBMITTED and not own and may_approve(self.actor),
            "opinion": opinion, "own": own, "year": found.quarter.year,
            "loose": [text for texts in (refusal.fields.values() if refusal else ()) for text in texts],
        }  # fmt: skip
        return self.show("steward_payment.html", context, refusal.status if refusal else 200)
