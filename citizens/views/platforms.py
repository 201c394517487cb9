"""Platforms on the desk: how they are set up, what they sent, what could not be read, and what went back."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages as told
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from citizens.pages.platforms import (
    field_lines,
    letter_lines,
    letters,
    platform_board,
    platform_parts,
    previewed,
    reads_platforms,
    returns_of,
    standing_of,
)
from citizens.permissions import may_configure, may_mend
from citizens.services import letters as mending
from citizens.services import platforms, returns
from citizens.services.letters import EDITABLE
from citizens.views.desk import DeskPage
from grids.selectors import may_approve
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import DomainError, Invalid
from lianqin.kernel.numbers import whole
from lianqin.kernel.paging import BoundedPaginator

PAGE_SIZE = 50


class PlatformPage(DeskPage):
    """``mends``: letters and returns hold what people told, so that only who takes reports in sees them."""

    mends = False

    def may(self, actor: Actor) -> bool:
        return (may_mend if self.mends else reads_platforms)(actor)

    def page(self, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
        frame = {"may_configure": may_configure(self.actor), "may_mend": may_mend(self.actor)}
        return self.show(f"platforms/{template}", status, **{**frame, **context})

    def complain(self, error: DomainError) -> None:
        """Every field with what is wrong with it, or the refusal itself."""
        lines = [f"{name}：{text}" for name, texts in error.fields.items() for text in texts]
        told.error(self.request, "；".join(lines) or str(error.message))


class Platforms(PlatformPage):
    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page("list", platform_board())

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            platform = platforms.open_platform(code=request.POST.get("code", ""), by=self.actor)
        except Invalid as error:
            self.complain(error)
            return redirect("desk:platforms")
        return redirect("desk:platform", code=platform.code)


class Platform(PlatformPage):
    """One platform: its keys, its setup, a draft of another, and a pasted message read by either."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        context = platform_parts(code, may_approve=may_approve(self.actor), actor=self.actor)
        return self.page("platform", context)

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        parts = platform_parts(code, may_approve=may_approve(self.actor), actor=self.actor)
        act = request.POST.get("act", "")
        if act == "preview":
            return self.page("platform", {**parts, "typed": request.POST, "preview": previewed(request.POST)})
        try:
            secret = self._do(act, parts["platform"].pk)
        except Invalid as error:
            self.complain(error)
            return self.page("platform", {**parts, "typed": request.POST}, status=400)
        except DomainError as error:
            self.complain(error)
            return redirect("desk:platform", code=code)
        if secret is not None:
            fresh = platform_parts(code, may_approve=may_approve(self.actor), actor=self.actor)
            return self.page("platform", {**fresh, "secret": secret})
        return redirect("desk:platform", code=code)

    def _do(self, act: str, pk: int) -> tuple[Any, str] | None:
        given, by = self.request.POST, self.actor
        number = whole(given.get("id"), 9) or 0
        if act == "draft":
            platforms.draft_setup(platform_id=pk, contents=_contents(given), by=by)
            told.success(self.request, _("已提交，等待另一人批准。"))
        elif act in ("approve_setup", "refuse_setup"):
            opinion = given.get("opinion", "")[:500]
            platforms.decide_setup(setup_id=number, approve=act == "approve_setup", by=by, opinion=opinion)
        elif act == "make_key":
            return platforms.make_key(platform_id=pk, algorithm=given.get("algorithm", ""), by=by)
        elif act in ("approve_key", "refuse_key"):
            platforms.decide_key(key_id=number, approve=act == "approve_key", by=by)
        elif act == "end_key":
            platforms.end_key(key_id=number, by=by)
        return None


def _contents(given: Any) -> dict[str, Any]:
    """The form as a setup. Raises Invalid."""
    faults: dict[str, list[str]] = {}
    contents: dict[str, Any] = {
        "active": given.get("active") == "on",
        "networks": given.get("networks", "").split(),
        "return_address": given.get("return_address", "").strip()[:300],
        "mailbox": given.get("mailbox", "").strip()[:120].lower(),
        "mail_senders": [each[:120].lower() for each in given.get("mail_senders", "").split()],
    }
    for name in ("per_minute", "per_day"):
        contents[name] = whole(given.get(name), 9) or 0
    for name in ("mapping", "schema"):
        try:
            contents[name] = json.loads(given.get(name, ""))
        except (ValueError, RecursionError):
            faults[name] = [_("不是有效的 JSON")]
    if faults:
        raise Invalid(fields=faults)
    return contents


class Letters(PlatformPage):
    """What waits for a person, newest first; all of a platform are read anew after its mapping was mended."""

    mends = True

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = {
            name: request.GET.get(name, "").replace("\x00", "").strip()[:64] for name in ("q", "platform", "state")
        }
        page = BoundedPaginator(letters(**asked), PAGE_SIZE).get_page(request.GET.get("page"))
        context = {"page": page, "lines": letter_lines(list(page)), "asked": asked, **standing_of()}
        return self.page("letters", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        number = request.POST.get("platform", "")
        tried, applied = mending.retry_all(platform_id=whole(number, 9) or 0, by=self.actor)
        told.success(request, _("重试 %(tried)d 件，%(applied)d 件已转为工单。") % {"tried": tried, "applied": applied})
        return redirect("desk:letters")


class Letter(PlatformPage):
    mends = True

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.page("letter", field_lines(pk))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        try:
            if request.POST.get("act") == "discard":
                mending.discard_letter(message_id=pk, by=self.actor, reason=request.POST.get("reason", ""))
                return redirect("desk:letters")
            # What is shown masked is changed only where something was typed.
            typed = {name: request.POST[name].strip() for name in EDITABLE if name in request.POST}
            kept = {name: text for name, text in typed.items() if text or not name.startswith("reporter_")}
            message = mending.retry_letter(message_id=pk, by=self.actor, fields=kept)
        except DomainError as error:
            self.complain(error)
            return self.page("letter", {**field_lines(pk), "typed": request.POST}, status=400)
        if message.order is not None:
            told.success(request, _("已转为工单 %(number)s。") % {"number": message.order.number})
            return redirect("desk:letters")
        told.error(request, _("还不能转为工单，请按提示补正。"))
        return redirect("desk:letter", pk=pk)


class Returns(PlatformPage):
    """What went back to the platforms, and what is held up."""

    mends = True

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = {
            name: request.GET.get(name, "").replace("\x00", "").strip()[:64] for name in ("q", "platform", "state")
        }
        page = BoundedPaginator(returns_of(**asked), PAGE_SIZE).get_page(request.GET.get("page"))
        return self.page("returns", {"page": page, "asked": asked, **standing_of()})

    def post(self, request: HttpRequest) -> HttpResponse:
        number = request.POST.get("id", "")
        pk = whole(number, 9) or 0
        try:
            if request.POST.get("act") == "give_up":
                returns.give_up(message_id=pk, by=self.actor, reason=request.POST.get("reason", ""))
            else:
                returns.send_again(message_id=pk, by=self.actor)
        except DomainError as error:
            self.complain(error)
        return redirect("desk:returns")
