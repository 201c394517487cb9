"""Write how long a stage may take. Running clocks keep what they froze; people go through a draft."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q

from accounts.services import audit
from catalogue.errors import DeadlineInvalid
from catalogue.models import DeadlineRule
from catalogue.permissions import Action, can
from catalogue.revisions import touch
from catalogue.rules import Stage, Unit
from catalogue.workclock import SHANGHAI
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import NotAllowed


@dataclass(frozen=True, slots=True)
class Term:
    """How long: ``amount`` of ``unit``, by working hours or around the clock."""

    amount: int
    unit: str
    around_the_clock: bool = False


def today() -> dt.date:
    """Return the local day of the database's clock. One round trip."""
    return clock.now().astimezone(SHANGHAI).date()


@transaction.atomic
def change_deadline(
    *,
    stage: str,
    amount: int,
    unit: str,
    by: Actor,
    category_id: int | None = None,
    deadline_class: str = "",
    source: str = "",
    urgency: str = "",
    level: str = "",
    around_the_clock: bool = False,
    valid_from: dt.date | None = None,
) -> DeadlineRule:
    """Write a rule without a draft: for our own machines that set a district up. Raise NotAllowed, DeadlineInvalid."""
    if not can(by, Action.CHANGE_DEADLINES):
        raise NotAllowed
    if (
        amount < 1
        or unit not in Unit.values
        or stage not in Stage.values
        or (around_the_clock and unit != Unit.MINUTES)
    ):
        raise DeadlineInvalid
    touch()
    conditions: dict[str, Any] = {
        "stage": stage,
        "category_id": category_id,
        "deadline_class": deadline_class,
        "source": source,
        "urgency": urgency,
        "level": level,
    }
    day = valid_from or today()
    rule, before = write_rule(conditions, Term(amount, unit, around_the_clock), day)
    assert rule is not None
    audit(
        actor_id=by.user_id,
        action="catalogue.change_deadline",
        object_label=f"DeadlineRule {rule.pk}",
        detail={**conditions, "before": before, "amount": amount, "unit": unit, "valid_from": day.isoformat()},
    )
    return rule


def write_rule(
    conditions: dict[str, Any], term: Term | None, day: dt.date
) -> tuple[DeadlineRule | None, dict[str, Any] | None]:
    """Let ``term`` hold for these conditions from ``day`` on (None: nothing); return the rule and what stood before.

    What was written down for a later day gives way. Call within a transaction that touches the catalogue.
    """
    same = DeadlineRule.objects.filter(**conditions)
    standing = same.filter(Q(valid_to=None) | Q(valid_to__gt=day), valid_from__lte=day).order_by("-valid_from").first()
    same.filter(Q(valid_to=None) | Q(valid_to__gt=day), valid_from__lt=day).update(valid_to=day)
    same.filter(valid_from__gt=day).delete()
    before = as_json(standing)
    if term is None:
        same.filter(valid_from=day).delete()
        return None, before
    values = {"amount": term.amount, "unit": term.unit, "around_the_clock": term.around_the_clock, "valid_to": None}
    rule, _made = DeadlineRule.objects.update_or_create(**conditions, valid_from=day, defaults=values)
    return rule, before


def as_json(rule: DeadlineRule | None) -> dict[str, Any] | None:
    """Return the term of a rule for the audit log and for the history of a draft."""
    if rule is None:
        return None
    return {
        "amount": rule.amount,
        "unit": rule.unit,
        "around_the_clock": rule.around_the_clock,
        "valid_from": rule.valid_from.isoformat(),
    }
