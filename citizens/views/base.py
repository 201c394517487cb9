"""What the pages of the public site have in common."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views import View
from django.views.generic.base import ContextMixin

from citizens.errors import NotByAddress
from lianqin.kernel.errors import DomainError, NotVisible

LARGE_TYPE = "lianqin_type"
NOT_THERE = _("网址可能写错了，或者这一页已经没有了。")
# What an old person is told where the kernel's word or title is for programs: title and message by code.
PLAIN: dict[str, tuple[str | Promise, str | Promise]] = {
    "csrf_failed": (_("页面已过期"), _("这一页打开得太久了。请回到原来的页面，刷新以后再提交。")),
    "rate_limit": (_("请稍后再试"), _("这里的请求太多了，请过几分钟再试。")),
}


class PublicPage(ContextMixin):
    """A page for anybody, without a cookie that tells who looks. ``nav`` names its entry in citizens.pages.site."""

    nav = ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        large = self.request.COOKIES.get(LARGE_TYPE) == "large"  # type: ignore[attr-defined]
        return super().get_context_data(nav=self.nav, large_type=large, **kwargs)


class PostedOnly(View):
    """What a button of another page does: who comes by its address is told so in the site's frame."""

    http_method_names = ("post",)

    def http_method_not_allowed(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        answer = refusal_page(request, NotByAddress(), _("没有找到"))
        answer["Allow"] = "POST"
        return answer


def refusal_page(request: HttpRequest, refusal: DomainError, title: str | Promise) -> HttpResponse:
    """What was refused, in the frame of the public site."""
    is_plain = refusal.status == 404 and refusal.message == NotVisible.message
    title, message = PLAIN.get(refusal.code, (title, NOT_THERE if is_plain else refusal.message))
    told = {
        "title": title,
        "message": message,
        "large_type": request.COOKIES.get(LARGE_TYPE) == "large",
        "nav": "",
    }
    return render(request, "citizens/refusal.html", told, status=refusal.status)
