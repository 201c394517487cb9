"""Report something: one page, with or without a script, and the receipt."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlsplit

import segno
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.gzip import gzip_page
from django.views.generic import TemplateView

from accounts.selectors import actor_of
from catalogue.selectors import category_tree
from citizens import services
from citizens.models import Receipt, UploadState
from citizens.pages.following import followed_by, steps_of
from citizens.pages.reporting import near_rows
from citizens.pages.shell import MODULES
from citizens.rules.codes import read, spelled
from citizens.rules.phones import mobile
from citizens.rules.progress import SAYS
from citizens.rules.reporting import LONGEST, MOST_BYTES, MOST_FILES, MOST_TYPED
from citizens.selectors.privacy import has_agreed, notice_in_force
from citizens.selectors.reporting import frequent, nearby, offered_picture, place_name
from citizens.services.codes import NO_MOBILE, Unavailable, send_code
from citizens.services.examining import reason_of
from citizens.services.numbers import prove_number, shown_number
from citizens.services.publishing import small_copy
from citizens.services.quarantine import Doorkeeper
from citizens.services.sessions import citizen_on, writer_mark
from citizens.services.visitors import network_mark
from citizens.views.base import PostedOnly, PublicPage
from citizens.views.guard import limited
from grids.selectors.people import passer_by
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import DomainError, Invalid, NotAllowed

TYPED = ("words", "address", "lon", "lat", "category", "client_key")
# What concerns the number of somebody who wants to be called back.
ABOUT_NUMBER = ("phone", "phone_key", "code", "proof", "mine", "agree")


# More letters than any field takes; what is longer than a field may be is said so by who reads the field.
MOST_LETTERS = 5000


def actor_who_reports(request: HttpRequest) -> Actor:
    """A citizen who signed in; everybody else, staff too, is somebody of whom we know nothing.

    What was written before somebody signed in here, or by whoever did so before them, is not theirs.
    """
    me = citizen_on(request)
    if me is not None and request.POST.get("writer", writer_mark(me)) == writer_mark(me):
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


@method_decorator((csrf_exempt, never_cache, limited("report")), name="dispatch")
class ReportView(PublicPage, TemplateView):
    template_name = "citizens/report/form.html"
    nav = "report"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # What is packed together can be told apart by its length: nothing of who signed in, nothing of what was typed.
        if request.method == "GET" and settings.SESSION_COOKIE_NAME not in request.COOKIES:
            packed: HttpResponseBase = gzip_page(super().dispatch)(request, *args, **kwargs)
            return packed
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        typed = kwargs.setdefault("typed", {"client_key": str(uuid.uuid4())})
        me, notice = citizen_on(self.request), notice_in_force()
        return super().get_context_data(
            classes=category_tree(),
            frequent=frequent(),
            most_files=MOST_FILES,
            longest=LONGEST,
            most_letters=MOST_LETTERS,
            modules=MODULES,
            notice=notice,
            agreed=me is not None and notice is not None and has_agreed(me.pk, notice),
            me=me,
            writer=writer_mark(me),
            my_phone=getattr(getattr(me, "contact", None), "shown_phone", ""),
            shown_phone=shown_number(typed.get("proof", "")),
            **kwargs,
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
            typed = {name: request.POST.get(name, "")[:MOST_LETTERS] for name in (*TYPED, *ABOUT_NUMBER)}
        except BaseException:
            keeper.upload_interrupted()
            raise
        if request.POST.get("do") == "code":
            had_files = bool(keeper.taken or keeper.faults)
            keeper.upload_interrupted()
            return self._code_sent(typed, had_files=had_files)
        return self._reported(request, typed, keeper)

    def _code_sent(self, typed: dict[str, str], *, had_files: bool) -> HttpResponse:
        """Without a script: the page once more, now with a field for the code."""
        try:
            asked = {"phone_key": ask_number(self.request, typed), "code": "", "proof": ""}
        except DomainError as refusal:
            return self._refused(typed, told_by_field(refusal, "phone"), refusal.status)
        return self.render_to_response(self.get_context_data(typed={**typed, **asked}, again=had_files))

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
            return self._refused(typed, told_by_field(error, "words"), 400)
        except Unavailable as error:
            keeper.upload_interrupted()
            return self._refused(typed, told_by_field(error, "code"), error.status)
        return given(request, receipt, code)

    def _refused(self, typed: dict[str, str], faults: dict[str, list[str]], status: int) -> HttpResponse:
        if _wants_json(self.request):
            return JsonResponse({"errors": faults}, status=status)
        if not typed.get("client_key"):
            typed = {**typed, "client_key": str(uuid.uuid4())}
        faults = {("address" if name in ("lon", "lat") else name): texts for name, texts in faults.items()}
        return self.render_to_response(self.get_context_data(typed=typed, faults=faults), status=status)


@method_decorator((csrf_exempt, never_cache, limited("signin")), name="dispatch")
class NumberView(PostedOnly):
    """For scripts: a number gets a code, a code becomes a proof that goes with the report."""

    def post(self, request: HttpRequest) -> JsonResponse:
        check_same_site(request)
        typed = {name: request.POST.get(name, "")[:MOST_LETTERS] for name in ABOUT_NUMBER}
        try:
            if not typed["code"]:
                return JsonResponse({"phone_key": ask_number(request, typed)})
            proof, shown = prove_number(key=typed["phone_key"], typed=typed["code"])
        except DomainError as refusal:
            errors = told_by_field(refusal, "code" if typed["code"] else "phone")
            return JsonResponse({"errors": errors, "over": refusal.code == "code_expired"}, status=refusal.status)
        return JsonResponse({"proof": proof, "shown": shown})


@method_decorator((csrf_exempt, never_cache, limited("near")), name="dispatch")
class NearView(PostedOnly):
    """Where a point lies, and what others have told of there. Asked by POST: no log shows where somebody stands."""

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


class NearPictureView(View):
    """The redacted copy beside what somebody may join, small."""

    def get(self, request: HttpRequest, key: uuid.UUID) -> HttpResponse:
        found = offered_picture(key)
        data = small_copy(found.path) if found is not None else None
        if data is None:
            raise Http404
        return HttpResponse(data, content_type="image/jpeg", headers={"Cache-Control": "private, max-age=600"})


@method_decorator((csrf_exempt, never_cache, limited("report")), name="dispatch")
class JoinView(PostedOnly):
    def post(self, request: HttpRequest) -> HttpResponse:
        check_same_site(request)
        receipt, code = services.join_report(
            by=actor_who_reports(request),
            client_key=_key_of(request.POST.get("client_key", "")),
            offer=request.POST.get("offer", ""),
        )
        return given(request, receipt, code)


@method_decorator((never_cache, limited("track", ("GET",))), name="dispatch")
class ReceiptView(PublicPage, TemplateView):
    """What one takes away: number, code, when we shall answer. Whoever has the code may look."""

    template_name = "citizens/report/receipt.html"
    nav = "report"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().dispatch(request, *args, **kwargs)
        # The address holds the code; not even pages of this site are told it.
        response["Referrer-Policy"] = "strict-origin"
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        receipt = services.receipt_by_code(kwargs["code"])
        track = reverse("citizens:track-one", args=[kwargs["code"]])
        base = settings.LIANQIN_PUBLIC_URL or f"{self.request.scheme}://{self.request.get_host()}"
        uploads = [(each, reason_of(each)) for each in receipt.uploads.all()]
        followed = followed_by(receipt.order)
        return super().get_context_data(
            receipt=receipt,
            order=receipt.order,
            followed=followed,
            says=SAYS.get(followed.status, ""),
            steps=steps_of(receipt.order, followed),
            spelled=spelled(read(kwargs["code"])),
            track=track,
            qr=segno.make(f"{base}{track}", error="m", micro=False).svg_data_uri(border=2, scale=4),
            refused=[(each, why) for each, why in uploads if each.state == UploadState.REFUSED],
            waiting=sum(each.state == UploadState.WAITING for each, _why in uploads),
            kept=sum(each.state == UploadState.ATTACHED for each, _why in uploads),
            **kwargs,
        )


def ask_number(request: HttpRequest, typed: dict[str, str]) -> str:
    """Send a code to who has agreed to what becomes of the number. Raises Invalid, and as :func:`send_code`."""
    notice = notice_in_force()
    if notice is not None and typed["agree"] != str(notice.version):
        faults = {"agree": [_("留电话要先看过隐私告知，并勾选同意")]}
        raise Invalid(fields=faults if mobile(typed["phone"]) else {"phone": [NO_MOBILE], **faults})
    return send_code(typed=typed["phone"], asker=network_mark(request), version=notice.version if notice else 0)


def told_by_field(refusal: DomainError, otherwise: str) -> dict[str, list[str]]:
    """What is wrong with which field; a refusal that names none stands at ``otherwise``."""
    told = refusal.fields or {otherwise: [refusal.message]}
    return {name: [str(text) for text in texts] for name, texts in told.items()}


def given(request: HttpRequest, receipt: Receipt, code: str) -> HttpResponse:
    """The receipt: as a page, or as what a script keeps on the device."""
    link = reverse("citizens:receipt", args=[code])
    if not _wants_json(request):
        return HttpResponseRedirect(link)
    told = {"number": receipt.order.number, "code": code, "spelled": spelled(code), "link": link}
    return JsonResponse({**told, "listed": receipt.user_id is not None}, status=201)


def _key_of(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError as error:
        raise Invalid(fields={"client_key": [_("请刷新页面后再提交")]}) from error


def _wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")
