"""Pages of trials: ask, follow, compare."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache

from accounts.selectors import actor_of
from dispatch.models import UNDER_WAY
from dispatch.pages.trial_result import result_of
from dispatch.pages.trials import asked_of, changed, form_of
from dispatch.selectors.trials import trial_for, trials_for
from dispatch.services import trials as services
from lianqin.kernel.errors import DomainError, NotAllowed, NotVisible
from workorders.pages.queue import unit_name

PAGE = 30


@method_decorator(never_cache, name="dispatch")
class TrialPage(LoginRequiredMixin, View):
    """What the pages of trials share."""

    def show(self, request: HttpRequest, template: str, status: int = 200, **context: Any) -> HttpResponse:
        context |= {"nav": "trials", "unit_name": unit_name(actor_of(request))}
        return render(request, f"dispatch/trials/{template}.html", context, status=status)


class TrialsView(TrialPage):
    def get(self, request: HttpRequest) -> HttpResponse:
        page = Paginator(trials_for(actor_of(request)), PAGE).get_page(request.GET.get("page"))
        return self.show(request, "list", page=page, running=any(each.state in UNDER_WAY for each in page))


class TrialNewView(TrialPage):
    def get(self, request: HttpRequest) -> HttpResponse:
        trials_for(actor_of(request))
        return self.show(request, "new", form=form_of(request.GET.dict()))

    def post(self, request: HttpRequest) -> HttpResponse:
        given = request.POST.dict()
        try:
            trial = services.start_trial(**asked_of(given), by=actor_of(request))
        except (NotAllowed, NotVisible):
            raise
        except DomainError as refusal:
            form = form_of(given, refusal.fields, str(refusal.message))
            return self.show(request, "new", refusal.status, form=form)
        return redirect("dispatch:trial", trial.pk)


class TrialView(TrialPage):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        actor = actor_of(request)
        trial = trial_for(actor, pk)
        return self.show(
            request,
            "one",
            trial=trial,
            result=result_of(trial),
            changed=changed(trial),
            running=trial.state in UNDER_WAY,
            mine=trial.by_id == actor.user_id,
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        actor = actor_of(request)
        if request.POST.get("do") == "stop":
            services.stop_trial(trial_id=pk, by=actor)
            return redirect("dispatch:trial", pk)
        services.drop_trial(trial_id=pk, by=actor)
        return redirect("dispatch:trials")
