"""Two at the same moment: sweepers strike a summons once, and one of two colleagues is the one who arrived."""

from __future__ import annotations

import datetime as dt
from functools import partial

import pytest
from django.db.models import F

from accounts.models import User
from dispatch.models import Notice, Summons
from dispatch.services.whistles import raise_whistle, sweep_summonses
from grids.models import Membership
from grids.services import write_grants
from lianqin.kernel import clock
from tests.cast import SINCE, SmallGround
from tests.workorders.conftest import Desk
from tests.workorders.test_races import at_once, signed

pytestmark = pytest.mark.django_db(transaction=True)


def summoned(desk: Desk, ground: SmallGround) -> Summons:
    whistle = raise_whistle(
        kind="community", order_number=desk.handling().number, units=[ground.urban_squad.code],
        due_at=clock.now() + dt.timedelta(hours=1), by=desk.cast.street_dispatcher,
    )  # fmt: skip
    return Summons.objects.get(whistle=whistle)


def test_two_sweepers_strike_a_summons_once(desk: Desk, small_ground: SmallGround) -> None:
    summons = summoned(desk, small_ground)
    Summons.objects.update(next_at=F("next_at") - dt.timedelta(hours=2))
    assert sorted(at_once([sweep_summonses] * 4)) == [0, 0, 0, 1]
    summons.refresh_from_db()
    assert summons.recalled_at is not None
    assert summons.no_show_at is None, "there is time to answer the reminder"
    assert Notice.objects.filter(key__contains=f"due:{summons.pk}").count() == 1


def test_of_two_colleagues_at_once_one_arrives(desk: Desk, small_ground: SmallGround) -> None:
    summons = summoned(desk, small_ground)
    colleague = User.objects.create(username="colleague", full_name="同事", password="!")
    post = Membership.objects.create(
        user=colleague, role="department_handler", unit=small_ground.urban_squad, starts_on=SINCE
    )
    write_grants([post])
    there = {"lon": summons.whistle.lon, "lat": summons.whistle.lat, "accuracy_m": 10}
    clients = [signed(desk.cast.user("handler")), signed(colleague)]
    path = f"/api/v1/summonses/{summons.pk}/arrive/"
    answers = at_once([partial(each.post, path, there, format="json") for each in clients])
    assert sorted(each.status_code for each in answers) == [200, 409]
    summons.refresh_from_db()
    assert (summons.how, summons.distance_m) == ("position", 0)
    assert summons.arrived_by is not None
    first = next(each for each in answers if each.status_code == 200)
    assert first.json()["summonses"][0]["arrived_at"] is not None
    assert summons.whistle.order is not None
    assert desk.events(summons.whistle.order).count("arrived") == 1
