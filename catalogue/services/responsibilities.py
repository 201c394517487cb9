"""What arbitrations teach: proposed by the one that decided, accepted by the district, then it routes."""

from __future__ import annotations

from django.db import transaction

from accounts.services import audit
from catalogue.errors import AlreadyDecided
from catalogue.models import ProposalState, ResponsibilityProposal
from catalogue.permissions import Action, can
from catalogue.revisions import touch
from lianqin.kernel.actors import Actor
from lianqin.kernel.clock import Now
from lianqin.kernel.errors import NotAllowed, NotVisible


def propose_responsibility(
    *, category_id: int, street_id: int | None, unit_id: int, order_number: str, reason: str = ""
) -> None:
    """Offer the outcome of an arbitration as a rule. A repeat for the same order changes nothing. One statement."""
    proposal = ResponsibilityProposal(
        order_number=order_number, category_id=category_id, unit_id=unit_id, street_id=street_id, reason=reason
    )
    ResponsibilityProposal.objects.bulk_create([proposal], ignore_conflicts=True)


def forget_reasons(*, order_number: str) -> int:
    """Blank what was written about an order, as the law may demand; the rule itself stays. Return how many."""
    return ResponsibilityProposal.objects.filter(order_number=order_number).update(reason="")


def accept_responsibility(*, proposal_id: int, by: Actor) -> ResponsibilityProposal:
    """Let the proposal route such matters from now on. Raise NotVisible, AlreadyDecided, NotAllowed."""
    return _decide(proposal_id, ProposalState.ACCEPTED, by)


def refuse_responsibility(*, proposal_id: int, by: Actor) -> ResponsibilityProposal:
    """Leave it at the single order. Raise NotVisible, AlreadyDecided, NotAllowed."""
    return _decide(proposal_id, ProposalState.REFUSED, by)


@transaction.atomic
def _decide(proposal_id: int, state: ProposalState, by: Actor) -> ResponsibilityProposal:
    proposal = ResponsibilityProposal.objects.select_for_update().filter(pk=proposal_id).first()
    if proposal is None:
        raise NotVisible
    if proposal.state != ProposalState.PROPOSED:
        raise AlreadyDecided(state=proposal.state)
    if not can(by, Action.DECIDE_RESPONSIBILITY):
        raise NotAllowed
    touch()
    ResponsibilityProposal.objects.filter(pk=proposal.pk).update(
        state=state, decided_by_id=by.user_id, decided_at=Now()
    )
    proposal.refresh_from_db()
    audit(
        actor_id=by.user_id,
        action=f"catalogue.responsibility_{state}",
        object_label=f"ResponsibilityProposal {proposal.pk}",
        detail={"order": proposal.order_number, "unit": proposal.unit_id},
    )
    return proposal
