"""The application form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from catalogue.api.admission_inputs import CHOICES, LISTS, TEXTS, read_application
from catalogue.models import Frequency, TaskAdmission
from catalogue.permissions import bureaus_of
from catalogue.rules import DeadlineClass, Urgency
from catalogue.selectors import category_tree
from catalogue.selectors.admissions import visible_admission
from catalogue.services.admissions import draft_admission, edit_admission
from catalogue.states import EDITABLE
from configuration.pages.base import ConfigurationPage
from grids.models import Unit
from lianqin.kernel.errors import DomainError, NotAllowed, NotVisible
from lianqin.kernel.numbers import whole


class AdmissionForm(ConfigurationPage):
    """What both forms share: filled in with what is known, each error beside its field, nothing lost."""

    section = "admissions"

    def form(
        self, values: Mapping[str, Any], admission: TaskAdmission | None = None, refusal: DomainError | None = None
    ) -> HttpResponse:
        context = {
            "admission": admission,
            "values": values,
            "faults": refusal.fields if refusal else {},
            "refusal": refusal,
            "classes": [(str(node.id), node.name) for node in category_tree()],
            "bureaus": Unit.objects.filter(pk__in=bureaus_of(self.actor)).order_by("code"),
            "urgencies": Urgency.choices,
            "deadline_classes": DeadlineClass.choices,
            "frequencies": Frequency.choices,
        }
        return self.show("admission_form.html", context, refusal.status if refusal else 200)


class NewAdmission(AdmissionForm):
    def get(self, request: HttpRequest) -> HttpResponse:
        if not bureaus_of(self.actor):
            raise NotAllowed
        return self.form({"frequency": Frequency.AS_NEEDED, "urgency": Urgency.NORMAL})

    def post(self, request: HttpRequest) -> HttpResponse:
        told, bureaus = request.POST.dict(), bureaus_of(self.actor)
        unit = whole(told.get("unit"))
        try:
            made = draft_admission(
                unit_id=min(bureaus, default=0) if unit is None else unit,
                application=read_application(told),
                by=self.actor,
            )
        except NotAllowed:
            raise
        except DomainError as refusal:
            return self.form(told, refusal=refusal)
        self.tell(_("草稿已保存，可以上传附件，核对后提交"))
        return redirect("configuration:admission", made.pk)


class EditAdmission(AdmissionForm):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        admission = self._mine(pk)
        return self.form(values_of(admission), admission)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        admission, told = self._mine(pk), request.POST.dict()
        try:
            edit_admission(
                admission_id=pk,
                application=read_application(told),
                seen_version=whole(told.get("version")),
                by=self.actor,
            )
        except NotAllowed:
            raise
        except DomainError as refusal:
            return self.form(told, admission, refusal)
        self.tell(_("已保存"))
        return redirect("configuration:admission", pk)

    def _mine(self, pk: int) -> TaskAdmission:
        admission = visible_admission(pk, self.actor)
        if admission.unit_id not in bureaus_of(self.actor) or admission.state not in EDITABLE:
            raise NotVisible
        return admission


def values_of(admission: TaskAdmission) -> dict[str, Any]:
    """Return an application as its form shows it."""
    values: dict[str, Any] = {name: getattr(admission, name) for name in (*TEXTS, *CHOICES)}
    values |= {name: "\n".join(getattr(admission, name)) for name in LISTS}
    return values | {
        "parent": str(admission.parent_id or ""),
        "people_needed": admission.people_needed,
        "budget_yuan": admission.budget_yuan,
    }
