"""Whistles: kinds, states, which move is allowed when, and when somebody is there. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class WhistleKind(TextChoices):
    """Who calls whom: a resident the grid, a community the departments, both a district leader."""

    RESIDENT = "resident", _("居民吹哨")
    COMMUNITY = "community", _("社区吹哨")
    LEADER = "leader", _("领导到场")


class WhistleState(TextChoices):
    RAISED = "raised", _("待到场")
    ANSWERED = "answered", _("已响应")
    SETTLED = "settled", _("已解决")
    UNSOLVED = "unsolved", _("未解决")
    RAISED_UP = "raised_up", _("已提级")
    CANCELLED = "cancelled", _("已取消")


class How(TextChoices):
    """How it is known that somebody is there."""

    POSITION = "position", _("定位确认")
    WITNESS = "witness", _("现场确认")


class Move(StrEnum):
    SUMMON = "summon"
    ANSWER = "answer"
    SETTLE = "settle"
    RAISE_UP = "raise_up"
    CANCEL = "cancel"


UNDER_WAY = (WhistleState.RAISED, WhistleState.ANSWERED)
# What still waits for somebody: an unsolved one is raised, or let go.
PENDING = (*UNDER_WAY, WhistleState.UNSOLVED)
ALLOWED: Mapping[Move, tuple[WhistleState, ...]] = {
    Move.SUMMON: UNDER_WAY,
    Move.ANSWER: UNDER_WAY,
    Move.SETTLE: UNDER_WAY,
    Move.RAISE_UP: PENDING,
    Move.CANCEL: PENDING,
}
REACH_M = 200
# A position less sure than this proves nothing: whoever whistled confirms instead.
ROUGHEST_M = 500
# After the time asked for, a summons is recalled; after this, a no-show is recorded.
GRACE = dt.timedelta(minutes=15)
# A whistle names a time that people can keep.
SOONEST, LATEST = dt.timedelta(minutes=5), dt.timedelta(days=7)
ESTIMATES = (5, 15, 30, 60)


def allows(move: Move, state: str) -> bool:
    return state in ALLOWED[move]


def reach_m(accuracy_m: float) -> float:
    """How far from the place still counts as there, in metres: as far as the position is unsure, 200 m at least."""
    return max(REACH_M, min(accuracy_m, ROUGHEST_M))
