"""Where a new administrator begins: what is there, what is missing, and where to go next."""

from __future__ import annotations

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views import View

from accounts.selectors import actor_of
from configuration.pages.base import ConfigurationPage
from configuration.pages.sections import BY_NAME, sections_for
from configuration.permissions import configures
from configuration.selectors.pending import pending
from configuration.selectors.readiness import readiness, ready_streets
from lianqin.kernel.errors import NotAllowed


class Home(LoginRequiredMixin, View):
    """The first section that is open to who comes."""

    def get(self, request: HttpRequest) -> HttpResponse:
        found = sections_for(actor_of(request))
        if not found:
            raise NotAllowed
        return redirect(f"configuration:{found[0].name}")


class Overview(ConfigurationPage):
    """The steps to the first order, each with what stands and what is missing."""

    section = "overview"

    def get(self, request: HttpRequest) -> HttpResponse:
        steps = readiness()
        ready, streets = ready_streets()
        context = {
            "steps": [(number, step, BY_NAME[step.section]) for number, step in enumerate(steps, start=1)],
            "next_step": next((step for step in steps if not step.done), None),
            "done": sum(step.done for step in steps),
            "ready": ready,
            "streets": streets,
            "waiting": len(pending()),
            "may_import": configures(self.actor),
        }
        return self.show("overview.html", context)
