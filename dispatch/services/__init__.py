"""Writes of dispatch: one verb each."""

from dispatch.services.notices import mark_all_read, mark_read, tell
from dispatch.services.supervision import acknowledge, supervise

__all__ = ["acknowledge", "mark_all_read", "mark_read", "supervise", "tell"]
