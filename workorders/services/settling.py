"""Which clocks must run: one rule that fits them to an order, its assignments and its requests as they stand."""

from __future__ import annotations

from workorders.models import Assignment, Timer
from workorders.services import clocks
from workorders.services.work import Work
from workorders.states import RUNNING, AssignmentStatus, Level, Outcome, Stage, Status, TimerState

RUN, PAUSE = "run", "pause"
# Which clocks of the order itself belong to a status. What is not named here is stopped.
WANTED: dict[str, dict[str, str]] = {
    Status.REPORTED: {Stage.ACCEPT: RUN},
    Status.REGISTERED: {Stage.RESOLVE: RUN, Stage.DISPATCH: RUN},
    Status.DISPATCHED: {Stage.RESOLVE: RUN},
    Status.HANDLING: {Stage.RESOLVE: RUN},
    Status.SUBMITTED: {Stage.RESOLVE: PAUSE, Stage.VERIFY: RUN},
    Status.SHELVED: {Stage.RESOLVE: PAUSE, Stage.REVIEW: RUN},
    Status.CLOSED: {Stage.CALLBACK: RUN},
}


def settle(work: Work) -> None:
    """Make the clocks fit the order, its assignments and its requests as they now stand."""
    _settle_order(work)
    for assignment in work.assignments:
        _settle_assignment(work, assignment)
    _cap_at_resolve(work)
    for request in work.requests:
        if request.outcome == Outcome.PENDING:
            work.timer(Stage.DECIDE, request=request) or clocks.start(work, Stage.DECIDE, request=request)
        else:
            clocks.stop(work, work.timer(Stage.DECIDE, request=request))


def _settle_order(work: Work) -> None:
    wanted = _wanted(work)
    for timer in work.timers:
        if timer.assignment_id or timer.request_id or timer.state not in RUNNING:
            continue
        if timer.stage not in wanted or not _fits_level(work, timer):
            clocks.stop(work, timer)
    for stage, mode in wanted.items():
        standing = work.timer(stage)
        if standing is None:
            if mode == RUN:
                clocks.start(work, stage)
        elif mode == RUN:
            clocks.unpause(work, standing)
        else:
            clocks.pause(work, standing)


def _wanted(work: Work) -> dict[str, str]:
    wanted = WANTED.get(work.order.status, {})
    if Stage.CALLBACK in wanted and _was_called(work):
        return {}
    resolve = work.timer(Stage.RESOLVE)
    relocated = work.order.status == Status.REPORTED and work.order.level == Level.STREET
    if relocated and resolve is not None and resolve.level == Level.DISTRICT:
        # Handed down and then sent on to another street: the district's clock runs on.
        return {**wanted, Stage.RESOLVE: RUN}
    return wanted


def _was_called(work: Work) -> bool:
    """Whether the call that this ending asked for is over, made or missed: it is not asked for again."""
    ended = work.order.ended_at
    since = [each for each in work.timers if each.stage == Stage.CALLBACK and ended and each.started_at >= ended]
    return bool(since) and all(each.state not in RUNNING for each in since)


def _cap_at_resolve(work: Work) -> None:
    """A due that moved forward takes the stages inside it along."""
    resolve = work.timer(Stage.RESOLVE)
    if resolve is None or resolve.state != TimerState.PENDING or resolve.due_at <= work.now:
        return
    for timer in work.timers:
        if timer.stage in clocks.CAPPED and timer.state == TimerState.PENDING and timer.due_at > resolve.due_at:
            clocks.lengthen(timer, -clocks.seconds_between(timer, resolve.due_at, timer.due_at))
    for part in work.live_assignments:
        handle = work.timer(Stage.HANDLE, assignment=part)
        part.due_at = handle.due_at if handle is not None else part.due_at


def _fits_level(work: Work, timer: Timer) -> bool:
    """An order that was handed down keeps the district's resolve clock."""
    handed_down = timer.stage == Stage.RESOLVE and timer.level == Level.DISTRICT
    return handed_down or timer.level == work.order.level


def _settle_assignment(work: Work, assignment: Assignment) -> None:
    wanted = {
        AssignmentStatus.PENDING: (Stage.ACKNOWLEDGE, Stage.HANDLE),
        AssignmentStatus.ACKNOWLEDGED: (Stage.HANDLE,),
    }.get(AssignmentStatus(assignment.status), ())
    for stage in (Stage.ACKNOWLEDGE, Stage.HANDLE):
        timer = work.timer(stage, assignment=assignment)
        if stage not in wanted:
            clocks.stop(work, timer)
        elif timer is None:
            timer = clocks.start(work, stage, assignment=assignment)
        if stage == Stage.HANDLE and timer is not None:
            assignment.due_at = timer.due_at
