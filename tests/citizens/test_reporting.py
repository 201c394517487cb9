"""What a citizen may do through the API, and what we owe them: an answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from relay.services import drain
from tests.workorders.conftest import HERE, Desk
from workorders import services
from workorders.models import Event, WorkOrder

Api = Callable[[str], Any]
ORDERS = "/api/v1/work-orders/"


def reported(api: Api, **more: Any) -> str:
    told = {"title": "楼道堆物", "lon": HERE[0], "lat": HERE[1], "category": "T01", **more}
    answer = api("citizen").post(ORDERS, told, format="json")
    assert answer.status_code == 201, answer.json()
    return str(answer.json()["number"])


def done(desk: Desk, number: str, *steps: tuple[str, str, dict[str, Any]]) -> WorkOrder:
    order = WorkOrder.objects.get(number=number)
    for action, name, data in steps:
        order = desk.do(order, action, getattr(desk.cast, name), **data)
    return order


CLOSE: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("register", "street_dispatcher", {"conditions_confirmed": True}),
    ("dispatch", "street_dispatcher", {"lead": "320999001-urban_management"}),
    ("acknowledge", "handler", {}),
    ("submit_result", "handler", {"result": "已清理"}),
    ("verify", "street_dispatcher", {}),
)


def declined(desk: Desk, number: str) -> WorkOrder:
    order = done(desk, number, ("decline", "street_dispatcher", {"reason": "现场未发现"}))
    request = order.requests.get()

    services.decide(request_id=request.pk, approve=True, by=desk.cast.street_dispatcher2)
    return WorkOrder.objects.get(pk=order.pk)


def test_a_citizen_reports_as_a_citizen_whatever_is_claimed(desk: Desk, api: Api) -> None:
    number = reported(api, source="inspection")
    order = WorkOrder.objects.get(number=number)
    assert (order.source, order.status, order.reporter) == ("citizen", "reported", desk.cast.user("citizen"))


def test_citizens_see_their_own_orders_and_no_others(desk: Desk, api: Api) -> None:
    number = reported(api)
    desk.report(title="别人的事")
    listed = api("citizen").get(ORDERS).json()["results"]
    assert [line["number"] for line in listed] == [number]
    assert api("citizen2").get(ORDERS).json()["results"] == []
    assert api("citizen2").get(f"{ORDERS}{number}/").status_code == 404
    assert api("citizen2").post(f"{ORDERS}{number}/withdraw/", {"reason": "不是我的"}, format="json").status_code == 404


def test_a_citizen_withdraws_what_is_not_yet_in_work(desk: Desk, api: Api) -> None:
    number = reported(api)
    answer = api("citizen").post(f"{ORDERS}{number}/withdraw/", {"reason": "已经清走了"}, format="json")
    assert (answer.status_code, answer.json()["status"]) == (200, "voided")

    second = reported(api)
    done(desk, second, *CLOSE[:2])
    refused = api("citizen").post(f"{ORDERS}{second}/withdraw/", {"reason": "不用了"}, format="json")
    assert (refused.status_code, refused.json()["code"]) == (409, "transition_not_allowed")


def test_a_declined_report_is_answered_and_contested_once_at_the_district(desk: Desk, api: Api) -> None:
    number = reported(api)
    declined(desk, number)
    drain()
    (told,) = api("citizen").get("/api/v1/notices/").json()["results"]
    assert (told["order"], told["text"]) == (number, "您反映的事项不予立案，可在五个工作日内提出异议")
    texts = [event["texts"] for event in api("citizen").get(f"{ORDERS}{number}/events/").json()]
    assert any(each.get("reason") == "现场未发现" for each in texts), "with the reason"

    answer = api("citizen").post(f"{ORDERS}{number}/contest/", {"reason": "堆物仍在"}, format="json")
    assert (answer.json()["status"], answer.json()["level"]) == ("reported", "district")
    again = api("citizen").post(f"{ORDERS}{number}/contest/", {"reason": "再来一次"}, format="json")
    assert again.status_code == 409


def test_contesting_is_over_after_five_workdays(desk: Desk, api: Api, shift: Callable[[dt.timedelta], None]) -> None:
    number = reported(api)
    declined(desk, number)
    shift(dt.timedelta(days=15))
    answer = api("citizen").post(f"{ORDERS}{number}/contest/", {"reason": "太晚了"}, format="json")
    assert (answer.status_code, answer.json()["need"]) == (409, "contestable")


def test_what_a_citizen_reopens_goes_to_the_district(desk: Desk, api: Api) -> None:
    number = reported(api)
    done(desk, number, *CLOSE)
    drain()
    (told,) = api("citizen").get("/api/v1/notices/").json()["results"]
    assert told["text"] == "您反映的事项已办结"

    answer = api("citizen").post(f"{ORDERS}{number}/reopen/", {"reason": "又堆满了"}, format="json")
    assert (answer.json()["status"], answer.json()["level"]) == ("registered", "district")


def test_citizens_are_offered_only_what_is_theirs(desk: Desk, api: Api) -> None:
    number = reported(api)
    offered = api("citizen").get(f"{ORDERS}{number}/actions/").json()["actions"]
    assert sorted(each["action"] for each in offered) == ["comment", "withdraw"]
    before = Event.objects.count()
    assert api("citizen").post(f"{ORDERS}{number}/register/", {}, format="json").status_code == 403
    assert Event.objects.count() == before
