"""Districts, streets and communities: the shape of the national list of division codes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from configuration.tables.base import Column, Info, Line, RowFault, TableResource, table
from configuration.tables.widgets import Choice, Number, Text
from grids import services
from grids.ground import in_force
from grids.models import Community, District, Grid, Setting, Street, StreetKind, Unit, Zone
from grids.permissions import Action, can
from lianqin.kernel.actors import Actor

ALSO = {"村": "community", "乡": "street", "镇": "street"}
LEVELS = {"district": _("区"), "street": _("街道"), "community": _("社区")}
MODELS: dict[str, Any] = {"district": District, "street": Street, "community": Community}
PARENT = {"street": "district__code", "community": "street__code"}
OWN = {
    "district": ("name", "short_name", "number_prefix", "households", "population"),
    "street": ("name", "short_name", "kind", "households", "population"),
    "community": ("name", "short_name", "zone", "setting", "households", "population"),
}


@table
class Divisions(TableResource):
    info = Info(
        "divisions",
        _("区划"),
        section="grids",
        about=_("区、街道、社区（村）及其代码，国家统计用区划代码表可以直接导入；上下级写在同一张表里，先后不限。"),
    )

    code = Column(
        _("区划代码"), required=True, example="320111004001", aliases=("code", "代码", "行政区划代码"),
        widget=Text(12, r"\d{6}(\d{3}){0,2}", _("应为 6 位（区）、9 位（街道）或 12 位（社区）数字")),
    )  # fmt: skip
    name = Column(_("名称"), required=True, example="珠江社区居委会", aliases=("name", "区划名称"), widget=Text(60))
    level = Column(
        _("级别"), required=True, example="社区", aliases=("level", "层级"), widget=Choice({**LEVELS}, also=ALSO),
        help=_("区、街道或社区；村填社区"),
    )  # fmt: skip
    parent = Column(
        _("上级代码"),
        example="320111004",
        aliases=("parent_code", "parent", "上级区划代码"),
        help=_("区没有上级，留空"),
    )
    short_name = Column(_("简称"), example="珠江社区", aliases=("short_name",), help=_("不填时由名称得出"), keeps=True)
    number_prefix = Column(_("工单号前缀"), example="PK", help=_("只有区填写；不填时取名称的拼音首字母"), keeps=True)
    kind = Column(_("街道类型"), example="", widget=Choice(StreetKind.choices), help=_("只有街道填写"), keeps=True)
    zone = Column(_("区域"), example="核心区", widget=Choice(Zone.choices), help=_("只有社区填写"))
    setting = Column(_("城乡"), example="城镇", widget=Choice(Setting.choices), help=_("只有社区填写"), keeps=True)
    households = Column(_("户数"), example="1860", widget=Number(0, 2_000_000), default=0)
    population = Column(_("人口"), example="5210", widget=Number(0, 5_000_000), default=0)

    @classmethod
    def may(cls, actor: Actor) -> bool:
        return can(actor, Action.EDIT_GROUND)

    def rank(self, row: Mapping[str, str]) -> int:
        return len(str(row.get("code", "")))

    def stored(self) -> Iterator[Line]:
        for level, model in MODELS.items():
            parent = PARENT.get(level)
            for row in (
                model.objects.filter(in_force())
                .order_by("code")
                .values("pk", "code", *OWN[level], *([parent] * bool(parent)))
            ):
                line = self.begin_line()
                line.pk, line.code, line.level = row["pk"], row["code"], level
                line.parent = row[parent] if parent else ""
                for name in OWN[level]:
                    setattr(line, name, row[name])
                yield line

    def check(self, line: Line, old: Line | None) -> Mapping[str, str]:
        if line.level != "district" and not line.parent:
            return {"parent": str(_("必填：街道填所属区的代码，社区填所属街道的代码"))}
        if old is not None and old.level != line.level:
            return {"level": str(_("已有区划的级别不能更改"))}
        if old is not None and old.parent != line.parent:
            return {"parent": str(_("已有区划不能改换上级，请停用后以新代码建立"))}
        return {}

    def write(self, line: Line, old: Line | None) -> None:
        values = {name: getattr(line, name) for name in OWN[line.level]}
        values = {name: value for name, value in values.items() if value not in (None, "")}
        if line.level == "district" and not values.get("number_prefix"):
            values["number_prefix"] = prefix_of(line.name)
        if old is None:
            services.create_division(level=line.level, code=line.code, parent=line.parent, values=values, by=self.by)
        else:
            # A short name goes with the name: alone, the name would have it derived again.
            told = self.differing(line, old) | ({"short_name"} if "name" in self.differing(line, old) else set())
            values = {name: value for name, value in values.items() if name in told}
            services.change_division(level=line.level, code=line.code, values=values, by=self.by)

    def remove(self, line: Line) -> None:
        """Delete what an import has just brought, as long as nothing hangs on it."""
        below = {
            "district": Q(street__district__code=line.code),
            "street": Q(street__code=line.code),
            "community": Q(community__code=line.code),
        }[line.level]
        if Unit.objects.filter(below).exists() or Grid.objects.filter(community__code=line.code).exists():
            raise RowFault({"code": str(_("其下已有单位或网格"))})
        services.drop_division(level=line.level, code=line.code, by=self.by)


def prefix_of(name: str) -> str:
    """The first letters of a district's name, which its orders are numbered with: 浦口区 -> PK."""
    from pypinyin import Style, lazy_pinyin  # 58 MB: paid by the processes that name things.

    letters = "".join(lazy_pinyin(name.removesuffix("区"), style=Style.FIRST_LETTER)).upper()
    return "".join(letter for letter in letters if letter.isascii() and letter.isalnum())[:8]
