"""Writes of dispatch: one verb each."""

from dispatch.services.notices import mark_all_read, mark_read, tell
from dispatch.services.positions import erase_positions, report_position, stop_position
from dispatch.services.supervision import acknowledge, supervise
from dispatch.services.telling import send_notice

__all__ = [
    "acknowledge",
    "erase_positions",
    "mark_all_read",
    "mark_read",
    "report_position",
    "send_notice",
    "stop_position",
    "supervise",
    "tell",
]
