"""Writes of dispatch: one verb each."""

from dispatch.services.notices import mark_all_read, mark_read, tell
from dispatch.services.supervision import acknowledge, supervise
from dispatch.services.telling import send_notice

__all__ = ["acknowledge", "mark_all_read", "mark_read", "send_notice", "supervise", "tell"]
