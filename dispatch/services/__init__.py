"""Writes of dispatch: one verb each."""

from dispatch.services.handovers import sign_handover, write_handover
from dispatch.services.leaves import end_leave, take_leave
from dispatch.services.notices import mark_all_read, mark_read, tell
from dispatch.services.positions import erase_positions, report_position, stop_position
from dispatch.services.shifts import (
    Segment,
    add_shift,
    drop_shift,
    generate_all,
    generate_shifts,
    publish_shifts,
    set_rotation,
    set_template,
)
from dispatch.services.staffing import call_for_handovers, check_staffing
from dispatch.services.supervision import acknowledge, supervise
from dispatch.services.swaps import answer_swap, ask_swap, decide_swap, expire_swaps, withdraw_swap
from dispatch.services.telling import send_notice
from dispatch.services.watches import Placed, assign, copy_week, fill_from_rotation, leave_duty, take_up, unassign

__all__ = [
    "Placed",
    "Segment",
    "acknowledge",
    "add_shift",
    "answer_swap",
    "ask_swap",
    "assign",
    "call_for_handovers",
    "check_staffing",
    "copy_week",
    "decide_swap",
    "drop_shift",
    "end_leave",
    "erase_positions",
    "expire_swaps",
    "fill_from_rotation",
    "generate_all",
    "generate_shifts",
    "leave_duty",
    "mark_all_read",
    "mark_read",
    "publish_shifts",
    "report_position",
    "send_notice",
    "set_rotation",
    "set_template",
    "sign_handover",
    "stop_position",
    "supervise",
    "take_leave",
    "take_up",
    "tell",
    "unassign",
    "withdraw_swap",
    "write_handover",
]
