"""Checked, sent back, taken up again, called back."""

from __future__ import annotations

from workorders.errors import Archived
from workorders.services import clocks
from workorders.services.effects.merging import answer_merged, merged_orders
from workorders.services.moves import Move, check, effect
from workorders.services.needs import is_only_reporter
from workorders.states import SETTLED_ASSIGNMENT, AssignmentStatus, Role, Stage, Status

# What a rework has at least, of the time that the order had at first.
REWORK_SHARE = 0.25


@effect("verify")
def verify(move: Move) -> None:
    """Closing a master answers everybody whose order was merged into it."""
    move.order.last_verifier_id = move.work.actor.user_id
    answer_merged(move)


@effect("rework")
def rework(move: Move) -> None:
    order = move.order
    order.failed_checks += 1
    move.facts["failed_checks"] = order.failed_checks
    if move.row.target_level != order.level:
        # The second failure at the street: the district starts counting anew.
        order.failed_checks = 0
    elif order.on_site:
        order.on_site, order.worker_id = False, None
    elif move.row.target == Status.HANDLING:
        _lead_again(move)
        _leave_time(move)


def _lead_again(move: Move) -> None:
    """The lead of the last round goes back to work; assisting departments stay done."""
    leads = [each for each in move.work.assignments if each.role == Role.LEAD and each.status in SETTLED_ASSIGNMENT]
    lead = leads[-1]
    lead.status = AssignmentStatus.ACKNOWLEDGED
    lead.version += 1
    lead.finished_at = lead.finished_by_id = None


def _leave_time(move: Move) -> None:
    """What is left is the larger of the remainder and a quarter of the original."""
    timer = move.work.timer(Stage.RESOLVE)
    if timer is None:
        return
    policy = timer.policy_snapshot
    left = policy["seconds"] - clocks.elapsed(timer, move.work.now)
    least = policy["original"] * REWORK_SHARE
    if left < least:
        clocks.lengthen(timer, least - left)


@check("reopen")
def check_merged(move: Move) -> None:
    """What is merged into it will be answered or let go again, and must be at hand for that."""
    if any(each.archived_at is not None for each in merged_orders(move)):
        raise Archived


@effect("reopen")
def reopen(move: Move) -> None:
    """A new round: new resolve clock, another verifier; what was done stays on record."""
    order = move.order
    order.reopenings += 1
    order.failed_checks = 0
    order.on_site = False
    order.worker_id = None
    order.submitted_at = None
    if order.level == move.row.target_level:
        order.generation += 1
        order.supervision_tier = 0
    order.registered_at = move.work.now
    move.facts["reopenings"] = order.reopenings
    if is_only_reporter(move.work):
        move.facts["by_reporter"] = True


@effect("callback")
def callback(move: Move) -> None:
    """Somebody spoke with the reporter, or could not; the clock of the call ends."""
    clocks.stop(move.work, move.work.timer(Stage.CALLBACK))
    reached = bool(move.data.get("reached"))
    move.facts.update(reached=reached, satisfied=bool(move.data.get("satisfied")) if reached else None)
