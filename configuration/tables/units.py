"""Units: centres, workstations, bureaus, squads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext_lazy as _

from configuration.tables.base import Column, Info, Line, TableResource, table
from configuration.tables.widgets import Choice, Text, YesNo
from grids import services
from grids.models import Presence, Unit, UnitKind
from grids.permissions import Action, can
from grids.rules import FUNCTIONS
from lianqin.kernel.actors import Actor

RANKS = {"command_center": 0, "sub_center": 1, "workstation": 2}


@table
class Units(TableResource):
    info = Info(
        "units",
        _("单位"),
        section="units",
        about=_("联勤指挥中心、各街道分中心、各社区工作站，以及区、街道两级参勤单位。"),
    )

    code = Column(
        _("单位代码"), required=True, example="320111004-market", aliases=("code", "代码"),
        widget=Text(40, r"[0-9A-Za-z_-]+", _("只能用字母、数字、- 和 _")), help=_("如所在区划的代码加横线和英文简写"),
    )  # fmt: skip
    name = Column(_("单位名称"), required=True, example="江浦街道市场监管所", aliases=("name", "名称"), widget=Text(80))
    short_name = Column(_("简称"), example="江浦市场监管所", aliases=("short_name",), widget=Text(40), keeps=True)
    kind = Column(
        _("类别"), required=True, example="参勤单位", widget=Choice(UnitKind.choices), aliases=("kind", "单位类别")
    )
    function = Column(
        _("职能"), example="市场监管", widget=Choice({code: each.name for code, each in FUNCTIONS.items()}),
        aliases=("function",), help=_("参勤单位必填"),
    )  # fmt: skip
    street = Column(_("街道代码"), example="320111004", aliases=("street",), help=_("区级单位留空"))
    community = Column(_("社区代码"), aliases=("community",), help=_("只有联勤工作站填写"))
    parent = Column(_("上级单位代码"), aliases=("parent",), help=_("指挥中心直属队伍填所属中心"))
    presence = Column(_("参勤方式"), example="派驻", widget=Choice(Presence.choices), aliases=("presence",))
    vertical = Column(_("垂直管理"), example="否", widget=YesNo(), aliases=("vertical",), default=False)
    phone = Column(_("值班电话"), example="025-58880000", aliases=("phone", "电话"), widget=Text(20))

    @classmethod
    def may(cls, actor: Actor) -> bool:
        return can(actor, Action.EDIT_UNITS)

    def rank(self, row: Mapping[str, str]) -> int:
        """Centres first: squads name them as their parents."""
        told = row.get("kind", "").strip()
        return RANKS.get(KINDS.get(told, told), 3 + bool(row.get("parent")))

    def stored(self) -> Iterator[Line]:
        units = Unit.objects.filter(active=True).select_related("street", "community", "parent")
        for unit in units.defer("street__boundary", "community__boundary").order_by("code"):
            yield Line(pk=unit.pk, code=unit.code, **services.told_of(unit))

    def write(self, line: Line, old: Line | None) -> None:
        values = {name: getattr(line, name) for name in self.differing(line, old) if name != "code"}
        if old is None:
            services.create_unit(values=values, by=self.by, code=line.code)
        else:
            services.change_unit(unit=Unit.objects.get(pk=old.pk), values=values, by=self.by)

    def remove(self, line: Line) -> None:
        services.drop_unit(unit=Unit.objects.get(pk=line.pk), by=self.by)


KINDS = {str(label): code for code, label in UnitKind.choices}
