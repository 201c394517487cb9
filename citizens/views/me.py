"""One's own corner: signing in by a code, what one reported, and leaving again."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.generic import TemplateView

from accounts.models import User
from citizens.models import Contact, PrivacyNotice, Receipt
from citizens.rules.codes import spelled
from citizens.rules.phones import mobile
from citizens.rules.progress import SAYS, word_of
from citizens.selectors.privacy import has_agreed, has_agreed_to_any, notice_in_force
from citizens.services.codes import (
    NO_MOBILE,
    agreed_version,
    is_open,
    number_again,
    phone_of,
    send_code,
    shown_phone,
)
from citizens.services.contacts import citizen_of
from citizens.services.news import choose_news
from citizens.services.notices import agree
from citizens.services.receipts import code_of_receipt
from citizens.services.sessions import begin_session, citizen_on, end_session
from citizens.services.visitors import network_mark
from citizens.views.base import PostedOnly, PublicPage
from citizens.views.guard import limited
from lianqin.kernel.errors import DomainError
from workorders.models import WorkOrder
from workorders.states import Status

NEWEST = 20
MUST_AGREE = gettext_lazy("请先阅读并同意隐私告知")


@method_decorator((never_cache, limited("signin")), name="dispatch")
class MeView(PublicPage, TemplateView):
    """Who is not signed in is asked for a number; others see what they reported."""

    nav = "me"

    def get_template_names(self) -> list[str]:
        return [f"citizens/me/{'start' if citizen_on(self.request) else 'sign_in'}.html"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, notice = citizen_on(self.request), notice_in_force()
        told: dict[str, Any] = {"notice": notice}
        if user is not None:
            told["me"], told["reports"] = user, reports_of(user)
            contact = Contact.objects.filter(user=user).first()
            told["phone"], told["wants_news"] = (contact.shown_phone, contact.wants_news) if contact else ("", False)
            told["must_agree"] = notice is not None and not has_agreed(user.pk, notice)
            told["is_newer"] = told["must_agree"] and has_agreed_to_any(user.pk)
        return super().get_context_data(**told, **kwargs)

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Send a code. The answer is the same for every number."""
        if request.POST.get("again"):
            return self._once_more(request, request.POST["again"])
        typed, agreed = request.POST.get("phone", ""), request.POST.get("agree") == "on"
        try:
            notice = notice_in_force()
            agreed = agreed and (notice is None or has_seen(request, notice))
            wrong = {} if agreed or notice is None else {"agree": [MUST_AGREE]}
            if wrong:
                return self._again(wrong | ({} if mobile(typed) else {"phone": [NO_MOBILE]}), typed, agreed)
            version = notice.version if notice else 0
            key = send_code(typed=typed, asker=network_mark(request), version=version)
            return redirect("citizens:me-code", key=key)
        except DomainError as refusal:
            return self._again(refusal.fields or {"phone": [refusal.message]}, typed, agreed, refusal.status)

    def _once_more(self, request: HttpRequest, key: str) -> HttpResponseBase:
        """To the number of a code that did not come, or was typed wrong too often."""
        try:
            phone, version = number_again(key)
        except DomainError as refusal:
            return self._again({"phone": [refusal.message]}, "", False, refusal.status)
        notice = notice_in_force()
        if notice is not None and notice.version != version:
            return self._again({"agree": [MUST_AGREE]}, phone, False)
        try:
            return redirect(
                "citizens:me-code", key=send_code(typed=phone, asker=network_mark(request), version=version)
            )
        except DomainError as refusal:
            told = {"key": key, "shown_phone": shown_phone(key), "over": not is_open(key), "not_sent": refusal.message}
            context = self.get_context_data(**told)
            return self.response_class(request, ["citizens/me/code.html"], context, status=refusal.status)

    def _again(self, wrong: dict[str, Any], phone: str, agreed: bool, status: int = 400) -> HttpResponse:
        context = self.get_context_data(wrong=wrong, typed=phone, agreed=agreed)
        return self.render_to_response(context, status=status)


def has_seen(request: HttpRequest, notice: PrivacyNotice) -> bool:
    """Whether the page that was answered told of this version, and not of one before it."""
    return request.POST.get("version", str(notice.version)) == str(notice.version)


@dataclass(frozen=True, slots=True)
class Mine:
    """Something one reported; ``code`` leads to its progress, and is empty for what came without a receipt."""

    order: WorkOrder
    at: dt.datetime
    code: str = ""

    @property
    def word(self) -> str:
        """How far it has come; of what was merged, how far the other has."""
        return str(word_of(self._status))

    @property
    def says(self) -> str:
        return str(SAYS.get(self._status, ""))

    @property
    def _status(self) -> str:
        order = self.order
        return order.master.status if order.status == Status.MERGED and order.master is not None else order.status


def reports_of(user: User) -> list[Mine]:
    """What the citizen reported or joined, by this site or another way, newest first."""
    own = Receipt.objects.filter(user=user).select_related("order__text", "order__master").order_by("-pk")[:NEWEST]
    found = [Mine(each.order, each.created_at, spelled(code_of_receipt(each))) for each in own]
    others = WorkOrder.objects.filter(reporter=user).exclude(receipts__user=user).select_related("text", "master")
    found += [Mine(each, each.reported_at) for each in others.order_by("-pk")[:NEWEST]]
    return sorted(found, key=lambda each: each.at, reverse=True)[:NEWEST]


@method_decorator((never_cache, limited("signin-code")), name="dispatch")
class CodeView(PublicPage, TemplateView):
    """Six digits from the message."""

    template_name = "citizens/me/code.html"
    nav = "me"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        key = self.kwargs["key"]
        return super().get_context_data(**{"key": key, "shown_phone": shown_phone(key), **kwargs})

    def post(self, request: HttpRequest, key: str) -> HttpResponseBase:
        try:
            version = agreed_version(key)
            phone = phone_of(key=key, typed=request.POST.get("code", ""))
            with transaction.atomic():
                user = citizen_of(phone)
                notice = notice_in_force()
                # Nobody is sent a code who did not tick the box; a newer version is asked for on the next page.
                if notice is not None and notice.version == version:
                    agree(notice=notice, user_id=user.pk)
        except DomainError as refusal:
            context = self.get_context_data(wrong=refusal.message, over=refusal.code == "code_expired")
            return self.render_to_response(context, status=refusal.status)
        begin_session(request, user)
        return redirect("citizens:me")


class SignOutView(PostedOnly):
    def post(self, request: HttpRequest) -> HttpResponseBase:
        if citizen_on(request) is not None:
            end_session(request)
        return redirect("citizens:me")


class NewsView(PostedOnly):
    """Choose to be told by SMS, or not to be."""

    def post(self, request: HttpRequest) -> HttpResponseBase:
        user = citizen_on(request)
        if user is not None:
            wants = request.POST.get("news") == "on"
            choose_news(user_id=user.pk, wants=wants)
            messages.success(request, _("办理有进展时会给您发短信。") if wants else _("不再给您发短信。"))
        return redirect("citizens:me")


class AgreeView(PostedOnly):
    """Agree to a version that came after one signed in."""

    def post(self, request: HttpRequest) -> HttpResponseBase:
        user, notice = citizen_on(request), notice_in_force()
        if user is None or notice is None or request.POST.get("agree") != "on" or not has_seen(request, notice):
            messages.error(request, MUST_AGREE)
        else:
            agree(notice=notice, user_id=user.pk)
        return redirect("citizens:me")
