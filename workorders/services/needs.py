"""What must hold for a row of the transition table, beyond the status.

STATE needs choose the row: none that holds is a 409 with the need's code. The others are asked of the person who
acts (403) and of what was filled in (400); they are looked at after the permission.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from catalogue import calendars
from grids.ground import ground
from lianqin.kernel.actors import Actor, ActorKind
from workorders.errors import Invalid, NotAllowed, NotIndependent
from workorders.models import Assignment, Event
from workorders.models.attachments import AttachmentStage
from workorders.permissions import centre, holds, may_decide
from workorders.services.work import Work
from workorders.states import (
    LIVE_ASSIGNMENT,
    RUNNING,
    SETTLED_ASSIGNMENT,
    AssignmentStatus,
    Level,
    RequestKind,
    Role,
    Stage,
    Transition,
)

CONTEST_WORKDAYS = 5
# After the end, days of the calendar.
REOPEN_DAYS = 7
MOST_SHELVINGS = 2
RETURNS_BEFORE_ARBITRATION = 3

StateNeed = Callable[[Work, Assignment | None], bool]


def _claimed(work: Work, part: Assignment | None) -> bool:
    order = work.order
    return order.community_id is not None and order.holder_id == ground().workstation_id(order.community_id)


def _returnable(work: Work, part: Assignment | None) -> bool:
    """Once per department and order, before it submits, and never what arbitration decided."""
    if part is None or part.binding or _has_submitted(work, part):
        return False
    before = (each for each in work.assignments if each.unit_id == part.unit_id and each.pk != part.pk)
    return work.actor.kind == ActorKind.SYSTEM or all(each.status != AssignmentStatus.RETURNED for each in before)


def _has_submitted(work: Work, part: Assignment) -> bool:
    """Sent back for rework: an earlier handle clock of this part has ended."""
    return any(
        each.assignment_id == part.pk and each.stage == Stage.HANDLE and each.state not in RUNNING
        for each in work.timers
    )


def _last(work: Work, part: Assignment | None) -> bool:
    """Nobody else is still at work."""
    return part is not None and all(each.pk == part.pk for each in work.live_assignments)


def _returned_lead(work: Work, part: Assignment | None) -> bool:
    leads = [each for each in work.assignments if each.role == Role.LEAD]
    return bool(leads) and leads[-1].status == AssignmentStatus.RETURNED


def _contestable(work: Work, part: Assignment | None) -> bool:
    return not work.order.contested and within_workdays(work.order.ended_at, work.now, CONTEST_WORKDAYS)


def within_workdays(since: dt.datetime | None, now: dt.datetime, days: int) -> bool:
    if since is None:
        return False
    calendar = calendars.current()
    return now <= calendar.add(since, days * calendar.day_seconds)


def _may_hand_down(work: Work, part: Assignment | None) -> bool:
    order = work.order
    vertical = order.category is not None and order.category.vertical
    return order.hand_downs == 0 and not vertical and order.street_id is not None


def _dispatched_work(work: Work, part: Assignment | None) -> bool:
    return not work.order.on_site


def _further_reopening(work: Work, part: Assignment | None) -> bool:
    """The second time, or contested by the one who reported it; a checker who recorded the call spot-checks."""
    actor, order = work.actor, work.order
    return order.reopenings > 0 or (holds(actor, "reporter", order) and not holds(actor, "checker", order))


def is_only_reporter(work: Work) -> bool:
    """Whether the actor reopens as the citizen who reported it; staff who check or work on it are another matter."""
    actor, order = work.actor, work.order
    outside = actor.kind != ActorKind.SYSTEM and not actor.posts
    return outside and holds(actor, "reporter", order) and not holds(actor, "checker", order)


def _reporter_once(work: Work, part: Assignment | None) -> bool:
    """Within seven days of the end, and once; of staff nothing is asked here."""
    order = work.order
    if not is_only_reporter(work):
        return True
    if order.ended_at is None or work.now > order.ended_at + dt.timedelta(days=REOPEN_DAYS):
        return False
    if not order.reopenings:
        return True
    bodies = Event.objects.filter(order=order, kind="reopen").values_list("body", flat=True)
    return not any(json.loads(body)["data"].get("by_reporter") for body in bodies)


STATE: Mapping[str, tuple[StateNeed, str | Promise]] = {
    "unclaimed": (lambda work, part: not _claimed(work, part), _("社区已经认领")),
    "claimed": (_claimed, _("社区尚未认领")),
    "unplaced": (lambda work, part: work.order.grid_id is None, _("工单已有位置，请用“更正位置”")),
    "first_relocation": (lambda work, part: work.order.relocations == 0, _("位置已更正过一次")),
    "second_relocation": (lambda work, part: work.order.relocations > 0, _("位置尚未更正过")),
    "contestable": (_contestable, _("只能在不予立案后五个工作日内提出一次异议")),
    "no_arbitration": (
        lambda work, part: work.open_request(RequestKind.ARBITRATION) is None,
        _("仲裁尚未作出，暂不能派遣"),
    ),
    "arbitration": (lambda work, part: work.open_request(RequestKind.ARBITRATION) is not None, _("没有待仲裁的退单")),
    "lead": (lambda work, part: part is not None and part.role == Role.LEAD, _("只有主办单位可以")),
    "assist": (lambda work, part: part is not None and part.role == Role.ASSIST, _("只适用于协办单位")),
    "pending": (lambda work, part: part is not None and part.status == AssignmentStatus.PENDING, _("已经签收或已结束")),
    "acknowledged": (
        lambda work, part: part is not None and part.status == AssignmentStatus.ACKNOWLEDGED,
        _("请先签收"),
    ),
    "live": (lambda work, part: part is not None and part.status in LIVE_ASSIGNMENT, _("该派单已经结束")),
    "returnable": (_returnable, _("每个单位对一件工单只能退单一次，仲裁指定的不能退单")),
    "returned_lead": (_returned_lead, _("没有可提请仲裁的主办退单")),
    "last": (_last, _("还有单位尚未反馈")),
    "not_last": (lambda work, part: not _last(work, part), _("所有单位都已反馈")),
    "on_site_work": (lambda work, part: work.order.on_site, _("不是现场处置的工单")),
    "dispatched_work": (_dispatched_work, _("现场处置的工单由社区或网格长核查")),
    "rework_here": (
        lambda work, part: work.order.level == Level.DISTRICT or work.order.failed_checks == 0,
        _("街道核查已两次未通过"),
    ),
    "second_failure": (lambda work, part: work.order.failed_checks > 0, _("街道核查首次未通过")),
    "may_hand_down": (_may_hand_down, _("每件工单只能交办一次，垂直管理事项和无位置的工单不能交办")),
    "first_extension": (
        lambda work, part: work.order.level not in work.order.extended_levels.split(),
        _("本层级已经延期过一次"),
    ),
    "may_shelve": (lambda work, part: work.order.shelvings < MOST_SHELVINGS, _("一件工单最多挂账两次")),
    "first_reopening": (lambda work, part: not _further_reopening(work, part), _("工单已重启过")),
    "further_reopening": (_further_reopening, _("首次重启由原层级受理")),
    "reporter_once": (_reporter_once, _("办结后七天内可以提一次，现在已经不能再提")),
    "callback_open": (lambda work, part: work.timer(Stage.CALLBACK) is not None, _("回访已经完成")),
}


# Asked of the person


def independent(work: Work) -> None:
    """Who handled may not check; a centre's own squad is checked by a supervisor; after a reopening by another."""
    actor, order = work.actor, work.order
    parts = [each for each in work.assignments if each.status in SETTLED_ASSIGNMENT]
    handlers = {each.finished_by_id for each in parts} | {each.acknowledged_by_id for each in parts}
    if order.on_site:
        handlers.add(order.worker_id)
    if actor.user_id in handlers - {None} or actor.unit_ids & {each.unit_id for each in parts}:
        raise NotIndependent
    if order.reopenings and actor.user_id is not None and actor.user_id == order.last_verifier_id:
        raise NotIndependent(_("重启的工单须由另一人核查"))
    own = {ground().unit_parent_id(each.unit_id) for each in parts} - {None}
    supervises = actor.may("supervise_orders", centre(order) | centre(order, Level.DISTRICT))
    if own & actor.unit_ids and not supervises:
        raise NotIndependent(_("本中心直属队伍处置的工单须由督查员核查"))


def uninvolved(work: Work) -> None:
    """Who dispatched the order may not arbitrate it; one that was raised is the commander's."""
    actor, order = work.actor, work.order
    dispatchers = {each.dispatched_by_id for each in work.assignments} | {order.last_dispatcher_id}
    if actor.user_id is not None and actor.user_id in dispatchers:
        raise NotIndependent(_("派遣过本工单的人不能仲裁"))
    request = work.open_request(RequestKind.ARBITRATION)
    if request is not None and not may_decide(actor, request, order):
        raise NotAllowed


def from_outside(work: Work) -> None:
    """Staff who wrote a report down do not end a registered order alone: voiding takes a second person."""
    if work.actor.posts:
        raise NotAllowed(_("已立案的工单请申请作废，由另一人审批"), code="void_instead")


PERSONAL: Mapping[str, Callable[[Work], None]] = {
    "independent": independent,
    "uninvolved": uninvolved,
    "from_outside": from_outside,
}


# Asked of what was filled in


def _category(work: Work, data: Mapping[str, Any]) -> None:
    if data.get("category") is None and work.order.category_id is None:
        raise Invalid(fields={"category": [_("请选择事项分类")]})


def _place(work: Work, data: Mapping[str, Any]) -> None:
    if work.order.grid_id is None:
        raise Invalid(_("工单尚无位置，请先定位"), code="place_required", fields={"place": [_("请先定位")]})


def _conditions(work: Work, data: Mapping[str, Any]) -> None:
    category = data.get("category") or work.order.category
    if category is not None and category.registration_conditions and not data.get("conditions_confirmed"):
        raise Invalid(
            code="conditions_not_confirmed",
            fields={"conditions_confirmed": [_("请核对立案条件：%s") % "; ".join(category.registration_conditions)]},
        )


def _district_grounds(work: Work, data: Mapping[str, Any]) -> None:
    category = data.get("category") or work.order.category
    several = {street.pk for street in data["affected_streets"]} | set(work.order.affected_street_ids)
    several |= data["extent"] or set()
    if not (category and category.vertical) and len(several | {work.order.street_id}) < 2 and not data.get("reason"):
        raise Invalid(fields={"reason": [_("非垂直管理、未跨街道的工单，请写明直报区级的理由")]})


def _evidence(work: Work, data: Mapping[str, Any]) -> None:
    category = work.order.category
    if category is None or not category.evidence_required:
        return
    if not work.order.attachments.filter(stage=AttachmentStage.AFTER, erased_at=None).exists():
        raise Invalid(
            _("该类事项结案须有处置后的照片"),
            code="evidence_required",
            fields={"evidence": [_("请先上传处置后的照片，或退回返工")]},
        )


def _master(work: Work, data: Mapping[str, Any]) -> None:
    if data["master"].pk == work.order.pk:
        raise Invalid(fields={"master": [_("不能并入自己")]})


FILLED_IN: Mapping[str, Callable[[Work, Mapping[str, Any]], None]] = {
    "category": _category,
    "place": _place,
    "conditions": _conditions,
    "district_grounds": _district_grounds,
    "evidence": _evidence,
    "master": _master,
}


def first_unmet(row: Transition, work: Work, part: Assignment | None) -> str | None:
    """The first need about the state that does not hold, or nothing."""
    return next((need for need in row.needs if need in STATE and not STATE[need][0](work, part)), None)


def may_act(row: Transition, actor: Actor, work: Work) -> bool:
    """Whether the needs that are asked of the person hold."""
    try:
        for need in row.needs:
            if need in PERSONAL:
                PERSONAL[need](work)
    except NotAllowed:
        return False
    return True
