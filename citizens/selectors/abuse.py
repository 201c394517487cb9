"""Who is kept out, who appeals, and what waits to be looked at."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count, Q, QuerySet

from citizens.models import AppealState, Block, BlockAppeal, Flag, FlagState, WordList
from citizens.rules.codes import digest_of, read
from lianqin.kernel import clock
from lianqin.kernel.drafts import DraftState

OPEN = (FlagState.WAITING, FlagState.DELETING)


def blocks_in_force() -> QuerySet[Block]:
    """The latest first, with how many appeals wait."""
    waiting = Count("appeals", filter=Q(appeals__state=AppealState.WAITING))
    found = Block.objects.filter(ended_at=None, ends_at__gt=clock.now()).select_related("made_by", "confirmed_by")
    return found.annotate(waiting=waiting)


def appeals_waiting() -> QuerySet[BlockAppeal]:
    """The oldest first."""
    return BlockAppeal.objects.filter(state=AppealState.WAITING).select_related("block__made_by")


def appeal_by_code(typed: str) -> BlockAppeal | None:
    code = read(typed)
    return BlockAppeal.objects.select_related("block").filter(code_digest=digest_of(code)).first() if code else None


def open_flags() -> QuerySet[Flag]:
    """What waits for somebody, the oldest first."""
    return Flag.objects.filter(state__in=OPEN).select_related("order", "decided_by").order_by("pk")


def hidden_of(kind: str, ids: Iterable[int]) -> set[int]:
    """Which of these are not shown in public: everything that was flagged, until somebody says that it may be."""
    found = Flag.objects.filter(kind=kind, object_id__in=list(ids)).exclude(state=FlagState.SHOWN)
    return set(found.values_list("object_id", flat=True))


def is_hidden(kind: str, object_id: int) -> bool:
    return bool(hidden_of(kind, [object_id]))


def words_in_force() -> WordList | None:
    return WordList.objects.filter(state=DraftState.APPROVED).order_by("-version").first()


def word_list_waiting() -> WordList | None:
    """The one that is being written or waits for a second person."""
    states = (DraftState.DRAFT, DraftState.SUBMITTED, DraftState.REFUSED)
    return WordList.objects.filter(state__in=states).select_related("drafted_by", "decided_by").first()
