"""Between the levels: up to the district, down to a street; more time, a pause."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from catalogue import calendars
from workorders.errors import Invalid
from workorders.services import clocks
from workorders.services.cleaning import MAX_REVIEW_DAYS
from workorders.services.effects.dispatching import end
from workorders.services.effects.intake import put_street
from workorders.services.moves import Move, centre_id, check, effect
from workorders.states import AssignmentStatus, Level, Stage, TimerState

SHANGHAI = ZoneInfo("Asia/Shanghai")
OFFICE_OPENS = dt.time(9)


@effect("escalate")
def escalate(move: Move) -> None:
    """Finished work stays done, what was under way is superseded; the evidence goes with the order."""
    supersede(move)
    move.order.failed_checks = 0
    move.order.on_site, move.order.worker_id = False, None
    move.work.stop_state = TimerState.CANCELLED


def supersede(move: Move) -> None:
    for each in move.work.live_assignments:
        end(move, each, AssignmentStatus.SUPERSEDED)


@check("hand_down")
def check_hand_down(move: Move) -> None:
    """An order that touches several streets names the one that leads."""
    order, street = move.order, move.data.get("street")
    concerned = {order.street_id, *order.affected_street_ids}
    if order.affected_street_ids and street is None:
        raise Invalid(fields={"street": [_("涉及多个街道，请指定牵头街道")]})
    if street is not None and street.pk not in concerned:
        raise Invalid(fields={"street": [_("只能交给工单所在或涉及的街道")]})


@effect("hand_down")
def hand_down(move: Move) -> None:
    """The district's own clock runs on: next time it is the district that must answer."""
    order, street = move.order, move.data.get("street")
    order.hand_downs += 1
    if street is not None and street.pk != order.street_id:
        put_street(move, street.pk)
    move.facts["street"] = order.street_id
    move.holder_id = centre_id(order, Level.STREET)
    supersede(move)


@check("extend")
def check_extension(move: Move) -> None:
    if not move.data.get("workdays") and not move.data.get("hours"):
        raise Invalid(fields={"workdays": [_("请填写延长的工作日或小时")]})


@effect("extend")
def extend(move: Move) -> None:
    """A later due for the order and for everybody who is still at work; once per level."""
    work, order = move.work, move.order
    order.extended_levels = " ".join([*order.extended_levels.split(), order.level])
    parts = [work.timer(Stage.HANDLE, assignment=each) for each in work.live_assignments]
    for timer in (work.timer(Stage.RESOLVE), *parts):
        if timer is not None:
            clocks.lengthen(timer, _extra_seconds(move, timer.policy_snapshot["around_the_clock"]))
    move.facts.update(workdays=move.data.get("workdays"), hours=move.data.get("hours"))


def _extra_seconds(move: Move, around_the_clock: bool) -> float:
    day = 86_400 if around_the_clock else calendars.current().day_seconds
    return (move.data.get("workdays") or 0) * day + (move.data.get("hours") or 0) * 3600


@check("shelve")
def check_review(move: Move) -> None:
    today = move.work.now.astimezone(SHANGHAI).date()
    if not today < _review_on(move) <= today + dt.timedelta(days=MAX_REVIEW_DAYS):
        raise Invalid(fields={"review_on": [_("复核日期应在明天到一年之内")]})


def _review_on(move: Move) -> dt.date:
    """A date when it is asked for, its text when it is approved."""
    return dt.date.fromisoformat(str(move.data["review_on"]))


@effect("shelve")
def shelve(move: Move) -> None:
    """Wait until the review; what departments had not finished is superseded."""
    order, work = move.order, move.work
    order.shelvings += 1
    supersede(move)
    review_on = _review_on(move)
    review_at = dt.datetime.combine(review_on, OFFICE_OPENS, tzinfo=SHANGHAI)
    clocks.start(work, Stage.REVIEW, until=review_at)
    move.facts["review_on"] = review_on.isoformat()
