"""What the wall measures: each measure with its definition, and how a figure is written. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

Text = str | Promise
Sums = Mapping[str, int]
# What stands where there is nothing to divide by.
NONE = "\u2013"
PERCENT = Decimal(100)
CENT = Decimal("0.01")


class Shape(StrEnum):
    COUNT = "count"
    RATE = "rate"  # Percent, two decimals, rounded half up.
    TIME = "time"  # A mean of seconds.


@dataclass(frozen=True, slots=True)
class Measure:
    """``part`` and ``whole`` name sums of the rollups; a count has only the former. ``minus`` is taken off ``part``,
    ``plus`` given back.

    Below ``least`` samples a rate says nothing, so it is asked of the last seven days instead.
    """

    key: str
    label: Text
    icon: str
    definition: Text
    numerator: Text = ""
    denominator: Text = ""
    shape: Shape = Shape.COUNT
    part: str = ""
    minus: str = ""
    plus: str = ""
    whole: str = ""
    least: int = 0
    goal: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """One of the shares that a split consists of; the last one is what the others leave."""

    label: Text
    goal: int
    part: str = ""


@dataclass(frozen=True, slots=True)
class Split:
    """``source``: only orders that came this way are counted; empty for all of them."""

    key: str
    label: Text
    definition: Text
    numerator: Text
    denominator: Text
    parts: tuple[Part, ...]
    source: str = ""
    whole: str = "closed"
    least: int = 30


MEASURES: tuple[Measure, ...] = (
    Measure("reported", _("今日上报"), "inbox", _("今日零时起上报的工单，各来源合计。"), part="reported"),
    Measure(
        "registered", _("今日立案"), "clipboard-check",
        _("今日零时起立案的工单；因更正位置而撤回的立案不计。"), part="registered", minus="unregistered",
    ),
    Measure("closed", _("今日结案"), "circle-check", _("今日零时起核查通过而结案的次数。"), part="closed"),
    Measure("open", _("在办"), "progress", _("此刻尚未结束的工单：待受理、待派遣、待签收、处置中、待核查和已挂账。")),
    Measure("overdue", _("超时"), "alarm", _("此刻在办而主时限已过的工单。")),
    Measure("supervised", _("督办中"), "speakerphone", _("此刻在办且已发出督办的工单。")),
    Measure(
        "escalated", _("今日升级"), "arrow-bar-up", _("今日由街道升级到区的次数，含超时自动升级和主动升级。"),
        part="escalated",
    ),
    Measure(
        "on_time", _("按期结案率"), "clock-check", _("结案的工单里，有多少在时限内办完。"),
        _("结案时最后一次反馈没有超过到期时间的"), _("全部结案"),
        Shape.RATE, part="closed", minus="closed_late", whole="closed", least=30,
    ),
    Measure(
        "register_time", _("平均立案用时"), "clipboard-check", _("从上报到立案的平均时间。"),
        _("从上报到立案的时间之和"), _("立案次数"),
        Shape.TIME, part="registered_seconds", whole="registered", least=10,
    ),
    Measure(
        "close_time", _("平均结案用时"), "circle-check", _("从上报到结案的平均时间，含等待核查的时间。"),
        _("从上报到结案的时间之和"), _("结案次数"),
        Shape.TIME, part="closed_seconds", whole="closed", least=10,
    ),
    Measure(
        "accuracy", _("派遣准确率"), "send", _("派出去没有被主办单位退回的比例；退回后仲裁仍派给原单位的不算派错。"),
        _("派遣次数减去主办退单、加上仲裁维持原派"), _("派遣次数"),
        Shape.RATE, part="dispatched", minus="misdispatched", plus="upheld", whole="dispatched", least=30,
    ),
    Measure(
        "satisfaction", _("回访满意度"), "mood-smile", _("回访接通的上报人里，有多少表示满意。"),
        _("回访满意"), _("回访接通"),
        Shape.RATE, part="satisfied", whole="reached", least=10,
    ),
)  # fmt: skip

SPLITS: tuple[Split, ...] = (
    Split(
        "level", _("两级响应"),
        _("按到过的最高层级：街道自己解决的占多少，到过区里的占多少。"),
        _("结案而从未到过区级的（一级）；其余为二级"), _("全部结案"),
        (Part(_("街道"), 80, "closed_first_level"), Part(_("区级"), 20)),
    ),
    Split(
        "on_site", _("现场处置"),
        _("只看网格员自己巡查发现的：当场解决的占多少，派给单位的占多少。"),
        _("网格员巡查上报、当场处置后结案的；其余为派单"), _("网格员巡查上报的全部结案"),
        (Part(_("现场"), 90, "closed_on_site"), Part(_("派单"), 10)),
        source="grid_worker",
    ),
    Split(
        "tier", _("三级处置"),
        _("不论来源，看最后由谁解决：网格当场、中心调度的服务和养护力量、执法部门。"),
        _("网格：当场处置结案；执法：最后一次主办为执法部门的结案；中心：其余结案"), _("全部结案"),
        (Part(_("网格"), 70, "closed_on_site"), Part(_("中心"), 20), Part(_("执法"), 10, "closed_by_enforcement")),
    ),
)  # fmt: skip


def percent(part: int, whole: int) -> str:
    """Two decimals, rounded half up; a dash without a whole."""
    if not whole:
        return NONE
    return str((Decimal(part) * PERCENT / Decimal(whole)).quantize(CENT, ROUND_HALF_UP))


def mean_time(seconds: int, number: int) -> tuple[str, Text]:
    """The mean with its unit: minutes, from ten hours on hours. One decimal, rounded half up."""
    if not number:
        return NONE, ""
    minutes = Decimal(seconds) / Decimal(number) / 60
    if minutes >= 600:
        return _tenths(minutes / 60), say("小时")
    return _tenths(minutes), say("分钟")


def _tenths(number: Decimal) -> str:
    return f"{number.quantize(Decimal('0.1'), ROUND_HALF_UP):,}"


def of(sums: Sums, measure: Measure) -> tuple[int, int]:
    """What stands above the line of a measure, and what below it (1 for a count)."""
    part = sums.get(measure.part, 0) - sums.get(measure.minus, 0) + sums.get(measure.plus, 0)
    return max(0, part), sums.get(measure.whole, 0) if measure.whole else 1


def shares(split: Split, sums: Sums) -> list[int]:
    """How many of the whole each part has; the one without a sum of its own has what the others leave."""
    whole = sums.get(split.whole, 0)
    known = [sums.get(part.part, 0) if part.part else 0 for part in split.parts]
    rest = max(0, whole - sum(known))
    return [number if part.part else rest for part, number in zip(split.parts, known, strict=True)]


def written(measure: Measure, part: int, whole: int) -> tuple[str, Text]:
    """A figure and its unit."""
    if measure.shape == Shape.COUNT:
        return f"{part:,}", say("件")
    if measure.shape == Shape.TIME:
        return mean_time(part, whole)
    return percent(part, whole), "%" if whole else ""
