"""Whistles: raised, answered, arrived at, ended; and what the clock makes of those who do not come."""

from dispatch.services.whistles.answering import (
    accept_excuse,
    acknowledge_summons,
    arrive,
    confirm_arrival,
    excuse_no_show,
    leave_place,
)
from dispatch.services.whistles.ending import cancel_whistle, raise_up, settle_whistle
from dispatch.services.whistles.machine import whistle_for_report
from dispatch.services.whistles.raising import raise_whistle, send_leader
from dispatch.services.whistles.ruling import set_whistle_rules
from dispatch.services.whistles.sweeping import sweep_summonses

__all__ = [
    "accept_excuse",
    "acknowledge_summons",
    "arrive",
    "cancel_whistle",
    "confirm_arrival",
    "excuse_no_show",
    "leave_place",
    "raise_up",
    "raise_whistle",
    "send_leader",
    "set_whistle_rules",
    "settle_whistle",
    "sweep_summonses",
    "whistle_for_report",
]
