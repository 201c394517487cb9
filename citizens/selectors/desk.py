"""How much waits for somebody on the desk, each in one statement (calls: and that of the clock)."""

from __future__ import annotations

from citizens.models import IntakeMessage, IntakeState, RemarkState, Standing, StandingState, Tip, TipState
from citizens.selectors.abuse import appeals_waiting, open_flags
from citizens.selectors.community import run_by
from citizens.selectors.following import calls_for
from citizens.selectors.observers import remarks_for
from grids.models import Community
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor


def asked_for(actor: Actor) -> int:
    """People who asked to be known as residents, volunteers or observers."""
    here = Community.objects.filter(run_by(actor))
    return Standing.objects.filter(community__in=here, state=StandingState.ASKED).count()


def unanswered(actor: Actor) -> int:
    return remarks_for(actor).filter(state=RemarkState.OPEN).count()


def to_be_called(actor: Actor) -> int:
    return calls_for(actor, clock.now()).count()


def unread(actor: Actor) -> int:
    """Letters of platforms that no program could read."""
    return IntakeMessage.objects.filter(state=IntakeState.DEAD).count()


def unseen(actor: Actor) -> int:
    """Words and pictures that wait to be looked at, and appeals that wait for an answer."""
    flags, appeals = open_flags().order_by().values("pk"), appeals_waiting().order_by().values("pk")
    return flags.union(appeals, all=True).count()


def unproven(actor: Actor) -> int:
    return Tip.objects.filter(state=TipState.RECEIVED).count()
