"""Reads of dispatch."""

from dispatch.selectors.advising import advise, may_be_advised
from dispatch.selectors.filters import filters_of
from dispatch.selectors.notices import NoticePage, Unread, notice_page, notices_for, sentence, unread
from dispatch.selectors.on_duty import OnDuty, on_duty_until, people_on_duty
from dispatch.selectors.supervision import TIERS, supervision_orders_for

__all__ = [
    "TIERS",
    "NoticePage",
    "OnDuty",
    "Unread",
    "advise",
    "filters_of",
    "may_be_advised",
    "notice_page",
    "notices_for",
    "on_duty_until",
    "people_on_duty",
    "sentence",
    "supervision_orders_for",
    "unread",
]
