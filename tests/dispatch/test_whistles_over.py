"""A whistle whose order is over calls nobody any more."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.test import Client

from dispatch.models import Notice, Whistle
from dispatch.services.whistles import confirm_arrival, raise_up, raise_whistle, settle_whistle, sweep_summonses
from lianqin.kernel import clock
from tests.workorders.conftest import Desk
from workorders.models import WorkOrder


def called(desk: Desk, order: WorkOrder, minutes: int) -> Whistle:
    return raise_whistle(
        kind="community", by=desk.cast.community_officer, due_at=clock.now() + dt.timedelta(minutes=minutes),
        order_number=order.number, units=["320999001-market", "320999001-urban_management"],
    )  # fmt: skip


def told(kind: str) -> set[str]:
    return {each.unit.code for each in Notice.objects.filter(kind=kind).select_related("unit") if each.unit}


def test_it_ends_with_its_order_before_anybody_sets_out(desk: Desk) -> None:
    order = desk.submitted()
    whistle = called(desk, order, 300)
    assert sweep_summonses() == 0
    desk.do(order, "verify", desk.cast.street_dispatcher)
    assert not WorkOrder.objects.get(pk=order.pk).is_open
    page = Client()
    page.force_login(desk.cast.user("street_dispatcher"), backend="django.contrib.auth.backends.ModelBackend")
    beside = page.get(f"/orders/{order.number}/").content.decode()
    assert ("随工单结束" in beside, "待到场" in beside) == (True, False)

    assert sweep_summonses() == 1
    whistle.refresh_from_db()
    assert (whistle.state, whistle.outcome, whistle.ended_by_id) == ("cancelled", "工单已结束", None)
    assert whistle.ended_at is not None
    assert told("whistle_ended") == {"320999001-market", "320999001-urban_management"}
    assert sweep_summonses() == 0


def test_nobody_fails_to_come_to_what_is_over(desk: Desk, shift: Callable[[dt.timedelta], None]) -> None:
    order = desk.submitted()
    whistle = called(desk, order, 30)
    shift(dt.timedelta(minutes=31))
    assert sweep_summonses() == 2, "both are reminded"
    desk.do(order, "verify", desk.cast.street_dispatcher)
    shift(dt.timedelta(minutes=16))

    assert sweep_summonses() == 1
    assert sweep_summonses() == 0
    assert not whistle.summonses.exclude(no_show_at=None).exists()
    assert told("no_show") == set()
    assert Notice.objects.filter(kind="whistle_ended").count() == 2


def test_one_that_still_waits_for_a_leader_ends_with_its_order(desk: Desk) -> None:
    order = desk.submitted()
    by = desk.cast.community_officer
    below = called(desk, order, 300)
    above = raise_up(whistle_id=below.pk, reason="须区里协调", by=by)
    assert (above.kind, above.summonses.count()) == ("leader", 0)
    assert sweep_summonses() == 0
    desk.do(order, "verify", desk.cast.street_dispatcher)

    assert sweep_summonses() == 1
    above.refresh_from_db()
    assert (above.state, above.outcome, above.ended_by_id) == ("cancelled", "工单已结束", None)
    told_of_it = Notice.objects.get(kind="whistle_ended", url=f"/whistles/{above.pk}/")
    assert told_of_it.unit is not None
    assert told_of_it.unit.code == "320999-centre", "who was asked for a leader need not look for one any more"
    page = Client()
    page.force_login(desk.cast.user("district_dispatcher"), backend="django.contrib.auth.backends.ModelBackend")
    assert above.number not in page.get("/whistles/?state=open").content.decode()
    assert sweep_summonses() == 0


def test_one_to_which_nobody_came_ends_with_its_order(desk: Desk, shift: Callable[[dt.timedelta], None]) -> None:
    order = desk.submitted()
    whistle = called(desk, order, 30)
    for minutes in (31, 16):
        shift(dt.timedelta(minutes=minutes))
        assert sweep_summonses() == 2
    assert not whistle.summonses.filter(next_at__isnull=False).exists()
    desk.do(order, "verify", desk.cast.street_dispatcher)
    assert sweep_summonses() == 1
    whistle.refresh_from_db()
    assert whistle.state == "cancelled"
    assert whistle.summonses.exclude(no_show_at=None).count() == 2


def test_one_to_which_somebody_came_waits_to_be_told_what_came_of_it(desk: Desk) -> None:
    order = desk.submitted()
    whistle = called(desk, order, 30)
    for summons in whistle.summonses.all():
        confirm_arrival(summons_id=summons.pk, note="张队长", by=desk.cast.community_officer)
    desk.do(order, "verify", desk.cast.street_dispatcher)
    assert sweep_summonses() == 0
    told = settle_whistle(whistle_id=whistle.pk, solved=True, outcome="已清理", by=desk.cast.community_officer)
    assert told.state == "settled"
