"""The way of the candidates: the board, one file with its history, calls and applications."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from configuration.pages.exports import spreadsheet
from configuration.pages.forms import Field
from configuration.pages.stewards.places import StewardForm, StewardPage, community_named, community_options
from configuration.pages.stewards.words import ASKS, STATE_TONES, WORDS, quarters, sentence
from grids.models import Building, Recruitment, Steward
from grids.selectors.stewards import board, days_left, recruitments, steward_file, stewards
from grids.selectors.training import courses_missing_to
from grids.services import StepData, advance_steward, apply_as_steward, open_recruitment, reveal_phone, today
from grids.states import StewardState, steps_from
from lianqin.kernel import clock
from lianqin.kernel.errors import DomainError, Invalid, NotAllowed, NotVisible

PAGE_SIZE = 50
# What stands on the file with a button of its own page.
ELSEWHERE = frozenset({"publish"})


class Pipeline(StewardPage):
    """Everybody on the way to duty, a column for each state."""

    def get(self, request: HttpRequest) -> HttpResponse:
        community, text = request.GET.get("community", "")[:15], request.GET.get("q", "").strip()[:60]
        now = clock.now()
        columns = [
            {
                "state": state,
                "label": StewardState(state).label,
                "count": count,
                "files": [(each, days_left(each.notice.ends_at, now) if each.notice else 0) for each in files],
            }
            for state, (count, files) in board(community=community, text=text).items()
        ]
        context = {
            "tab": "steward-pipeline", "columns": columns, "community": community, "q": text,
            "communities": community_options(), "may_run": self.may_run,
        }  # fmt: skip
        return self.show("steward_pipeline.html", context)


class Files(StewardPage):
    def get(self, request: HttpRequest) -> HttpResponse:
        asked = {
            "state": request.GET.get("state", ""),
            "community": request.GET.get("community", "")[:15],
            "text": request.GET.get("q", "").strip()[:60],
        }
        found = stewards(**asked)
        if "export" in request.GET:
            return _as_file(found)
        context = {
            "tab": "steward-files", "asked": asked, "states": StewardState.choices, "tones": STATE_TONES,
            "page": Paginator(found, PAGE_SIZE).get_page(request.GET.get("page")), "communities": community_options(),
        }  # fmt: skip
        return self.show("steward_files.html", context)


class File(StewardPage):
    """One file: what is known, what may be done next, and everything that was done."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._page(pk)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        action = request.POST.get("action", "")
        try:
            if action == "phone":
                return self._page(pk, phone=reveal_phone(steward_id=pk, by=self.actor))
            advance_steward(steward_id=pk, action=action, by=self.actor, data=_told(request))
        except (NotAllowed, NotVisible):
            raise
        except DomainError as refusal:
            return self._page(pk, refusal=refusal, action=action)
        self.tell(_("已办理：%s") % WORDS[action][0])
        return redirect("configuration:steward", pk=pk)

    def _page(self, pk: int, *, refusal: DomainError | None = None, action: str = "", phone: str = "") -> HttpResponse:
        steward = steward_file(pk)
        if steward is None:
            raise NotVisible
        day = today()
        typed = self.request.POST if refusal else {}
        actions = [
            {"name": step.action, "label": WORDS[step.action][0], "tone": WORDS[step.action][1],
             "asks": ASKS.get(step.action, ()), "typed": typed if step.action == action else {}}
            for step in steps_from(steward.state) if step.action not in ELSEWHERE
        ]  # fmt: skip
        context = {
            "tab": "steward-files",
            "steward": steward,
            "phone": phone,
            "age": day.year - steward.birth_year,
            "events": [(event, sentence(event)) for event in steward.events.all()],
            "open_objections": [each for each in steward.objections.all() if each.state == "open"],
            "missing": courses_missing_to(steward, day) if steward.state == StewardState.TRAINING else [],
            "days_left": days_left(steward.notice.ends_at, clock.now()) if steward.notice else 0,
            "actions": actions if self.may_run else [],
            "quarters": quarters(day),
            "refusal": refusal,
            "refused_action": action,
            "loose": [text for texts in (refusal.fields.values() if refusal else ()) for text in texts],
            "tone": STATE_TONES[steward.state],
            "may_run": self.may_run,
        }
        return self.show("steward.html", context, refusal.status if refusal else 200)


def _told(request: HttpRequest) -> StepData:
    typed = request.POST
    score = typed.get("score", "").strip()
    try:
        figure = Decimal(score) if score else None
        objection = int(typed["objection_id"]) if typed.get("objection_id") else None
    except (InvalidOperation, ValueError) as error:
        raise Invalid(fields={"score": [_("请填写数字")]}) from error
    return StepData(
        reason=typed.get("reason", "").strip()[:500],
        score=figure if figure is None or figure.is_finite() else Decimal(-1),
        objection_id=objection,
        said_by=typed.get("said_by", "").strip()[:40],
        quarter=_quarter(typed.get("quarter", "")),
    )


def _quarter(text: str) -> dt.date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def _as_file(found: Any) -> HttpResponse:
    head = (
        _("编号"),
        _("姓名"),
        _("街道"),
        _("社区"),
        _("楼栋"),
        _("状态"),
        _("报名日期"),
        _("上岗日期"),
        _("卸任日期"),
    )
    rows = (
        (
            each.number, each.name, each.community.street.short_name, each.community.short_name,
            each.building.name if each.building else "", each.get_state_display(), each.applied_on,
            each.on_duty_since, each.left_on,
        )
        for each in found
    )  # fmt: skip
    return spreadsheet(_("楼栋长名册"), head, rows)


class Recruitments(StewardPage):
    def get(self, request: HttpRequest) -> HttpResponse:
        context = {
            "tab": "steward-recruitments", "today": today(), "may_run": self.may_run,
            "page": Paginator(recruitments(), PAGE_SIZE).get_page(request.GET.get("page")),
        }  # fmt: skip
        return self.show("steward_recruitments.html", context)


class NewRecruitment(StewardForm):
    def after(self) -> str:
        return reverse("configuration:steward-recruitments")

    def fields(self) -> list[Field]:
        self.title, self.intro = _("发布征集"), _("名额不超过社区的空缺；报名期内可以录入报名。")
        day, code = today(), self.request.GET.get("community", "")
        return [
            Field("community", _("社区"), "select", code, options=community_options(), required=True),
            Field("title", _("标题"), value=_("楼栋长征集公告"), required=True),
            Field("places", _("征集名额"), "int", self.request.GET.get("places", ""), required=True),
            Field("opens_on", _("报名开始"), "date", day, required=True),
            Field("closes_on", _("报名截止"), "date", day + dt.timedelta(days=14), required=True),
            Field("text", _("征集内容"), "long", _("热心公益、熟悉居民，能经常联系本楼栋住户。")),
        ]

    def save(self, values: dict[str, Any]) -> str:
        community = community_named(values.pop("community"))
        call = open_recruitment(by=self.actor, community=community, **values)
        return _("已发布：%s") % call.title


class Apply(StewardForm):
    """Enter an application that came in."""

    made = 0

    @property
    def call(self) -> Recruitment:
        found = recruitments().filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise NotVisible
        return found

    def after(self) -> str:
        if self.made:
            return reverse("configuration:steward", args=[self.made])
        return reverse("configuration:steward-recruitments")

    def fields(self) -> list[Field]:
        call = self.call
        self.title = _("%s · 报名") % call.community.short_name
        self.intro = _("只收集必要的信息：姓名、电话、出生年份，不收身份证号。电话入库后以掩码显示。")
        options = list(Building.objects.filter(community=call.community, active=True).values_list("code", "name"))
        return [
            Field("name", _("姓名"), required=True),
            Field("phone", _("电话"), required=True),
            Field("birth_year", _("出生年份"), "int", required=True, hint=_("18 至 75 周岁")),
            Field("building", _("拟联系楼栋"), "select", options=options),
            Field("statement", _("自荐理由"), "long"),
        ]

    def save(self, values: dict[str, Any]) -> str:
        building = Building.objects.filter(code=values.pop("building") or "").first()
        steward: Steward = apply_as_steward(
            by=self.actor, recruitment_id=self.kwargs["pk"], building=building, **values
        )
        self.made = steward.pk
        return _("已录入报名，编号 %s") % steward.number
