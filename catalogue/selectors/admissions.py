"""Who sees which application for a task, and what they may do with it."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from catalogue.models import TaskAdmission
from catalogue.permissions import admission_roles, bureaus_of, sees_admitted, sees_all_admissions
from catalogue.states import AdmissionRole, AdmissionState, Step, steps_from
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import NotVisible


def visible_admissions(actor: Actor) -> QuerySet[TaskAdmission]:
    """Return the applications that the actor may read, newest first. What is only being drafted is its author's."""
    found = TaskAdmission.objects.select_related(
        "unit", "parent", "category", "applicant", "reviewer", "approver"
    ).order_by("-id")
    mine = Q(unit_id__in=bureaus_of(actor))
    if sees_all_admissions(actor):
        return found.filter(mine | ~Q(state=AdmissionState.DRAFT))
    if sees_admitted(actor):
        return found.filter(mine | Q(state=AdmissionState.ADMITTED))
    return found.filter(mine)


def visible_admission(admission_id: int, actor: Actor) -> TaskAdmission:
    """Return one application. Raise NotVisible."""
    found = visible_admissions(actor).filter(pk=admission_id).first()
    if found is None:
        raise NotVisible
    return found


def moves_of(admission: TaskAdmission, actor: Actor) -> list[Step]:
    """Return the steps that the actor may take now."""
    return [step for step in steps_from(admission.state) if may_move(admission, step, actor)]


def may_move(admission: TaskAdmission, step: Step, actor: Actor) -> bool:
    """True if the step is the actor's. Nobody plays two parts in one application."""
    if step.role not in admission_roles(actor, admission.unit_id):
        return False
    return may_play(admission, step.role, actor)


def may_play(admission: TaskAdmission, role: AdmissionRole, actor: Actor) -> bool:
    """True unless the actor played another part in this application, in whichever round."""
    if actor.user_id is None:
        return False
    named = {
        AdmissionRole.APPLICANT: admission.applicant_id,
        AdmissionRole.OFFICE: admission.reviewer_id,
        AdmissionRole.DISTRICT: admission.approver_id,
    }
    return not any(
        actor.user_id == named[part] or actor.user_id in admission.hands.get(part, ()) for part in named if part != role
    )
