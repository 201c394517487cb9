"""Public notices: who may be shown next, what runs, and the sheet that hangs on the board."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from configuration.pages.stewards.places import StewardPage, community_options
from grids.models import Objection, PublicNotice
from grids.selectors.stewards import days_left, notices, policy_of, stewards
from grids.services import publish_notice
from grids.states import StewardState
from lianqin.kernel import clock
from lianqin.kernel.errors import DomainError, NotAllowed, NotVisible
from lianqin.kernel.numbers import whole

PAGE_SIZE = 20


class Notices(StewardPage):
    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page()

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            notice = publish_notice(
                by=self.actor,
                steward_ids=[pk for text in request.POST.getlist("steward") if (pk := whole(text)) is not None],
                title=request.POST.get("title", "").strip()[:80],
                days=whole(request.POST.get("days", "").strip(), 3),
                contact=request.POST.get("contact", "").strip()[:120],
            )
        except NotAllowed:
            raise
        except DomainError as refusal:
            return self._page(refusal)
        self.tell(_("已发布公示，%(days)d 天后由系统结束") % {"days": notice.days})
        return redirect("configuration:steward-notices")

    def _page(self, refusal: DomainError | None = None) -> HttpResponse:
        community = self.request.GET.get("community", "")[:15]
        ready = list(stewards(state=StewardState.INTERVIEWED, community=community)[:200])
        now = clock.now()
        page = Paginator(notices(), PAGE_SIZE).get_page(self.request.GET.get("page"))
        context = {
            "tab": "steward-notices",
            "page": page,
            "lines": [(notice, days_left(notice.ends_at, now)) for notice in page],
            "ready": ready,
            "days": policy_of(ready[0].community).notice_days if ready else 5,
            "community": community,
            "communities": community_options(),
            "typed": self.request.POST if refusal else {},
            "chosen": self.request.POST.getlist("steward") if refusal else [str(each.pk) for each in ready],
            "refusal": refusal,
            "loose": [text for texts in (refusal.fields.values() if refusal else ()) for text in texts],
            "may_run": self.may_run,
        }
        return self.show("steward_notices.html", context, refusal.status if refusal else 200)


class Notice(StewardPage):
    """The sheet: names, communities and buildings, until when, and where to object. No telephone numbers."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        notice = PublicNotice.objects.filter(pk=pk).first()
        if notice is None:
            raise NotVisible
        shown = stewards().filter(notice=notice)
        disputes = Objection.objects.filter(notice=notice).select_related("steward", "decided_by")
        context = {"notice": notice, "candidates": shown, "disputes": disputes, "now": clock.now()}
        return render(request, "configuration/steward_notice.html", context)
