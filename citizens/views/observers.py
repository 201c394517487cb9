"""Remarks of public observers: made in a minute, answered, and looked after by the workstation."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from accounts.selectors import actor_of
from citizens.models import Receipt, Remark, RemarkState, StandingRole
from citizens.pages.observers import placed, warning
from citizens.rules.community import SHANGHAI
from citizens.rules.reporting import LIMITS, MEGABYTE
from citizens.selectors.community import all_communities, confirmed, sent_key
from citizens.selectors.observers import figures_for, remarks_for, remarks_of
from citizens.selectors.reporting import place_name
from citizens.services import observers
from citizens.services.quarantine import Doorkeeper, too_large
from citizens.services.receipts import code_of_receipt
from citizens.services.sessions import citizen_on
from citizens.views.base import PostedOnly
from citizens.views.community import CommunityPage
from citizens.views.community_desk import CommunityDesk
from citizens.views.following import picture
from citizens.views.guard import limited
from citizens.views.reporting import check_same_site
from citizens.views.volunteers import point_of
from grids.ground import ground
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import DomainError, Invalid, NotVisible
from lianqin.kernel.numbers import whole

# Of a whole form: a picture that is somewhat too large is read on and refused beside its field, with all else.
MOST_BYTES = LIMITS["image"] + 15 * MEGABYTE
LAST, PAGE = 30, 30


@method_decorator((csrf_exempt, never_cache, limited("upload")), name="dispatch")
class RemarksView(CommunityPage):
    """The form, and what became of earlier remarks. Whose page sends it is told by the browser, as for reports."""

    template_name = "citizens/community/remarks.html"
    done = "citizens:remarks"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        me = self.citizen()
        told: dict[str, Any] = {"me": me, "key": uuid.uuid4()}
        if me is not None:
            today = clock.now().astimezone(SHANGHAI).date()
            told["terms"] = [
                each for each in confirmed(me.pk, StandingRole.OBSERVER) if each.until and each.until >= today
            ]
            told["remarks"] = [(each, where, _track(each)) for each, where in placed(remarks_of(me.pk)[:LAST])]
            told["days"] = observers.ANSWER_WORKDAYS
        return super().get_context_data(**{**told, **kwargs})

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        check_same_site(request)
        if citizen_on(request) is None:
            return HttpResponseRedirect(reverse("citizens:me"))
        size = request.META.get("CONTENT_LENGTH") or ""
        if not size.isdecimal() or int(size) > MOST_BYTES:
            return self.refused(Invalid(fields={"files": [too_large("image")]}))
        keeper = Doorkeeper(request, pictures_only=True)
        request.upload_handlers = [keeper]
        try:
            form = request.POST
            observers.make_remark(
                by=self.actor(), community_id=whole(form.get("community")) or 0, client_key=_key(form.get("key", "")),
                words=form.get("words", ""), place=form.get("place", ""),
                point=point_of(form.get("lon", ""), form.get("lat", "")), files=keeper.taken,
                refused=[told for _code, told in keeper.faults],
            )  # fmt: skip
        except DomainError as refusal:
            keeper.upload_interrupted()
            return self.refused(refusal, key=request.POST.get("key", ""))
        messages.success(request, _("收到了，社区会在 %(days)d 个工作日内答复") % {"days": observers.ANSWER_WORKDAYS})
        return self.after()


@method_decorator((csrf_exempt, never_cache, limited("near")), name="dispatch")
class RemarkPlaceView(PostedOnly):
    """Where a point lies, and whether in the community told of. Asked by POST: no log shows where one stands."""

    def post(self, request: HttpRequest) -> JsonResponse:
        check_same_site(request)
        point = point_of(request.POST.get("lon", ""), request.POST.get("lat", ""))
        community = all_communities().filter(pk=whole(request.POST.get("community")) or 0).first()
        if point is None or community is None:
            return JsonResponse({"place": "", "warning": ""})
        found = ground().locate(*point)
        inside = found is not None and found.community_id == community.pk
        return JsonResponse({"place": place_name(*point), "warning": "" if inside else warning(community)})


def _key(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError as error:
        raise Invalid(fields={"key": [_("请刷新页面后再提交")]}) from error


def _track(remark: Remark) -> str:
    """Where the author follows the order that was made of it."""
    if remark.order_id is None:
        return ""
    receipt = Receipt.objects.filter(order_id=remark.order_id, user_id=remark.author_id).order_by("pk").first()
    code = code_of_receipt(receipt) if receipt is not None else ""
    return reverse("citizens:track-one", args=[code]) if code else ""


@method_decorator(never_cache, name="dispatch")
class RemarkPictureView(View):
    """For the author and for who answers."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        row = Remark.objects.filter(pk=pk).exclude(picture="").first()
        me = citizen_on(request)
        if row is None or not ((me and row.author_id == me.pk) or _runs(request, pk)):
            raise Http404
        return picture(row.picture, "image/jpeg")


def _runs(request: HttpRequest, pk: int) -> bool:
    return request.user.is_authenticated and remarks_for(actor_of(request)).filter(pk=pk).exists()


class RemarksDeskView(CommunityDesk):
    """What observers saw: the first due first; and how many were answered in time."""

    template = "remarks"

    def context(self, actor: Actor, **kwargs: Any) -> dict[str, Any]:
        rows = remarks_for(actor)
        done = self.request.GET.get("tab") == "done"
        shown = rows.filter(state=RemarkState.ANSWERED).order_by("-answered_at") if done else rows.filter(
            state=RemarkState.OPEN).order_by("due_at", "pk")  # fmt: skip
        page = Paginator(shown, PAGE).get_page(self.request.GET.get("page"))
        return {"page": page, "rows": placed(page), "done": done, "now": clock.now(), "figures": figures_for(actor),
                "days": observers.ANSWER_WORKDAYS}  # fmt: skip

    def do(self, deed: str, actor: Actor, **kwargs: Any) -> str:
        form = self.request.POST
        key, answer = sent_key(form.get("remark")), form.get("answer", "")
        if deed == "order":
            order = observers.order_remark(remark_id=key, answer=answer, by=actor)
            return _("已转为工单 %(number)s，并告诉了观察员") % {"number": order.number}
        if deed not in ("accept", "explain"):
            raise NotVisible
        observers.answer_remark(remark_id=key, accepted=deed == "accept", answer=answer, by=actor)
        return _("已答复，并告诉了观察员")
