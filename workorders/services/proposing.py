"""To whom many orders would go by the responsibility list: read before they are sent, each on its own ground."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from catalogue.selectors import Answer
from catalogue.selectors.responsible import PROPOSAL, RULE
from lianqin.kernel.actors import Actor
from workorders.models import WorkOrder
from workorders.permissions import holds
from workorders.selectors import visible_to, with_parts
from workorders.selectors.listed import listed
from workorders.states import AssignmentStatus, Outcome, RequestKind, Status


@dataclass(frozen=True, slots=True)
class Proposal:
    """``lead`` is empty where the order is left out: ``why_not`` says why. ``registers``: it is a report so far."""

    number: str
    title: str
    status: str
    version: int
    lead: str = ""
    lead_name: str = ""
    assists: tuple[str, ...] = ()
    assist_names: str = ""
    rule: str = ""
    reason: str = ""
    registers: bool = False
    conditions: tuple[str, ...] = ()
    why_not: str = ""


def may_send(actor: Actor, order: WorkOrder) -> bool:
    """Whether the actor may dispatch the order now, or register and dispatch it; asks what was read with it only."""
    if order.archived_at is not None or order.status not in (Status.REPORTED, Status.REGISTERED):
        return False
    return not _awaits_arbitration(order) and _is_senders(actor, order)


def _awaits_arbitration(order: WorkOrder) -> bool:
    return any(
        each.kind == RequestKind.ARBITRATION and each.outcome == Outcome.PENDING for each in order.requests.all()
    )


def _is_senders(actor: Actor, order: WorkOrder) -> bool:
    """Whether the actor dispatches for the order's centre, and registers there too where it is a report so far."""
    return holds(actor, "dispatcher", order) and (order.status == Status.REGISTERED or holds(actor, "registrar", order))


def proposals(actor: Actor, numbers: Sequence[str]) -> list[Proposal]:
    """Those that go first, each in the order of ``numbers``; not what the actor does not see. Four statements."""
    seen = with_parts(visible_to(actor).filter(number__in=list(numbers)))
    orders = {order.number: order for order in seen}
    made = [_proposal(actor, orders[number]) for number in numbers if number in orders]
    return sorted(made, key=lambda each: not each.lead)


def _proposal(actor: Actor, order: WorkOrder) -> Proposal:
    registers = order.status == Status.REPORTED
    answer = listed(order)
    why_not = _why_not(actor, order, answer)
    told = Proposal(order.number, order.text.title, order.status, order.version, registers=registers, why_not=why_not)
    if why_not or answer is None or answer.lead is None:
        return told
    category = order.category
    conditions = tuple(category.registration_conditions) if registers and category is not None else ()
    return Proposal(
        number=told.number,
        title=told.title,
        status=told.status,
        version=told.version,
        lead=answer.lead.code,
        lead_name=answer.lead.short_name,
        assists=tuple(unit.code for unit in answer.assisting),
        assist_names="、".join(unit.short_name for unit in answer.assisting),
        rule=answer.number if answer.decided_by == RULE else "",
        reason=_reason(answer),
        registers=registers,
        conditions=conditions,
    )


def _why_not(actor: Actor, order: WorkOrder, answer: Answer | None) -> str:
    if order.status not in (Status.REPORTED, Status.REGISTERED):
        return _("现在的状态不能派遣")
    if order.archived_at is not None or not _is_senders(actor, order):
        return _("不由您的单位派遣")
    if _awaits_arbitration(order):
        return _("退单等待仲裁，裁定后才能派遣")
    if order.category_id is None:
        return _("还没有确定事项分类")
    if order.grid_id is None:
        return _("还没有定位")
    if answer is None or answer.lead is None or answer.decided_by not in (PROPOSAL, RULE):
        return _("没有适用的权责规则，请单独派遣")
    returned = {part.unit_id for part in order.assignments.all() if part.status == AssignmentStatus.RETURNED}
    if answer.lead.pk in returned:
        return _("%s已退单，请单独派遣") % answer.lead.short_name
    return ""


def _reason(answer: Answer) -> str:
    if answer.decided_by == PROPOSAL:
        return answer.text
    return _("规则 %(number)s：%(text)s") % {"number": answer.number, "text": answer.text}
