"""Rules of thanks with four eyes: one drafts, another puts them in force as the next version."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max

from accounts.services import decide_draft, submit_draft, withdraw_draft
from citizens.models import Rulebook, Subject
from citizens.permissions import may_set_rewards
from citizens.rules.points import faults_of_points
from citizens.rules.tips import faults_of_tips
from grids.selectors import may_approve
from lianqin.kernel.actors import Actor
from lianqin.kernel.drafts import DraftState
from lianqin.kernel.errors import Invalid, NotAllowed, NotVisible

OPEN = (DraftState.DRAFT, DraftState.SUBMITTED, DraftState.REFUSED)
FAULTS = {Subject.POINTS: faults_of_points, Subject.TIPS: faults_of_tips}


@transaction.atomic
def draft_rules(*, subject: str, contents: Mapping[str, Any], by: Actor) -> Rulebook:
    """Write rules and hand them to the second person; open ones are replaced. Raises NotAllowed, Invalid."""
    if not may_set_rewards(by):
        raise NotAllowed
    if faults := FAULTS[Subject(subject)](contents):
        raise Invalid(fields=faults)
    for former in Rulebook.objects.filter(subject=subject, state__in=OPEN):
        withdraw_draft(Rulebook, former.pk, by=by)
    draft = Rulebook.objects.create(subject=subject, contents=dict(contents), drafted_by_id=by.user_id)
    return submit_draft(Rulebook, draft.pk, by=by, detail={"subject": subject})


@transaction.atomic
def decide_rules(
    *, rulebook_id: int, approve: bool, by: Actor, opinion: str = "", seen: dt.datetime | None = None
) -> Rulebook:
    """Put them in force from now on, or send them back. Raises NotAllowed, NotVisible and what decide_draft does."""
    if not may_approve(by):
        raise NotAllowed
    if not Rulebook.objects.filter(pk=rulebook_id).exists():
        raise NotVisible
    rules = decide_draft(Rulebook, rulebook_id, by=by, approve=approve, opinion=opinion[:500], seen=seen)
    if approve:
        last = Rulebook.objects.filter(subject=rules.subject).aggregate(last=Max("version"))["last"] or 0
        rules.version = last + 1
        rules.save(update_fields=["version"])
    return rules
