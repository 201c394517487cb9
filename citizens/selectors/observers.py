"""Remarks: one's own, and those of the communities that somebody looks after."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Count, F, Q, QuerySet

from citizens.models import Remark, RemarkOutcome, RemarkState
from citizens.selectors.community import run_by
from grids.models import Community
from lianqin.kernel.actors import Actor

FEWEST = 5


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one community; ``on_time`` in percent, None with fewer than five answers."""

    community: str
    made: int
    open: int
    accepted: int
    ordered: int
    on_time: str | None


def remarks_of(user_id: int) -> QuerySet[Remark]:
    return Remark.objects.filter(author_id=user_id).select_related("community", "order").order_by("-pk")


def remarks_for(actor: Actor) -> QuerySet[Remark]:
    mine = Remark.objects.filter(community__in=Community.objects.filter(run_by(actor)))
    return mine.select_related("community", "order", "author")


def figures_for(actor: Actor) -> list[Figures]:
    """How many and how soon, in the order of the communities' codes: no ranking, and nobody by name."""
    answered = Q(state=RemarkState.ANSWERED)
    rows = (
        Remark.objects.filter(community__in=Community.objects.filter(run_by(actor)))
        .values("community__short_name", "community__code")
        .annotate(
            made=Count("pk"),
            waiting=Count("pk", filter=Q(state=RemarkState.OPEN)),
            accepted=Count("pk", filter=Q(outcome=RemarkOutcome.ACCEPTED)),
            ordered=Count("pk", filter=Q(outcome=RemarkOutcome.ORDERED)),
            answered=Count("pk", filter=answered),
            in_time=Count("pk", filter=answered & Q(answered_at__lte=F("due_at"))),
        )
        .order_by("community__code")
    )
    return [
        Figures(
            each["community__short_name"], each["made"], each["waiting"], each["accepted"], each["ordered"],
            share(each["in_time"], each["answered"]),
        )
        for each in rows
    ]  # fmt: skip


def share(part: int, whole: int) -> str | None:
    """Percent with two decimals, rounded half up; None below the least number."""
    if whole < FEWEST:
        return None
    return str((Decimal(100) * part / whole).quantize(Decimal("0.01"), ROUND_HALF_UP))
