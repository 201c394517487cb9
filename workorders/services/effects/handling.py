"""The departments at work: acknowledge, return, submit, override."""

from __future__ import annotations

from django.utils.translation import gettext as _

from workorders.errors import Invalid
from workorders.models.attachments import AttachmentStage
from workorders.services import requests
from workorders.services.effects.dispatching import end
from workorders.services.moves import Move, check, effect
from workorders.services.needs import RETURNS_BEFORE_ARBITRATION
from workorders.states import AssignmentStatus, RequestKind, Role


@effect("acknowledge")
def acknowledge(move: Move) -> None:
    part, work = move.assignment, move.work
    part.status = AssignmentStatus.ACKNOWLEDGED
    part.version += 1
    part.acknowledged_at, part.acknowledged_by_id = work.now, work.actor.user_id
    move.facts.update(assignment=part.pk, role=part.role)


@effect("return_assignment")
def return_assignment(move: Move) -> None:
    """The third return of an order goes to arbitration by itself."""
    part, order = move.assignment, move.order
    end(move, part, AssignmentStatus.RETURNED)
    move.facts.update(assignment=part.pk, role=part.role)
    order.returns += 1
    waiting = move.work.open_request(RequestKind.ARBITRATION)
    if order.returns >= RETURNS_BEFORE_ARBITRATION and part.role == Role.LEAD and waiting is None:
        reason = move.data.get("reason") or _("逾期未签收，系统退回")
        request = requests.ask_for_arbitration(move.work, reason=reason, part=part)
        move.facts["arbitration"] = request.pk


@effect("contest_return")
def contest_return(move: Move) -> None:
    """The centre does not accept a return: somebody above decides."""
    returned = [each for each in move.work.assignments if each.role == Role.LEAD][-1]
    request = requests.ask_for_arbitration(move.work, reason=move.data["reason"], part=returned)
    move.facts.update(arbitration=request.pk, assignment=returned.pk)


@check("submit_result")
def check_evidence(move: Move) -> None:
    """Ask the lead for the picture now: without it the order could not be closed."""
    order, part = move.order, move.assignment
    wanted = order.category is not None and order.category.evidence_required and part.role == Role.LEAD
    if wanted and not order.attachments.filter(stage=AttachmentStage.AFTER, erased_at=None).exists():
        raise Invalid(
            _("该类事项须上传处置后的照片"),
            code="evidence_required",
            fields={"evidence": [_("请先上传处置后的照片")]},
        )


@effect("submit_result")
def submit_result(move: Move) -> None:
    part = move.assignment
    end(move, part, AssignmentStatus.DONE)
    part.result = move.data["result"]
    move.facts.update(assignment=part.pk, role=part.role)


@effect("override")
def override(move: Move) -> None:
    part = move.assignment
    end(move, part, AssignmentStatus.OVERRIDDEN)
    move.facts.update(assignment=part.pk, unit=part.unit_id)
