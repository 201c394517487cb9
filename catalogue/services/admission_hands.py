"""Who had a hand in an application: nobody plays two parts in it, in whichever round."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from catalogue.models import TaskAdmission
from catalogue.selectors.admissions import may_play
from catalogue.states import AdmissionRole
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import NotAllowed


def with_hand(hands: Mapping[str, list[int]], role: AdmissionRole, by: Actor) -> dict[str, list[int]]:
    """Return who played which part, with the actor's."""
    assert by.user_id is not None
    return {**hands, str(role): sorted({*hands.get(role, ()), by.user_id})}


def require_one_part(admission: TaskAdmission, by: Actor) -> None:
    """Raise NotAllowed for an applicant who reviewed or decided in an earlier round."""
    if not may_play(admission, AdmissionRole.APPLICANT, by):
        raise two_parts()


def two_parts() -> NotAllowed:
    return NotAllowed(_("同一份申请的申请、审核、审批须由不同的人办理"), code="second_person_needed")
