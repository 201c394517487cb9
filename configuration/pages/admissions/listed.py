"""The applications that one may see: by state, by department, by what waits for oneself."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from catalogue.models import TaskAdmission
from catalogue.permissions import bureaus_of
from catalogue.selectors.admissions import moves_of, visible_admissions
from catalogue.states import AdmissionAction, AdmissionState
from configuration.pages.base import ConfigurationPage
from grids.models import Unit
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor
from lianqin.kernel.numbers import whole

PAGE = 50
# Where an application waits for somebody; to give one up is nobody's duty.
WAITING = (
    AdmissionState.DRAFT,
    AdmissionState.SENT_BACK,
    AdmissionState.SUBMITTED,
    AdmissionState.OFFICE_REVIEW,
    AdmissionState.DISTRICT_APPROVAL,
)


class Admissions(ConfigurationPage):
    section = "admissions"

    def get(self, request: HttpRequest) -> HttpResponse:
        if (number := whole(request.GET.get("number"))) is not None:
            return redirect(reverse("configuration:admission", args=[number]))
        asked = {name: request.GET.get(name, "").strip() for name in ("state", "unit", "q", "mine")}
        every = visible_admissions(self.actor)
        page = Paginator(_narrowed(every, asked, self.actor), PAGE).get_page(request.GET.get("page"))
        counts = Counter(every.order_by().values_list("state", flat=True))
        bureaus = bureaus_of(self.actor)
        return self.show(
            "admissions.html",
            {
                "page": page,
                "asked": asked,
                "states": [(value, label, counts[value]) for value, label in AdmissionState.choices if counts[value]],
                "units": Unit.objects.filter(pk__in=every.order_by().values("unit_id")).order_by("code"),
                "waiting": sum(counts[state] for state in WAITING),
                "all": sum(counts.values()),
                "may_apply": bool(bureaus),
                "now": clock.now(),
            },
        )


def _narrowed(every: QuerySet[TaskAdmission], asked: dict[str, str], actor: Actor) -> Any:
    if asked["state"] in AdmissionState.values:
        every = every.filter(state=asked["state"])
    if (unit := whole(asked["unit"])) is not None:
        every = every.filter(unit_id=unit)
    if asked["q"]:
        text = asked["q"]
        every = every.filter(Q(name__icontains=text) | Q(unit__name__icontains=text) | Q(unit__pinyin__icontains=text))
    if asked["mine"]:
        waiting = every.filter(state__in=WAITING)
        return [row for row in waiting if _waits_for(row, actor)]
    return every


def _waits_for(row: TaskAdmission, actor: Actor) -> bool:
    return any(step.action != AdmissionAction.WITHDRAW for step in moves_of(row, actor))
