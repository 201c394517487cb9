"""Reads of dispatch."""

from dispatch.selectors.notices import NoticePage, Unread, notice_page, notices_for, sentence, unread
from dispatch.selectors.supervision import TIERS, supervision_orders_for

__all__ = [
    "TIERS",
    "NoticePage",
    "Unread",
    "notice_page",
    "notices_for",
    "sentence",
    "supervision_orders_for",
    "unread",
]
