"""Writes of dispatch: one verb each."""

from dispatch.services.accountability import (
    appeal,
    decide_accountability,
    propose_accountability,
    review_appeal,
)
from dispatch.services.erasing import blank_texts
from dispatch.services.filters import arrange_filters, change_filter, remove_filter, save_filter
from dispatch.services.handovers import sign_handover, write_handover
from dispatch.services.leaves import end_leave, take_leave
from dispatch.services.missed import sweep_replies
from dispatch.services.notices import mark_all_read, mark_read, tell
from dispatch.services.outgoing import plan_messages, send_waiting, tell_of_broken_channel
from dispatch.services.phones import reveal_phone
from dispatch.services.positions import erase_positions, report_position, stop_position
from dispatch.services.preferences import set_message_template, set_preferences
from dispatch.services.replies import close_document, judge, reply
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
from dispatch.services.supervision import acknowledge, order_supervision, remind, supervise
from dispatch.services.swaps import answer_swap, ask_swap, decide_swap, expire_swaps, withdraw_swap
from dispatch.services.telling import send_notice
from dispatch.services.watches import (
    Placed,
    assign,
    copy_week,
    fill_from_rotation,
    leave_duty,
    move_watch,
    take_up,
    unassign,
)

__all__ = [
    "Placed",
    "Segment",
    "acknowledge",
    "add_shift",
    "answer_swap",
    "appeal",
    "arrange_filters",
    "ask_swap",
    "assign",
    "blank_texts",
    "call_for_handovers",
    "change_filter",
    "check_staffing",
    "close_document",
    "copy_week",
    "decide_accountability",
    "decide_swap",
    "drop_shift",
    "end_leave",
    "erase_positions",
    "expire_swaps",
    "fill_from_rotation",
    "generate_all",
    "generate_shifts",
    "judge",
    "leave_duty",
    "mark_all_read",
    "mark_read",
    "move_watch",
    "order_supervision",
    "plan_messages",
    "propose_accountability",
    "publish_shifts",
    "remind",
    "remove_filter",
    "reply",
    "report_position",
    "reveal_phone",
    "review_appeal",
    "save_filter",
    "send_notice",
    "send_waiting",
    "set_message_template",
    "set_preferences",
    "set_rotation",
    "set_template",
    "sign_handover",
    "stop_position",
    "supervise",
    "sweep_replies",
    "take_leave",
    "take_up",
    "tell",
    "tell_of_broken_channel",
    "unassign",
    "withdraw_swap",
    "write_handover",
]
