"""The way of a task into the catalogue (准入), typed out: no row, no move."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class AdmissionState(TextChoices):
    DRAFT = "draft", _("起草中")
    SUBMITTED = "submitted", _("待联勤办受理")
    OFFICE_REVIEW = "office_review", _("联勤办审核中")
    DISTRICT_APPROVAL = "district_approval", _("待区级审批")
    ADMITTED = "admitted", _("已准入")
    REFUSED = "refused", _("不予准入")
    SENT_BACK = "sent_back", _("退回修改")
    WITHDRAWN = "withdrawn", _("已撤回")


class AdmissionAction(TextChoices):
    SUBMIT = "submit", _("提交申请")
    TAKE_UP = "take_up", _("受理审核")
    SEND_BACK = "send_back", _("退回修改")
    FORWARD = "forward", _("审核通过，报区审批")
    ADMIT = "admit", _("批准准入")
    REFUSE = "refuse", _("不予准入")
    WITHDRAW = "withdraw", _("撤回申请")


class AdmissionRole(TextChoices):
    APPLICANT = "applicant", _("申请单位")
    OFFICE = "office", _("联勤办")
    DISTRICT = "district", _("区级审批")


@dataclass(frozen=True, slots=True)
class Step:
    """One allowed move: who makes it, and whether an opinion must be written down with it."""

    action: AdmissionAction
    source: AdmissionState
    target: AdmissionState
    role: AdmissionRole
    opinion_needed: bool = False


_A, _S, _R = AdmissionAction, AdmissionState, AdmissionRole
STEPS: tuple[Step, ...] = (
    Step(_A.SUBMIT, _S.DRAFT, _S.SUBMITTED, _R.APPLICANT),
    Step(_A.SUBMIT, _S.SENT_BACK, _S.SUBMITTED, _R.APPLICANT),
    Step(_A.TAKE_UP, _S.SUBMITTED, _S.OFFICE_REVIEW, _R.OFFICE),
    Step(_A.FORWARD, _S.OFFICE_REVIEW, _S.DISTRICT_APPROVAL, _R.OFFICE, True),
    Step(_A.SEND_BACK, _S.OFFICE_REVIEW, _S.SENT_BACK, _R.OFFICE, True),
    Step(_A.REFUSE, _S.OFFICE_REVIEW, _S.REFUSED, _R.OFFICE, True),
    Step(_A.ADMIT, _S.DISTRICT_APPROVAL, _S.ADMITTED, _R.DISTRICT, True),
    Step(_A.SEND_BACK, _S.DISTRICT_APPROVAL, _S.SENT_BACK, _R.DISTRICT, True),
    Step(_A.REFUSE, _S.DISTRICT_APPROVAL, _S.REFUSED, _R.DISTRICT, True),
    Step(_A.WITHDRAW, _S.DRAFT, _S.WITHDRAWN, _R.APPLICANT),
    Step(_A.WITHDRAW, _S.SUBMITTED, _S.WITHDRAWN, _R.APPLICANT),
    Step(_A.WITHDRAW, _S.OFFICE_REVIEW, _S.WITHDRAWN, _R.APPLICANT),
    Step(_A.WITHDRAW, _S.SENT_BACK, _S.WITHDRAWN, _R.APPLICANT),
)
BY_MOVE: Mapping[tuple[str, str], Step] = MappingProxyType({(step.action, step.source): step for step in STEPS})

# Working days within which the one whose turn it is should answer. Shown, not enforced.
WORKDAYS: Mapping[str, int] = MappingProxyType({_S.SUBMITTED: 2, _S.OFFICE_REVIEW: 5, _S.DISTRICT_APPROVAL: 5})
EDITABLE = frozenset({_S.DRAFT, _S.SENT_BACK})
ENDED = frozenset({_S.ADMITTED, _S.REFUSED, _S.WITHDRAWN})


def steps_from(state: str) -> tuple[Step, ...]:
    """Return the moves that ``state`` allows, whoever makes them."""
    return tuple(step for step in STEPS if step.source == state)
