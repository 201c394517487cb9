"""What is kept about oneself: to see, to take along, to correct, to end."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils.decorators import method_decorator
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.generic import TemplateView

from accounts.models import User
from citizens.registry import Kept, kept_about
from citizens.services.leaving import leave, rename
from citizens.services.notices import withdraw_consent
from citizens.services.retention import PERIODS
from citizens.services.sessions import citizen_on, end_session
from citizens.views.base import PublicPage
from citizens.views.me import reports_of
from lianqin.kernel import clock
from lianqin.kernel.errors import DomainError

LEAVING = "注销"


@method_decorator(never_cache, name="dispatch")
class CitizenPage(PublicPage, TemplateView):
    """For who is signed in as a citizen; others are led to sign in."""

    nav = "me"
    me: User

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user = citizen_on(request)
        if user is None:
            return redirect("citizens:me")
        self.me = user
        return super().dispatch(request, *args, **kwargs)


class DataView(CitizenPage):
    template_name = "citizens/me/data.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(me=self.me, kept=kept_about(self.me.pk), periods=PERIODS, **kwargs)

    def post(self, request: HttpRequest) -> HttpResponseBase:
        try:
            if request.POST.get("do") == "withdraw":
                withdraw_consent(user_id=self.me.pk)
                end_session(request)
                return redirect("citizens:me")
            rename(user_id=self.me.pk, name=request.POST.get("full_name", ""))
        except DomainError as refusal:
            context = self.get_context_data(wrong=refusal.fields, typed=request.POST.get("full_name", ""))
            return self.render_to_response(context, status=refusal.status)
        messages.success(request, _("称呼已更正"))
        return redirect("citizens:me-data")


class TakeDataView(CitizenPage):
    """Everything as JSON and as a page, in one file that is made now and kept nowhere."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        now, kept = localtime(clock.now()), kept_about(self.me.pk)
        body = io.BytesIO()
        with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as file:
            file.writestr("data.json", _as_json(kept, now.isoformat()))
            file.writestr("data.html", render_to_string("citizens/me/taken.html", {"kept": kept, "now": now}))
        response = HttpResponse(body.getvalue(), content_type="application/zip")
        response["Content-Disposition"] = f'attachment; filename="my-data-{now:%Y%m%d}.zip"'
        return response


def _as_json(kept: list[Kept], made_at: str) -> str:
    told = [{"title": str(each.title), "rows": [[str(what), value] for what, value in each.rows]} for each in kept]
    return json.dumps({"made_at": made_at, "kept": told}, ensure_ascii=False, indent=2)


class LeaveView(CitizenPage):
    """Asked twice: a page of its own, and a word to be written."""

    template_name = "citizens/me/leave.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        reports = [each for each in reports_of(self.me) if each.code]
        return super().get_context_data(word=LEAVING, reports=reports, **kwargs)

    def post(self, request: HttpRequest) -> HttpResponseBase:
        if request.POST.get("word", "").strip() != LEAVING:
            context = self.get_context_data(wrong=_("请在框里写“%s”两个字，再按确认") % LEAVING)
            return self.render_to_response(context, status=400)
        leave(user_id=self.me.pk)
        end_session(request)
        return redirect("citizens:me-left")


class LeftView(PublicPage, TemplateView):
    template_name = "citizens/me/left.html"
    nav = "me"
