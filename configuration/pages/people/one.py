"""One person: posts over time, what may be done, and the way out."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from accounts.models import Officer, PasswordRequest, User, UserKind
from accounts.rules import masked_phone
from accounts.selectors import client_ip
from configuration.pages.forms import Field, FormPage
from configuration.pages.people import choices
from configuration.pages.people.listing import PeoplePage
from configuration.services.leaving import let_go
from grids.models import AppointmentLine, Departure, LineState, Membership, Standing, TrainingRecord
from grids.permissions import Action, can
from grids.selectors import audit_of, posts_over_time, remaining_after
from grids.services import (
    ask_for_password,
    change_account,
    end_membership,
    name_deputy,
    open_account,
    reopen_account,
    take_back_departure,
    today,
    why_not_issued,
)
from lianqin.kernel.clock import Now
from lianqin.kernel.errors import DomainError, Invalid
from lianqin.kernel.numbers import whole
from workorders.selectors import left_behind, open_in_units


def person_of(pk: int) -> User:
    """Staff who are no officers; 404 for anybody else."""
    return get_object_or_404(User, pk=pk, kind=UserKind.STAFF, officer="")


class Person(PeoplePage):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        person = person_of(pk)
        posts = list(posts_over_time(person))
        day = today()
        shown = {
            "person": person,
            "phone": masked_phone(person.phone),
            "posts": [self._with_choices(post, post.ends_on is None or post.ends_on > day) for post in posts],
            "standings": Standing.choices,
            "waiting": AppointmentLine.objects.filter(user=person, state=LineState.WAITING).select_related(
                "list", "unit", "grid"
            ),
            "training": TrainingRecord.objects.filter(user=person).select_related("course")[:10],
            "departure": Departure.objects.filter(user=person).select_related("successor").first(),
            "audit": audit_of(person),
            "today": day,
            **self._password(person),
            "may_leave": can(self.actor, Action.END_SERVICE),
            **self.tabs(),
        }
        return self.show("people/person.html", shown)

    def _password(self, person: User) -> dict[str, Any]:
        """Whether the one who looks issues a new one, why not, and what stands asked."""
        officer = self.actor.officer
        if officer not in (Officer.SYSADMIN, Officer.SECADMIN) or not person.is_active:
            return {}
        refused = why_not_issued([person], officer=officer).get(person.pk, "")
        open_requests = PasswordRequest.objects.filter(user=person, used_at=None, until__gt=Now())
        return {
            "is_password_officer": True,
            "why_no_password": refused,
            "password_requests": open_requests.select_related("asked_by"),
        }

    def _with_choices(self, post: Membership, stands: bool) -> tuple[Membership, bool, list[choices.Option]]:
        """A post, whether it stands, and whose deputy its holder could be: asked for who may say so."""
        asked = stands and can(self.actor, Action.APPOINT)
        return post, stands, choices.principals(post) if asked else []

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What one button does: ``do`` names it."""
        person = person_of(pk)
        try:
            told = self._do(request, person)
        except DomainError as refusal:
            self.refuse(refusal)
        else:
            self.tell(told)
        return redirect("configuration:person", pk=pk)

    def _do(self, request: HttpRequest, person: User) -> str:
        what, ip = request.POST.get("do", ""), client_ip(request)
        if what == "ask_password":
            ask_for_password(user=person, reason=request.POST.get("reason", ""), by=self.actor, ip=ip)
            return _("已申请，请另一名管理员在 24 小时内发放")
        if what == "restore":
            reopen_account(user=person, by=self.actor, ip=ip)
            return _("已恢复账号；岗位和密码须重新给予")
        if what == "stay":
            departure = Departure.objects.filter(user=person, closed_at=None).first()
            if departure is not None:
                take_back_departure(departure=departure, by=self.actor)
            return _("已撤销离任；已结束的岗位须重新任职")
        post = get_object_or_404(Membership, pk=whole(request.POST.get("post")) or 0, user=person)
        if what == "end":
            ends_on = parse_date(request.POST.get("ends_on", "") or "") or None
            end_membership(membership=post, ends_on=ends_on, by=self.actor, ip=ip)
            return _("已结束任职")
        if what == "deputy":
            chosen = Membership.objects.filter(pk=whole(request.POST.get("deputy_of")) or 0).first()
            standing = request.POST.get("standing", "") if chosen else ""
            name_deputy(membership=post, standing=standing, deputy_of=chosen, by=self.actor, ip=ip)
            return _("已更新副职或B角")
        raise Invalid


class NewPerson(FormPage):
    section = "people"
    title = property(lambda self: _("新建账号"))
    intro = property(lambda self: _("只建账号；岗位由安全管理员确认，密码另发一次性密码。"))

    def allowed(self) -> bool:
        return can(self.actor, Action.MANAGE_ACCOUNTS)

    def fields(self) -> list[Field]:
        return [
            Field("full_name", _("姓名"), required=True),
            Field("username", _("用户名"), hint=_("不填则用姓名拼音，重名加序号")),
            Field("phone", _("电话"), hint=_("列表中只显示前三后四位")),
        ]

    def save(self, values: dict[str, Any]) -> str:
        self.made = open_account(**values, by=self.actor, ip=client_ip(self.request))
        return _("已建账号 %s") % self.made.username

    def after(self) -> str:
        made: User | None = getattr(self, "made", None)
        return reverse("configuration:person", args=[made.pk]) if made else reverse("configuration:people")


class EditPerson(FormPage):
    section = "people"
    title = property(lambda self: _("修改账号"))

    @property
    def person(self) -> User:
        return person_of(self.kwargs["pk"])

    def allowed(self) -> bool:
        return can(self.actor, Action.MANAGE_ACCOUNTS)

    def fields(self) -> list[Field]:
        person = self.person
        return [
            Field("username", _("用户名"), value=person.username, fixed=True),
            Field("full_name", _("姓名"), value=person.full_name, required=True),
            Field("phone", _("电话"), value=person.phone),
        ]

    def save(self, values: dict[str, Any]) -> str:
        values.pop("username")
        change_account(user=self.person, by=self.actor, ip=client_ip(self.request), **values)
        return _("已保存")

    def after(self) -> str:
        return reverse("configuration:person", args=[self.kwargs["pk"]])


class Leave(PeoplePage):
    """Everything that ends with somebody's service, on one page, before it ends."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._page(person_of(pk), {})

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        person = person_of(pk)
        typed = {name: request.POST.get(name, "").strip() for name in ("leaves_on", "reason", "successor")}
        try:
            done = let_go(
                user=person,
                leaves_on=self._day(typed["leaves_on"]),
                reason=typed["reason"],
                successor=self._successor(typed["successor"]),
                by=self.actor,
                ip=client_ip(request),
            )
        except DomainError as refusal:
            return self._page(person, typed, refusal)
        said = _("%(who)s 将于 %(day)s 离任") % {"who": person, "day": done.departure.leaves_on}
        if done.departure.closed_at:
            said = _("%s 已离任，账号、登录和令牌即刻失效") % person
        if done.handed_over or done.kept:
            counts = {"n": done.handed_over, "kept": done.kept}
            said += _("；移交 %(n)d 张工单，%(kept)d 张留在工作站") % counts
        self.tell(said)
        return redirect("configuration:person", pk=pk)

    def _page(self, person: User, typed: dict[str, str], refusal: DomainError | None = None) -> HttpResponse:
        posts = remaining_after(person)
        unit_ids = {post.unit_id for post, _others in posts if post.unit_id}
        fields = [
            Field(
                "leaves_on", _("离任日期"), "date", typed.get("leaves_on") or today(), hint=_("当天零点起；今天即刻")
            ),
            Field("reason", _("原因"), value=typed.get("reason", ""), hint=_("如调离、退休、辞职")),
            Field(
                "successor",
                _("接替人用户名"),
                value=typed.get("successor", ""),
                hint=_("指派给本人的工单移交给他"),
                wide=True,
            ),
        ]
        for field in fields:
            field.faults = tuple(str(text) for text in (refusal.fields.get(field.name, ()) if refusal else ()))
        shown = {
            "person": person,
            "posts": posts,
            "orders": left_behind(person.pk, unit_ids),
            "units": open_in_units(unit_ids),
            "fields": fields,
            "refusal": refusal,
            **self.tabs(),
        }
        return self.show("people/leave.html", shown, refusal.status if refusal else 200)

    def _day(self, text: str) -> Any:
        if not text:
            return None
        day = parse_date(text)
        if day is None:
            raise Invalid(fields={"leaves_on": [_("请填写日期")]})
        return day

    def _successor(self, name: str) -> User | None:
        if not name:
            return None
        found = User.objects.filter(username=name.lower(), kind=UserKind.STAFF, officer="").first()
        if found is None:
            raise Invalid(fields={"successor": [_("没有这个用户名的工作人员")]})
        return found
