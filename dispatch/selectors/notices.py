"""Reads of notices: those of an actor, and their sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dispatch.models import Gravity, Notice, NoticeKind, SupervisionOrder
from dispatch.selectors.supervision import TIERS, supervision_orders_for
from lianqin.kernel.actors import Actor
from workorders.selectors import visible_to
from workorders.states import RequestKind, Stage, Status

ENDINGS: Mapping[str, str | Promise] = {
    Status.CLOSED: gettext_lazy("您反映的事项已办结"),
    Status.DECLINED: gettext_lazy("您反映的事项不予立案, 可在五个工作日内提出异议"),
    Status.VOIDED: gettext_lazy("您反映的事项已作废"),
    Status.MERGED: gettext_lazy("您反映的事项已随同类工单办结"),
}


@dataclass(frozen=True, slots=True)
class Unread:
    """How much is unread, and how grave the gravest of it is; empty without any."""

    count: int
    gravity: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A notice and its sentence."""

    notice: Notice
    text: str


@dataclass(frozen=True, slots=True)
class NoticePage:
    """``before`` asks for the following page; None on the last. ``documents`` are those not yet acknowledged."""

    lines: tuple[Line, ...]
    unread: Unread
    documents: tuple[SupervisionOrder, ...]
    before: int | None


PAGE = 50
MOST_DOCUMENTS = 20


def notice_page(actor: Actor, *, before: int | None = None) -> NoticePage:
    """Three queries."""
    found = notices_for(actor)
    if before is not None:
        found = found.filter(pk__lt=before)
    rows = list(found[: PAGE + 1])
    shown = rows[:PAGE]
    own = supervision_orders_for(actor).filter(acknowledged_at=None, unit_id__in=actor.unit_ids)
    return NoticePage(
        lines=tuple(Line(notice, sentence(notice)) for notice in shown),
        unread=unread(actor),
        documents=tuple(own[:MOST_DOCUMENTS]) if before is None else (),
        before=shown[-1].pk if len(rows) > PAGE else None,
    )


def notices_for(actor: Actor) -> QuerySet[Notice]:
    """Notices to the actor's units and to the actor, newest first, of orders that the actor still sees."""
    mine = Q(unit_id__in=actor.unit_ids)
    if actor.user_id is not None and not actor.officer:
        mine |= Q(user_id=actor.user_id)
    seen = visible_to(actor).values("pk")
    return (
        Notice.objects.filter(mine, order_id__in=seen)
        .select_related("order__text", "order__street", "unit", "read_by")
        .defer("order__street__boundary")
        .order_by("-pk")
    )


def unread(actor: Actor) -> Unread:
    """One query."""
    gravities = set()
    count = 0
    for gravity in notices_for(actor).filter(read_at=None).values_list("gravity", flat=True)[:1000]:
        gravities.add(gravity)
        count += 1
    gravest = next((each for each in (Gravity.CRITICAL, Gravity.WARN, Gravity.INFO) if each in gravities), "")
    return Unread(count, str(gravest))


def sentence(notice: Notice) -> str:
    """The notice in words."""
    facts = notice.facts
    stage = Stage(facts["stage"]).label if facts.get("stage") in Stage.values else ""
    tier = TIERS.get(min(int(facts.get("tier") or 1), 3), TIERS[3]) if str(facts.get("tier") or 1).isdecimal() else ""
    request = RequestKind(facts["request_kind"]).label if facts.get("request_kind") in RequestKind.values else _("申请")
    match NoticeKind(notice.kind):
        case NoticeKind.SUPERVISED:
            return _("%(stage)s逾期, 发出%(tier)s") % {"stage": stage, "tier": tier}
        case NoticeKind.ESCALATED:
            return _("%s超时, 已自动升级到区") % stage if stage else _("已由区联勤指挥中心接手")
        case NoticeKind.WARNED:
            used = _("已用一半") if facts.get("name") == "half" else _("将到期")
            return _("%(stage)s时限%(used)s") % {"stage": stage, "used": used}
        case NoticeKind.REMINDED:
            return _("%s到期, 请尽快办理") % stage
        case NoticeKind.REQUESTED:
            return _("申请%s, 等待审批") % request
        case NoticeKind.REFUSED:
            expired = facts.get("outcome") == "expired"
            return _("%s申请逾期未批, 视为不同意") % request if expired else _("%s申请未获同意") % request
        case NoticeKind.RETURNED:
            return _("逾期未签收, 系统退回") if stage else _("承办单位退单, 请重新派遣")
        case NoticeKind.ANSWERED:
            return str(ENDINGS.get(notice.order.status, _("您反映的事项有了结果")))
        case _:
            return str(SIMPLE[NoticeKind(notice.kind)])


SIMPLE: Mapping[NoticeKind, str | Promise] = {
    NoticeKind.DISPATCHED: gettext_lazy("新派单, 请签收"),
    NoticeKind.APPROVED: gettext_lazy("申请已获同意"),
    NoticeKind.ARBITRATION_RAISED: gettext_lazy("仲裁逾期未决, 请区指挥长裁决"),
    NoticeKind.REWORK: gettext_lazy("核查未通过, 退回返工"),
    NoticeKind.CALLBACK_MISSED: gettext_lazy("回访到期未接通"),
    NoticeKind.HANDED_DOWN: gettext_lazy("区级交办本街道办理"),
    NoticeKind.ASSIGNED: gettext_lazy("社区指派您到现场处置"),
}
