"""Report something: one page, with or without a script, and the receipt."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlsplit

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import TemplateView

from accounts.models import UserKind
from accounts.selectors import actor_of
from catalogue.selectors import category_tree
from citizens import services
from citizens.models import Receipt, UploadState
from citizens.pages.reporting import near_rows
from citizens.rules.codes import spelled
from citizens.rules.reporting import LONGEST, MOST_BYTES, MOST_FILES, MOST_TYPED
from citizens.selectors.reporting import frequent, nearby, place_name
from citizens.services.examining import reason_of
from citizens.services.quarantine import Doorkeeper
from citizens.views.base import PublicPage
from grids.selectors.people import passer_by
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import Invalid, NotAllowed

TYPED = ("words", "address", "lon", "lat", "category", "client_key")


def actor_who_reports(request: HttpRequest) -> Actor:
    """A citizen who signed in; everybody else, staff too, is somebody of whom we know nothing."""
    user = request.user
    if user.is_authenticated and user.kind == UserKind.CITIZEN:
        return actor_of(request)
    return passer_by()


def check_same_site(request: HttpRequest) -> None:
    """Nobody else's page makes a report in a reader's name. Raises NotAllowed.

    Told by the browser, not by a token: a report that waited for a network is sent when any token is long over.
    """
    fetched = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin", "")
    if fetched is not None:
        allowed = fetched in ("same-origin", "none")
    else:
        allowed = origin in ("", "null") or urlsplit(origin).netloc == request.get_host()
    if not allowed:
        raise NotAllowed(_("请从本网站的页面上报"))


@method_decorator((csrf_exempt, never_cache), name="dispatch")
class ReportView(PublicPage, TemplateView):
    template_name = "citizens/report/form.html"
    nav = "report"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("typed", {"client_key": str(uuid.uuid4())})
        return super().get_context_data(
            classes=category_tree(), frequent=frequent(), most_files=MOST_FILES, longest=LONGEST, **kwargs
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        check_same_site(request)
        size = request.META.get("CONTENT_LENGTH") or ""
        # Before anything is read: what follows is never looked at.
        if not size.isdecimal():
            return self._refused({}, {"files": [_("请求没有说明大小")]}, 411)
        if int(size) > MOST_BYTES + MOST_TYPED:
            return self._refused({}, {"files": [_("照片、视频和录音加起来不能超过 60 MB，请减少后再提交")]}, 413)
        keeper = Doorkeeper(request)
        request.upload_handlers = [keeper]
        try:
            typed = {name: request.POST.get(name, "") for name in TYPED}
        except BaseException:
            keeper.upload_interrupted()
            raise
        return self._reported(request, typed, keeper)

    def _reported(self, request: HttpRequest, typed: dict[str, str], keeper: Doorkeeper) -> HttpResponse:
        faults = {"files": list(dict.fromkeys(told for _code, told in keeper.faults))} if keeper.faults else {}
        if faults:
            keeper.upload_interrupted()
            large = any(code == "too_large" for code, _told in keeper.faults)
            return self._refused(typed, faults, 413 if large else 400)
        try:
            key = _key_of(typed["client_key"])
            receipt, code = services.report_publicly(
                by=actor_who_reports(request), client_key=key, told=typed, uploads=keeper.taken
            )
        except Invalid as error:
            keeper.upload_interrupted()
            told = {name: [str(text) for text in texts] for name, texts in error.fields.items()}
            return self._refused(typed, told, 400)
        return given(request, receipt, code)

    def _refused(self, typed: dict[str, str], faults: dict[str, list[str]], status: int) -> HttpResponse:
        if _wants_json(self.request):
            return JsonResponse({"errors": faults}, status=status)
        if not typed.get("client_key"):
            typed = {**typed, "client_key": str(uuid.uuid4())}
        faults = {("address" if name in ("lon", "lat") else name): texts for name, texts in faults.items()}
        return self.render_to_response(self.get_context_data(typed=typed, faults=faults), status=status)


@method_decorator((csrf_exempt, never_cache), name="dispatch")
class NearView(View):
    """Where a point lies, and what others have told of there. Asked by POST: no log shows where somebody stands."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest) -> JsonResponse:
        check_same_site(request)
        try:
            lon, lat = float(request.POST.get("lon", "")), float(request.POST.get("lat", ""))
        except ValueError:
            return JsonResponse({"place": "", "near": []})
        if not (abs(lon) <= 180 and abs(lat) <= 90):
            return JsonResponse({"place": "", "near": []})
        found = nearby(lon, lat, request.POST.get("category", ""), request.POST.get("words", "")[:LONGEST])
        return JsonResponse({"place": place_name(lon, lat), "near": near_rows(found)})


@method_decorator((csrf_exempt, never_cache), name="dispatch")
class JoinView(View):
    http_method_names = ("post",)

    def post(self, request: HttpRequest) -> HttpResponse:
        check_same_site(request)
        receipt, code = services.join_report(
            by=actor_who_reports(request),
            client_key=_key_of(request.POST.get("client_key", "")),
            offer=request.POST.get("offer", ""),
        )
        return given(request, receipt, code)


@method_decorator(never_cache, name="dispatch")
class ReceiptView(PublicPage, TemplateView):
    """What one takes away: number, code, when we shall answer. Whoever has the code may look."""

    template_name = "citizens/report/receipt.html"
    nav = "report"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        receipt = services.receipt_by_code(kwargs["code"])
        track = reverse("citizens:track-one", args=[kwargs["code"]])
        base = settings.LIANQIN_PUBLIC_URL or f"{self.request.scheme}://{self.request.get_host()}"
        uploads = [(each, reason_of(each)) for each in receipt.uploads.all()]
        return super().get_context_data(
            receipt=receipt,
            order=receipt.order,
            spelled=spelled(kwargs["code"]),
            track=track,
            qr=segno.make(f"{base}{track}", error="m", micro=False).svg_data_uri(border=2, scale=4),
            refused=[(each, why) for each, why in uploads if each.state == UploadState.REFUSED],
            waiting=sum(each.state == UploadState.WAITING for each, _why in uploads),
            kept=sum(each.state == UploadState.ATTACHED for each, _why in uploads),
            **kwargs,
        )


def given(request: HttpRequest, receipt: Receipt, code: str) -> HttpResponse:
    """The receipt: as a page, or as what a script keeps on the device."""
    link = reverse("citizens:receipt", args=[code])
    if not _wants_json(request):
        return HttpResponseRedirect(link)
    return JsonResponse(
        {"number": receipt.order.number, "code": code, "spelled": spelled(code), "link": link}, status=201
    )


def _key_of(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError as error:
        raise Invalid(fields={"client_key": [_("请刷新页面后再提交")]}) from error


def _wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")
