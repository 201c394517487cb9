"""The days of a work calendar: read into a draft of the district's next version, which another person approves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext_lazy as _
from import_export.widgets import Widget

from catalogue.calendars import DayPlan
from catalogue.permissions import Action, can
from catalogue.selectors.calendars import standing_plans
from catalogue.services.calendar_drafts import draft_calendar, put_days, withdraw_calendar
from configuration.reading.hours import read_hours
from configuration.tables.base import Column, Info, Line, RowFault, TableResource, table
from configuration.tables.widgets import Choice, Day, Text
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import Invalid

EVERYTHING = 1_000_000
KINDS = {"off": _("休息"), "work": _("上班")}
YEARS = (2004, 2100)


class Hours(Widget):
    """Hours of a day: 09:00-12:00 13:30-17:30."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> list[list[str]]:
        try:
            return read_hours(str(value or ""), "hours")
        except Invalid as refusal:
            raise ValueError(str(refusal.fields["hours"][0])) from refusal

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return " ".join("-".join(slot) for slot in value or ())


@table
class CalendarDays(TableResource):
    info = Info(
        "calendar_days",
        _("工作日历"),
        section="calendars",
        key=("date",),
        about=_("放假与调休的日期，平常的周一至周五不用写。导入后成为下一版的草稿，经另一人审批后发布。"),
        batch=EVERYTHING,
    )

    date = Column(_("日期"), required=True, example="2027-01-01", aliases=("date",), widget=Day(), default=None)
    kind = Column(_("安排"), required=True, example="休息", aliases=("kind", "类型"), widget=Choice({**KINDS}),
                  help=_("休息或上班"))  # fmt: skip
    hours = Column(_("当日时段"), example="", aliases=("hours",), widget=Hours(), default=(),
                   help=_("只在与平常不同时填写，如09:00-12:00 13:30-17:30"))  # fmt: skip
    note = Column(_("说明"), example="元旦", aliases=("note", "节日"), widget=Text(64))

    @classmethod
    def may(cls, actor: Actor) -> bool:
        return can(actor, Action.DRAFT_CALENDARS)

    def stored(self) -> Iterator[Line]:
        for date, plan in sorted(standing_plans(None).items()):
            line = self.begin_line()
            line.pk, line.date, line.kind = date.toordinal(), date, "work" if plan.workday else "off"
            line.hours, line.note = [list(slot) for slot in plan.slots or ()], plan.note
            yield line

    def check(self, line: Line, old: Line | None) -> Mapping[str, str]:
        if not YEARS[0] <= line.date.year < YEARS[1]:
            return {"date": str(_("日期超出工作日历的范围"))}
        if line.hours and line.kind == "off":
            return {"hours": str(_("休息日没有工作时段"))}
        edges = [edge for slot in line.hours for edge in slot]
        if any(later <= earlier for earlier, later in pairwise(edges)):
            return {"hours": str(_("时段须按先后排列且互不重叠"))}
        return {}

    def write_many(self, pairs: Sequence[tuple[Line, Line | None]]) -> dict[int, Mapping[str, str]]:
        draft = draft_calendar(name=str(_("从表格导入的工作日历")), by=self.by)
        days = [DayPlan(line.date, line.kind == "work", line.note, line.hours or None) for line, _old in pairs]
        put_days(draft_id=draft.pk, days=days, by=self.by, whole_years=True)
        self.outcome = {"url_name": "configuration:calendar-draft", "args": [draft.pk], "draft": draft.pk}
        return {}

    def undo_whole(self, outcome: Mapping[str, Any]) -> bool:
        """The draft is given up; what was published since stays."""
        draft = outcome.get("draft")
        if not draft:
            raise RowFault({"": str(_("这次导入没有产生草稿"))})
        withdraw_calendar(draft_id=draft, by=self.by)
        return True
