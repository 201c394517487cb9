"""One application: the form as it was filled in, its papers, the opinions, the next step; and on paper."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from catalogue.api.papers import served_paper
from catalogue.models import TaskAdmission
from catalogue.permissions import Action, bureaus_of, can
from catalogue.selectors.admissions import moves_of, visible_admission
from catalogue.services.admissions import activate_category, create_category, move_admission
from catalogue.services.papers import add_paper, drop_paper
from catalogue.states import EDITABLE, AdmissionAction, AdmissionState
from configuration.pages.base import ConfigurationPage
from grids.rules import FUNCTIONS
from lianqin.kernel import clock
from lianqin.kernel.errors import DomainError, Invalid, NotAllowed, NotVisible
from lianqin.kernel.numbers import whole

# The way of an application, as it is drawn above it.
WAY = (
    AdmissionState.DRAFT,
    AdmissionState.SUBMITTED,
    AdmissionState.OFFICE_REVIEW,
    AdmissionState.DISTRICT_APPROVAL,
    AdmissionState.ADMITTED,
)
TONES: Mapping[str, str] = {
    AdmissionAction.ADMIT: "ok",
    AdmissionAction.REFUSE: "critical",
    AdmissionAction.SEND_BACK: "warn",
}
LOOK = {
    AdmissionAction.ADMIT: "primary",
    AdmissionAction.FORWARD: "primary",
    AdmissionAction.SUBMIT: "primary",
    AdmissionAction.TAKE_UP: "primary",
    AdmissionAction.REFUSE: "danger",
}


class AdmissionPage(ConfigurationPage):
    section = "admissions"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._show(pk, {})

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        told, verb = request.POST.dict(), request.POST.get("do", "")
        try:
            self._do(pk, verb, told)
        except NotAllowed as refusal:
            if refusal.code != "second_person_needed":
                raise
            self.refuse(refusal)
        except DomainError as refusal:
            if refusal.status == 404:
                raise
            return self._show(pk, told, refusal)
        return redirect("configuration:admission", pk)

    def _do(self, pk: int, verb: str, told: Mapping[str, Any]) -> None:
        by = self.actor
        if verb == "paper":
            upload = self.request.FILES.get("file")
            if upload is None:
                raise Invalid(fields={"file": [_("请选择文件")]})
            add_paper(admission_id=pk, upload=upload, by=by)
            self.tell(_("附件已保存"))
        elif verb == "drop":
            drop_paper(admission_id=pk, key=_key(str(told.get("paper", ""))), by=by)
            self.tell(_("附件已移除"))
        elif verb == "category":
            create_category(
                admission_id=pk,
                code=str(told.get("code", "")).strip(),
                street_function=str(told.get("street_function", "")),
                district_function=str(told.get("district_function", "")),
                evidence_required=bool(told.get("evidence_required")),
                vertical=bool(told.get("vertical")),
                by=by,
            )
            self.tell(_("事项已建立，尚未启用；核对权责与时限后启用"))
        elif verb == "activate":
            activate_category(admission_id=pk, by=by)
            self.tell(_("事项已启用，可以受理了"))
        else:
            moved = move_admission(
                admission_id=pk,
                action=verb,
                opinion=str(told.get("opinion", "")),
                seen_version=whole(told.get("version")),
                by=by,
            )
            self.tell(_("已办理，申请现在：%(state)s") % {"state": moved.get_state_display()})

    def _show(self, pk: int, typed: Mapping[str, Any], refusal: DomainError | None = None) -> HttpResponse:
        admission = visible_admission(pk, self.actor)
        context = {
            **sheet_of(admission),
            "moves": [(step, LOOK.get(step.action, "plain")) for step in moves_of(admission, self.actor)],
            "way": [(state, _place(state, admission.state)) for state in WAY],
            "editable": admission.unit_id in bureaus_of(self.actor) and admission.state in EDITABLE,
            "makes_category": can(self.actor, Action.ADMIT_CATEGORIES) and admission.state == AdmissionState.ADMITTED,
            "functions": [(code, function.name) for code, function in FUNCTIONS.items()],
            "typed": typed,
            "refusal": refusal,
        }
        return self.show("admission.html", context, refusal.status if refusal else 200)


def _key(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError as error:
        raise NotVisible from error


def _place(state: str, now: str) -> str:
    """Whether a station of the way is behind, here or ahead."""
    here = AdmissionState.DRAFT if now == AdmissionState.SENT_BACK else now
    order = [str(each) for each in WAY]
    if here not in order:
        return "ahead"
    if here == AdmissionState.ADMITTED or order.index(state) < order.index(here):
        return "done"
    return "now" if state == here else "ahead"


def sheet_of(admission: TaskAdmission) -> dict[str, Any]:
    """Return what the page and the printed form both show. Two queries."""
    return {
        "admission": admission,
        "opinions": [(each, TONES.get(each.action, "primary")) for each in admission.opinions.select_related("by")],
        "papers": list(admission.papers.all()),
        "now": clock.now(),
    }


class AdmissionPrint(ConfigurationPage):
    """The approval form on paper."""

    section = "admissions"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return render(request, "configuration/admission_print.html", sheet_of(visible_admission(pk, self.actor)))


class Paper(ConfigurationPage):
    """The bytes of a paper, to be kept and not to be run."""

    section = "admissions"

    def get(self, request: HttpRequest, pk: int, key: uuid.UUID) -> HttpResponseBase:
        return served_paper(visible_admission(pk, self.actor), key)
