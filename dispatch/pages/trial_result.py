"""A trial's result beside what really happened, and of how many orders each figure tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.translation import gettext as _

from catalogue.rules import DeadlineClass, Stage
from dispatch.models import Trial
from dispatch.rules.trials import FEWEST, FEWEST_ORDERS
from workorders.pages.tags import Text

NONE = "\u2013"


@dataclass(frozen=True, slots=True)
class Compared:
    """A figure as it was, as it would have been, the range between which it lies, and of how many orders it tells."""

    label: Text
    orders: int
    definition: Text
    real: str
    trial: str
    range: str
    change: str
    tone: str

    @property
    def scarce(self) -> bool:
        return self.orders < FEWEST_ORDERS


@dataclass(frozen=True, slots=True)
class ResultLine:
    """``resolved``: of how many orders the shares tell; ``unpaced``: clocks guessed without a pace to go by."""

    name: Text
    orders: int
    escalated: int
    trial: str
    on_time: str
    trial_on_time: str
    resolved: int
    unpaced: int

    @property
    def scarce(self) -> bool:
        return self.resolved < FEWEST_ORDERS or self.unpaced > 0


@dataclass(frozen=True, slots=True)
class StageLine:
    """``clocks`` is None in a result that was kept before they were counted."""

    name: Text
    real: int
    trial: str
    clocks: int | None

    @property
    def scarce(self) -> bool:
        return self.clocks is not None and self.clocks < FEWEST_ORDERS


@dataclass(frozen=True, slots=True)
class Result:
    figures: tuple[Compared, ...]
    stages: tuple[StageLine, ...]
    streets: tuple[ResultLine, ...]
    kinds: tuple[ResultLine, ...]
    orders: int
    clocks: int
    agreeing: int
    guessed: int
    unpaced: int
    fewest: int = FEWEST
    fewest_orders: int = FEWEST_ORDERS

    @property
    def scarce(self) -> bool:
        """Whether anything on the page stands on too few."""
        lines: tuple[Compared | StageLine | ResultLine, ...] = (
            *self.figures, *self.stages, *self.streets, *self.kinds,
        )  # fmt: skip
        return self.unpaced > 0 or any(each.scarce for each in lines)

    @property
    def agrees(self) -> bool:
        return self.clocks == self.agreeing


def result_of(trial: Trial) -> Result | None:
    kept = trial.result
    if kept is None:
        return None
    return Result(
        figures=_figures(kept["whole"]),
        stages=tuple(
            StageLine(Stage(each["stage"]).label, each["real"], _count(each["trial"]), each.get("clocks"))
            for each in kept["stages"]
        ),
        streets=tuple(_line(each["name"], each) for each in kept["streets"]),
        kinds=tuple(_line(DeadlineClass(each["kind"]).label, each) for each in kept["kinds"]),
        orders=kept["whole"]["orders"],
        clocks=kept["clocks"],
        agreeing=kept["agreeing"],
        guessed=kept["guessed"],
        unpaced=kept.get("unpaced", 0),
    )


def _figures(whole: Mapping[str, Any]) -> tuple[Compared, ...]:
    low, likely, high = whole["trial"]
    worst, expected, best = whole["trial_on_time"]
    escalated, resolved = whole["escalated"], whole["resolved"]
    then = whole["trial_district_on_time"]
    return (
        Compared(
            label=_("超时升级"),
            orders=whole["orders"],
            definition=_("在街道因受理、派遣或办结时限到期而升级到区的工单数"),
            real=str(escalated),
            trial=_count(likely),
            range=_range(_count(low), _count(high)),
            change=_signed(Decimal(str(likely)) - escalated),
            tone="ok" if likely < escalated else "critical" if likely > escalated else "",
        ),
        Compared(
            label=_("一级按期办结率"),
            orders=resolved,
            definition=_("在街道立案、由街道在时限内办结的工单 ÷ 在街道立案后办结或超时升级的工单"),
            real=share(whole["on_time"], resolved),
            trial=share(expected, resolved),
            range=_range(share(worst, resolved), share(best, resolved)),
            change=_points(expected - whole["on_time"], resolved),
            tone="ok" if expected > whole["on_time"] else "critical" if expected < whole["on_time"] else "",
        ),
        Compared(
            label=_("二级按期办结率"),
            orders=whole["district"],
            definition=_("到达区级、在区级时限内办结的工单 ÷ 在区级办结的工单；只算实际到达区级的工单"),
            real=share(whole["district_on_time"], whole["district"]),
            trial=share(then, whole["district"]),
            range="",
            change=_points(then - whole["district_on_time"], whole["district"]),
            tone="ok" if then > whole["district_on_time"] else "critical" if then < whole["district_on_time"] else "",
        ),
    )


def _line(name: Text, kept: Mapping[str, Any]) -> ResultLine:
    return ResultLine(
        name=name,
        orders=kept["orders"],
        escalated=kept["escalated"],
        trial=_count(kept["trial"][1]),
        on_time=share(kept["on_time"], kept["resolved"]),
        trial_on_time=share(kept["trial_on_time"][1], kept["resolved"]),
        resolved=kept["resolved"],
        unpaced=kept.get("unpaced", 0),
    )


def share(part: float, whole: int) -> str:
    """Percent with two decimals, rounded half up; a dash where there is nothing to divide by."""
    if not whole:
        return NONE
    return f"{_two_decimals(Decimal(str(part)) * 100 / whole)}%"


def _two_decimals(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)


def _count(value: float) -> str:
    return str(Decimal(str(value)).quantize(Decimal(1), ROUND_HALF_UP))


def _range(low: str, high: str) -> str:
    return "" if low == high else _("%(low)s 至 %(high)s") % {"low": low, "high": high}


def _signed(value: Decimal) -> str:
    whole = value.quantize(Decimal(1), ROUND_HALF_UP)
    return _("不变") if whole == 0 else f"{int(whole):+d}".replace("-", "\u2212")


def _points(part: float, whole: int) -> str:
    if not whole:
        return ""
    points = _two_decimals(Decimal(str(part)) * 100 / whole)
    return _("不变") if points == 0 else _("%s 个百分点") % f"{points:+}".replace("-", "\u2212")
