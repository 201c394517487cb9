"""Somebody whistles: units and people are called to a place by a time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any, NamedTuple

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from catalogue.workclock import SHANGHAI
from dispatch.errors import NotAllowed, NotVisible, WhistleMoved
from dispatch.models import DocumentCounter, Summons, Whistle
from dispatch.permissions import may_whistle
from dispatch.rules.whistles import LATEST, SOONEST, Move, WhistleKind
from dispatch.selectors.whistles import leaders_of, units_to_call, workers_to_call
from dispatch.services.documents import clean_text, locked_counter
from dispatch.services.whistles.holding import call, held, record
from grids.ground import ground
from grids.models import Unit
from lianqin.kernel import clock
from lianqin.kernel.actors import DISTRICT, Actor, token
from lianqin.kernel.errors import Invalid
from workorders.locks import orders_locked
from workorders.models import WorkOrder
from workorders.selectors import visible_to

MOST_CALLED = 30


class Spot(NamedTuple):
    """Where people shall come, and what about."""

    district_id: int
    street_id: int | None
    community_id: int | None
    lon: float
    lat: float
    address: str
    matter: str


@transaction.atomic
def raise_whistle(
    *,
    kind: str,
    by: Actor,
    due_at: dt.datetime,
    order_number: str = "",
    lon: float | None = None,
    lat: float | None = None,
    address: str = "",
    matter: str = "",
    units: Collection[str] = (),
    people: Collection[int] = (),
    note: str = "",
) -> Whistle:
    """Call ``units`` (codes) and ``people`` (user ids) to the place of an order, or to one that is given.

    A resident's whistle without people calls the grid worker of the place. Raises NotVisible, NotAllowed, Invalid.
    """
    if by.user_id is None:
        raise NotAllowed
    order = _order(order_number, by) if order_number else None
    spot = spot_of(order) if order else _given(lon, lat, address, matter)
    if not may_whistle(by, district_id=spot.district_id, street_id=spot.street_id, community_id=spot.community_id):
        raise NotAllowed
    _check_due(due_at)
    found, users = _called(kind, units, people, spot)
    whistle = written(spot, kind=kind, order=order, unit_id=_unit_of(by, spot), raised_by_id=by.user_id,
                      due_at=due_at, note=clean_text("note", note, ""))  # fmt: skip
    summon(whistle, found, users)
    record(whistle, "whistled", by, {"units": len(found), "people": len(users)}, whistle.note)
    return whistle


def written(spot: Spot, *, order: WorkOrder | None, **told: Any) -> Whistle:
    """Write a whistle under the next number of the year."""
    counter = locked_counter(district_id=spot.district_id, kind="whistle", at=clock.now())
    counter.last += 1
    counter.save(update_fields=["last"])
    return Whistle.objects.create(number=_number(counter), order=order, **spot._asdict(), **told)


def _number(counter: DocumentCounter) -> str:
    return f"哨{counter.year}-{counter.last:05d}"


def summon(whistle: Whistle, units: Collection[Unit], people: Collection[User]) -> list[Summons]:
    """Write the summonses of a whistle and tell those who are called."""
    common = {"whistle": whistle, "due_at": whistle.due_at, "next_at": whistle.due_at}
    rows = [Summons(unit=unit, **common) for unit in units] + [Summons(user=user, **common) for user in people]
    Summons.objects.bulk_create(rows)
    call(whistle, rows)
    return rows


@transaction.atomic
def send_leader(*, whistle_id: int, user_id: int, due_at: dt.datetime, by: Actor) -> Whistle:
    """The command centre names the leader who goes there. Raises NotVisible, WhistleMoved, NotAllowed, Invalid."""
    whistle = held(whistle_id, by, Move.SUMMON)
    if whistle.kind != WhistleKind.LEADER or whistle.summonses.exists():
        raise WhistleMoved
    here = {token(DISTRICT, whistle.district_id)}
    if not (by.may("dispatch_orders", here) or by.may("command_orders", here)):
        raise NotAllowed
    _check_due(due_at)
    leader = next((each for each in leaders_of(whistle.district_id) if each.user.pk == user_id), None)
    if leader is None:
        raise Invalid(fields={"leader": [_("请从区领导和区级单位负责人中选择")]})
    whistle.due_at = due_at
    whistle.save(update_fields=["due_at"])
    summon(whistle, [], [leader.user])
    return whistle


def spot_of(order: WorkOrder) -> Spot:
    """Collected once: place and matter are the order's. Raises Invalid for one without a place."""
    if order.lon is None or order.lat is None:
        raise Invalid(fields={"order": [_("工单还没有定位，请先确定位置")]})
    text = order.text
    return Spot(order.district_id, order.street_id, order.community_id, order.lon, order.lat, text.address, text.title)


def _order(number: str, by: Actor) -> WorkOrder:
    pk = visible_to(by).filter(number=number).values_list("pk", flat=True).first()
    if pk is None:
        raise NotVisible
    order = orders_locked([pk])[pk]
    if not order.is_open:
        raise Invalid(fields={"order": [_("工单已结束，不能再吹哨")]})
    return order


def _given(lon: float | None, lat: float | None, address: str, matter: str) -> Spot:
    found = ground().locate(lon, lat) if lon is not None and lat is not None else None
    faults: dict[str, list[str]] = {}
    if not matter.strip():
        faults["matter"] = [_("请写明事由")]
    if found is None or lon is None or lat is None:
        faults["place"] = [_("请在地图上点选到场地点，须在本区网格之内")]
    if len(matter.strip()) > 80:
        faults["matter"] = [_("事由最多 80 个字")]
    if faults:
        raise Invalid(fields=faults)
    assert found is not None
    assert lon is not None
    assert lat is not None
    text = clean_text("address", address, "")[:200]
    return Spot(
        found.district_id, found.street_id, found.community_id, lon, lat, text, clean_text("matter", matter, "")
    )


def _check_due(due_at: dt.datetime) -> None:
    now = clock.now()
    if not now + SOONEST <= due_at <= now + LATEST:
        latest = timezone.localtime(now + LATEST, SHANGHAI)
        said = _("请填 5 分钟之后、%s 之前的时间") % f"{latest:%m-%d %H:%M}"
        raise Invalid(fields={"due_at": [said]})


def _called(kind: str, units: Collection[str], people: Collection[int], spot: Spot) -> tuple[list[Unit], list[User]]:
    if kind not in (WhistleKind.RESIDENT, WhistleKind.COMMUNITY):
        raise Invalid(fields={"kind": [_("请选择居民吹哨或社区吹哨；请领导到场从原来的吹哨提请")]})
    faults: dict[str, list[str]] = {}
    allowed = units_to_call(spot.district_id, spot.street_id).filter(code__in=units) if units else Unit.objects.none()
    found = list(allowed)
    workers = workers_to_call(spot.community_id, ground().locate(spot.lon, spot.lat)) if spot.community_id else []
    if kind == WhistleKind.RESIDENT and not people and not units:
        users = [each.user for each in workers if each.first]
    else:
        users = [each.user for each in workers if each.user.pk in set(people)]
        if len(users) != len(set(people)):
            faults["people"] = [_("只能召集本社区在岗的网格人员，请重新选择")]
    if len(found) != len(set(units)):
        faults["units"] = [_("有单位不存在、已停用或不属于本街道和区级，请重新选择")]
    if not faults and not found and not users:
        faults["units"] = [_("请至少选择一个单位或一名网格员")]
    if len(found) + len(users) > MOST_CALLED:
        faults["units"] = [_("一次最多召集 %d 个") % MOST_CALLED]
    if faults:
        raise Invalid(fields=faults)
    return found, users


def _unit_of(by: Actor, spot: Spot) -> int:
    """The unit in whose name it is whistled: the nearest to the place first."""
    for name in ("community_id", "street_id", "district_id"):
        for post in by.posts:
            if post.unit_id is not None and getattr(post, name) and getattr(post, name) == getattr(spot, name):
                return post.unit_id
    return ground().command_center_id(spot.district_id)
