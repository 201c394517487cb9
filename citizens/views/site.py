"""The first page, and the size of its letters."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.generic import TemplateView

from citizens.views.base import LARGE_TYPE, PostedOnly, PublicPage

A_YEAR = 365 * 24 * 3600


class HomeView(PublicPage, TemplateView):
    template_name = "citizens/home.html"
    nav = "home"


class TypeView(PostedOnly):
    """Large letters or plain ones, for this browser."""

    def post(self, request: HttpRequest) -> HttpResponseRedirect:
        back = request.POST.get("next", "")
        if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
            back = reverse("citizens:home")
        response = HttpResponseRedirect(back)
        if request.POST.get("type") == "large":
            response.set_cookie(LARGE_TYPE, "large", max_age=A_YEAR, samesite="Lax", secure=request.is_secure())
        else:
            response.delete_cookie(LARGE_TYPE, samesite="Lax")
        return response
