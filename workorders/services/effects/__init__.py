"""What each action changes beside status and level, by the part of the loop that it belongs to."""

from workorders.services.effects import checking, dispatching, ends, handling, intake, levels, merging

__all__ = ["checking", "dispatching", "ends", "handling", "intake", "levels", "merging"]
