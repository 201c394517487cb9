"""Writes of the ground and its people: one verb each, atomic, audited."""

from .divisions import change_division, create_division, end_division
from .norms import set_norms
from .posts import appoint, end_membership, make_officer, name_deputy, today, withdraw_stale_grants, write_grants
from .training import Mark, Required, hold_session, record_attendance, record_training, require_courses, save_course
from .versions import touch_ground

__all__ = [
    "Mark",
    "Required",
    "appoint",
    "change_division",
    "create_division",
    "end_division",
    "end_membership",
    "hold_session",
    "make_officer",
    "name_deputy",
    "record_attendance",
    "record_training",
    "require_courses",
    "save_course",
    "set_norms",
    "today",
    "touch_ground",
    "withdraw_stale_grants",
    "write_grants",
]
