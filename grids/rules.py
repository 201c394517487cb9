"""Pure tables: functions of departments, roles, and what each role is granted where."""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Function(NamedTuple):
    name: str | Promise
    vertical: bool  # Managed by the city or the province: the district may ask, not order.


FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {
        "urban_management": Function(_("城管"), False),
        "sanitation": Function(_("环卫"), False),
        "housing": Function(_("住建"), False),
        "water": Function(_("水务"), False),
        "environment": Function(_("生态环境"), True),
        "transport": Function(_("交通"), False),
        "traffic_police": Function(_("交警"), True),
        "public_security": Function(_("公安"), False),
        "fire": Function(_("消防"), True),
        "emergency": Function(_("应急"), False),
        "market": Function(_("市场监管"), False),
        "health": Function(_("卫健"), False),
        "civil_affairs": Function(_("民政"), False),
        "human_resources": Function(_("人社"), False),
        "education": Function(_("教育"), False),
        "agriculture": Function(_("农业农村"), False),
        "justice": Function(_("司法"), False),
        "planning": Function(_("规划资源"), True),
        "gas": Function(_("燃气"), True),
        "power": Function(_("供电"), True),
        "greening": Function(_("园林"), False),
        "petition": Function(_("信访"), False),
        "culture": Function(_("文旅"), False),
        "mobile_squad": Function(_("联勤机动"), False),  # A centre's own squad.
    }
)


# Departments that may enforce the law. The others, and a centre's own squad, mend, clear and serve.
ENFORCING: frozenset[str] = frozenset(
    {
        *("urban_management", "environment", "transport", "traffic_police", "public_security", "fire", "emergency"),
        *("market", "health", "planning", "culture"),
    }
)


class Role(StrEnum):
    DISTRICT_COMMANDER = "district_commander"
    DISTRICT_DISPATCHER = "district_dispatcher"
    STREET_DISPATCHER = "street_dispatcher"
    COMMUNITY_OFFICER = "community_officer"
    DEPARTMENT_HANDLER = "department_handler"
    GRID_WORKER = "grid_worker"
    SUPERVISOR = "supervisor"
    UNIT_LEADER = "unit_leader"
    GROUP_MEMBER = "group_member"


REPORT = "report_orders"  # Everybody with a post, on the district.
# People who need attention: for who answers for that very ground, and nobody above or beside them.
VIEW_ATTENTION = "view_attention"
# News of the outbox: boundaries in force are others now. Tells ``plan``, ``effective_on``, ``communities`` and the keys
# of the ``grids`` that ended or were reshaped.
GROUND_CHANGED = "ground.changed"
# The stream that the platform itself plays, in demos and tests.
DEMO_STREAM = "/configuration/cameras/demo/{channel}/index.m3u8"
# The host of a video gateway, and its port if it has one: what goes into the policy of a page, and nothing more.
NETLOC = r"[a-z0-9](?:[a-z0-9.-]{0,199})(?::[1-9][0-9]{0,4})?"
_CENTRE = ("view_orders", "register_orders", "dispatch_orders", "check_orders", "approve_requests")

# What appoint() writes, on the place or unit that the post belongs to (see services.place_of_post).
GRANTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        Role.DISTRICT_COMMANDER: (*_CENTRE, "command_orders", "supervise_orders"),
        Role.DISTRICT_DISPATCHER: _CENTRE,
        Role.STREET_DISPATCHER: _CENTRE,
        Role.SUPERVISOR: ("view_orders", "check_orders", "supervise_orders"),
        Role.COMMUNITY_OFFICER: ("view_orders", "claim_orders", "confirm_orders"),
        Role.DEPARTMENT_HANDLER: ("view_orders", "handle_orders"),
        Role.UNIT_LEADER: ("view_orders",),
        Role.GROUP_MEMBER: (),
    }
)
# A grid is no object of guardian's: what a post gives there follows from the membership alone.
GRID_GRANTS: tuple[str, ...] = ("view_orders", "handle_on_site")
GRID_LEADER_GRANTS: tuple[str, ...] = (*GRID_GRANTS, "confirm_orders")

# Which kinds of unit a role may be held in; a grid worker is posted on a grid instead.
ROLE_UNITS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        Role.DISTRICT_COMMANDER: frozenset({"command_center"}),
        Role.DISTRICT_DISPATCHER: frozenset({"command_center"}),
        Role.STREET_DISPATCHER: frozenset({"sub_center"}),
        Role.SUPERVISOR: frozenset({"command_center", "sub_center"}),
        Role.COMMUNITY_OFFICER: frozenset({"workstation"}),
        Role.DEPARTMENT_HANDLER: frozenset({"duty_department"}),
        Role.GRID_WORKER: frozenset(),
        Role.UNIT_LEADER: frozenset(
            {
                *("command_center", "sub_center", "workstation", "duty_department"),
                *("leading_group", "office", "social_group", "contractor"),
            }
        ),
        Role.GROUP_MEMBER: frozenset({"leading_group", "office"}),
    }
)


class PostNorm(NamedTuple):
    """How many people a comprehensive grid has in a post; a dedicated grid is headed by its occupying unit."""

    least: int
    most: int


POST_NORMS: Mapping[str, PostNorm] = MappingProxyType(
    {
        "grid_leader": PostNorm(1, 1),
        "full_time_worker": PostNorm(1, 1),
        "part_time_worker": PostNorm(4, 6),
    }
)
# Who must not be alone in office: a deputy or a second holder takes over.
NEEDS_DEPUTY: frozenset[str] = frozenset({Role.DISTRICT_COMMANDER, Role.UNIT_LEADER})
GRIDS_A_LEADER = 3  # Leads more than these: the list of double duties names it.


class NormState(StrEnum):
    """How the size of a grid stands to its norm."""

    WITHIN = "within"
    OVER = "over"
    UNDER = "under"
    UNKNOWN = "unknown"  # Neither households nor people are known.
    EXEMPT = "exempt"  # A dedicated grid is as large as the place that somebody occupies.


class Norm(NamedTuple):
    """Households and people that a grid should have, both ends included."""

    households_min: int
    households_max: int
    people_min: int
    people_max: int


# 300-500 households or about 1,000 people; in towns towards 500 households, in the country towards 300.
DEFAULT_NORMS: Mapping[str, Norm] = MappingProxyType(
    {"urban": Norm(400, 500, 800, 1200), "rural": Norm(300, 400, 800, 1200)}
)


class Measured(NamedTuple):
    """A grid against its norm; what it has too many (positive) or too few (negative), 0 where it is within."""

    state: NormState
    households_off: int
    people_off: int

    @property
    def fewer_households(self) -> int:
        return max(0, -self.households_off)

    @property
    def fewer_people(self) -> int:
        return max(0, -self.people_off)


def against_norm(*, kind: str, households: int, people: int, norm: Norm) -> Measured:
    """Measure a grid. It is within the norm by its households or by its people: either is enough, 0 is unknown."""
    if kind == "dedicated":
        return Measured(NormState.EXEMPT, 0, 0)
    if not households and not people:
        return Measured(NormState.UNKNOWN, 0, 0)
    off = _off(households, norm.households_min, norm.households_max)
    people_off = _off(people, norm.people_min, norm.people_max)
    if (households and not off) or (people and not people_off):
        return Measured(NormState.WITHIN, off, people_off)
    return Measured(NormState.OVER if (off or people_off) > 0 else NormState.UNDER, off, people_off)


def _off(value: int, least: int, most: int) -> int:
    """How far a known value lies outside; 0 for an unknown one."""
    if not value or least <= value <= most:
        return 0
    return value - most if value > most else value - least


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day ``months`` later, or the last of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = monthrange(year, month + 1)[1]
    return dt.date(year, month + 1, min(day.day, last))


def quarter_of(day: dt.date) -> dt.date:
    """The first day of the quarter."""
    return dt.date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def months_of(quarter: dt.date) -> tuple[dt.date, dt.date, dt.date]:
    """The first days of a quarter's months."""
    return quarter, add_months(quarter, 1), add_months(quarter, 2)


def places_for(households: int, households_each: int) -> int:
    """How many stewards that many households have: one a measure, rounded; at least one if anybody lives."""
    return max(1, round(households / households_each)) if households else 0


def grid_in(community: str, grid: str) -> str:
    """A grid with its community, which many grids are named by already."""
    return grid if grid.startswith(community) else f"{community} {grid}"
