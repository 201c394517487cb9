"""Writes of the ground and its people: one verb each, atomic, audited."""

from .posts import appoint, end_membership, make_officer, today, withdraw_stale_grants, write_grants
from .versions import touch_ground

__all__ = [
    "appoint",
    "end_membership",
    "make_officer",
    "today",
    "touch_ground",
    "withdraw_stale_grants",
    "write_grants",
]
