"""What earns points and how much: the shape of the rules, and what the caps leave. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# What may be thanked for, in plain words; only what was verified arrives here.
DEEDS: Mapping[str, str | Promise] = {
    "report": gettext_lazy("反映的问题经核查办结"),
    "joined": gettext_lazy("附议的问题经核查办结"),
    "remark": gettext_lazy("观察意见被采纳"),
    "volunteer": gettext_lazy("完成一次志愿服务"),
    "deliberation": gettext_lazy("参加社区议事"),
}
FIGURES = ("points", "per_day", "per_month")
MOST, MOST_MONTHS = 100_000, 120


@dataclass(frozen=True, slots=True)
class Given:
    """One award so far: what it was for and how much, and whether it was today; all are of this month."""

    rule: str
    points: int
    is_today: bool


@dataclass(frozen=True, slots=True)
class Share:
    """``capped`` is one of models.points.Capped, empty if all of it is given."""

    given: int
    capped: str = ""


def share_of(contents: Mapping[str, Any], rule: str, earlier: Iterable[Given]) -> Share:
    """What the caps leave of an award; the narrowest says why."""
    figures, earlier = contents["rules"][rule], list(earlier)
    wanted: int = figures["points"]

    def spent(*, today: bool, own: bool) -> int:
        return sum(each.points for each in earlier if (each.is_today or not today) and (each.rule == rule or not own))

    left = (
        (figures["per_day"] - spent(today=True, own=True), "rule_day"),
        (contents["day"] - spent(today=True, own=False), "day"),
        (figures["per_month"] - spent(today=False, own=True), "rule_month"),
        (contents["month"] - spent(today=False, own=False), "month"),
    )
    room, why = min(left, key=lambda each: each[0])
    return Share(wanted) if room >= wanted else Share(max(room, 0), why)


def faults_of_points(contents: Mapping[str, Any]) -> dict[str, list[str]]:
    """Each figure that cannot be used, by its name in the form, with why."""
    faults: dict[str, list[str]] = {}
    if not contents["rules"]:
        faults["rules"] = [_("请至少填写一项的分值")]
    for rule, figures in contents["rules"].items():
        for name in FIGURES:
            _check(faults, f"{rule}_{name}", figures.get(name), 1, MOST)
    for name in ("day", "month"):
        _check(faults, name, contents.get(name), 1, MOST)
    _check(faults, "kept_months", contents.get("kept_months"), 1, MOST_MONTHS)
    return faults


def _check(faults: dict[str, list[str]], name: str, figure: Any, least: int, most: int) -> None:
    if type(figure) is not int or not least <= figure <= most:
        faults[name] = [_("请填写 %(least)d 到 %(most)d 的整数") % {"least": least, "most": most}]


def expired(*, credits_before: int, used: int, balance: int) -> int:
    """Of points given before a day, those that nobody used since: the oldest are used first. Never beyond ``balance``.

    ``used``: everything that was ever spent, taken back or let go, less what was refunded.
    """
    return min(balance, max(0, credits_before - used))
