"""Deadlines: read into a draft, which another person approves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from catalogue.deadlines import current_table
from catalogue.models import Category
from catalogue.permissions import Action, can
from catalogue.rules import DeadlineClass, Level, Stage, Unit, Urgency
from catalogue.services.deadline_drafts import Line as DraftLine
from catalogue.services.deadline_drafts import draft_deadlines, put_deadlines, withdraw_deadlines
from catalogue.services.deadlines import today
from configuration.tables.base import Column, Info, Line, RowFault, TableResource, table
from configuration.tables.widgets import Choice, Number, Text, YesNo
from lianqin.kernel.actors import Actor
from workorders.models.orders import Source

KEY = ("stage", "urgency", "level", "category", "deadline_class", "source")


@table
class Deadlines(TableResource):
    info = Info(
        "deadlines",
        _("时限规则"),
        section="deadlines",
        key=KEY,
        about=_("各环节的时限。导入后成为一份调整草稿，核对、经另一人审批后自当日起生效；正在运行的时限不变。"),
    )

    stage = Column(_("环节"), required=True, example="处置", aliases=("stage",), widget=Choice(Stage.choices))
    urgency = Column(_("紧急程度"), example="一般", aliases=("urgency",), widget=Choice(Urgency.choices),
                     help=_("不填即不限"))  # fmt: skip
    level = Column(_("响应级别"), example="一级 街道", aliases=("level",), widget=Choice(Level.choices),
                   help=_("不填即两级"))  # fmt: skip
    category = Column(_("事项编码"), example="0101", aliases=("category", "大类编码"), widget=Text(16),
                      help=_("事项或大类的编码，不填即全部事项"))  # fmt: skip
    deadline_class = Column(_("时限类别"), example="", widget=Choice(DeadlineClass.choices), help=_("不填即不限"))
    source = Column(_("来源"), example="12345 热线", aliases=("source",), widget=Choice(Source.choices),
                    help=_("不填即全部来源"))  # fmt: skip
    amount = Column(_("时长"), example="2", aliases=("amount",), widget=Number(1, 100_000), default=None,
                    help=_("停用的规则可不填"))  # fmt: skip
    unit = Column(_("单位"), example="工作日", aliases=("unit",), widget=Choice(Unit.choices))
    around_the_clock = Column(_("全天计时"), example="否", widget=YesNo(), default=False,
                              help=_("夜间、休息日也计时，只能以分钟计"))  # fmt: skip
    ends = Column(_("停用"), example="否", widget=YesNo(), default=False, help=_("填“是”即停用这条规则"))

    @classmethod
    def may(cls, actor: Actor) -> bool:
        return can(actor, Action.DRAFT_DEADLINES)

    @cached_property
    def codes(self) -> dict[str, int]:
        return dict(Category.objects.values_list("code", "pk"))

    @cached_property
    def draft_id(self) -> int:
        draft = draft_deadlines(name=str(_("从表格导入的时限")), valid_from=today(), by=self.by)
        self.outcome = {"url_name": "configuration:deadline-draft", "args": [draft.pk], "draft": draft.pk}
        return draft.pk

    def stored(self) -> Iterator[Line]:
        """The rules in force today."""
        day = today()
        names = {pk: code for code, pk in self.codes.items()}
        for rule in sorted(current_table(), key=lambda rule: (list(Stage.values).index(rule.stage), rule.pk)):
            if rule.valid_from > day or (rule.valid_to is not None and rule.valid_to <= day):
                continue
            line = self.begin_line()
            line.pk, line.category = rule.pk, names.get(rule.category_id or 0, "")
            for name in ("stage", "urgency", "level", "deadline_class", "source", "amount", "unit"):
                setattr(line, name, getattr(rule, name))
            line.around_the_clock, line.ends = rule.around_the_clock, False
            yield line

    def check(self, line: Line, old: Line | None) -> Mapping[str, str]:
        faults: dict[str, Any] = {}
        if line.category and line.category not in self.codes:
            faults["category"] = _("没有这个事项，请先导入事项目录")
        if not line.ends and not line.amount:
            faults["amount"] = _("请填写时长，或在“停用”填“是”")
        if not line.ends and not line.unit:
            faults["unit"] = _("请填写分钟或工作日")
        if line.around_the_clock and line.unit != Unit.MINUTES:
            faults["around_the_clock"] = _("全天计时只能以分钟计")
        if line.ends and old is None:
            faults["ends"] = _("现行规则里没有这一条，无从停用")
        return {name: str(text) for name, text in faults.items()}

    def write(self, line: Line, old: Line | None) -> None:
        put_deadlines(
            draft_id=self.draft_id,
            lines=[
                DraftLine(
                    stage=line.stage,
                    category_id=self.codes[line.category] if line.category else None,
                    deadline_class=line.deadline_class,
                    source=line.source,
                    urgency=line.urgency,
                    level=line.level,
                    amount=None if line.ends else line.amount,
                    unit="" if line.ends else line.unit,
                    around_the_clock=not line.ends and line.around_the_clock,
                )
            ],
            by=self.by,
        )

    def undo_whole(self, outcome: Mapping[str, Any]) -> bool:
        """The draft is given up; what was approved since stays."""
        draft = outcome.get("draft")
        if not draft:
            raise RowFault({"": str(_("这次导入没有产生草稿"))})
        withdraw_deadlines(draft_id=draft, by=self.by)
        return True
