"""Writes of the ground and its people: one verb each, atomic, audited."""

from .allowances import commit_month, decide_payment, draft_payment, set_budget, submit_payment, withdraw_payment
from .appointments import (
    Wanted,
    add_appointments,
    confirm_appointments,
    draft_appointments,
    drop_appointment,
    refuse_appointments,
    submit_appointments,
    withdraw_appointments,
)
from .divisions import change_division, create_division, end_division
from .leaving import close_departed, leave, take_back_departure
from .norms import set_norms
from .people import change_account, hand_out_passwords, open_account, reopen_account
from .posts import appoint, end_membership, make_officer, name_deputy, today, withdraw_stale_grants, write_grants
from .secondments import change_seconded, end_secondment, entrust, pay_entrusted, second
from .steward_needs import StepData
from .steward_setup import save_building, set_steward_policy, set_steward_quota
from .stewards import advance_steward, apply_as_steward, end_notices, open_recruitment, publish_notice, reveal_phone
from .training import Mark, Required, hold_session, record_attendance, record_training, require_courses, save_course
from .units import change_unit, close_unit, create_unit, reopen_unit, told_of
from .versions import touch_ground

__all__ = [
    "Mark",
    "Required",
    "StepData",
    "Wanted",
    "add_appointments",
    "advance_steward",
    "apply_as_steward",
    "appoint",
    "change_account",
    "change_division",
    "change_seconded",
    "change_unit",
    "close_departed",
    "close_unit",
    "commit_month",
    "confirm_appointments",
    "create_division",
    "create_unit",
    "decide_payment",
    "draft_appointments",
    "draft_payment",
    "drop_appointment",
    "end_division",
    "end_membership",
    "end_notices",
    "end_secondment",
    "entrust",
    "hand_out_passwords",
    "hold_session",
    "leave",
    "make_officer",
    "name_deputy",
    "open_account",
    "open_recruitment",
    "pay_entrusted",
    "publish_notice",
    "record_attendance",
    "record_training",
    "refuse_appointments",
    "reopen_account",
    "reopen_unit",
    "require_courses",
    "reveal_phone",
    "save_building",
    "save_course",
    "second",
    "set_budget",
    "set_norms",
    "set_steward_policy",
    "set_steward_quota",
    "submit_appointments",
    "submit_payment",
    "take_back_departure",
    "today",
    "told_of",
    "touch_ground",
    "withdraw_appointments",
    "withdraw_payment",
    "withdraw_stale_grants",
    "write_grants",
]
