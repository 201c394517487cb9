"""Documents of supervision: their states, who moves them, how long a reply may take, how they are numbered. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class DocumentKind(TextChoices):
    REMINDER = "reminder", _("催办单")
    SUPERVISION = "supervision", _("督办单")
    ACCOUNTABILITY = "accountability", _("问责建议书")


class DocumentState(TextChoices):
    PROPOSED = "proposed", _("待决定")
    AWAITING = "awaiting", _("待答复")
    REPLIED = "replied", _("待审定")
    RETURNED = "returned", _("退回补充")
    APPEALED = "appealed", _("申诉待复核")
    CLOSED = "closed", _("已办结")
    DISMISSED = "dismissed", _("不予问责")
    REVOKED = "revoked", _("已撤销")


class Verdict(TextChoices):
    PENDING = "pending", _("待审定")
    ACCEPTED = "accepted", _("认可")
    RETURNED = "returned", _("退回补充")


class Measure(TextChoices):
    """What is asked for a unit; what concerns single persons is for those who appoint them, not for this platform."""

    TALK = "talk", _("约谈提醒")
    RECTIFY = "rectify", _("责令限期整改")
    EXAMINE = "examine", _("责令书面检查")
    NOTIFY = "notify", _("通报批评")


S = DocumentState
# No row, no move. An accountability document begins as a proposal, the others are issued as they are made.
MOVES: Mapping[tuple[str, str], str] = {
    ("reply", S.AWAITING): S.REPLIED,
    ("reply", S.RETURNED): S.REPLIED,
    ("accept", S.REPLIED): S.CLOSED,
    ("send_back", S.REPLIED): S.RETURNED,
    ("close", S.AWAITING): S.CLOSED,
    ("close", S.RETURNED): S.CLOSED,
    ("uphold", S.PROPOSED): S.AWAITING,
    ("dismiss", S.PROPOSED): S.DISMISSED,
    ("appeal", S.AWAITING): S.APPEALED,
    ("confirm", S.APPEALED): S.AWAITING,
    ("revoke", S.APPEALED): S.REVOKED,
}
# Working days to reply, by tier; 0 is a reminder. The higher the tier, the sooner.
REPLY_DAYS: Mapping[int, int] = {0: 2, 1: 3, 2: 2, 3: 1}
ACCOUNTABILITY_DAYS = 5
APPEAL_DAYS = 3
MOST_DAYS = 20
# A unit is not reminded of the same order by hand again before this.
REMIND_EVERY_MINUTES = 30
TOP = 3

_SERIES: Mapping[str, str] = {
    DocumentKind.REMINDER: "催",
    DocumentKind.SUPERVISION: "督",
    DocumentKind.ACCOUNTABILITY: "责",
}
_TAILS: Mapping[str, str] = {
    DocumentKind.REMINDER: "CB",
    DocumentKind.SUPERVISION: "DS",
    DocumentKind.ACCOUNTABILITY: "WZ",
}


def official_number(district: str, kind: str, year: int, serial: int) -> str:
    """``浦联督〔2026〕第 12 号``: the district's first character, and the series of the kind."""
    return f"{district[:1]}联{_SERIES[kind]}〔{year}〕第 {serial} 号"


def technical_number(order_number: str, kind: str, nth: int) -> str:
    """``PK20261121-000123-CB2``: the second reminder by hand on that order; DS by hand, WZ accountability."""
    return f"{order_number}-{_TAILS[kind]}{nth}"


def reply_days(kind: str, tier: int) -> int:
    return ACCOUNTABILITY_DAYS if kind == DocumentKind.ACCOUNTABILITY else REPLY_DAYS[tier]


def target(action: str, state: str) -> str | None:
    """The state after an action, or None where it is not allowed."""
    return MOVES.get((action, state))
