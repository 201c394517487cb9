"""Made-up whistles and walks, through the API's own door."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Coroutine
from typing import Any

import httpx
import pytest
from rest_framework.test import APIClient
from shapely.geometry import shape

from dispatch.management.traffic import whistling
from dispatch.management.traffic.client import Account, Line, Pace
from dispatch.management.traffic.ground import Town
from dispatch.management.traffic.places import Cell
from dispatch.management.traffic.walking import Walks
from dispatch.management.traffic.whistling import Field
from dispatch.models import DutyPost, Position, Shift, Summons, Watch, Whistle
from grids.models import Grid, Unit
from lianqin.kernel import clock
from tests.workorders.conftest import Desk


class AtTheDoor(Account):
    """An account whose requests go to the API of this process."""

    def __init__(self, desk: Desk, who: str, role: str, unit: str) -> None:
        super().__init__(who, "", role, unit, Line(httpx.AsyncClient(), Pace(1000)))
        self.client = APIClient()
        self.client.force_login(desk.cast.user(who), backend="django.contrib.auth.backends.ModelBackend")

    async def send(self, method: str, path: str, **options: Any) -> httpx.Response:
        if method == "GET":
            answer = self.client.get(path, options.get("params") or {})
        else:
            answer = self.client.post(path, options["json"], format="json")
        return httpx.Response(answer.status_code, content=answer.content, headers=dict(answer.headers))


def run(work: Coroutine[Any, Any, int]) -> int:
    """Nothing here waits: without a loop the requests stay in the transaction of the test."""
    try:
        work.send(None)
    except StopIteration as done:
        return int(done.value)
    raise AssertionError("it waited")


@pytest.fixture
def people(desk: Desk) -> Callable[..., list[Account]]:
    names = dict(Unit.objects.values_list("code", "short_name"))

    def called(**at: tuple[str, str]) -> list[Account]:
        return [AtTheDoor(desk, who, role, names.get(unit, unit)) for who, (role, unit) in at.items()]

    return called


@pytest.fixture
def town(desk: Desk) -> Town:
    known = [
        Cell(grid.code, grid.code[:12], "南里社区", shape(grid.boundary or {}))
        for grid in Grid.objects.filter(boundary__isnull=False).order_by("code")
    ]
    units = {("street", "320999001", each): f"320999001-{each}" for each in ("urban_management",)}
    posts = {"community_officer": "320999001001", "grid_worker": known[0].code}
    return Town(known=known, matters=(), units=units, busy={}, posts=posts)


def test_a_whistle_is_called_answered_arrived_at_and_settled(
    people: Callable[..., list[Account]], town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(whistling, "ABSENT", 0.0)
    monkeypatch.setattr(whistling, "UNSOLVED", 0.0)
    monkeypatch.setattr(whistling, "ENOUGH", 1)
    accounts = people(
        district_dispatcher=("district_dispatcher", "320999-centre"),
        community_officer=("community_officer", "320999001001-station"),
        handler=("department_handler", "320999001-urban_management"),
    )
    out = Field(town, accounts, random.Random(4))
    for _look in range(40):
        run(out.once())
        if Whistle.objects.filter(state="settled").exists():
            break
    whistle = Whistle.objects.get(state="settled")
    assert whistle.raised_by is not None
    assert whistle.raised_by.username == "community_officer"
    rows = Summons.objects.filter(whistle=whistle)
    assert rows
    assert all(each.how == "position" and (each.distance_m or 0) <= 95 for each in rows)
    assert whistle.outcome in whistling.SOLVED


def test_who_never_comes_is_left_to_the_clock(
    people: Callable[..., list[Account]], town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(whistling, "ABSENT", 1.0)
    monkeypatch.setattr(whistling, "ENOUGH", 1)
    accounts = people(
        district_dispatcher=("district_dispatcher", "320999-centre"),
        community_officer=("community_officer", "320999001001-station"),
        handler=("department_handler", "320999001-urban_management"),
    )
    out = Field(town, accounts, random.Random(4))
    for _look in range(12):
        run(out.once())
    assert list(Whistle.objects.values_list("state", flat=True)) == ["raised"]
    assert not Summons.objects.exclude(arrived_at=None, acknowledged_at=None).exists()


def test_those_on_duty_walk_a_little_and_the_others_say_nothing(
    desk: Desk, people: Callable[..., list[Account]], town: Town
) -> None:
    now = clock.now()
    unit = Unit.objects.get(code="320999001-centre")
    shift = Shift.objects.create(
        unit=unit, name="早班", starts_at=now - dt.timedelta(hours=1), ends_at=now + dt.timedelta(hours=7),
        needed={"patrol": 1}, published_at=now,
    )  # fmt: skip
    worker = desk.cast.user("grid_worker")
    Watch.objects.create(shift=shift, user=worker, post=DutyPost.PATROL)
    accounts = people(grid_worker=("grid_worker", ""), handler=("department_handler", ""))
    walks = Walks(town, accounts, random.Random(2))

    assert run(walks.once()) == 1
    first = Position.objects.get()
    assert (first.user_id, town.known[0].contains(first.lon, first.lat)) == (worker.pk, True)
    assert run(walks.once()) == 0, "not before it is due"

    Position.objects.update(at=now - dt.timedelta(minutes=2))
    walks.next_at["grid_worker"] = 0
    assert run(walks.once()) == 1
    second = Position.objects.get()
    assert second.at > first.at
    assert 0 < abs(second.lon - first.lon) + abs(second.lat - first.lat) < 0.002
