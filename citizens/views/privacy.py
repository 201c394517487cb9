"""What citizens are told about their data, and where staff writes it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.views.generic import TemplateView

from accounts.selectors import actor_of
from citizens.models import PrivacyNotice, RetentionRun
from citizens.selectors.privacy import notice_in_force, notices_in_force, sections
from citizens.services.notices import draft_notice, may_write_notices, put_in_force
from citizens.services.retention import PERIODS
from citizens.views.base import PublicPage
from lianqin.kernel.errors import Invalid, NotAllowed
from lianqin.kernel.numbers import whole

RUNS_SHOWN = 20


class PrivacyView(PublicPage, TemplateView):
    """The version in force, or an earlier one."""

    template_name = "citizens/privacy.html"
    nav = "me"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        versions = list(notices_in_force())
        wanted = self.request.GET.get("version", "")
        shown = next((each for each in versions if not wanted or str(each.version) == wanted), None)
        if wanted and shown is None:
            raise Http404
        told = sections(shown.text) if shown else ()
        return super().get_context_data(versions=versions, shown=shown, told=told, periods=PERIODS, **kwargs)


class NoticesView(LoginRequiredMixin, TemplateView):
    """Draft the next version; another person puts it in force. Below, what was erased in time."""

    template_name = "citizens/desk/privacy.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        actor = actor_of(self.request)
        if not may_write_notices(actor):
            raise NotAllowed
        draft = PrivacyNotice.objects.select_related("drafted_by").filter(effective_at=None).first()
        current = notice_in_force()
        told = {
            "draft": draft,
            "current": current,
            "sections": sections(draft.text) if draft else (),
            "text": draft.text if draft else current.text if current else "",
            "changes": draft.changes if draft else "",
            "own": draft is not None and draft.drafted_by_id == actor.user_id,
            "periods": PERIODS,
            "runs": RetentionRun.objects.all()[:RUNS_SHOWN],
        }
        return super().get_context_data(nav="desk", **{**told, **kwargs})

    def post(self, request: HttpRequest) -> HttpResponseBase:
        actor = actor_of(request)
        if request.POST.get("do") == "force":
            put_in_force(version=whole(request.POST.get("version"), 9) or 0, by=actor)
            return redirect("desk:privacy-notices")
        text, changes = request.POST.get("text", ""), request.POST.get("changes", "")
        try:
            draft_notice(text=text, changes=changes, by=actor)
        except Invalid as refusal:
            context = self.get_context_data(wrong=refusal.fields, text=text, changes=changes)
            return self.render_to_response(context, status=400)
        return redirect("desk:privacy-notices")
