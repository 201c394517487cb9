"""A small ground and its people: a permission test reads as a sentence.

One district, two streets of two communities of two square grids each (about 940 m a side), every kind of unit.
It is written once when the test database is made; tests run in transactions on top of it.

    def test_x(cast, ground): services.advance(..., by=cast.street_dispatcher)

``cast.<name>`` is an Actor, ``cast.user("<name>")`` the account, ``small_ground.<name>`` a place or a unit.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import ExitStack
from functools import cache
from typing import Any

import pytest
from django.db import transaction

from accounts.models import User
from grids.models import Community, District, Grid, Membership, Street, Unit
from grids.rules import FUNCTIONS
from grids.selectors import actor_for
from grids.services import touch_ground, write_grants
from lianqin.kernel.actors import Actor
from tests.copies import copied_back

SINCE = dt.date(2026, 1, 1)
WEST, SOUTH, SIDE = 118.60, 32.05, 0.01
DISTRICT = "320999"
SQUADS = (
    "urban_management",
    "market",
    "public_security",
    "sanitation",
    "housing",
    "emergency",
    "civil_affairs",
    "justice",
)
BUREAUS = tuple(function for function in FUNCTIONS if function != "mobile_squad")
PASSWORD = "cast-password-1"
# name: (role, unit code or grid code, post)
POSTS = {
    "commander": ("district_commander", "320999-centre", ""),
    "district_dispatcher": ("district_dispatcher", "320999-centre", ""),
    "district_dispatcher2": ("district_dispatcher", "320999-centre", ""),
    "street_dispatcher": ("street_dispatcher", "320999001-centre", ""),
    "street_dispatcher2": ("street_dispatcher", "320999001-centre", ""),
    "other_street_dispatcher": ("street_dispatcher", "320999002-centre", ""),
    "community_officer": ("community_officer", "320999001001-station", ""),
    "other_officer": ("community_officer", "320999002001-station", ""),
    "handler": ("department_handler", "320999001-urban_management", ""),
    "handler2": ("department_handler", "320999001-market", ""),
    "other_handler": ("department_handler", "320999002-urban_management", ""),
    "district_handler": ("department_handler", "320999-urban_management", ""),
    "district_handler2": ("department_handler", "320999-water", ""),
    "squad_handler": ("department_handler", "320999001-mobile_squad", ""),
    "supervisor": ("supervisor", "320999-centre", ""),
    "street_supervisor": ("supervisor", "320999001-centre", ""),
    "grid_worker": ("grid_worker", "320999001001001", "full_time_worker"),
    "grid_worker2": ("grid_worker", "320999001001001", "part_time_worker"),
    "grid_leader": ("grid_worker", "320999001001001", "grid_leader"),
    "other_grid_worker": ("grid_worker", "320999002001001", "full_time_worker"),
}
OFFICERS = ("sysadmin", "secadmin", "auditadmin")
OTHERS = {"citizen": "citizen", "citizen2": "citizen", "source": "source", "outsider": "staff"}
NAMES = (*POSTS, *OFFICERS, *OTHERS)


def square(column: int, row: int, width: int = 1, height: int = 1) -> dict[str, Any]:
    """A GeoJSON rectangle of whole grid squares; all corners of the squares on its edge are there."""
    ring = [(column + x, row) for x in range(width)] + [(column + width, row + y) for y in range(height)]
    ring += [(column + width - x, row + height) for x in range(width)] + [
        (column, row + height - y) for y in range(height)
    ]
    points = [[round(WEST + x * SIDE, 6), round(SOUTH + y * SIDE, 6)] for x, y in ring]
    return {"type": "Polygon", "coordinates": [[*points, points[0]]]}


def centre_of(column: int, row: int) -> tuple[float, float]:
    """(lon, lat) of the middle of a square; street 1 is columns 0-1, street 2 is columns 2-3, community = row pair."""
    return round(WEST + (column + 0.5) * SIDE, 6), round(SOUTH + (row + 0.5) * SIDE, 6)


def build_ground() -> None:
    """Write divisions and units. Street s, community c, grid g stands at column 2(s-1)+(g-1), row c-1."""
    common = {"valid_from": SINCE, "synthetic": True}
    district = District.objects.create(
        code=DISTRICT, name="试验区", short_name="试验区", pinyin="shiyanqu", number_prefix="SY",
        boundary=square(0, 0, 4, 2), **common,
    )  # fmt: skip
    units = [_unit(district, "centre", "试验区联勤指挥中心", kind="command_center")]
    units += [_unit(district, function, f"区{FUNCTIONS[function].name}局", function=function) for function in BUREAUS]
    for s, street_name in enumerate(("东街", "西街")):
        street = Street.objects.create(
            code=f"{DISTRICT}00{s + 1}", name=f"{street_name}街道", short_name=street_name, pinyin=street_name,
            district=district, boundary=square(2 * s, 0, 2, 2), **common,
        )  # fmt: skip
        centre = _unit(district, "centre", f"{street_name}联勤指挥分中心", kind="sub_center", street=street)
        centre.save()
        units += [
            _unit(district, function, f"{street_name}{FUNCTIONS[function].name}中队", function=function, street=street)
            for function in SQUADS
        ]
        units.append(
            _unit(
                district, "mobile_squad", f"{street_name}机动队", function="mobile_squad", street=street, parent=centre
            )
        )
        for c, community_name in enumerate(("南里", "北里")):
            community = Community.objects.create(
                code=f"{street.code}00{c + 1}", name=f"{street_name}{community_name}社区",
                short_name=f"{community_name}社区", pinyin=community_name, street=street,
                boundary=square(2 * s, c, 2, 1), **common,
            )  # fmt: skip
            units.append(
                _unit(
                    district,
                    "station",
                    f"{community}联勤工作站",
                    kind="workstation",
                    street=street,
                    community=community,
                )
            )
            Grid.objects.bulk_create(
                Grid(
                    code=f"{community.code}00{g + 1}", name=f"第{g + 1}网格", short_name=f"第{g + 1}网格",
                    community=community, boundary=square(2 * s + g, c), households=400, population=1000, **common,
                )
                for g in range(2)
            )  # fmt: skip
    Unit.objects.bulk_create(unit for unit in units if unit.pk is None)
    touch_ground()


def _unit(district: District, tail: str, name: str, *, kind: str = "duty_department", **where: Any) -> Unit:
    place = where.get("community") or where.get("street") or district
    function = where.get("function", "")
    return Unit(
        code=f"{place.code}-{tail}", name=name, short_name=name, pinyin=tail, kind=kind, district=district,
        level="street" if where.get("street") else "district", vertical=bool(function) and FUNCTIONS[function].vertical,
        synthetic=True, **where,
    )  # fmt: skip


def build_people() -> None:
    """Write the accounts and their posts. Nobody can sign in until ``sign_in_ready`` gives a password."""
    kinds = dict.fromkeys((*POSTS, *OFFICERS), "staff") | OTHERS
    User.objects.bulk_create(
        User(username=name, full_name=name, kind=kinds[name], officer=name if name in OFFICERS else "", password="!")
        for name in NAMES
    )
    users = {user.username: user for user in User.objects.filter(username__in=NAMES)}
    units, grids = {u.code: u for u in Unit.objects.all()}, {g.code: g for g in Grid.objects.all()}
    posts = [
        Membership(
            user=users[name], role=role, unit=units.get(where), grid=grids.get(where), post=post, starts_on=SINCE
        )
        for name, (role, where, post) in POSTS.items()
    ]
    Membership.objects.bulk_create(posts)
    write_grants(posts)


def build_cast() -> None:
    """Write the ground and the people unless they are there (a flush takes them away)."""
    if District.objects.filter(code=DISTRICT).exists():
        return
    with transaction.atomic():
        build_ground()
        build_people()


class SmallGround:
    """Names for the places and units of the small ground; reads each once per test."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        value = self._find(name)
        setattr(self, name, value)
        return value

    def _find(self, name: str) -> Any:
        codes = {"district": DISTRICT, "street": "320999001", "street2": "320999002"}
        if name == "district":
            return District.objects.get(code=codes[name])
        if name in codes:
            return Street.objects.get(code=codes[name])
        if name in {"community", "community2", "other_community"}:
            tail = {"community": "001001", "community2": "001002", "other_community": "002001"}[name]
            return Community.objects.get(code=DISTRICT + tail)
        if name in {"grid", "grid2", "other_grid"}:
            tail = {"grid": "001001001", "grid2": "001001002", "other_grid": "002001001"}[name]
            return Grid.objects.get(code=DISTRICT + tail)
        return self.unit(UNITS[name])

    @staticmethod
    def unit(tail: str) -> Unit:
        """``unit("001-market")``: the market squad of street 1; ``unit("-water")``: the district's water bureau."""
        return Unit.objects.get(code=DISTRICT + tail)


UNITS = {
    "command_center": "-centre",
    "sub_center": "001-centre",
    "sub_center2": "002-centre",
    "workstation": "001001-station",
    "other_workstation": "002001-station",
    "urban_squad": "001-urban_management",
    "market_squad": "001-market",
    "other_urban_squad": "002-urban_management",
    "own_squad": "001-mobile_squad",
    "urban_bureau": "-urban_management",
    "water_bureau": "-water",
    "power_bureau": "-power",
}


class Cast:
    """``cast.handler`` is an Actor, ``cast.user("handler")`` the account."""

    def __init__(self) -> None:
        self.user = cache(self._user)
        self._actors: dict[str, Actor] = {}

    def _user(self, name: str) -> User:
        return User.objects.get(username=name)

    def __getattr__(self, name: str) -> Actor:
        if name not in NAMES:
            raise AttributeError(name)
        if name not in self._actors:
            self._actors[name] = actor_for(self.user(name))
        return self._actors[name]

    def all(self) -> Iterator[tuple[str, Actor]]:
        """Every name with its actor."""
        return ((name, getattr(self, name)) for name in NAMES)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Write the cast once, below every test's transaction."""
    with ExitStack() as session:
        with django_db_blocker.unblock():
            build_cast()
            session.enter_context(copied_back())
        yield


@pytest.fixture
def small_ground(db: None) -> SmallGround:
    build_cast()  # A transactional test before this one may have flushed it.
    return SmallGround()


@pytest.fixture
def cast(small_ground: SmallGround) -> Cast:
    return Cast()
