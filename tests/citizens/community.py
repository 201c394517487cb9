"""Citizens of the small ground with a standing in its first community, and their browsers."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django.test import Client

from citizens.models import PatrolShift, PatrolTeam, Standing
from citizens.services.standing import ask_for_standing, decide_standing
from citizens.services.volunteers import plan_shift, save_team
from lianqin.kernel import clock
from tests.workorders.conftest import HERE, Desk

SHANGHAI = dt.timezone(dt.timedelta(hours=8))


def window(desk: Desk, name: str) -> Client:
    client = Client()
    client.force_login(desk.cast.user(name), backend="django.contrib.auth.backends.ModelBackend")
    return client


def is_a(desk: Desk, name: str, role: str, *, adult: bool = True, community: Any = None, **told: Any) -> Standing:
    """Ask, and have it confirmed by whoever looks after the street."""
    where = community or desk.ground.community
    user = desk.cast.user(name)
    row = ask_for_standing(user_id=user.pk, community_id=where.pk, role=role, note="三幢")
    by = desk.cast.street_dispatcher if where.street_id == desk.ground.street.pk else desk.cast.other_street_dispatcher
    if role == "observer":
        told.setdefault("until", clock.now().date() + dt.timedelta(days=300))
    return decide_standing(standing_id=row.pk, confirm=True, by=by, adult=adult, **told)


def team(desk: Desk, leader: str | None = None) -> PatrolTeam:
    told = {"name": "夜巡一队", "cancel_hours": 6, "leader": desk.cast.user(leader).pk if leader else None}
    return save_team(by=desk.cast.community_officer, community_id=desk.ground.community.pk, told=told)


def evening(
    desk: Desk, of: PatrolTeam, *, days: int = 2, hour: int = 20, hours: int = 2, places: int = 6
) -> PatrolShift:
    day = clock.now().astimezone(SHANGHAI).date() + dt.timedelta(days=days)
    starts = dt.datetime.combine(day, dt.time(hour), SHANGHAI)
    return plan_shift(
        team_id=of.pk, by=desk.cast.community_officer, starts_at=starts, ends_at=starts + dt.timedelta(hours=hours),
        place="东门岗亭", places=places, point=HERE,
    )  # fmt: skip


def plain(answer: Any) -> str:
    """The words of a page, without its marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))
