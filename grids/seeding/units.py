"""Write the units: centres, workstations, bureaus, squads."""

from __future__ import annotations

from typing import Any

from ..models import Community, District, Presence, Street, Unit, UnitKind, UnitLevel
from ..rules import FUNCTIONS
from .divisions import pinyin

# Names of the bureaus; the first five are resident at the district's centre, ten more on call, the rest liaise.
BUREAUS = {
    "urban_management": "区城管局", "public_security": "浦口公安分局", "market": "区市场监管局", "housing": "区建设局",
    "emergency": "区应急管理局", "sanitation": "区环卫所", "water": "区水务局", "transport": "区交通运输局",
    "civil_affairs": "区民政局", "human_resources": "区人社局", "health": "区卫健委", "justice": "区司法局",
    "agriculture": "区农业农村局", "petition": "区信访局", "education": "区教育局", "culture": "区文旅局",
    "greening": "区园林局", "environment": "浦口生态环境局", "traffic_police": "浦口交警大队",
    "fire": "浦口消防救援大队",
    "planning": "规划资源浦口分局",
    "gas": "浦口燃气公司", "power": "浦口供电公司",
}  # fmt: skip
SQUADS = {
    "urban_management": "城管中队", "market": "市场监管所", "public_security": "派出所", "sanitation": "环卫所",
    "housing": "建设办", "emergency": "应急办", "civil_affairs": "社会事务办", "justice": "司法所",
}  # fmt: skip


def phone(serial: int) -> str:
    """A telephone number that cannot be called: the middle is masked where it is made."""
    return f"025-58****{serial % 100:02d}"


def write_units(district: District) -> None:
    """Write all units of the district. Run it on empty tables only."""
    units = [_unit(district, "zx", "浦口区联勤指挥中心", "区联勤指挥中心", UnitKind.COMMAND_CENTER)]
    for rank, (function, name) in enumerate(BUREAUS.items()):
        presence = Presence.RESIDENT if rank < 5 else Presence.ON_CALL if rank < 15 else Presence.LIAISON
        full = name.replace("区", "浦口区", 1) if name.startswith("区") else name
        units.append(_unit(district, function, full, name, function=function, presence=presence))
    streets = list(Street.objects.order_by("code"))
    centres = Unit.objects.bulk_create(
        _unit(district, "zx", f"{s.name}联勤指挥分中心", f"{_called(s)}分中心", UnitKind.SUB_CENTER, street=s)
        for s in streets
    )
    for street, centre in zip(streets, centres, strict=True):
        for function, name in SQUADS.items():
            units.append(
                _unit(district, function, f"{street.name}{name}", f"{_called(street)}{name}", function=function,
                      street=street, presence=Presence.RESIDENT)
            )  # fmt: skip
        units.append(
            _unit(district, "mobile_squad", f"{street.name}联勤机动队", f"{_called(street)}联勤机动队",
                  function="mobile_squad", street=street, parent=centre, presence=Presence.RESIDENT)
        )  # fmt: skip
    for community in Community.objects.select_related("street").order_by("code"):
        name = f"{community.short_name}联勤工作站"
        units.append(
            _unit(district, "gzz", f"{community.street.name}{name}", name, UnitKind.WORKSTATION,
                  street=community.street, community=community)
        )  # fmt: skip
    for serial, unit in enumerate(units):
        unit.phone = phone(serial)
    Unit.objects.bulk_create(units)


def _called(street: Street) -> str:
    return street.short_name.removesuffix("旅游度假区")


def _unit(
    district: District, tail: str, name: str, short_name: str, kind: str = UnitKind.DUTY_DEPARTMENT, **rest: Any
) -> Unit:
    place = rest.get("community") or rest.get("street") or district
    function = rest.get("function", "")
    return Unit(
        code=f"{place.code}-{tail}",
        name=name,
        short_name=short_name,
        pinyin=pinyin(short_name),
        kind=kind,
        level=UnitLevel.STREET if rest.get("street") else UnitLevel.DISTRICT,
        district=district,
        vertical=bool(function) and FUNCTIONS[function].vertical,
        synthetic=True,
        **rest,
    )
