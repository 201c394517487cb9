"""What can be chosen on the pages of people."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from grids.ground import in_force
from grids.models import Grid, Membership, Post, Role, Street, Unit
from grids.rules import ROLE_UNITS, grid_in

Option = tuple[Any, Any]


def streets() -> list[Option]:
    return list(Street.objects.filter(in_force()).order_by("code").values_list("code", "short_name"))


def roles() -> list[Option]:
    return list(Role.choices)


def posts() -> list[Option]:
    return list(Post.choices)


def states() -> list[Option]:
    return [
        ("password", _("尚未设置密码")),
        ("waiting", _("任职待确认")),
        ("no_post", _("无岗位")),
        ("double", _("兼岗")),
        ("leaving", _("即将离任")),
        ("inactive", _("已停用")),
    ]


def units_for(role: str = "") -> list[Option]:
    """Active units in which a role can be held (any role: all), the district's first."""
    units = Unit.objects.filter(active=True).select_related("street").defer("street__boundary")
    if role in ROLE_UNITS:
        units = units.filter(kind__in=ROLE_UNITS[role])
    ordered = sorted(units, key=lambda unit: (unit.street.code if unit.street else "", unit.kind, unit.pinyin))
    return [(unit.code, f"{unit.short_name}（{unit.street or _('区级')}）") for unit in ordered]


def grids() -> list[Option]:
    """Grids in force with the community that they lie in."""
    rows = Grid.objects.filter(in_force()).order_by("code").values_list("code", "community__short_name", "short_name")
    return [(code, grid_in(community, name)) for code, community, name in rows]


def principals(membership: Membership) -> list[Option]:
    """Those in the same unit or grid whose deputy somebody can be."""
    held = Membership.objects.filter(unit=membership.unit_id, grid=membership.grid_id, standing="", ends_on=None)
    held = held.exclude(user=membership.user_id).select_related("user")
    return [(post.pk, f"{post.user} · {post.get_post_display() or post.get_role_display()}") for post in held]
