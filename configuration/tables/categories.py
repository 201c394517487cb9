"""The tree of matters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from catalogue import services
from catalogue.models import Category
from catalogue.permissions import Action, can
from catalogue.rules import DeadlineClass, Urgency
from configuration.tables.base import Column, Info, Line, TableResource, table
from configuration.tables.widgets import Choice, Several, Text, YesNo
from grids.rules import FUNCTIONS
from lianqin.kernel.actors import Actor

FUNCTION_WORDS: dict[str, Any] = {code: each.name for code, each in FUNCTIONS.items()}


@table
class Categories(TableResource):
    info = Info(
        "categories",
        _("事项目录"),
        section="categories",
        about=_("大类与小类；小类写明立案、结案条件和默认承办职能。条件有多条时用分号隔开。"),
    )

    code = Column(
        _("事项代码"), required=True, example="0101", aliases=("code", "代码"),
        widget=Text(16, r"[0-9A-Za-z]+", _("应为字母或数字")),
    )  # fmt: skip
    name = Column(_("事项名称"), required=True, example="暴露垃圾堆积", aliases=("name", "名称"), widget=Text(64))
    parent = Column(_("大类代码"), example="01", aliases=("parent",), help=_("大类本身留空"))
    urgency = Column(
        _("默认紧急程度"), example="一般", widget=Choice(Urgency.choices), aliases=("urgency",), default=Urgency.NORMAL
    )
    deadline_class = Column(
        _("时限类别"), example="普通", widget=Choice(DeadlineClass.choices), aliases=("deadline_class",),
        default=DeadlineClass.STANDARD,
    )  # fmt: skip
    evidence_required = Column(
        _("须有处置前后照片"), example="是", widget=YesNo(), aliases=("evidence_required",), default=False
    )
    vertical = Column(_("垂直管理"), example="否", widget=YesNo(), aliases=("vertical",), default=False)
    public = Column(
        _("对外公开"), example="是", widget=YesNo(), aliases=("public",), default=False,
        help=_("涉及个人的事项不要公开"),
    )  # fmt: skip
    street_function = Column(
        _("街道承办职能"), example="环卫", widget=Choice(FUNCTION_WORDS), aliases=("street_function",)
    )
    district_function = Column(
        _("区级承办职能"), example="城管", widget=Choice(FUNCTION_WORDS), aliases=("district_function",)
    )
    registration_conditions = Column(
        _("立案条件"), example="公共区域可见垃圾且无人清理；位置可以确认", widget=Several(),
        aliases=("registration_conditions",), default=(),
    )  # fmt: skip
    closing_conditions = Column(
        _("结案条件"), example="垃圾清运完毕；地面无残留", widget=Several(), aliases=("closing_conditions",), default=()
    )
    active = Column(_("启用"), example="是", widget=YesNo(), default=True, keeps=True, help=_("不填为启用"))

    @classmethod
    def may(cls, actor: Actor) -> bool:
        return can(actor, Action.EDIT_CATEGORIES)

    def rank(self, row: Mapping[str, str]) -> int:
        """Classes before their matters."""
        return 1 if row.get("parent", "").strip() else 0

    def stored(self) -> Iterator[Line]:
        for category in Category.objects.select_related("parent").order_by("order", "code"):
            told = {name: getattr(category, name) for name in self.fields if name != "parent"}
            yield Line(pk=category.pk, parent=category.parent.code if category.parent else "", **told)

    def check(self, line: Line, old: Line | None) -> Mapping[str, str]:
        if old is not None and bool(old.parent) != bool(line.parent):
            return {"parent": str(_("大类与小类不能互换，请另建"))}
        return {}

    def write(self, line: Line, old: Line | None) -> None:
        told = self.differing(line, old)
        values = {name: getattr(line, name) for name in told if name not in ("code", "parent")}
        values = {name: value for name, value in values.items() if value != "" or name.endswith("_function")}
        if old is None:
            services.create_matter(code=line.code, parent=line.parent, values=values, by=self.by)
        else:
            above = {"parent": line.parent} if "parent" in told else {}
            services.change_matter(code=line.code, values=values | above, by=self.by)

    def remove(self, line: Line) -> None:
        services.drop_matter(code=line.code, by=self.by)
