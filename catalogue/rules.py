"""The words of the catalogue: urgencies, levels, stages and the rule that applies when nobody wrote one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Urgency(TextChoices):
    NORMAL = "normal", _("一般")
    URGENT = "urgent", _("紧急")
    CRITICAL = "critical", _("特急")


class Level(TextChoices):
    STREET = "street", _("一级 街道")
    DISTRICT = "district", _("二级 区")


class DeadlineClass(TextChoices):
    STANDARD = "standard", _("普通")
    DIFFICULT = "difficult", _("疑难")


class Unit(TextChoices):
    MINUTES = "minutes", _("分钟")
    WORKDAYS = "workdays", _("工作日")


class Stage(TextChoices):
    ACCEPT = "accept", _("受理")
    RESOLVE = "resolve", _("办结")
    DISPATCH = "dispatch", _("派遣")
    ACKNOWLEDGE = "acknowledge", _("签收")
    HANDLE = "handle", _("处置")
    VERIFY = "verify", _("核查")
    REVIEW = "review", _("挂账复核")
    DECIDE = "decide", _("审批")
    CALLBACK = "callback", _("回访")


@dataclass(frozen=True, slots=True)
class Term:
    amount: int
    unit: Unit
    around_the_clock: bool = False


# Used when the table has no row for a stage, so that no order can ever stand without a clock.
FALLBACK: Mapping[str, Term] = MappingProxyType(
    {
        Stage.ACCEPT: Term(120, Unit.MINUTES),
        Stage.RESOLVE: Term(3, Unit.WORKDAYS),
        Stage.DISPATCH: Term(60, Unit.MINUTES),
        Stage.ACKNOWLEDGE: Term(60, Unit.MINUTES),
        Stage.HANDLE: Term(2, Unit.WORKDAYS),
        Stage.VERIFY: Term(1, Unit.WORKDAYS),
        Stage.REVIEW: Term(20, Unit.WORKDAYS),
        Stage.DECIDE: Term(240, Unit.MINUTES),
        Stage.CALLBACK: Term(2, Unit.WORKDAYS),
    }
)
