"""Acting on orders over HTTP: the answers in their order, and what a lost race is told."""

from __future__ import annotations

import pytest

from tests.cast import Cast
from tests.workorders.api import REPORT, ROOT, Door, url
from tests.workorders.conftest import Desk
from workorders.models import Event, Request, WorkOrder


@pytest.fixture
def door(cast: Cast) -> Door:
    return Door(cast)


def test_the_whole_loop(door: Door, desk: Desk) -> None:
    number = door.source.post(ROOT, REPORT).json()["number"]
    street, squad = door.street_dispatcher, desk.ground.urban_squad.code
    assert street.post(url(number, "register"), {"conditions_confirmed": True, "version": 1}).status_code == 200
    dispatched = street.post(url(number, "dispatch"), {"lead": squad, "instruction": "请速办"}).json()
    part = dispatched["assignments"][0]["id"]
    assert (dispatched["status"], dispatched["holder"]["code"]) == ("dispatched", squad)
    assert door.handler.post(url(number, "assignments", part, "acknowledge"), {}).json()["status"] == "handling"
    done = door.handler.post(url(number, "assignments", part, "submit_result"), {"result": "已清理"})
    assert done.json()["status"] == "submitted"
    assert street.post(url(number, "verify"), {}).json()["status"] == "closed"

    told = street.get(url(number, "events")).json()
    assert [event["kind"] for event in told] == [
        "report", "register", "dispatch", "acknowledge", "submit_result", "verify",
    ]  # fmt: skip
    assert told[4]["actor"] == {"name": "handler", "unit": "东街城管中队"}
    assert told[4]["texts"] == {"result": "已清理"}


def test_answers_come_in_their_order(door: Door, desk: Desk) -> None:
    order = desk.registered()
    address = url(order.number, "escalate")
    stale = {"version": 1}

    # 404 before everything.
    assert door.other_street_dispatcher.post(address, stale).status_code == 404
    # 409 stale before 409 state, before 403, before 400.
    answer = door.handler.post(url(order.number, "verify"), stale)
    assert answer.status_code == 404
    desk.do(order, "dispatch", desk.cast.street_dispatcher, lead=desk.ground.urban_squad.code)
    assert door.handler.post(url(order.number, "verify"), stale).json()["code"] == "stale_version"
    assert door.handler.post(url(order.number, "verify"), {}).json()["code"] == "transition_not_allowed"
    answer = door.handler.post(address, {})
    assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")
    answer = door.street_dispatcher.post(address, {})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["reason"])


def test_who_lost_is_told_what_happened(door: Door, desk: Desk) -> None:
    order = desk.registered()
    seen = door.street_dispatcher.get(url(order.number)).json()["version"]
    desk.do(order, "escalate", desk.cast.street_dispatcher2, reason="街道力量不足")
    before = Event.objects.count()

    sent = {"lead": desk.ground.urban_squad.code, "version": seen}
    body = door.street_dispatcher.post(url(order.number, "dispatch"), sent).json()

    assert (body["status"], body["code"], body["seen"]) == (409, "stale_version", seen)
    assert (body["current"]["status"], body["current"]["level"]) == ("registered", "district")
    assert [(event["kind"], event["texts"]) for event in body["since"]] == [("escalate", {"reason": "街道力量不足"})]
    assert Event.objects.count() == before


def test_a_joint_action_goes_by_the_version_of_its_assignment(door: Door, desk: Desk) -> None:
    order = desk.dispatched(desk.ground.market_squad.code)
    lead, assist = order.assignments.order_by("id")
    desk.do(order, "acknowledge", desk.cast.handler)

    address = url(order.number, "assignments", assist.pk, "acknowledge")
    assert door.handler2.post(address, {"version": assist.version}).status_code == 200
    answer = door.handler2.post(address, {"version": assist.version})
    assert (answer.status_code, answer.json()["code"]) == (409, "stale_version")
    assert [event["kind"] for event in answer.json()["since"]] == ["acknowledge"]
    assert answer.json()["current"]["assignment"]["version"] == assist.version + 1
    assert door.handler2.post(url(order.number, "assignments", lead.pk, "submit_result"), {}).status_code == 403
    assert door.handler2.post(url(order.number, "assignments", 10**9, "acknowledge"), {}).status_code == 404


def test_a_repeat_of_an_action_is_replayed_and_leaves_one_event(door: Door, desk: Desk) -> None:
    order = desk.registered()
    address, key = url(order.number, "escalate"), {"Idempotency-Key": "up"}
    first = door.street_dispatcher.post(address, {"reason": "力量不足"}, headers=key)
    again = door.street_dispatcher.post(address, {"reason": "力量不足"}, headers=key)
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert desk.events(order).count("escalate") == 1
    assert door.street_dispatcher.post(address, {"reason": "另一个"}, headers=key).status_code == 422


def test_requests_are_decided_by_somebody_else(door: Door, desk: Desk) -> None:
    order = desk.report()
    asked = door.street_dispatcher.post(url(order.number, "decline"), {"reason": "不属于本平台"}).json()
    pending = asked["requests"][0]
    assert (asked["status"], pending["kind"], pending["outcome"]) == ("reported", "decline", "pending")
    approve = url(order.number, "requests", pending["id"], "approve")

    own = door.street_dispatcher.post(approve, {})
    assert (own.status_code, own.json()["code"]) == (403, "same_person")
    offered = door.street_dispatcher2.get(url(order.number, "actions")).json()["requests"]
    assert [each["id"] for each in offered] == [pending["id"]]
    done = door.street_dispatcher2.post(approve, {"answer": "同意"}).json()
    assert (done["status"], done["requests"][0]["answer"]) == ("declined", "同意")
    again = door.street_dispatcher2.post(approve, {})
    assert (again.status_code, again.json()["code"]) == (409, "request_closed")
    assert again.json()["detail"] == "该申请已经办结"
    assert again.json()["current"]["status"] == "declined"


def test_a_refused_request_leaves_the_order_as_it_is(door: Door, desk: Desk) -> None:
    order = desk.report()
    door.street_dispatcher.post(url(order.number, "void"), {"reason": "重复登记"})
    request = Request.objects.get()
    other = desk.report()
    assert door.street_dispatcher2.post(url(other.number, "requests", request.pk, "refuse"), {}).status_code == 404
    for silence in ({}, {"answer": ""}, {"answer": " "}):
        mute = door.street_dispatcher2.post(url(order.number, "requests", request.pk, "refuse"), silence)
        assert (mute.status_code, list(mute.json()["errors"])) == (400, ["answer"])
    answer = door.street_dispatcher2.post(url(order.number, "requests", request.pk, "refuse"), {"answer": "不同意"})
    assert (answer.json()["status"], answer.json()["requests"][0]["outcome"]) == ("reported", "refused")


def test_a_conflict_tells_times_in_the_zone_of_the_order(door: Door, desk: Desk) -> None:
    order = desk.registered()
    told = door.street_dispatcher.post(url(order.number, "register"), {"conditions_confirmed": True})
    assert (told.status_code, told.json()["current"]["due_at"][-6:]) == (409, "+08:00")


@pytest.mark.parametrize("answer", ["长" * 1001, ["列表"], 7])
def test_an_answer_that_cannot_be_kept_is_a_fault_of_its_field(door: Door, desk: Desk, answer: object) -> None:
    order = desk.report()
    door.street_dispatcher.post(url(order.number, "void"), {"reason": "重复登记"})
    address = url(order.number, "requests", Request.objects.get().pk, "approve")
    got = door.street_dispatcher2.post(address, {"answer": answer})
    assert (got.status_code, list(got.json()["errors"])) == (400, ["answer"])
    assert WorkOrder.objects.get(pk=order.pk).status == "reported"
    assert door.street_dispatcher2.post(address, {"answer": "同\x00意"}).json()["requests"][0]["answer"] == "同意"


def test_actions_are_what_i_may_do_now_with_what_each_needs(door: Door, desk: Desk) -> None:
    order = desk.registered()
    told = door.street_dispatcher.get(url(order.number, "actions")).json()
    offers = {offer["action"]: offer for offer in told["actions"]}
    assert set(offers) == {
        "relocate", "reclassify", "merge", "dispatch", "escalate", "extend", "shelve", "void",
        "comment",
    }  # fmt: skip
    lead = offers["dispatch"]["inputs"][0]
    assert (lead["name"], lead["kind"], lead["required"]) == ("lead", "unit", False)
    assert desk.ground.urban_squad.code in [choice["value"] for choice in lead["choices"]]
    assert offers["dispatch"]["url"] == url(order.number, "dispatch")
    assert offers["void"]["asks_approval"] is True
    sent = {"lead": desk.ground.urban_squad.code, "version": offers["dispatch"]["version"]}
    assert door.street_dispatcher.post(offers["dispatch"]["url"], sent).status_code == 200

    told = door.handler.get(url(order.number, "actions")).json()["actions"]
    own = next(offer for offer in told if offer["action"] == "acknowledge")
    assert door.handler.post(own["url"], {"version": own["version"]}).json()["status"] == "handling"


def test_clocks_say_what_happens_next(door: Door, desk: Desk) -> None:
    order = desk.registered()
    clocks = {clock["stage"]: clock for clock in door.street_dispatcher.get(url(order.number, "timers")).json()}
    assert set(clocks) == {"resolve", "dispatch"}
    resolve, step = clocks["resolve"], clocks["resolve"]["next_step"]
    assert (resolve["state"], step["name"], step["effect"]) == ("pending", "half", "warn")
    assert abs(resolve["elapsed_seconds"] + resolve["remaining_seconds"] - resolve["total_seconds"]) < 0.01
    assert len(door.street_dispatcher.get(url(order.number, "timers") + "?all=1").json()) == 3


def test_what_is_no_action_is_not_found(door: Door, desk: Desk) -> None:
    order = desk.report()
    for verb in ("unmerge", "attach", "report", "fly"):
        assert door.street_dispatcher.post(url(order.number, verb), {}).status_code == 404


@pytest.mark.parametrize("body", [{"version": "two"}, {"version": -1}, {"version": True}, {"assignment": "x"}])
def test_a_version_is_a_number(door: Door, desk: Desk, body: dict[str, object]) -> None:
    order = desk.report()
    answer = door.street_dispatcher.post(url(order.number, "comment"), {"comment": "好", **body})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, list(body))


def test_a_batch_confirms_each_for_itself(door: Door, desk: Desk) -> None:
    def on_site(**data: object) -> WorkOrder:
        order = desk.report(source="grid_worker", by=desk.cast.grid_worker, **data)
        return desk.do(order, "handle_on_site", desk.cast.grid_worker, result="已劝离")

    mine = [on_site() for _ in range(3)]
    WorkOrder.objects.filter(pk__in=[each.pk for each in mine]).update(holder=desk.ground.workstation)
    other = desk.submitted()
    numbers = [*(order.number for order in mine), other.number, "PK20200101-000001"]
    body = door.community_officer.post(f"{ROOT}batch/verify/", {"numbers": numbers, "comment": "属实"}).json()

    assert (body["done"], body["refused"]) == (3, 2)
    assert [result["code"] for result in body["results"]] == ["", "", "", "not_on_site", "not_found"]
    assert {order.status for order in WorkOrder.objects.filter(number__in=numbers[:3])} == {"closed"}
    own = door.grid_worker.post(f"{ROOT}batch/verify/", {"numbers": [on_site().number]}).json()
    assert own["results"][0]["code"] == "permission_denied"
    assert door.community_officer.post(f"{ROOT}batch/verify/", {"numbers": []}).status_code == 400
