"""Boundaries from map files: they become a draft re-division, which is looked at and approved before it holds."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import shapely
from django.utils.translation import gettext_lazy as _

from configuration.reading.geodata import GEOMETRY
from configuration.tables.base import Column, Info, Line, RowFault, TableResource, table
from configuration.tables.widgets import Shape, Text
from grids import services
from grids.errors import BoundaryFault
from grids.ground import in_force
from grids.models import Community, Grid, GroundPlan
from grids.permissions import Action, can
from lianqin.kernel.actors import Actor

EVERYTHING = 1_000_000
LATTICE = 2e-6  # Degrees; boundaries are kept to six decimals.


@table
class Boundaries(TableResource):
    info = Info(
        "boundaries",
        _("网格边界"),
        section="boundaries",
        about=_(
            "网格的边界图形（GeoJSON 或 Shapefile），每个图形的属性里要有网格代码：code、网格代码、网格编码、WGDM 或 "
            "WGBM。导入后成为一份划分草稿，核对交叉与盲区、经审批后生效。"
        ),
        batch=EVERYTHING,
        geodata=True,
    )

    code = Column(
        _("网格代码"), required=True, example="320111004001001",
        aliases=("code", "CODE", "网格编码", "WGDM", "WGBM", "代码"),
        help=_("15 位网格代码；12 位社区代码的图形作为社区边界"),
    )  # fmt: skip
    name = Column(
        _("网格名称"), example="第一网格", aliases=("name", "NAME", "WGMC", "名称"), widget=Text(60), keeps=True,
        help=_("不填时保留原名；与原名不同的列为变更"),
    )  # fmt: skip
    community = Column(_("社区代码"), aliases=("community", "SQDM"), keeps=True, help=_("不填时取网格代码的前 12 位"))
    geometry = Column(GEOMETRY, required=True, widget=Shape(), help=_("图形本身"))

    @classmethod
    def may(cls, actor: Actor) -> bool:
        return can(actor, Action.DRAFT_BOUNDARIES)

    def stored(self) -> Iterator[Line]:
        """The grids in force, and the outlines of their communities."""
        for grid in Grid.objects.filter(in_force()).select_related("community").order_by("code"):
            yield self._line(grid, grid.community.code)
        for community in Community.objects.filter(in_force()).order_by("code"):
            yield self._line(community, "")

    def _line(self, place: Grid | Community, community: str) -> Line:
        geometry = json.dumps(place.boundary, separators=(",", ":")) if place.boundary else ""
        values = {"code": place.code, "name": place.name, "community": community, "geometry": geometry}
        return Line(pk=place.pk, **values)

    def parse(self, row: Mapping[str, str], onto: Line) -> dict[str, str]:
        before = Line(**vars(onto))
        faults = super().parse(row, onto)
        if faults or onto.pk is None:
            return faults
        if same_shape(before.geometry, onto.geometry):
            onto.geometry = before.geometry
        if not before.community:  # An outline does not rename its community.
            onto.name = before.name
        return {}

    def write_many(self, pairs: Sequence[tuple[Line, Line | None]]) -> dict[int, Mapping[str, str]]:
        features = [(line.code, line.name or "", _community(line), json.loads(line.geometry)) for line, _old in pairs]
        try:
            imported = services.draft_from_features(features=features, by=self.by)
        except BoundaryFault as fault:
            told = {int(index): {"geometry": str(texts[0])} for index, texts in fault.fields.items() if index.isdigit()}
            if not told:
                raise
            return {**told}
        self.outcome = {"url_name": "configuration:boundary", "args": [imported.plan.pk], "plan": imported.plan.pk}
        return {}

    def undo_whole(self, outcome: Mapping[str, Any]) -> bool:
        """The draft is given up; what was approved since stays."""
        plan = outcome.get("plan")
        if not plan:
            raise RowFault({"": str(_("找不到这次导入的划分草稿"))})
        services.withdraw_plan(plan_id=plan, version=GroundPlan.objects.get(pk=plan).version, by=self.by)
        return True


def same_shape(one: str, other: str) -> bool:
    """Whether two shapes are the same ground to the lattice of the boundaries, wherever their rings begin."""
    if not one or not other:
        return one == other
    first, second = (shapely.from_geojson(text, on_invalid="ignore") for text in (one, other))
    if first is None or second is None or not (first.is_valid and second.is_valid):
        return False  # A knot has the corners of the square that it was.
    return bool(shapely.hausdorff_distance(first, second, densify=0.5) <= LATTICE)


def _community(line: Line) -> str:
    """A shape with the code of a community is its outline."""
    if line.community:
        return str(line.community)
    return str(line.code[:12]) if len(line.code) > 12 else ""
