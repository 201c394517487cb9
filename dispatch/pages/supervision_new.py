"""The form of a new document of supervision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from dispatch.models import SupervisionOrder
from dispatch.permissions import may_decide_accountability, may_propose_accountability
from dispatch.rules.supervision import REPLY_DAYS, TOP, DocumentKind, Measure
from dispatch.selectors.supervision import TIERS, addressees
from grids.models import Unit
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import NotAllowed
from lianqin.kernel.numbers import whole
from workorders.models import WorkOrder
from workorders.pages.tags import Text
from workorders.permissions import may_remind, may_supervise

TITLES: Mapping[str, Text] = {
    DocumentKind.REMINDER: DocumentKind.REMINDER.label,
    DocumentKind.SUPERVISION: DocumentKind.SUPERVISION.label,
    DocumentKind.ACCOUNTABILITY: DocumentKind.ACCOUNTABILITY.label,
}


@dataclass(frozen=True, slots=True)
class Form:
    kind: str
    title: Text
    units: list[Unit]
    unit: str
    tiers: list[tuple[int, Text, int]]
    tier: int
    demands: str
    days: str
    measures: list[tuple[str, Text]]
    measure: str
    afters: list[SupervisionOrder]
    after: str
    facts: str
    opinion: str


def form_of(actor: Actor, order: WorkOrder, kind: str, typed: Mapping[str, str]) -> Form:
    """What is known is filled in. Raises NotAllowed for whom the kind is not."""
    if not _may(actor, order, kind):
        raise NotAllowed
    units = addressees(order)
    tops = SupervisionOrder.objects.filter(order=order, tier=TOP) if kind == DocumentKind.ACCOUNTABILITY else []
    next_tier = str(min(order.supervision_tier + 1, TOP))
    return Form(
        kind=kind,
        title=TITLES[kind],
        units=units,
        unit=typed.get("unit") or (str(units[0].pk) if units else ""),
        tiers=[(tier, label, REPLY_DAYS[tier]) for tier, label in TIERS.items()],
        tier=whole(str(typed.get("tier") or next_tier), 1) or 1,
        demands=typed.get("demands") or (_("请尽快办理，并答复办理进展。") if kind == DocumentKind.REMINDER else ""),
        days=typed.get("days", ""),
        measures=list(Measure.choices),
        measure=typed.get("measure", Measure.TALK),
        afters=list(tops),
        after=typed.get("after", ""),
        facts=typed.get("facts", ""),
        opinion=typed.get("opinion", ""),
    )


def _may(actor: Actor, order: WorkOrder, kind: str) -> bool:
    if kind == DocumentKind.REMINDER:
        return may_remind(actor, order)
    if kind == DocumentKind.SUPERVISION:
        return may_supervise(actor, order)
    has_top = SupervisionOrder.objects.filter(order=order, tier=TOP).exists()
    proposes = has_top and may_propose_accountability(actor, order)
    return proposes or may_decide_accountability(actor, order.district_id)


def asked_of(kind: str, data: Mapping[str, str]) -> dict[str, Any]:
    """What the form says, as the service takes it; what is no number is left to the service to refuse."""
    unit = whole(data.get("unit", "")) or 0
    if kind == DocumentKind.REMINDER:
        return {"unit_id": unit or None, "demands": data.get("demands", "")}
    if kind == DocumentKind.SUPERVISION:
        return {
            "unit_id": unit or None,
            "tier": whole(data.get("tier", "")),
            "days": whole(data.get("days", "")),
            "demands": data.get("demands", ""),
        }
    names = ("facts", "opinion", "measure", "after")
    return {"unit_id": unit, **{name: data.get(name, "") for name in names}}
