"""Writes of the ground and its people: one verb each, atomic, audited."""

from .allowances import commit_month, decide_payment, draft_payment, set_budget, submit_payment, withdraw_payment
from .appointments import (
    Wanted,
    add_appointments,
    confirm_appointments,
    discard_appointments,
    draft_appointments,
    drop_appointment,
    refuse_appointments,
    require_draftable,
    submit_appointments,
    withdraw_appointments,
)
from .divisions import change_division, create_division, drop_division, end_division
from .handing_out import ask_for_password, hand_out_passwords, why_not_issued
from .leaving import close_departed, leave, take_back_departure
from .norms import set_norms
from .people import change_account, drop_account, open_account, reopen_account
from .plans_deciding import approve_plan, cancel_plan, refuse_plan, reopen_plan, submit_plan, withdraw_plan
from .plans_drafting import describe_grid, describe_plan, draft_plan
from .plans_effect import take_effect, take_effect_when_due
from .plans_import import Imported, draft_from_features
from .plans_sheet import Stepped
from .plans_steps import (
    draw_grid,
    merge_grids,
    move_vertices,
    remove_grid,
    repair_plan,
    reshape_grid,
    split_grid,
    undo_step,
)
from .posts import appoint, end_membership, make_officer, name_deputy, today, withdraw_stale_grants, write_grants
from .secondments import change_seconded, end_secondment, entrust, pay_entrusted, second
from .steward_needs import StepData
from .steward_setup import drop_building, save_building, set_steward_policy, set_steward_quota
from .stewards import advance_steward, apply_as_steward, end_notices, open_recruitment, publish_notice, reveal_phone
from .training import (
    Mark,
    Required,
    drop_record,
    hold_session,
    record_attendance,
    record_training,
    require_courses,
    save_course,
)
from .units import change_unit, close_unit, create_unit, drop_unit, reopen_unit, told_of
from .versions import touch_ground

__all__ = [
    "Imported",
    "Mark",
    "Required",
    "StepData",
    "Stepped",
    "Wanted",
    "add_appointments",
    "advance_steward",
    "apply_as_steward",
    "appoint",
    "approve_plan",
    "ask_for_password",
    "cancel_plan",
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
    "describe_grid",
    "describe_plan",
    "discard_appointments",
    "draft_appointments",
    "draft_from_features",
    "draft_payment",
    "draft_plan",
    "draw_grid",
    "drop_account",
    "drop_appointment",
    "drop_building",
    "drop_division",
    "drop_record",
    "drop_unit",
    "end_division",
    "end_membership",
    "end_notices",
    "end_secondment",
    "entrust",
    "hand_out_passwords",
    "hold_session",
    "leave",
    "make_officer",
    "merge_grids",
    "move_vertices",
    "name_deputy",
    "open_account",
    "open_recruitment",
    "pay_entrusted",
    "publish_notice",
    "record_attendance",
    "record_training",
    "refuse_appointments",
    "refuse_plan",
    "remove_grid",
    "reopen_account",
    "reopen_plan",
    "reopen_unit",
    "repair_plan",
    "require_courses",
    "require_draftable",
    "reshape_grid",
    "reveal_phone",
    "save_building",
    "save_course",
    "second",
    "set_budget",
    "set_norms",
    "set_steward_policy",
    "set_steward_quota",
    "split_grid",
    "submit_appointments",
    "submit_payment",
    "submit_plan",
    "take_back_departure",
    "take_effect",
    "take_effect_when_due",
    "today",
    "told_of",
    "touch_ground",
    "undo_step",
    "why_not_issued",
    "withdraw_appointments",
    "withdraw_payment",
    "withdraw_plan",
    "withdraw_stale_grants",
    "write_grants",
]
