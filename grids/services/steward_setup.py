"""What the stewards are counted by: rules, places set by hand, buildings."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from pypinyin import lazy_pinyin

from accounts.services import audit
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import Conflict, Invalid, NotAllowed

from ..ground import ground
from ..models import Building, Community, District, Grid, StewardPolicy, StewardQuota
from ..permissions import Action, can

POLICY_BOUNDS: dict[str, tuple[int, int]] = {
    "households_each": (1, 2_000),
    "notice_days": (1, 60),
    "pass_score": (0, 100),
    "monthly_allowance": (0, 20_000),
    "excellent_share": (0, 100),
    "qualified_share": (0, 100),
    "failed_share": (0, 100),
}


@transaction.atomic
def set_steward_policy(*, by: Actor, district: District, **values: Any) -> StewardPolicy:
    """Change some of the rules (the fields of StewardPolicy). Raise NotAllowed, Invalid."""
    _allow(by)
    wrong = {
        name: [_("应在 %(least)d 与 %(most)d 之间") % {"least": bounds[0], "most": bounds[1]}]
        for name, bounds in POLICY_BOUNDS.items()
        if name in values and not bounds[0] <= values[name] <= bounds[1]
    }
    wrong |= {name: [_("没有这个规则")] for name in values if name not in POLICY_BOUNDS}
    if wrong:
        raise Invalid(fields=wrong)
    District.objects.select_for_update(no_key=True).get(pk=district.pk)
    policy = StewardPolicy.objects.filter(district=district).first() or StewardPolicy(district=district)
    before = _policy_facts(policy)
    for name, value in values.items():
        setattr(policy, name, value)
    policy.save()
    policy.refresh_from_db()
    _note(by, "grids.steward_policy_set", str(district), before=before, after=_policy_facts(policy))
    return policy


@transaction.atomic
def set_steward_quota(*, by: Actor, community: Community, places: int | None, reason: str = "") -> StewardQuota | None:
    """Set a community's places by hand; ``None`` lets the households decide again. Raise NotAllowed, Invalid."""
    _allow(by)
    Community.objects.select_for_update(no_key=True).get(pk=community.pk)
    known = StewardQuota.objects.filter(community=community).first()
    before = known and known.places
    if places is None:
        StewardQuota.objects.filter(community=community).delete()
        quota = None
    else:
        wrong = {} if 0 <= places <= 2_000 else {"places": [_("应在 0 与 2000 之间")]}
        wrong |= {} if reason.strip() else {"reason": [_("请写明理由")]}
        if wrong:
            raise Invalid(fields=wrong)
        quota = known or StewardQuota(community=community)
        quota.places, quota.reason = places, reason.strip()
        quota.save()
    if before != places:
        _note(by, "grids.steward_quota_set", str(community), before=before, after=places, reason=reason.strip())
    return quota


@transaction.atomic
def save_building(
    *,
    by: Actor,
    code: str,
    name: str,
    community: Community,
    households: int = 0,
    lon: float | None = None,
    lat: float | None = None,
    active: bool = True,
) -> Building:
    """Write a building, new or known by its code; the grid follows from the point (WGS-84).

    Raise NotAllowed, Invalid, Conflict.
    """
    _allow(by)
    grid_id = _grid_of(community, lon, lat)
    wrong: dict[str, list[str]] = {}
    if not code.strip() or len(code.strip()) > 24 or not code.isascii():
        wrong["code"] = [_("1 至 24 位字母、数字或连字符")]
    if not name.strip() or len(name.strip()) > 60:
        wrong["name"] = [_("请填写名称，不超过 60 字")]
    if not 0 <= households <= 100_000:
        wrong["households"] = [_("户数不对")]
    if wrong:
        raise Invalid(fields=wrong)
    building = Building.objects.select_for_update().filter(code=code.strip()).first() or Building(code=code.strip())
    if building.pk and building.community_id != community.pk and building.stewards.exists():
        raise Conflict(_("这栋楼已有楼栋长档案，不能换社区"), code="building_has_stewards")
    before = _building_facts(building) if building.pk else None
    building.name, building.pinyin = name.strip(), "".join(lazy_pinyin(name.strip()))
    building.community, building.households, building.active = community, households, active
    building.lon, building.lat, building.grid_id = lon, lat, grid_id
    after = _building_facts(building)
    if before != after:
        building.save()
        _note(by, "grids.building_saved", f"{building.code} {building.name}", before=before, after=after)
    return building


def _grid_of(community: Community, lon: float | None, lat: float | None) -> int | None:
    """The grid under the point; it must lie in the community."""
    if (lon is None) != (lat is None):
        raise Invalid(fields={"lon": [_("经度与纬度须同时填写")]})
    if lon is None or lat is None:
        return None
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise Invalid(fields={"lon": [_("坐标超出范围")]})
    place = ground().locate(lon, lat)
    if place is None:
        return None
    if not Grid.objects.filter(pk=place.grid_id, community=community).exists():
        raise Invalid(fields={"lon": [_("这个点不在%s内") % community]})
    return place.grid_id


def _allow(by: Actor) -> None:
    if not can(by, Action.RUN_STEWARDS):
        raise NotAllowed


def _policy_facts(policy: StewardPolicy) -> dict[str, str]:
    return {name: f"{getattr(policy, name):g}" for name in POLICY_BOUNDS}


def _building_facts(building: Building) -> dict[str, Any]:
    return {
        "name": building.name,
        "community": building.community.code,
        "households": building.households,
        "lon": building.lon,
        "lat": building.lat,
        "active": building.active,
    }


def _note(by: Actor, action: str, label: str, **detail: Any) -> None:
    audit(actor_id=by.user_id, action=action, object_label=label, detail=detail)


@transaction.atomic
def drop_building(*, by: Actor, code: str) -> None:
    """Take back a building that an import brought, while nobody stands for it. Raise NotAllowed, Conflict."""
    _allow(by)
    building = Building.objects.select_for_update(of=("self",)).select_related("community").filter(code=code).first()
    if building is None:
        return
    if building.stewards.exists():
        raise Conflict(_("这栋楼已有楼栋长档案，不能撤销"), code="building_has_stewards")
    facts = _building_facts(building)
    building.delete()
    _note(by, "grids.building_dropped", code, before=facts, after=None)
