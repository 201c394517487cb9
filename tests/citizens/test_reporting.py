"""What a citizen may do through the API of the staff: report. What comes of it is told on the public site."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.workorders.conftest import HERE, Desk
from workorders.models import Event, WorkOrder

Api = Callable[[str], Any]
ORDERS = "/api/v1/work-orders/"


def reported(api: Api, **more: Any) -> str:
    told = {"title": "楼道堆物", "lon": HERE[0], "lat": HERE[1], "category": "T01", **more}
    answer = api("citizen").post(ORDERS, told, format="json")
    assert answer.status_code == 201, answer.json()
    return str(answer.json()["number"])


def test_a_citizen_reports_as_a_citizen_whatever_is_claimed(desk: Desk, api: Api) -> None:
    number = reported(api, source="inspection")
    order = WorkOrder.objects.get(number=number)
    assert (order.source, order.status, order.reporter) == ("citizen", "reported", desk.cast.user("citizen"))


def test_a_picture_may_follow_and_nothing_else(desk: Desk, api: Api) -> None:
    number = reported(api)
    assert api("citizen").get(f"{ORDERS}{number}/").status_code == 403
    assert api("citizen2").post(f"{ORDERS}{number}/attachments/", {"stage": "report"}).status_code == 404
    before = Event.objects.count()
    for action in ("register", "withdraw", "comment"):
        assert api("citizen").post(f"{ORDERS}{number}/{action}/", {"reason": "x"}, format="json").status_code == 403
    assert Event.objects.count() == before


def test_a_repeat_tells_nothing_of_what_staff_wrote_meanwhile(desk: Desk, api: Api) -> None:
    number = reported(api, external_ref="mine-1")
    order, clerk = WorkOrder.objects.get(number=number), desk.cast.street_dispatcher
    order = desk.do(order, "register", clerk, conditions_confirmed=True)
    lead = desk.ground.urban_squad.code
    desk.do(order, "dispatch", clerk, lead=lead, instruction="此人常来电，慢些办")
    told = {"title": "楼道堆物", "lon": HERE[0], "lat": HERE[1], "external_ref": "mine-1"}
    answer = api("citizen").post(ORDERS, told, format="json")
    assert (answer.status_code, answer.json()["number"]) == (200, number)
    assert (answer.json()["assignments"], answer.json()["requests"]) == ([], [])
