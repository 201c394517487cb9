"""What the writes of whistles, duty, announcements, supervision and trials ask of the database, all of it."""

from __future__ import annotations

import datetime as dt

import pytest

from dispatch.models import Handover
from dispatch.services import ask_swap, order_supervision, write_handover
from dispatch.services.announcements import publish_announcement, save_announcement
from dispatch.services.whistles import raise_whistle
from lianqin.kernel import clock
from tests.dispatch.rosters import shift_at, watch
from tests.house.test_statements_of_writes import DUTY, door, statements
from tests.memory import forget
from tests.workorders.api import Door
from tests.workorders.conftest import Desk, _nothing_remembered, categories, desk

__all__ = ["_nothing_remembered", "categories", "desk", "door"]


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    forget()


def found(names: str) -> dict[str, int]:
    return {name: figure for name, figure in DUTY.items() if name.split()[1].startswith(tuple(names.split()))}


def test_whistles(desk: Desk, door: Door) -> None:
    order = desk.handling()
    due = clock.now() + dt.timedelta(hours=1)
    squad = desk.ground.urban_squad.code
    row = raise_whistle(
        kind="community", order_number=order.number, units=[squad], due_at=due, by=desk.cast.street_dispatcher
    )
    summons = row.summonses.get()
    called = {"kind": "community", "order": desk.handling().number, "units": [squad], "by": due.isoformat()}
    there = {"lon": order.lon, "lat": order.lat, "accuracy_m": 20}
    address = f"/api/v1/summonses/{summons.pk}/"
    assert found("whistles summons-") == {
        "POST whistles": statements(door.street_dispatcher.post, "/api/v1/whistles/", called, 201),
        "POST summons-acknowledge": statements(door.handler.post, f"{address}acknowledge/", {"minutes": 15}),
        "POST summons-arrive": statements(door.handler.post, f"{address}arrive/", there),
        "POST summons-confirm": statements(door.street_dispatcher.post, f"{address}confirm/", {"note": "带队到场"}),
    }


def test_positions(desk: Desk, door: Door) -> None:
    watch(shift_at(desk.ground.sub_center, -1, patrol=1), desk.cast.user("grid_worker"), "patrol")
    here = {"lon": 118.605, "lat": 32.055, "accuracy_m": 8}
    assert found("positions") == {
        "POST positions": statements(door.grid_worker.post, "/api/v1/positions/", here),
        "DELETE positions": statements(door.grid_worker.delete, "/api/v1/positions/", status=204),
    }


def test_rosters(desk: Desk, door: Door) -> None:
    centre, client = desk.ground.sub_center, door.street_dispatcher
    user, other = desk.cast.user("street_dispatcher"), desk.cast.user("street_dispatcher2")
    open_shift = shift_at(centre, 80)
    placed = watch(shift_at(centre, 120), other)
    soon = watch(shift_at(centre, 0.5), user)
    body = {"user": other.pk, "post": "dispatcher"}
    assert found("shift-watches watch") == {
        "POST shift-watches": statements(client.post, f"/api/v1/shifts/{open_shift.pk}/watches/", body, 201),
        "POST watch-take-up": statements(client.post, f"/api/v1/watches/{soon.pk}/take-up/"),
        "DELETE watch": statements(client.delete, f"/api/v1/watches/{placed.pk}/", status=204),
    }


def test_swaps(desk: Desk, door: Door) -> None:
    centre, partner = desk.ground.sub_center, desk.cast.user("street_dispatcher2")
    first, second = (watch(shift_at(centre, begins), desk.cast.user("street_dispatcher")) for begins in (20, 60))
    theirs = watch(shift_at(centre, 100), partner)
    asked = ask_swap(
        watch_id=first.pk, partner_id=partner.pk, partner_watch_id=None, reason="", by=desk.cast.street_dispatcher
    )
    told = {"watch": second.pk, "partner": partner.pk, "partner_watch": theirs.pk}
    assert found("swap") == {
        "POST swaps": statements(door.street_dispatcher.post, "/api/v1/swaps/", told, 201),
        "POST swap-answer": statements(
            door.street_dispatcher2.post, f"/api/v1/swaps/{asked.pk}/answer/", {"yes": True}
        ),
    }


def test_handovers(desk: Desk, door: Door) -> None:
    made = []
    for begins in (-7, -7.5):
        goes = shift_at(desk.ground.sub_center, begins)
        watch(goes, desk.cast.user("street_dispatcher"))
        made.append(Handover.objects.create(shift=goes, unit=desk.ground.sub_center, due_at=goes.ends_at))
    write_handover(handover_id=made[0].pk, important="寒潮", pending="", by=desk.cast.street_dispatcher)
    written, blank = (f"/api/v1/handovers/{each.pk}/" for each in made)
    assert found("handover-") == {
        "POST handover-write": statements(door.street_dispatcher.post, f"{blank}write/", {"important": "寒潮"}),
        "POST handover-sign": statements(door.street_dispatcher2.post, f"{written}sign/", {"remark": "已知悉"}),
    }


def test_announcements(desk: Desk, door: Door) -> None:
    by = desk.cast.district_dispatcher
    told = {"title": "值守", "body": "请到岗", "roles": [], "must_read": True,
            "read_by": clock.now() + dt.timedelta(days=1), "expires_at": None}  # fmt: skip
    shown, draft = (save_announcement(pk=None, data=told, by=by) for _ in range(2))
    publish_announcement(pk=shown.pk, by=by)
    assert found("announcement-") == {
        "POST announcement-confirm": statements(
            door.handler.post, f"/api/v1/announcements/{shown.pk}/confirm/", status=204
        ),
        "POST announcement-publish": statements(
            door.district_dispatcher.post, f"/api/v1/announcements/{draft.pk}/publish/"
        ),
    }


def test_supervision(desk: Desk, door: Door) -> None:
    order = desk.handling(title="督办统计")
    document = order_supervision(order_id=order.pk, by=desk.cast.commander, demands="请办结")
    address = f"/api/v1/supervision-orders/{document.number}/reply/"
    assert found("supervision-order-reply") == {
        "POST supervision-order-reply": statements(door.handler.post, address, {"text": "已办结"}),
    }


def test_trials(desk: Desk, door: Door) -> None:
    month = clock.now().astimezone(dt.timezone(dt.timedelta(hours=8))).date().replace(day=1).isoformat()
    told = {"name": "缩短", "since": month, "until": month, "shares": {"accept": 80}}
    assert found("trials") == {"POST trials": statements(door.district_dispatcher.post, "/api/v1/trials/", told, 202)}
