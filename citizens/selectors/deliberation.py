"""Matters as anybody may see them, and what more the workstation sees."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Avg, Count, QuerySet

from citizens.models import Ballot, Matter, MatterEvent, Meeting, Opinion, Proposal
from citizens.selectors.abuse import hidden_of
from citizens.selectors.community import run_by
from citizens.states import ENDED, STEPS, MatterState
from grids.models import Community
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import NotVisible

MATTER, OPINION = "matter", "opinion"
LATEST_OPINIONS = 200
# Shown by number, or by what was said.
COUNTED = ("support", "opine", "review")


def public_matters() -> QuerySet[Matter]:
    """What nobody removed, newest first; annotates ``backers``."""
    found = Matter.objects.filter(removed_at=None).annotate(backers=Count("supports"))
    return found.select_related("community__street").order_by("-pk")


def matters_run_by(actor: Actor) -> QuerySet[Matter]:
    return public_matters().filter(community__in=Community.objects.filter(run_by(actor)))


@dataclass(slots=True)
class Life:
    """One matter with all that belongs to it. Eleven queries, however much there is."""

    matter: Matter
    hidden: bool
    steps: list[tuple[str, str]]
    events: list[MatterEvent]
    opinions: list[tuple[Opinion, bool]]
    meetings: list[Meeting]
    proposals: list[Proposal]
    ballots: list[Ballot]
    backers: int
    reviews: dict[str, Any] = field(default_factory=dict)

    @property
    def meeting(self) -> Meeting | None:
        return next((each for each in self.meetings if each.round == self.matter.round), None)

    @property
    def ballot(self) -> Ballot | None:
        return next((each for each in self.ballots if each.round == self.matter.round), None)

    @property
    def current(self) -> list[Proposal]:
        return [each for each in self.proposals if each.round == self.matter.round]


def life_of(pk: int) -> Life:
    """Raises NotVisible."""
    matter = public_matters().select_related("author").filter(pk=pk).first()
    if matter is None:
        raise NotVisible
    opinions = list(matter.opinions.filter(removed_at=None).select_related("user").order_by("-pk")[:LATEST_OPINIONS])
    hidden = hidden_of(OPINION, [each.pk for each in opinions])
    meetings = matter.meetings.order_by("round").select_related("chair").prefetch_related("revisions__signature")
    ballots = matter.ballots.order_by("round").select_related("carried").annotate(cast=Count("turnout"))
    return Life(
        matter=matter,
        hidden=bool(hidden_of(MATTER, [pk])),
        steps=steps_of(matter),
        events=list(matter.events.exclude(action__in=COUNTED).select_related("by").order_by("seq")),
        opinions=[(each, each.pk in hidden) for each in opinions],
        meetings=list(meetings),
        proposals=list(matter.proposals.all()),
        ballots=list(ballots),
        backers=matter.backers,  # type: ignore[attr-defined]  # annotated
        reviews=matter.reviews.aggregate(
            number=Count("pk"), solved=Avg("solved"), satisfied=Avg("satisfied"), attitude=Avg("attitude")
        ),
    )  # fmt: skip


def steps_of(matter: Matter) -> list[tuple[str, str]]:
    """The five steps with ``done``, ``now`` or nothing; one that ended early stands where it ended."""
    if matter.state == MatterState.CLOSED:
        return [(str(each.label), "done") for each in STEPS]
    at = 0 if matter.state in ENDED else STEPS.index(MatterState(matter.state))
    return [
        (str(each.label), "done" if place < at else "now" if place == at else "") for place, each in enumerate(STEPS)
    ]
