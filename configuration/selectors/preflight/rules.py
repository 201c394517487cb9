"""What is missing among the rules: the calendar of next year, deadlines, the list itself."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from catalogue.calendars import calendar_by_version, current
from catalogue.deadlines import policy_for
from catalogue.rules import Stage
from catalogue.selectors import leaf_categories
from catalogue.selectors.lists import book
from configuration.selectors.preflight.found import CRITICAL, WARNING, Hole, hole, link_of

ANNOUNCED_BY_MONTH = 12  # The State Council tells of the next year's holidays in November.


def rule_holes() -> list[Hole]:
    """No query when warm."""
    return [*_list(), *_matters(), *_calendar(), *_deadlines()]


def _list() -> Iterator[Hole]:
    known = book()
    if known.version_on(known.today) is None:
        yield hole(
            "no_list", WARNING, _("没有生效的权责清单，按事项目录的默认职能派单"), (), _("份清单"), count=1,
            link=link_of("responsibilities"), remedy=_("导入并发布权责清单"),
        )  # fmt: skip


def _matters() -> Iterator[Hole]:
    if not leaf_categories():
        yield hole(
            "no_matters", CRITICAL, _("事项目录是空的，无法上报"), (), _("份目录"), count=1,
            link=link_of("categories"), remedy=_("导入事项目录"),
        )  # fmt: skip


def _calendar() -> Iterator[Hole]:
    today = book().today
    known_until = calendar_by_version(current().version).known_until
    if today.month >= ANNOUNCED_BY_MONTH and known_until.year <= today.year:
        yield hole(
            "calendar_next_year", CRITICAL, _("明年的工作日历还没有发布，按周一至周五推算"), [str(today.year + 1)],
            _("个年度"),
            link=link_of("calendars"), remedy=_("按放假通知起草并发布明年的日历"),
        )  # fmt: skip


def _deadlines() -> Iterator[Hole]:
    day = book().today
    without = [
        leaf.name
        for leaf in leaf_categories()
        if any(
            policy_for(stage=stage, level="street", category_id=leaf.id, urgency=leaf.urgency, on=day).rule_id is None
            for stage in (Stage.ACCEPT, Stage.HANDLE, Stage.RESOLVE)
        )
    ]
    if without:
        yield hole(
            "matter_without_deadline", WARNING, _("事项没有时限规则，按内置时限计时"), without, _("个事项"),
            link=link_of("deadlines"), remedy=_("写一条适用的时限规则"),
        )  # fmt: skip
