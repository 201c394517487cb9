"""Buildings that stewards stand for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from configuration.tables.base import Column, Info, Line, TableResource, table
from configuration.tables.widgets import Amount, Number, Text
from grids import services
from grids.models import Building, Community
from grids.permissions import Action, can
from lianqin.kernel.actors import Actor

COLUMNS = ("pk", "code", "name", "community__code", "households", "lon", "lat")


@table
class Buildings(TableResource):
    info = Info(
        "buildings",
        _("楼栋"),
        section="stewards",
        coordinates=("lon", "lat"),
        about=_("楼栋长联系的楼；坐标可以不填，填了就归到网格。"),
    )

    code = Column(_("楼栋代码"), required=True, example="320111004001-L001", widget=Text(24), aliases=("代码", "code"))
    name = Column(_("名称"), required=True, example="一区1栋", widget=Text(60), aliases=("楼栋", "name"))
    community = Column(_("社区代码"), required=True, example="320111004001", aliases=("社区", "community"))
    households = Column(_("户数"), example="98", widget=Number(0, 100_000), default=0)
    lon = Column(_("经度"), example="118.628000", widget=Amount(6, "-180", "180"), default=None)
    lat = Column(_("纬度"), example="32.058000", widget=Amount(6, "-90", "90"), default=None)

    @classmethod
    def may(cls, actor: Actor) -> bool:
        return can(actor, Action.RUN_STEWARDS)

    @cached_property
    def communities(self) -> dict[str, Community]:
        return {each.code: each for each in Community.objects.filter(valid_to=None).defer("boundary")}

    def stored(self) -> Iterator[Line]:
        for row in Building.objects.order_by("code").values(*COLUMNS).iterator(chunk_size=2000):
            line = self.begin_line()
            line.pk, line.code, line.name, line.community = row["pk"], row["code"], row["name"], row["community__code"]
            line.households, line.lon, line.lat = row["households"], row["lon"], row["lat"]
            yield line

    def check(self, line: Line, old: Line | None) -> Mapping[str, str]:
        return {} if line.community in self.communities else {"community": str(_("没有这个社区代码"))}

    def write(self, line: Line, old: Line | None) -> None:
        values = {name: getattr(line, name) for name in ("name", "community", "households", "lon", "lat")}
        if old is not None:  # The service takes a building as a whole: what the file leaves as it was, is as it is now.
            now = self._locked(old)
            values |= {name: value for name, value in now.items() if name not in self.differing(line, old)}
        services.save_building(
            by=self.by,
            code=line.code,
            name=values["name"],
            community=self.communities[values["community"]],
            households=values["households"] or 0,
            lon=None if values["lon"] is None else float(values["lon"]),
            lat=None if values["lat"] is None else float(values["lat"]),
        )

    @staticmethod
    def _locked(old: Line) -> dict[str, Any]:
        row = Building.objects.select_for_update(of=("self",), no_key=True).values(*COLUMNS).get(pk=old.pk)
        return {name.removesuffix("__code"): row[name] for name in COLUMNS if name not in ("pk", "code")}

    def remove(self, line: Line) -> None:
        """Delete a building that an import has just brought."""
        services.drop_building(by=self.by, code=line.code)
