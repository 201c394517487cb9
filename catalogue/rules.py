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


class Domain(TextChoices):
    """The fifteen domains of the responsibility list."""

    APPEARANCE = "appearance", _("市容环境")
    BUILDING = "building", _("违法建设")
    FACILITIES = "facilities", _("市政设施")
    GREENING = "greening", _("园林绿化")
    ENVIRONMENT = "environment", _("生态环保")
    WATER = "water", _("河湖水务")
    TRAFFIC = "traffic", _("交通秩序")
    SAFETY = "safety", _("安全生产")
    FIRE = "fire", _("消防安全")
    MARKET = "market", _("市场监管")
    SECURITY = "security", _("社会治安")
    LIVELIHOOD = "livelihood", _("民生服务")
    HOUSING = "housing", _("房屋物业")
    DISPUTES = "disputes", _("矛盾纠纷")
    OTHER = "other", _("综合事务")


class Area(TextChoices):
    """Where a responsibility holds. The narrower comes first: see ``catalogue.selectors.responsible``."""

    GRID_KIND = "grid_kind", _("网格类型")
    COMMUNITY = "community", _("社区")
    STREET = "street", _("街道")
    DISTRICT = "district", _("全区")


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
