"""Several reports of one matter: merged into a master, answered with it, or let go again."""

from __future__ import annotations

from django.utils.translation import gettext as _

from workorders.errors import Invalid
from workorders.models import Assignment, WorkOrder
from workorders.permissions import is_visible
from workorders.services import clocks
from workorders.services.cleaning import no_such_order
from workorders.services.effects.dispatching import end
from workorders.services.finishing import finish
from workorders.services.moves import Move, check, effect
from workorders.services.settling import settle
from workorders.services.work import Work
from workorders.states import (
    OPEN,
    AssignmentStatus,
    Level,
    Role,
    Stage,
    Status,
    TimerState,
    rows,
)

# The clock of the master and the clock of the merged order whose earlier due it takes over.
SHORTENED = ((Stage.RESOLVE, Stage.RESOLVE), (Stage.ACCEPT, Stage.ACCEPT), (Stage.ACCEPT, Stage.RESOLVE))


@check("merge")
def check_master(move: Move) -> None:
    """The master must be open and seen by the dispatcher; a master is never merged itself, so there are no cycles."""
    master = move.others.get(move.data["master"].pk)
    if master is None or not is_visible(move.work.actor, master, master.assignments.all()):
        raise Invalid(fields={"master": [no_such_order(move.data["master"].number)]})
    if master.status not in OPEN:
        raise Invalid(code="master_not_open", fields={"master": [_("主工单已经结束")]})
    if move.order.level == Level.DISTRICT and master.level == Level.STREET:
        raise Invalid(code="master_below", fields={"master": [_("区级工单不能并入街道工单，请反向并案")]})
    if WorkOrder.objects.filter(master=move.order).exists():
        raise Invalid(code="is_master", fields={"master": [_("已有工单并入本单，请反向并案")]})


@effect("merge")
def merge(move: Move) -> None:
    work, order = move.work, move.order
    master = Work(move.others[move.data["master"].pk], work.actor)
    order.master_id = master.order.pk
    move.facts["master"] = master.order.pk
    handed_over = _hand_over(move, master)
    _take_earlier_due(master, work)
    work.stop_state = TimerState.CANCELLED
    settle(master)
    facts = {"merged": order.pk, "number": order.number, "assists": handed_over}
    master.write("merged_in", data=facts)


def _hand_over(move: Move, master: Work) -> list[int]:
    """Departments at work on the merged order assist on the master, if that is in work; else they are revoked."""
    at_work = {each.unit_id for each in master.live_assignments}
    in_work = master.order.status in (Status.DISPATCHED, Status.HANDLING)
    handed_over = []
    for each in move.work.live_assignments:
        if in_work and each.unit_id not in at_work:
            handed_over.append(each)
        end(move, each, AssignmentStatus.REVOKED)
    if handed_over:
        master.add_assignments([_assisting(each, master) for each in handed_over])
    return [each.unit_id for each in handed_over]


def _assisting(part: Assignment, master: Work) -> Assignment:
    return Assignment(
        order=master.order,
        unit_id=part.unit_id,
        role=Role.ASSIST,
        level=master.order.level,
        status=AssignmentStatus.ACKNOWLEDGED if part.acknowledged_at else AssignmentStatus.PENDING,
        dispatched_at=part.dispatched_at,
        dispatched_by_id=part.dispatched_by_id,
        acknowledged_at=part.acknowledged_at,
        acknowledged_by_id=part.acknowledged_by_id,
        instruction=part.instruction,
    )


def _take_earlier_due(master: Work, merged: Work) -> None:
    """On the clock of the same stage; a master that is only reported answers for a registered one as well."""
    for stage, theirs in ((s, merged.timer(t)) for s, t in SHORTENED):
        mine = master.timer(stage)
        if mine is not None and theirs is not None and theirs.due_at < mine.due_at:
            clocks.lengthen(mine, -clocks.seconds_between(mine, theirs.due_at, mine.due_at))


def answer_merged(move: Move) -> None:
    """Tell everybody whose order was merged into this one that it is closed."""
    for order in merged_orders(move):
        work = Work(order, move.work.actor)
        work.write("answered", data={"master": move.order.pk, "number": move.order.number})


def release_merged(move: Move) -> None:
    """The master ends without having been handled: what was merged into it is registered again."""
    for order in merged_orders(move):
        work = Work(order, move.work.actor)
        (row,) = rows("unmerge", order.status, order.level)
        released = Move(work, row, {}, facts={"master": move.order.pk})
        order.master_id = None
        order.category_id = order.category_id or move.order.category_id
        _inherit_place(order, move.order)
        finish(released, {})


def _inherit_place(order: WorkOrder, master: WorkOrder) -> None:
    if order.grid_id is None:
        for name in ("district_id", "street_id", "community_id", "grid_id"):
            setattr(order, name, getattr(master, name))


def merged_orders(move: Move) -> list[WorkOrder]:
    """Those under lock that are merged into the order."""
    return [order for order in move.others.values() if order.master_id == move.order.pk]
