"""A plan on its way: submitted, approved or sent back by a second person, cancelled."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import DraftDecided, SecondPersonNeeded
from accounts.services import decide_draft, submit_draft, withdraw_draft
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import NotAllowed

from ..errors import PlanNotReady, PlanNotScheduled
from ..models import Community, GroundPlan, PlannedCommunity, PlanState
from ..selectors import may_approve
from ..selectors.plans import base_of, check_plan
from .plans_drafting import is_first_ground
from .plans_effect import take_effect
from .plans_sheet import lock_plan, move_on, require_drafter, tell
from .posts import today

UNDECIDED = (PlanState.DRAFT, PlanState.REFUSED, PlanState.SUBMITTED)


@transaction.atomic
def submit_plan(*, plan_id: int, version: int, by: Actor) -> GroundPlan:
    """Hand a plan without faults to the second person. Raise NotAllowed, PlanStale, DraftNotOpen, PlanNotReady."""
    require_drafter(by)
    lock_plan(plan_id, version)
    plan = submit_draft(GroundPlan, plan_id, by=by, detail={"version": version})
    _require_ready(plan)
    move_on(plan)
    return plan


@transaction.atomic
def reopen_plan(*, plan_id: int, version: int, by: Actor) -> GroundPlan:
    """Take a submitted plan back to go on drafting. Raise NotAllowed, PlanStale, DraftDecided."""
    require_drafter(by)
    plan = lock_plan(plan_id, version)
    if plan.state != PlanState.SUBMITTED:
        raise DraftDecided(state=plan.state)
    move_on(plan, state=PlanState.DRAFT)
    tell(plan, by, "grids.groundplan_reopened", {"before": PlanState.SUBMITTED, "after": PlanState.DRAFT})
    return plan


@transaction.atomic
def withdraw_plan(*, plan_id: int, version: int, by: Actor) -> GroundPlan:
    """Give a plan up for good while nobody has approved it. Raise NotAllowed, PlanStale, DraftDecided."""
    require_drafter(by)
    plan = lock_plan(plan_id, version)
    if plan.state not in UNDECIDED:
        raise DraftDecided(state=plan.state)
    plan = withdraw_draft(GroundPlan, plan_id, by=by)
    move_on(plan)
    return plan


@transaction.atomic
def approve_plan(*, plan_id: int, version: int, by: Actor, opinion: str = "") -> GroundPlan:
    """Approve a submitted plan: it takes effect at midnight of its day; the first ground of a place, at once.

    Raise NotAllowed, PlanStale, DraftDecided, SecondPersonNeeded, PlanNotReady.
    """
    plan = _decided(plan_id, version, by, approve=True, opinion=opinion)
    _require_ready(plan)
    move_on(plan, state=PlanState.SCHEDULED)
    return take_effect(plan_id=plan.pk) or plan


@transaction.atomic
def refuse_plan(*, plan_id: int, version: int, by: Actor, opinion: str = "") -> GroundPlan:
    """Send a submitted plan back to its drafter. Raise as ``approve_plan`` does."""
    plan = _decided(plan_id, version, by, approve=False, opinion=opinion)
    move_on(plan)
    return plan


@transaction.atomic
def cancel_plan(*, plan_id: int, version: int, by: Actor) -> GroundPlan:
    """Cancel a plan that is waiting for its day: the drafter or the approver may. Raise PlanNotScheduled."""
    if not may_approve(by):
        require_drafter(by)
    plan = lock_plan(plan_id, version)
    if plan.state != PlanState.SCHEDULED:
        raise PlanNotScheduled(state=plan.state)
    move_on(plan, state=PlanState.CANCELLED)
    tell(plan, by, "grids.groundplan_cancelled", {"before": PlanState.SCHEDULED, "after": PlanState.CANCELLED})
    return plan


def _decided(plan_id: int, version: int, by: Actor, *, approve: bool, opinion: str) -> GroundPlan:
    if not may_approve(by) or by.user_id is None:
        raise NotAllowed
    plan = lock_plan(plan_id, version)
    # Whoever had a hand in a step drafted it, too.
    if plan.state == PlanState.SUBMITTED and plan.steps.filter(by_id=by.user_id).exists():
        raise SecondPersonNeeded
    return decide_draft(
        GroundPlan, plan_id, by=by, approve=approve, opinion=opinion.strip()[:500], detail={"version": version}
    )


def _require_ready(plan: GroundPlan) -> None:
    """Raise PlanNotReady for faults, a day that is over, a ground that moved, or a plan that is in the way."""
    communities = list(Community.objects.filter(pk__in=plan.communities.values("community_id")).order_by("code"))
    if plan.effective_on <= today() and not is_first_ground(communities):
        raise PlanNotReady(_("生效日期须晚于今天，请改期"), reason="day", fields={"effective_on": [_("须晚于今天")]})
    bases = base_of([each.pk for each in communities])
    moved = [
        each.community.code
        for each in plan.communities.select_related("community")
        if each.base != bases[each.community_id]
    ]
    if moved:
        raise PlanNotReady(
            _("起草之后社区 %s 的网格已经变化，请另建方案") % "、".join(moved), reason="moved", communities=moved
        )
    waiting = PlannedCommunity.objects.filter(community__in=communities, plan__state=PlanState.SCHEDULED)
    other = waiting.exclude(plan=plan).select_related("plan").first()
    if other is not None:
        raise PlanNotReady(
            _("方案“%s”将先在同一社区生效，请等它生效后另建方案，或先取消它") % other.plan.title,
            reason="waiting",
            plan=other.plan_id,
        )
    if faults := check_plan(plan):
        raise PlanNotReady(_("还有 %d 处问题没有解决，不能提交") % len(faults), reason="faults", faults=faults)
