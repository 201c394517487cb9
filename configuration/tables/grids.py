"""Grids without their boundaries, which come by a re-division."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext_lazy as _

from configuration.tables.base import Column, Info, Line, TableResource, table
from configuration.tables.widgets import Choice, Number, Text
from grids import services
from grids.ground import in_force
from grids.models import Grid, GridKind
from grids.permissions import Action, can
from lianqin.kernel.actors import Actor

OWN = ("name", "kind", "party_branch", "occupier_name", "households", "population")
# A kind and who occupies the grid are told together: either says what the other may be.
OCCUPIED = frozenset({"kind", "occupier", "occupier_name"})


@table
class Grids(TableResource):
    info = Info(
        "grids",
        _("网格"),
        section="grids",
        about=_("网格的代码、名称、类型与户数人口；边界另从地图文件导入，或在“网格划分”里绘制。"),
    )

    code = Column(
        _("网格代码"), required=True, example="320111004001001", aliases=("code", "网格编码"),
        widget=Text(15, r"\d{15}", _("应为 15 位数字：社区代码加 3 位序号")),
    )  # fmt: skip
    name = Column(_("网格名称"), required=True, example="第一网格", aliases=("name", "名称"), widget=Text(60))
    community = Column(
        _("社区代码"), required=True, example="320111004001", aliases=("community", "所属社区代码", "上级代码")
    )
    kind = Column(
        _("网格类型"), example="综合网格", widget=Choice(GridKind.choices), default=GridKind.COMPREHENSIVE,
        help=_("不填为综合网格；专属网格须填占用单位"),
    )  # fmt: skip
    occupier = Column(_("占用单位代码"), help=_("专属网格由本系统的单位占用时填"), default="")
    occupier_name = Column(_("占用单位名称"), example="", help=_("专属网格的占用单位不在本系统时填"), widget=Text(80))
    party_branch = Column(_("党支部"), example="珠江社区第一网格党支部", widget=Text(80))
    households = Column(_("户数"), example="420", widget=Number(0, 1_000_000), default=0)
    population = Column(_("人口"), example="1100", widget=Number(0, 1_000_000), default=0)

    @classmethod
    def may(cls, actor: Actor) -> bool:
        return can(actor, Action.EDIT_GROUND)

    def stored(self) -> Iterator[Line]:
        rows = Grid.objects.filter(in_force()).order_by("code")
        for row in rows.values("pk", "code", "community__code", "occupier__code", *OWN):
            line = self.begin_line()
            line.pk, line.code, line.community = row["pk"], row["code"], row["community__code"]
            line.occupier = row["occupier__code"] or ""
            for name in OWN:
                setattr(line, name, row[name])
            yield line

    def check(self, line: Line, old: Line | None) -> Mapping[str, str]:
        if not line.code.startswith(line.community):
            return {"code": str(_("前 12 位应为社区代码"))}
        if old is not None and old.community != line.community:
            return {"community": str(_("已有网格不能改换社区，请在“网格划分”中办理"))}
        return {}

    def write(self, line: Line, old: Line | None) -> None:
        values = {name: getattr(line, name) for name in (*OWN, "occupier")}
        if old is None:
            services.create_division(level="grid", code=line.code, parent=line.community, values=values, by=self.by)
        else:
            told = self.differing(line, old)
            told |= OCCUPIED if told & OCCUPIED else frozenset()
            values = {name: value for name, value in values.items() if name in told}
            services.change_division(level="grid", code=line.code, values=values, by=self.by)

    def remove(self, line: Line) -> None:
        services.drop_division(level="grid", code=line.code, by=self.by)
