"""Reads of supervision."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.models import Case, Count, Prefetch, Q, QuerySet, When
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from dispatch import permissions
from dispatch.errors import NotVisible
from dispatch.models import ENDED, OWED, SupervisionOrder, SupervisionReply
from dispatch.permissions import is_of_the_district
from dispatch.rules.supervision import DocumentState, Verdict, official_number, target
from grids.models import Unit
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor
from lianqin.kernel.numbers import whole
from workorders.models import Attachment, WorkOrder
from workorders.selectors import visible_to
from workorders.states import LIVE_ASSIGNMENT

TIERS: Mapping[int, str | Promise] = {
    1: gettext_lazy("一级督办"),
    2: gettext_lazy("二级督办"),
    3: gettext_lazy("三级督办"),
}
UNDECIDED = (DocumentState.PROPOSED, DocumentState.DISMISSED)
PENDING = (DocumentState.PROPOSED, DocumentState.APPEALED, DocumentState.REPLIED)
OVERDUE = Q(state__in=OWED, reply_due_at__lt=clock.Now())


def supervision_orders_for(actor: Actor) -> QuerySet[SupervisionOrder]:
    """Documents on orders that the actor sees, newest first: the whole district's, or those to and from its units."""
    found = SupervisionOrder.objects.filter(order_id__in=visible_to(actor).values("pk"))
    if not is_of_the_district(actor):
        mine = Q(unit_id__in=actor.unit_ids) | Q(issuer_unit_id__in=actor.unit_ids)
        # What is only proposed is nobody's business but of those who decide.
        found = found.filter(mine).exclude(state__in=UNDECIDED)
    return (
        found.select_related("order__text", "order__street", "order__holder", "unit", "acknowledged_by", "district")
        .defer("order__street__boundary", "district__boundary")
        .order_by("-raised_at", "-pk")
    )


def documents_on(actor: Actor, order: WorkOrder, most: int) -> list[SupervisionOrder]:
    """Of an order those that concern the actor. One query where there are none, two else."""
    # Nine tables take longer to plan than to read, and few orders have a document.
    if not SupervisionOrder.objects.filter(order=order).exists():
        return []
    return list(supervision_orders_for(actor).filter(order=order)[:most])


def documents_unseen(actor: Actor, most: int) -> list[SupervisionOrder]:
    """Those to the actor's units that nobody acknowledged. One query where there are none, two else."""
    own = Q(acknowledged_at=None, unit_id__in=actor.unit_ids)
    if not SupervisionOrder.objects.filter(own).exists():
        return []
    return list(supervision_orders_for(actor).filter(own)[:most])


def narrowed(found: QuerySet[SupervisionOrder], asked: Mapping[str, str]) -> QuerySet[SupervisionOrder]:
    """Those of a filter: ``kind`` (a kind, or a tier 1 to 3), ``state``, ``unit``, ``street``, ``overdue``, ``q``."""
    kind = asked.get("kind", "")
    if kind:
        found = found.filter(tier=int(kind)) if kind in ("1", "2", "3") else found.filter(kind=kind)
    if asked.get("state") == "open":
        found = found.exclude(state__in=ENDED)
    elif asked.get("state"):
        found = found.filter(state=asked["state"])
    for name, lookup in (("unit", "unit__code"), ("street", "order__street__code")):
        if asked.get(name):
            found = found.filter(**{lookup: asked[name]})
    if asked.get("overdue"):
        found = found.filter(OVERDUE)
    if asked.get("q"):
        words = asked["q"][:60]
        serial = whole(words, 8)
        numbered = Q() if serial is None else Q(serial=serial)
        titled = Q(order__text__title__icontains=words) | Q(number__icontains=words)
        found = found.filter(titled | numbered if numbered else titled)
    return found


def counted(found: QuerySet[SupervisionOrder]) -> Mapping[str, int]:
    """How many there are by state, by kind, by tier, and overdue. One query."""
    totals: dict[str, Any] = {"all": Count("pk"), "overdue": Count("pk", filter=OVERDUE)}
    totals |= {f"state_{state}": Count("pk", filter=Q(state=state)) for state in DocumentState.values}
    totals |= {f"tier_{tier}": Count("pk", filter=Q(tier=tier)) for tier in (1, 2, 3)}
    totals |= {name: Count("pk", filter=Q(kind=name)) for name in ("reminder", "supervision", "accountability")}
    return found.order_by().aggregate(**totals)


def document_for(actor: Actor, number: str) -> SupervisionOrder:
    """One document with everything that its page says. Two queries. Raises NotVisible."""
    replies = SupervisionReply.objects.select_related("unit", "by", "judged_by").order_by("pk")
    people = [f"accountability__{name}" for name in ("proposer", "decider", "reviewer", "appealed_by", "after")]
    found = (
        supervision_orders_for(actor)
        .select_related(
            *("order__text", "order__street", "order__holder", "unit", "acknowledged_by", "district", "issuer"),
            *("issuer_unit", "responsible", "closed_by", "order__category", *people),
        )
        .prefetch_related(Prefetch("replies", replies))
        .filter(number=number)
        .first()
    )
    if found is None:
        raise NotVisible
    return found


def pictures_of(document: SupervisionOrder) -> dict[int, Attachment]:
    """The attachments of the order that a reply may name, by key. One query."""
    return {each.pk: each for each in Attachment.objects.filter(order=document.order_id, erased_at=None).order_by("pk")}


def waiting_for(actor: Actor) -> QuerySet[SupervisionOrder]:
    """What waits for a decision of the district: proposals, appeals and replies; the gravest first."""
    ranks = Case(*(When(state=state, then=rank) for rank, state in enumerate(PENDING)), default=9)
    return supervision_orders_for(actor).filter(state__in=PENDING).order_by(ranks, "raised_at")


def is_any_waiting() -> bool:
    """Whether any document waits for a decision, whoever may see it. One query over few rows."""
    return SupervisionOrder.objects.filter(state__in=PENDING).exists()


def addressees(order: WorkOrder) -> list[Unit]:
    """Who may be called to account for an order: its holder first, those at work on it, and its centres. One query."""
    at_work = order.assignments.filter(status__in=LIVE_ASSIGNMENT).values("unit_id")
    centres = Q(kind="command_center", district=order.district_id)
    if order.street_id is not None:
        centres |= Q(kind="sub_center", street=order.street_id)
    found = Unit.objects.filter(Q(pk=order.holder_id) | Q(pk__in=at_work) | centres & Q(active=True))
    return sorted(found.order_by("code"), key=lambda unit: unit.pk != order.holder_id)


def official_of(document: SupervisionOrder) -> str:
    """Needs the district loaded."""
    return official_number(document.district.short_name, document.kind, document.year, document.serial)


def open_to(actor: Actor, document: SupervisionOrder, replies: list[SupervisionReply], now: dt.datetime) -> set[str]:
    """What the actor may do with the document now: the rules of the services, asked."""
    replied = next((each for each in replies if each.verdict == Verdict.PENDING), None)
    record = getattr(document, "accountability", None)
    district = document.district_id
    rules: dict[str, bool] = {
        "acknowledge": document.acknowledged_at is None
        and document.state in OWED
        and permissions.may_acknowledge(actor, document),
        "reply": permissions.may_reply(actor, document),
        "judge": permissions.may_judge(actor, document) and replied is not None and replied.by_id != actor.user_id,
        "close": permissions.may_judge(actor, document) and record is None,
    }
    if record is not None:
        in_time = record.appeal_until is not None and now <= record.appeal_until and record.appealed_at is None
        others = actor.user_id not in (record.proposer_id, record.decider_id)
        commands = permissions.may_decide_accountability(actor, district)
        rules["decide"] = commands and record.proposer_id != actor.user_id
        rules["appeal"] = permissions.may_reply(actor, document) and in_time
        rules["review"] = permissions.may_review(actor, district) and others
    moves = {"judge": "accept", "decide": "uphold", "review": "confirm", "acknowledge": ""}
    return {
        name
        for name, holds in rules.items()
        if holds and (not moves.get(name, name) or target(moves.get(name, name), document.state))
    }
