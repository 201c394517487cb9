"""Appointing: at once by the security officer, as a list that waits by the system administrator."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.selectors import client_ip
from configuration.pages.forms import Field, FormPage
from configuration.pages.people import choices
from configuration.pages.people.listing import PER_PAGE, PeoplePage
from configuration.reading.seen import read_seen
from configuration.selectors.pending import left_to_commander
from configuration.services.wanting import principal_of, wanted_from
from grids.models import AppointmentList, LineState, Standing
from grids.permissions import Action, can
from grids.selectors import keys_of
from grids.services import (
    appoint,
    confirm_appointments,
    draft_appointments,
    drop_appointment,
    refuse_appointments,
    submit_appointments,
    today,
    withdraw_appointments,
)
from lianqin.kernel.errors import DomainError, Invalid
from lianqin.kernel.numbers import whole


class Appoint(FormPage):
    """One post for one person. Filled in with what the link that led here knows."""

    section = "people"
    template = "people/form.html"

    @property
    def at_once(self) -> bool:
        return can(self.actor, Action.APPOINT)

    @property
    def title(self) -> str:
        return _("任职") if self.at_once else _("拟任职")

    @property
    def intro(self) -> str:
        return _("保存后即刻生效。") if self.at_once else _("保存后提交安全管理员确认，确认后生效。")

    def allowed(self) -> bool:
        return self.at_once or can(self.actor, Action.MANAGE_ACCOUNTS)

    def fields(self) -> list[Field]:
        asked = self.request.GET
        role = asked.get("role", "grid_worker" if asked.get("grid") else "")
        return [
            Field(
                "user",
                _("用户名"),
                value=asked.get("user", ""),
                required=True,
                hint=_("输入姓名、拼音或用户名，从候选中选取"),
            ),
            Field("role", _("角色"), "select", role, options=choices.roles(), required=True),
            Field(
                "unit", _("单位"), "select", asked.get("unit", ""), options=choices.units_for(), hint=_("网格员不填")
            ),
            Field("grid", _("网格代码"), value=asked.get("grid", ""), hint=_("只有网格员填，15 位")),
            Field("post", _("岗位"), "select", asked.get("post", ""), options=choices.posts(), hint=_("只有网格员选")),
            Field("title", _("职务"), hint=_("如街道党工委书记、分中心主任")),
            Field("standing", _("副职或B角"), "select", options=list(Standing.choices), hint=_("不选即正职")),
            Field("starts_on", _("到任日期"), "date", today(), required=True),
        ]

    def context(self) -> dict[str, Any]:
        return {"grids": choices.grids()}

    def save(self, values: dict[str, Any]) -> str:
        wanted = wanted_from(values)
        if not self.at_once:
            title = _("%(who)s 拟任 %(where)s") % {"who": wanted.user, "where": wanted.unit or wanted.grid}
            made = draft_appointments(title=title, lines=[wanted], by=self.actor)
            submit_appointments(list_id=made.pk, by=self.actor)
            return _("已提交安全管理员确认")
        appoint(
            user=wanted.user, role=wanted.role, unit=wanted.unit, grid=wanted.grid, post=wanted.post,
            standing=wanted.standing, deputy_of=principal_of(wanted), title=wanted.title, starts_on=wanted.starts_on,
            by=self.actor, ip=client_ip(self.request),
        )  # fmt: skip
        self.user = wanted.user
        return _("已任职：%s") % wanted.user

    def after(self) -> str:
        user: User | None = getattr(self, "user", None)
        if user is not None:
            return reverse("configuration:person", args=[user.pk])
        return reverse("configuration:people" if self.at_once else "configuration:appointments")


class Appointments(PeoplePage):
    """Lists of posts that wait, and those that were decided."""

    def get(self, request: HttpRequest) -> HttpResponse:
        lists = AppointmentList.objects.select_related("drafted_by", "decided_by").prefetch_related("lines")
        page = Paginator(lists, PER_PAGE).get_page(request.GET.get("page"))
        return self.show("people/lists.html", {"page": page, "tab": "lists", **self.tabs()})


class OneList(PeoplePage):
    """The lines of a list: confirm all or some, refuse with a reason."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._page(pk)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        try:
            told = self._do(request, pk)
        except DomainError as refusal:
            return self._page(pk, refusal)
        self.tell(told)
        return redirect("configuration:appointment-list", pk=pk)

    def _do(self, request: HttpRequest, pk: int) -> str:
        what, seen = request.POST.get("do", ""), read_seen(request.POST)
        chosen: Collection[int] = {key for text in request.POST.getlist("line") if (key := whole(text)) is not None}
        if what == "confirm_all":
            confirm_appointments(list_id=pk, seen=seen, by=self.actor, ip=client_ip(request))
            return _("已全部确认，岗位即刻生效；请发放一次性密码")
        if what == "confirm":
            confirm_appointments(list_id=pk, line_ids=chosen, seen=seen, by=self.actor, ip=client_ip(request))
            return _("已确认 %d 项任职；请发放一次性密码") % len(chosen)
        if what == "refuse":
            reason = request.POST.get("reason", "")
            refuse_appointments(list_id=pk, line_ids=chosen, seen=seen, reason=reason, by=self.actor)
            return _("已退回，理由已记录")
        if what == "submit":
            submit_appointments(list_id=pk, by=self.actor)
            return _("已提交安全管理员确认")
        if what == "withdraw":
            withdraw_appointments(list_id=pk, by=self.actor)
            return _("已撤销")
        if what == "drop":
            for line_id in chosen:
                drop_appointment(line_id=line_id, by=self.actor)
            return _("已移出名单")
        raise Invalid

    def _page(self, pk: int, refusal: DomainError | None = None) -> HttpResponse:
        found = get_object_or_404(AppointmentList.objects.select_related("drafted_by", "decided_by"), pk=pk)
        lines = found.lines.select_related("user", "unit", "grid__community").defer(
            "grid__boundary", "grid__community__boundary"
        )
        typed = self.request.POST
        chosen = set(typed.getlist("line"))
        if refusal is not None and "lines" in refusal.extra:  # What can be confirmed stays ticked.
            waiting = {str(line.pk) for line in lines if line.state == LineState.WAITING}
            ticked = chosen if typed.get("do") == "confirm" else waiting
            chosen = ticked - {str(key) for key in refusal.extra["lines"]}
        keys = keys_of([line.user for line in lines if line.state == LineState.WAITING])
        shown = {
            "list": found,
            "lines": [(line, keys.get(line.user_id)) for line in lines],
            "waiting": sum(1 for line in lines if line.state == LineState.WAITING),
            "refusal": refusal,
            "loose": [text for texts in refusal.fields.values() for text in texts] if refusal else [],
            "chosen": chosen,
            "reason": typed.get("reason", ""),
            "left_to_commander": left_to_commander(found, lines, self.actor),
            **self.tabs(),
        }
        return self.show("people/one_list.html", shown, refusal.status if refusal else 200)
