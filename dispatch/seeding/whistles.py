"""Whistles of a demonstration, one in each state, at places without orders. Repeating it writes nothing."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from shapely.geometry import shape

from accounts.models import User
from catalogue.models import Category
from dispatch.models import Summons, Whistle, WhistleRule
from dispatch.rules.whistles import How, WhistleKind, WhistleState
from dispatch.selectors.whistles import units_to_call, workers_to_call
from dispatch.services.documents import locked_counter
from grids.ground import ground
from grids.models import Community, District, Grid, Unit
from grids.selectors import memberships_in_force
from lianqin.kernel import clock


class Told(NamedTuple):
    matter: str
    kind: WhistleKind
    state: WhistleState
    hours: float  # Since the whistle.
    came: int  # How many of those called arrived.
    outcome: str = ""


C, R, L = WhistleKind.COMMUNITY, WhistleKind.RESIDENT, WhistleKind.LEADER
WHISTLES = (
    Told("老旧小区楼道堆物集中清理", C, WhistleState.RAISED, 0.2, 0),
    Told("雨水井堵塞，路面积水约十厘米", C, WhistleState.ANSWERED, 0.6, 1),
    Told("围墙倾斜，请网格员先到现场看护", R, WhistleState.ANSWERED, 0.3, 1),
    Told(
        "夜间大排档油烟和占道联合查看", C, WhistleState.SETTLED, 26, 3, "三家到场，当场清理占道，油烟净化器限期整改。"
    ),
    Told("小区二次供水停水，居民聚集", C, WhistleState.UNSOLVED, 6, 2, "产权单位没有到场，责任分歧未能当场解决。"),
    Told("拆迁地块建筑垃圾长期堆放", C, WhistleState.RAISED_UP, 30, 2, "权属不清，需要区里明确牵头单位。"),
    Told("学校门口临时护栏复核", C, WhistleState.CANCELLED, 50, 0, "交警中队已先行处置，无需再到。"),
    Told("独居老人报修无人应答，请上门查看", R, WhistleState.SETTLED, 72, 1, "已上门，老人平安，联系物业维修。"),
    Told("共享单车堵塞消防通道", C, WhistleState.SETTLED, 98, 2, "通道已清空，企业增设电子围栏。"),
)
STEP = 17  # Every so many communities lies one.


def write_whistles() -> None:
    """Less than a second; needs people and units."""
    district = District.objects.get(code="320111")
    if Whistle.objects.filter(district=district).exists():
        return
    communities = list(
        Community.objects.order_by("code").select_related("street").defer("boundary", "street__boundary")
    )
    for place, told in enumerate(WHISTLES):
        community = communities[(place * STEP) % len(communities)]
        whistle = _write(district, community, told)
        if whistle is not None and told.state == WhistleState.RAISED_UP:
            above = Told(told.matter, L, WhistleState.RAISED, 1, 0)
            _write(district, community, above, raised_from=whistle)
    for category in Category.objects.filter(level=2).order_by("code")[:2]:
        WhistleRule.objects.get_or_create(category=category, defaults={"minutes": 60})


def _write(district: District, community: Community, told: Told, raised_from: Whistle | None = None) -> Whistle | None:
    grid = Grid.objects.filter(community=community, boundary__isnull=False).order_by("code").first()
    station = ground().workstation_id(community.pk)
    officer = memberships_in_force().filter(unit=station).select_related("user").order_by("pk").first()
    if grid is None or station is None or officer is None:
        return None
    lon, lat = _middle(grid)
    now = clock.now()
    at = now - dt.timedelta(hours=told.hours)
    ended_at = at + dt.timedelta(hours=2) if told.outcome else None
    counter = locked_counter(district_id=district.pk, kind="whistle", at=now)
    counter.last += 1
    counter.save(update_fields=["last"])
    whistle = Whistle.objects.create(
        number=f"哨{counter.year}-{counter.last:05d}", kind=told.kind, state=told.state, raised_from=raised_from,
        district=district, street=community.street, community=community, unit_id=station, raised_by=officer.user,
        matter=told.matter, lon=lon, lat=lat, address=grid.short_name, raised_at=at,
        due_at=at + dt.timedelta(hours=1), outcome=told.outcome, ended_at=ended_at,
        ended_by=officer.user if ended_at else None, synthetic=True,
    )  # fmt: skip
    for number, (unit, user) in enumerate(_called(district, community, grid, told)):
        _summon(whistle, unit, user, told, number)
    return whistle


def _called(district: District, community: Community, grid: Grid, told: Told) -> list[tuple[Unit | None, User | None]]:
    if told.kind == R:
        workers = workers_to_call(community.pk, ground().place_of_grid(grid.pk))
        return [(None, each.user) for each in workers[:1]]
    if told.kind == L:
        # The command centre has yet to name somebody.
        return []
    units = units_to_call(district.pk, community.street_id).filter(street=community.street_id)
    return [(unit, None) for unit in units[:3]]


def _summon(whistle: Whistle, unit: Unit | None, user: User | None, told: Told, number: int) -> None:
    came = number < told.came
    at = whistle.raised_at + dt.timedelta(minutes=18 + 9 * number + (whistle.pk % 5) * 7)
    over = told.state not in (WhistleState.RAISED, WhistleState.ANSWERED)
    if came and not over:
        at = min(at, clock.now())
    Summons.objects.create(
        whistle=whistle, unit=unit, user=user, due_at=whistle.due_at,
        acknowledged_at=whistle.raised_at + dt.timedelta(minutes=4) if came else None,
        estimated_at=at if came else None, arrived_at=at if came else None, how=How.POSITION if came else "",
        distance_m=12 + 31 * number if came else None, accuracy_m=15 if came else None,
        no_show_at=whistle.due_at + dt.timedelta(minutes=15) if over and not came and told.came else None,
        next_at=None if over or came else whistle.due_at,
    )  # fmt: skip


def _middle(grid: Grid) -> tuple[float, float]:
    """A point that lies in the grid."""
    assert grid.boundary is not None
    point = shape(grid.boundary).representative_point()
    return round(point.x, 6), round(point.y, 6)
