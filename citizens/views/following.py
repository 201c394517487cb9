"""Progress: for who types the code of a receipt, and nobody else."""

from __future__ import annotations

from typing import Any

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views import View
from django.views.decorators.cache import never_cache

from citizens.models import Receipt, Way
from citizens.pages import following as pages
from citizens.rules.codes import read, spelled
from citizens.selectors.abuse import appeal_by_code
from citizens.services import receipt_by_code
from citizens.services.following import QUESTIONS, act_with, answer_with
from citizens.views.base import PublicPage
from citizens.views.guard import limited
from lianqin.kernel.errors import DomainError, NotVisible

ASKED = limited("track", ("GET", "POST"))
UNKNOWN = _("没有找到这个查询码。请对照回执再看一遍：查询码是 12 位字母和数字，没有字母 O、I、L。")
DONE = {"withdraw": "withdrawn", "contest": "contested", "reopen": "reopened", "comment": "added"}
SAID = {
    "withdrawn": _("已经撤回，不再办理。"),
    "contested": _("您的异议已经收到，由区联勤指挥中心重新核对。"),
    "reopened": _("已经重新办理，由区联勤指挥中心负责。"),
    "added": _("您补充的话已经交给办理单位。"),
    "answered": _("谢谢您的评价。七天内可以修改。"),
}


class Unknown(Exception):
    """No receipt has this code."""

    def __init__(self, status: int, text: str | Promise) -> None:
        super().__init__(text)
        self.status, self.text = status, text


@method_decorator(never_cache, name="dispatch")
class FollowingPage(PublicPage, View):
    nav = "track"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            response = super().dispatch(request, *args, **kwargs)
        except Unknown as refusal:
            response = self.show("ask", refusal.status, typed=kwargs.get("code", ""), wrong=refusal.text)
        except Http404:
            response = self.show("ask", 404, wrong=UNKNOWN)
        # Django logs refusals with their addresses, and these hold a code.
        response._has_been_logged = True  # type: ignore[attr-defined]
        return response

    def show(self, template: str, status: int = 200, **context: Any) -> HttpResponse:
        return render(
            self.request, f"citizens/following/{template}.html", self.get_context_data(**context), status=status
        )

    def receipt(self, code: str) -> Receipt:
        """The receipt of the code. Raises Unknown: the same answer whatever is wrong with it."""
        try:
            return receipt_by_code(code)
        except NotVisible as error:
            raise Unknown(404, UNKNOWN) from error


class TrackView(FollowingPage):
    """The page where a code is typed."""

    def get(self, request: HttpRequest) -> HttpResponse:
        typed = request.GET.get("code", "")[:40]
        if not typed.strip():
            return self.show("ask")
        code = read(typed)
        if not code:
            return self.show("ask", 404, typed=typed, wrong=UNKNOWN)
        return redirect("citizens:track-one", spelled(code))


@method_decorator(ASKED, name="dispatch")
class TrackOneView(FollowingPage):
    """How far it has come, and what one may do about it."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        try:
            receipt = self.receipt(code)
        except Unknown:
            # Who appealed was given a code, too, and asks for its answer where codes are asked for.
            if appeal_by_code(code) is None:
                raise
            return redirect("citizens:appeal-answer", spelled(read(code)))
        return self.one(receipt, code)

    def one(self, receipt: Receipt, code: str, status: int = 200, **context: Any) -> HttpResponse:
        said = SAID.get(self.request.GET.get("done", ""), "")
        progress = pages.progress_of(receipt)
        return self.show(
            "one", status, code=spelled(read(code)), p=progress, said=said, questions=pages.questions(progress.answers),
            by_sms=self.request.GET.get("from") == "sms", **context,
        )  # fmt: skip

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        receipt = self.receipt(code)
        deed, words = request.POST.get("do", ""), request.POST.get("words", "")
        try:
            if deed == "answer":
                self.answer(request, receipt, words)
            else:
                act_with(receipt=receipt, deed=deed, words=words)
        except NotVisible as error:
            raise Http404 from error
        except DomainError as refusal:
            return self.one(receipt, code, refusal.status, faults=refusal.texts, failed=deed, words=words)
        response = redirect("citizens:track-one", spelled(read(code)))
        response["Location"] += f"?done={DONE.get(deed, 'answered')}"
        return response

    def answer(self, request: HttpRequest, receipt: Receipt, words: str) -> None:
        way = Way.SMS if request.POST.get("from") == "sms" else Way.PAGE
        answer_with(receipt=receipt, grades=grades_of(request), words=words, way=way)


def grades_of(request: HttpRequest) -> dict[str, int | None]:
    """The answers to the three questions; what is not a grade was not answered."""
    told = {name: request.POST.get(name, "") for name in QUESTIONS}
    return {name: int(text) if text in tuple("12345") else None for name, text in told.items()}


@method_decorator(ASKED, name="dispatch")
class OwnPictureView(FollowingPage):
    """A small picture of what the reporter sent in."""

    def get(self, request: HttpRequest, code: str, key: str) -> HttpResponseBase:
        found = pages.own_picture(self.receipt(code), str(key))
        if found is None:
            raise Http404
        return picture(found.thumbnail_path, "image/jpeg")


@method_decorator(ASKED, name="dispatch")
class PublishedPictureView(FollowingPage):
    """The redacted copy of a picture that staff chose to show."""

    def get(self, request: HttpRequest, code: str, key: str) -> HttpResponseBase:
        order = pages.followed_by(self.receipt(code).order)
        found = next((each for each in pages.pictures_shown(order) if str(each.key) == str(key)), None)
        if found is None:
            raise Http404
        return picture(found.path, "image/jpeg")


def picture(path: str, mime: str) -> HttpResponseBase:
    try:
        response = FileResponse(default_storage.open(path), content_type=mime)
    except FileNotFoundError as error:
        raise Http404 from error
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
