"""Writes of the ground and its people: one verb each, atomic, audited."""

from .allowances import commit_month, decide_payment, draft_payment, set_budget, submit_payment, withdraw_payment
from .divisions import change_division, create_division, end_division
from .norms import set_norms
from .posts import appoint, end_membership, make_officer, name_deputy, today, withdraw_stale_grants, write_grants
from .steward_needs import StepData
from .steward_setup import save_building, set_steward_policy, set_steward_quota
from .stewards import advance_steward, apply_as_steward, end_notices, open_recruitment, publish_notice, reveal_phone
from .training import Mark, Required, hold_session, record_attendance, record_training, require_courses, save_course
from .versions import touch_ground

__all__ = [
    "Mark",
    "Required",
    "StepData",
    "advance_steward",
    "apply_as_steward",
    "appoint",
    "change_division",
    "commit_month",
    "create_division",
    "decide_payment",
    "draft_payment",
    "end_division",
    "end_membership",
    "end_notices",
    "hold_session",
    "make_officer",
    "name_deputy",
    "open_recruitment",
    "publish_notice",
    "record_attendance",
    "record_training",
    "require_courses",
    "reveal_phone",
    "save_building",
    "save_course",
    "set_budget",
    "set_norms",
    "set_steward_policy",
    "set_steward_quota",
    "submit_payment",
    "today",
    "touch_ground",
    "withdraw_payment",
    "withdraw_stale_grants",
    "write_grants",
]
