"""What the pages of the public site have in common."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.generic.base import ContextMixin

from lianqin.kernel.errors import DomainError, NotVisible

LARGE_TYPE = "lianqin_type"
NOT_THERE = _("网址可能写错了，或者这一页已经没有了。")


class PublicPage(ContextMixin):
    """A page for anybody, without a cookie that tells who looks. ``nav`` names its entry in citizens.pages.site."""

    nav = ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        large = self.request.COOKIES.get(LARGE_TYPE) == "large"  # type: ignore[attr-defined]
        return super().get_context_data(nav=self.nav, large_type=large, **kwargs)


def refusal_page(request: HttpRequest, refusal: DomainError, title: str | Promise) -> HttpResponse:
    """What was refused, in the frame of the public site."""
    is_plain = refusal.status == 404 and refusal.message == NotVisible.message
    told = {
        "title": title,
        "message": NOT_THERE if is_plain else refusal.message,
        "large_type": request.COOKIES.get(LARGE_TYPE) == "large",
        "nav": "",
    }
    return render(request, "citizens/refusal.html", told, status=refusal.status)
