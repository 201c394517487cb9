"""Ends that are not a closing, and the way back from one."""

from __future__ import annotations

from workorders.services.effects.levels import supersede
from workorders.services.effects.merging import release_merged
from workorders.services.moves import Move, effect
from workorders.states import TimerState


@effect("decline", "void", "withdraw")
def end_without_work(move: Move) -> None:
    """Whatever was merged into this order stands on its own again."""
    supersede(move)
    move.work.stop_state = TimerState.CANCELLED
    release_merged(move)


@effect("contest")
def contest(move: Move) -> None:
    """Once; the district's decision is final."""
    move.order.contested = True
