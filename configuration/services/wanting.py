"""A post for somebody, from what was typed or sent: people by user name, places by code."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User, UserKind
from grids.ground import in_force
from grids.models import Grid, Membership, Unit
from grids.services import Wanted
from lianqin.kernel.errors import Invalid


def wanted_from(values: dict[str, Any]) -> Wanted:
    """A post from what was typed: people by user name, places by code. Raise Invalid with every fault."""
    faults: dict[str, list[str]] = {}
    user = User.objects.filter(username=str(values.get("user", "")).lower(), kind=UserKind.STAFF, officer="").first()
    if user is None:
        faults["user"] = [_("没有这个用户名的工作人员")]
    unit = Unit.objects.filter(code=values.get("unit") or "").first()
    if values.get("unit") and unit is None:
        faults["unit"] = [_("没有这个代码的单位")]
    grid = Grid.objects.filter(in_force(), code=values.get("grid") or "").defer("boundary").first()
    if values.get("grid") and grid is None:
        faults["grid"] = [_("没有这个代码的网格")]
    if faults:
        raise Invalid(fields=faults)
    assert user is not None
    return Wanted(
        user=user, role=values.get("role", ""), unit=unit, grid=grid, post=values.get("post") or "",
        standing=values.get("standing") or "", title=values.get("title") or "", starts_on=values.get("starts_on"),
    )  # fmt: skip


def principal_of(wanted: Wanted) -> Membership | None:
    """Whose deputy a wanted post would be: the holder of the same post there. Raise Invalid if there is none."""
    if not wanted.standing:
        return None
    held = Membership.objects.filter(
        unit=wanted.unit, grid=wanted.grid, role=wanted.role, post=wanted.post, standing="", ends_on=None
    )
    found = held.exclude(user=wanted.user).order_by("pk").first()
    if found is None:
        raise Invalid(fields={"standing": [_("那里还没有可协助的正职")]})
    return found
