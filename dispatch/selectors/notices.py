"""Reads of notices: those of an actor, and their sentences."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dispatch.models import Gravity, Notice, SupervisionOrder
from dispatch.rules.kinds import say
from dispatch.selectors.supervision import TIERS, documents_unseen
from lianqin.kernel.actors import Actor
from workorders.permissions import eyes
from workorders.selectors.visibility import sight
from workorders.states import RequestKind, Stage, Status

ENDINGS: Mapping[str, str | Promise] = {
    Status.CLOSED: gettext_lazy("您反映的事项已办结"),
    Status.DECLINED: gettext_lazy("您反映的事项不予立案，可在五个工作日内提出异议"),
    Status.VOIDED: gettext_lazy("您反映的事项已作废"),
    Status.MERGED: gettext_lazy("您反映的事项已随同类工单办结"),
}


@dataclass(frozen=True, slots=True)
class Unread:
    """How much is unread, of each gravity, and how grave the gravest of it is; empty without any."""

    count: int
    gravity: str = ""
    of: Mapping[str, int] = field(default_factory=dict)


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


MOMENT = re.compile(r"\d{4}-\d\d-\d\dT")
DAY = re.compile(r"\d{4}-\d\d-\d\d$")
PAGE = 50
MOST_DOCUMENTS = 20


def notice_page(
    actor: Actor, *, before: int | None = None, gravity: str = "", kind: str = "", only_unread: bool = False
) -> NoticePage:
    """Three queries, four where documents wait to be acknowledged."""
    found = notices_for(actor)
    if before is not None:
        found = found.filter(pk__lt=before)
    if gravity:
        found = found.filter(gravity=gravity)
    if kind:
        found = found.filter(kind=kind)
    if only_unread:
        found = found.filter(read_at=None)
    rows = list(found[: PAGE + 1])
    shown = rows[:PAGE]
    return NoticePage(
        lines=tuple(Line(notice, sentence(notice)) for notice in shown),
        unread=unread(actor),
        documents=tuple(documents_unseen(actor, MOST_DOCUMENTS)) if before is None else (),
        before=shown[-1].pk if len(rows) > PAGE else None,
    )


def notices_for(actor: Actor) -> QuerySet[Notice]:
    """Notices to the actor's units and to the actor, newest first; of orders those that the actor still sees."""
    mine = Q(unit_id__in=actor.unit_ids)
    if actor.user_id is not None and not actor.officer:
        mine |= Q(user_id=actor.user_id)
    return (
        Notice.objects.filter(mine, Q(order=None) | of_order(sight(actor)) if eyes(actor) else Q(order=None))
        .select_related("order__text", "order__street", "unit", "read_by")
        .defer("order__street__boundary")
        .order_by("-pk")
    )


def of_order(condition: Q) -> Q:
    """A condition on orders, asked of what hangs on one: on the joined row, so that no list of orders is made."""
    found = Q(_connector=condition.connector, _negated=condition.negated)
    child: Any
    for child in condition.children:
        found.children.append(of_order(child) if isinstance(child, Q) else (f"order__{child[0]}", child[1]))
    return found


def unread(actor: Actor) -> Unread:
    """One query."""
    counted = Counter(notices_for(actor).filter(read_at=None).values_list("gravity", flat=True)[:1000])
    gravest = next((each for each in (Gravity.CRITICAL, Gravity.WARN, Gravity.INFO) if counted[each]), "")
    return Unread(counted.total(), str(gravest), counted)


def sentence(notice: Notice) -> str:
    """The notice in words."""
    return say(notice.kind, words_of(notice))


def words_of(notice: Notice) -> dict[str, str]:
    """The notice's facts as they are read; what has no words is left out."""
    facts: Mapping[str, Any] = notice.facts
    words = {name: _word(value) for name, value in facts.items()}
    words["stage"] = str(Stage(facts["stage"]).label) if facts.get("stage") in Stage.values else ""
    tier = str(facts.get("tier", ""))
    words["tier"] = str(TIERS.get(min(int(tier), 3), TIERS[1])) if tier.isdecimal() else ""
    asked = facts.get("request_kind")
    words["request"] = str(RequestKind(asked).label) if asked in RequestKind.values else _("申请")
    words["expired"] = _("逾期") if facts.get("outcome") == "expired" else ""
    words["used"] = _("已用一半") if facts.get("name") == "half" else _("将到期")
    words["ending"] = str(ENDINGS.get(notice.order.status, "")) if notice.order else ""
    return words


def _word(value: Any) -> str:
    """A moment is read in local time: 11-22 14:30."""
    text = str(value)
    if MOMENT.match(text):
        return localtime(dt.datetime.fromisoformat(text)).strftime("%-m-%-d %H:%M")
    if DAY.match(text):
        return dt.date.fromisoformat(text).strftime("%-m-%-d")
    return text
