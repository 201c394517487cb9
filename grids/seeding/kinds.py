"""Make up what sets grids apart: zone and setting, party branch, occupier, and some outside of the norm."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence

from ..models import Community, Grid, GridKind, Setting, Unit, UnitKind, UnitLevel, Zone

JIANGPU = "320111004"
URBAN_STREETS = frozenset({"320111001", "320111002", "320111003"})
CORE_OF_JIANGPU = 10  # Of its 15 communities, as the source documents give them.
HOUSEHOLDS = {Setting.URBAN: (405, 500), Setting.RURAL: (300, 395)}
OCCUPIERS = (
    *("第一中学", "实验小学", "中心幼儿园", "人民医院", "社区卫生服务中心", "农贸市场", "商业广场", "客运站"),
    *("产业园", "科技园", "物流园", "机械厂", "食品厂", "体育公园", "大学城校区", "度假酒店"),
)
GROWN, SHRUNK = (1.35, 1.7), (0.45, 0.7)


def zone_communities(communities: Sequence[Community]) -> None:
    """Set zone and setting: the ten smallest communities of Jiangpu and the streets of the town are core."""
    own = sorted((c for c in communities if c.street.code == JIANGPU), key=lambda c: c.area_km2)
    inner = {community.code for community in own[:CORE_OF_JIANGPU]}
    for community in communities:
        core = community.code in inner or community.street.code in URBAN_STREETS
        community.zone = Zone.CORE if core else Zone.OUTER
        community.setting = Setting.RURAL if community.name.endswith("村委会") else Setting.URBAN
    Community.objects.bulk_update(communities, ["zone", "setting"])


def furnish(grids: Iterable[Grid]) -> None:
    """Give grids branches and occupiers, and let one comprehensive grid in twelve outgrow or miss its norm."""
    dice = random.Random(1921)
    for number, grid in enumerate(grids):
        if number % 9:
            grid.party_branch = f"{grid.short_name}党支部"
        if grid.kind == GridKind.DEDICATED:
            grid.occupier_name = f"{grid.community.short_name.removesuffix('社区')}{dice.choice(OCCUPIERS)}"
        elif number % 12 == 5:
            factor = dice.uniform(*dice.choice((GROWN, SHRUNK)))
            grid.households, grid.population = round(grid.households * factor), round(grid.population * factor)


def seat_occupiers() -> None:
    """Let some departments of the district occupy a dedicated grid of Jiangpu each: they have their seat there."""
    departments = Unit.objects.filter(kind=UnitKind.DUTY_DEPARTMENT, level=UnitLevel.DISTRICT).order_by("code")
    grids = Grid.objects.filter(kind=GridKind.DEDICATED, code__startswith=JIANGPU).order_by("code")
    seated = list(grids[::6])
    for grid, unit in zip(seated, departments, strict=False):
        grid.occupier, grid.occupier_name = unit, ""
    Grid.objects.bulk_update(seated, ["occupier", "occupier_name"])
