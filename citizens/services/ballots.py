"""Ballots: opened with rules that never change, one vote a resident, counted when the clock says so."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from citizens.models import Ballot, Choice, Proposal, Slip, Standing, StandingRole, StandingState, Turnout
from citizens.rules.ballots import Result, tally
from citizens.selectors.community import person
from citizens.services.attendance import NEWS
from citizens.services.steps import begin, end
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import Conflict, Invalid
from relay.services import post

SHORTEST, LONGEST = dt.timedelta(hours=1), dt.timedelta(days=30)


@transaction.atomic
def open_ballot(*, matter_id: int, by: Actor, secret: bool, quorum: int, closes_at: dt.datetime | None) -> Ballot:
    """Put this round's proposals to the vote; ``quorum`` must take part. Raises what the door does, and Invalid."""
    move = begin(matter_id, "open_ballot", by)
    matter, faults = move.matter, dict[str, list[str]]()
    eligible = Standing.objects.filter(
        community=matter.community, role=StandingRole.RESIDENT, state=StandingState.CONFIRMED, adult=True
    ).count()
    if closes_at is None or not move.now + SHORTEST <= closes_at <= move.now + LONGEST:
        faults["closes_at"] = [_("截止时间应在 1 小时到 30 天之内")]
    if not 1 <= quorum <= max(eligible, 1):
        faults["quorum"] = [_("请填 1 到 %(most)d 之间的人数（现有表决权的居民）") % {"most": max(eligible, 1)}]
    if faults or closes_at is None:
        raise Invalid(fields=faults)
    made = Ballot.objects.create(
        matter=matter, round=matter.round, secret=secret, quorum=quorum, eligible=eligible, opens_at=move.now,
        closes_at=closes_at,
    )  # fmt: skip
    end(move, facts={"secret": secret, "quorum": quorum, "eligible": eligible, "closes_at": closes_at.isoformat()})
    return made


@transaction.atomic
def vote(*, matter_id: int, by: Actor, choice: str, number: int | None = None) -> Slip:
    """Vote once; ``number`` of the proposal one is for. The slip's id is told to the voter and linked to nobody.

    Raises what the door does, Invalid, Conflict for who voted already.
    """
    move = begin(matter_id, "vote", by)
    ballot = move.matter.ballots.get(round=move.matter.round)
    if choice not in Choice.values:
        raise Invalid(fields={"choice": [_("请选一项")]})
    proposal: Proposal | None = None
    if choice == Choice.FOR:
        proposal = move.matter.proposals.filter(round=move.matter.round, number=number or 0).first()
        if proposal is None:
            raise Invalid(fields={"choice": [_("请选一个方案")]})
    try:
        with transaction.atomic():
            Turnout.objects.create(ballot=ballot, user_id=person(by))
            return Slip.objects.create(
                ballot=ballot, choice=choice, proposal=proposal, user_id=None if ballot.secret else person(by)
            )
    except IntegrityError as error:
        raise Conflict(_("您已经投过票，每人一票")) from error


def count_due() -> int:
    """Count every ballot whose time is over; returns how many."""
    due = Ballot.objects.filter(counted_at=None, closes_at__lte=clock.now()).order_by("pk").values_list("pk", flat=True)
    return sum(count_ballot(ballot_id=pk) for pk in list(due))


@transaction.atomic
def count_ballot(*, ballot_id: int) -> bool:
    """Count once, after the last moment; whoever took part is thanked. False if it is not due, or was done."""
    ballot = Ballot.objects.select_for_update().get(pk=ballot_id)
    now = clock.now()
    if ballot.counted_at is not None or now < ballot.closes_at:
        return False
    result = recount(ballot)
    ballot.counted_at, ballot.counts, ballot.outcome = now, result.counts, result.outcome
    ballot.carried = (
        Proposal.objects.get(matter=ballot.matter_id, round=ballot.round, number=result.winner)
        if result.winner is not None
        else None
    )
    ballot.save(update_fields=("counted_at", "counts", "outcome", "carried"))
    _rewrite(ballot)
    for user_id in ballot.turnout.order_by("user_id").values_list("user_id", flat=True):
        post(topic=NEWS, key=f"ballot:{ballot.pk}:{user_id}",
             payload={"kind": "took_part", "matter": ballot.matter_id, "user": user_id})  # fmt: skip
    return True


def _rewrite(ballot: Ballot) -> None:
    """Write the slips anew as they are, at once and by their random numbers: before, they lay as people had come."""
    for slip in ballot.slips.order_by("pk"):
        slip.save(update_fields=("choice",))


def recount(ballot: Ballot) -> Result:
    """The result as it follows from the slips."""
    slips = ballot.slips.values_list("choice", "proposal__number")
    return tally(slips, ballot.quorum)


def faults_of(ballot: Ballot) -> list[str]:
    """What does not agree in a ballot that was counted: nothing, if nobody meddled."""
    result, found = recount(ballot), []
    if ballot.counted_at is not None and result.counts != ballot.counts:
        found.append(_("票数与选票不符"))
    if ballot.counted_at is not None and result.outcome != ballot.outcome:
        found.append(_("结果与选票不符"))
    if result.turnout != ballot.turnout.count():
        found.append(_("选票数与参加人数不符"))
    return found
