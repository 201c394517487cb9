"""What waits for a decision of the one who looks: requests, arbitrations, and documents of supervision."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dispatch.selectors.commanding import requests_waiting
from dispatch.selectors.supervision import is_any_waiting, open_to, waiting_for
from lianqin.kernel.actors import Actor
from workorders.models import Request
from workorders.pages.faces import Clock
from workorders.pages.tags import Tag, Text, Tone
from workorders.states import RequestKind, Tier

MOST = 12
DECIDING = ("decide", "review", "judge")
WORDS: Mapping[str, Text] = {
    "decide": gettext_lazy("决定问责"),
    "review": gettext_lazy("复核申诉"),
    "judge": gettext_lazy("审定答复"),
}


@dataclass(frozen=True, slots=True)
class Decision:
    """One thing to decide: ``clock`` runs until silence decides it."""

    tag: Tag
    title: str
    url: str
    asks: Text
    reason: str
    clock: Clock | None
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Decisions:
    lines: tuple[Decision, ...]
    more: bool


def decisions(actor: Actor, now: dt.datetime) -> Decisions:
    """The most urgent first: what silence would decide soonest. Two queries, four where documents wait."""
    lines = [*_requests(actor, now), *_documents(actor, now)]
    lines.sort(key=lambda line: (line.clock is None, line.clock.due_at if line.clock else line.at))
    return Decisions(tuple(lines[:MOST]), len(lines) > MOST)


def _requests(actor: Actor, now: dt.datetime) -> list[Decision]:
    return [_asked(request, now) for request in requests_waiting(actor)]


def _asked(request: Request, now: dt.datetime) -> Decision:
    due, began = getattr(request, "due", None), getattr(request, "began", None)
    grave: Tone = "critical" if request.kind == RequestKind.ARBITRATION else "warn"
    who = request.requester_unit.short_name if request.requester_unit else _("系统")
    asks = _("%(who)s申请%(what)s") % {"who": who, "what": RequestKind(request.kind).label}
    if request.kind == RequestKind.ARBITRATION:
        asks = _("退单争议，请指定承办单位")
    return Decision(
        tag=Tag(RequestKind(request.kind).label, grave),
        title=request.order.text.title,
        url=reverse("workorders:order", args=[request.order.number]),
        asks=f"{asks}{_('（区指挥长）') if request.tier == Tier.COMMANDER else ''}",
        reason=request.reason,
        clock=Clock(label="", started_at=began or request.requested_at, due_at=due, now=now) if due else None,
        at=request.requested_at,
    )


def _documents(actor: Actor, now: dt.datetime) -> list[Decision]:
    if not is_any_waiting():
        return []
    found = waiting_for(actor).select_related(
        "order__text", "order__street", "order__holder", "unit", "acknowledged_by", "district", "accountability"
    )
    lines = []
    for document in found.prefetch_related("replies")[: MOST * 2]:
        replies = list(document.replies.all())
        may = open_to(actor, document, replies, now)
        step = next((each for each in DECIDING if each in may), None)
        if step is None:
            continue
        lines.append(
            Decision(
                tag=Tag(document.get_kind_display(), "warn" if step == "judge" else "critical"),
                title=document.order.text.title,
                url=reverse("dispatch:supervision-order", args=[document.number]),
                asks=_("%(unit)s：%(what)s")
                % {"unit": document.unit.short_name if document.unit else "", "what": WORDS[step]},
                reason=replies[-1].text if replies else document.demands,
                clock=None,
                at=document.raised_at,
            )
        )
    return lines
