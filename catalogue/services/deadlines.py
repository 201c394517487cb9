"""Change how long a stage may take. Running clocks keep what they froze."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

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
    """Write the rule for these conditions from ``valid_from`` (today) on and end the one before it.

    Raise NotAllowed, DeadlineInvalid.
    """
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
    day = valid_from or clock.now().astimezone(SHANGHAI).date()
    conditions: dict[str, Any] = {
        "stage": stage,
        "category_id": category_id,
        "deadline_class": deadline_class,
        "source": source,
        "urgency": urgency,
        "level": level,
    }
    same = DeadlineRule.objects.filter(**conditions)
    same.filter(valid_from__lt=day, valid_to=None).update(valid_to=day)
    same.filter(valid_from__gt=day).delete()
    rule, _made = DeadlineRule.objects.update_or_create(
        **conditions,
        valid_from=day,
        defaults={"amount": amount, "unit": unit, "around_the_clock": around_the_clock, "valid_to": None},
    )
    audit(
        actor_id=by.user_id,
        action="catalogue.change_deadline",
        object_label=f"DeadlineRule {rule.pk}",
        detail={**conditions, "amount": amount, "unit": unit, "valid_from": day.isoformat()},
    )
    return rule
