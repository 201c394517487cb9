"""The page on how good dispatching and its suggestions are: what was asked, the measures, and the tables."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.utils.translation import gettext as _

from dispatch.rules.quality import LEAST_SAMPLES, Quality
from dispatch.selectors.quality import (
    SHANGHAI,
    Named,
    Period,
    RuleLine,
    corrections,
    dispatch_quality,
    reason_words,
    rule_quality,
)
from grids.models import Street
from insight.permissions import places_of
from insight.selectors import By
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor
from workorders.models import Assignment
from workorders.pages.tags import Text
from workorders.rules.corrections import Correction

DAYS = 30
MOST_DAYS = 400
PAGE_SIZE = 20


@dataclass(frozen=True, slots=True)
class Measure:
    label: Text
    value: str
    unit: Text
    note: Text
    icon: str
    definition: Text


@dataclass(frozen=True, slots=True)
class RuleRow:
    line: RuleLine
    reasons: str


@dataclass(frozen=True, slots=True)
class QualityPage:
    asked: Period
    rule: str
    reason: str
    fault: Text
    measures: tuple[Measure, ...]
    streets: tuple[Named, ...]
    classes: tuple[Named, ...]
    rules: tuple[RuleRow, ...]
    page: Page[Assignment]
    choices: tuple[tuple[str, str], ...]
    reasons: tuple[tuple[str, Text], ...]
    least: int = LEAST_SAMPLES


def quality_page(actor: Actor, given: Mapping[str, str]) -> QualityPage:
    """Some ten statements, whatever they find. Raises NotAllowed, NotVisible."""
    asked, fault = period_of(given)
    rule, reason = given.get("rule", "")[:16].replace("\x00", ""), given.get("reason", "")
    total, streets = dispatch_quality(actor, asked, By.STREET)
    _total, classes = dispatch_quality(actor, asked, By.CATEGORY)
    listed = corrections(actor, asked, rule=rule, reason=reason if reason in Correction.values else "")
    return QualityPage(
        asked=asked,
        rule=rule,
        reason=reason,
        fault=fault,
        measures=_measures(total),
        streets=streets,
        classes=classes,
        rules=tuple(RuleRow(line, reason_words(line)) for line in rule_quality(actor, asked) if line.wants_a_look),
        page=Paginator(listed, PAGE_SIZE).get_page(given.get("page")),
        choices=_streets(actor),
        reasons=tuple(Correction.choices),
    )


def period_of(given: Mapping[str, str]) -> tuple[Period, Text]:
    """The days asked for, or the last thirty, with what was wrong about them."""
    today = clock.now().astimezone(SHANGHAI).date()
    usual = Period(today - dt.timedelta(days=DAYS - 1), today, given.get("street", "")[:15].replace("\x00", ""))
    if not given.get("from") and not given.get("to"):
        return usual, ""
    try:
        first = dt.date.fromisoformat(given.get("from") or usual.first.isoformat())
        last = dt.date.fromisoformat(given.get("to") or today.isoformat())
    except ValueError:
        return usual, _("日期应写作 2026-12-31，已改为最近 30 天。")
    if not dt.timedelta(0) <= last - first < dt.timedelta(days=MOST_DAYS) or not 2000 <= first.year <= 9000:
        return usual, _("开始日期不能晚于结束日期，最多 400 天；已改为最近 30 天。")
    return Period(first, last, usual.street), ""


def _measures(total: Quality) -> tuple[Measure, ...]:
    few = _("不足 %d 件，不计算") % LEAST_SAMPLES

    def rate(value: str, label: Text, note: Text, icon: str, definition: Text) -> Measure:
        return Measure(label, value or "—", "%" if value else "", note if value else few, icon, definition)

    return (
        Measure(
            _("派遣"), str(total.dispatched), _("件次"), _("其中 %d 件次有清单建议") % total.suggested, "send",
            _("派给主办单位的次数，含仲裁。"),
        ),
        rate(
            total.accuracy, _("派遣准确率"), _("主办退单 %d 件次") % total.wrong, "checks",
            _("派遣减去主办单位自行退回、加回仲裁维持原派的，除以派遣。逾期未签收被系统收回的不算退回。"),
        ),
        rate(
            total.acceptance, _("建议采纳率"), _("改派 %d 件次") % total.corrected, "list-check",
            _("按清单或仲裁结论建议的单位派遣 ÷ 有建议的派遣。"),
        ),
        rate(
            total.coverage, _("清单覆盖率"), _("无适用规则 %d 件次") % (total.dispatched - total.suggested), "book-2",
            _("有清单建议的派遣 ÷ 派遣。"),
        ),
    )  # fmt: skip


def _streets(actor: Actor) -> tuple[tuple[str, str], ...]:
    places = places_of(actor)
    rows = Street.objects.order_by("code").values_list("pk", "district_id", "code", "short_name")
    return tuple(
        (code, name)
        for pk, district_id, code, name in rows
        if places.everywhere or pk in places.streets or district_id in places.districts
    )
