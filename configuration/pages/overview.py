"""Where a new administrator begins: what is there, what is missing, and where to go next."""

from __future__ import annotations

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views import View

from accounts.selectors import actor_of
from configuration.pages.base import ConfigurationPage
from configuration.pages.sections import sections_for
from lianqin.kernel.errors import NotAllowed


class Home(LoginRequiredMixin, View):
    """The first section that is open to who comes."""

    def get(self, request: HttpRequest) -> HttpResponse:
        found = sections_for(actor_of(request))
        if not found:
            raise NotAllowed
        return redirect(f"configuration:{found[0].name}")


class Overview(ConfigurationPage):
    section = "overview"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show("overview.html")
