"""Everybody who works here, who is missing, and slips of one-time passwords."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables

from accounts.models import Officer, User
from accounts.rules import masked_phone
from accounts.selectors import client_ip
from accounts.services import Slip
from configuration.pages.base import ConfigurationPage
from configuration.pages.exports import spreadsheet
from configuration.pages.people import choices
from grids.models import AppointmentList
from grids.permissions import Action, can
from grids.selectors import people, staffing_faults, staffing_summary
from grids.services import hand_out_passwords, why_not_issued
from lianqin.kernel.drafts import DraftState
from lianqin.kernel.errors import DomainError, Invalid
from lianqin.kernel.numbers import whole

PER_PAGE = 50
FILTERS = ("q", "street", "unit", "role", "post", "state")


def asked_for(request: HttpRequest) -> dict[str, str]:
    return {name: request.GET.get(name, "").strip()[:60] for name in FILTERS}


def found_for(asked: dict[str, str]) -> Any:
    return people(text=asked["q"], **{name: asked[name] for name in FILTERS if name != "q"})


class PeoplePage(ConfigurationPage):
    section = "people"

    def tabs(self) -> dict[str, Any]:
        """What stands above every list: how many lists wait, and what one may do."""
        waiting = AppointmentList.objects.filter(state=DraftState.SUBMITTED).count()
        return {
            "lists_waiting": waiting,
            "may_manage": can(self.actor, Action.MANAGE_ACCOUNTS),
            "may_appoint": can(self.actor, Action.APPOINT),
        }


class People(PeoplePage):
    def get(self, request: HttpRequest) -> HttpResponse:
        asked = asked_for(request)
        found = found_for(asked)
        if request.GET.get("as") == "csv":
            return self._sheet(found)
        if request.GET.get("print"):
            return self.show("people/print.html", {"rows": found[:2000], "asked": asked})
        page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
        filters = (
            ("street", _("全部街道"), choices.streets()),
            ("role", _("全部角色"), choices.roles()),
            ("post", _("全部岗位"), choices.posts()),
            ("state", _("在用人员"), choices.states()),
        )
        shown = {
            "page": page,
            "asked": asked,
            "narrowed": any(asked.values()),
            "choices": [{"name": n, "label": label, "options": o, "chosen": asked[n]} for n, label, o in filters],
            "summary": staffing_summary(),
            "tab": "people",
            **self.tabs(),
        }
        return self.show("people/list.html", shown)

    def _sheet(self, found: Any) -> HttpResponse:
        head = [_("用户名"), _("姓名"), _("电话"), _("岗位"), _("状态")]
        rows = (
            [
                person.username,
                person.full_name,
                masked_phone(person.phone),
                "、".join(
                    f"{post.get_post_display() or post.get_role_display()} {post.unit or post.grid}"
                    for post in person.held
                ),
                _("在用") if person.is_active else _("已停用"),
            ]
            for person in found
        )
        return spreadsheet(_("人员与岗位"), head, rows)


class Staffing(PeoplePage):
    """Vacancies and double duties, by cause, each with a link to mend it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        street = request.GET.get("street", "").strip()[:12]
        faults = staffing_faults(street=street)
        causes = [
            {"kind": kind, "title": each[0].title, "tone": each[0].tone, "count": len(each), "faults": each[:PER_PAGE]}
            for kind, each in ((kind, list(each)) for kind, each in groupby(faults, key=lambda fault: fault.kind))
        ]
        only = request.GET.get("kind", "")
        if only:
            chosen = [fault for fault in faults if fault.kind == only]
            page = Paginator(chosen, PER_PAGE).get_page(request.GET.get("page"))
        else:
            page = None
        shown = {
            "causes": causes,
            "only": only,
            "page": page,
            "total": len(faults),
            "street": street,
            "streets": choices.streets(),
            "tab": "staffing",
            **self.tabs(),
        }
        return self.show("people/staffing.html", shown)


@method_decorator(never_cache, name="dispatch")
class Passwords(PeoplePage):
    """Hand out one-time passwords: the answer to this request is the only place where they stand."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return redirect("configuration:people")

    @method_decorator(sensitive_variables())
    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            users = self._chosen(request)
            slips = hand_out_passwords(users=users, by=self.actor, ip=client_ip(request))
        except DomainError as refusal:
            self.refuse(refusal)
            return (
                redirect(request.POST.get("back") or "configuration:people")
                if self._is_ours()
                else redirect("configuration:people")
            )
        return self._sheet(slips) if request.POST.get("as") == "csv" else self._paper(slips)

    def _is_ours(self) -> bool:
        back = self.request.POST.get("back", "")
        return back.startswith("/configuration/people/")

    def _chosen(self, request: HttpRequest) -> Sequence[User]:
        """The people that were ticked, or everybody of the list as it was filtered whom this officer gives one."""
        if request.POST.get("everybody"):
            asked = {name: request.POST.get(name, "").strip()[:60] for name in FILTERS}
            found = list(found_for({**asked, "state": "password"}))
            if self.actor.officer in (Officer.SYSADMIN, Officer.SECADMIN):
                others = why_not_issued(found, officer=self.actor.officer)
                found = [user for user in found if user.pk not in others]
        else:
            keys = [key for text in request.POST.getlist("user") if (key := whole(text)) is not None]
            found = list(User.objects.filter(pk__in=keys))
        if not found:
            raise Invalid(_("请先选择人员"))
        return found

    @method_decorator(sensitive_variables())
    def _paper(self, slips: list[Slip]) -> HttpResponse:
        answer = self.show("people/slips.html", {"slips": slips})
        answer["Cache-Control"] = "no-store"
        return answer

    @method_decorator(sensitive_variables())
    def _sheet(self, slips: list[Slip]) -> HttpResponse:
        head = [_("姓名"), _("用户名"), _("一次性密码"), _("有效至")]
        rows = [[slip.full_name, slip.username, slip.password, slip.until.date()] for slip in slips]
        answer = spreadsheet(_("一次性密码"), head, rows)
        answer["Cache-Control"] = "no-store"
        return answer
