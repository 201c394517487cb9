"""What a platform hears of an order that went on in another, or that ended without a result."""

from __future__ import annotations

from typing import Any

import pytest

from citizens.models import IntakeFile, IntakeMessage, IntakePlatform, ReturnMessage
from citizens.services.returns import lease_returns
from relay.services import drain
from tests.citizens.platforms import Sender, call, opened
from tests.workorders.conftest import HERE, Desk
from workorders import services as work
from workorders.models import EventText, Request, WorkOrder
from workorders.services.erasure import erase_texts

MERGED = "与另一件同样的事合并办理，之后的进展照样告知"


@pytest.fixture
def sender(desk: Desk, settings: Any) -> Sender:
    settings.LIANQIN_MESSAGE_HOSTS = ["http://127.0.0.1:*"]
    return opened(desk, "hotline_12345", return_address="http://127.0.0.1:9/returns")


def sent(desk: Desk, sender: Sender, number: str = "GD-1") -> WorkOrder:
    order = WorkOrder.objects.get(number=sender.send(call(number)).json()["number"])
    return desk.do(order, "place", desk.cast.district_dispatcher, lon=HERE[0], lat=HERE[1])


def merged(desk: Desk, order: WorkOrder, master: WorkOrder) -> WorkOrder:
    return desk.do(order, "merge", desk.cast.street_dispatcher, master=master.number)


def voided(desk: Desk, order: WorkOrder) -> None:
    desk.do(order, "void", desk.cast.street_dispatcher, reason="误报，内部意见")
    work.decide(request_id=Request.objects.get(order=order).pk, approve=True, by=desk.cast.street_dispatcher2)


def told(number: str = "GD-1") -> list[tuple[str, str]]:
    """As it will leave: in the order of the numbers, which are those in which it happened."""
    drain()
    found = ReturnMessage.objects.filter(external_ref=number).order_by("seq")
    assert [each.seq for each in found] == sorted({each.seq for each in found})
    return [(each.kind, each.text) for each in found]


def test_the_platform_follows_its_message_into_the_order_it_was_merged_into(desk: Desk, sender: Sender) -> None:
    master, order = desk.registered(), sent(desk, sender)
    merged(desk, order, master)
    assert told() == [("accepted", ""), ("merged", MERGED)]
    lead = desk.ground.urban_squad.code
    master = desk.do(master, "dispatch", desk.cast.street_dispatcher, lead=lead)
    master = desk.do(master, "acknowledge", desk.cast.handler)
    master = desk.do(master, "submit_result", desk.cast.handler, result="已修好，联系人 13900001234")
    assert told()[2:] == [("handled", "")]
    master = desk.do(master, "verify", desk.cast.street_dispatcher)
    # What was written for another reporter has no number of theirs in it.
    assert told()[3:] == [("closed", "已修好，联系人 ×××")]
    desk.do(master, "reopen", desk.cast.street_dispatcher, reason="回访发现没有修")
    assert [kind for kind, _text in told()] == ["accepted", "merged", "handled", "closed", "reopened"]
    assert set(ReturnMessage.objects.values_list("order_id", "external_ref")) == {(order.pk, "GD-1")}


def test_two_platforms_messages_in_one_order_are_told_under_their_own_numbers(desk: Desk, sender: Sender) -> None:
    master, other = sent(desk, sender, "GD-1"), sent(desk, sender, "GD-2")
    merged(desk, other, master)
    desk.do(master, "register", desk.cast.street_dispatcher, category="T01", conditions_confirmed=True)
    assert told("GD-1") == [("accepted", ""), ("registered", "")]
    assert told("GD-2") == [("accepted", ""), ("merged", MERGED), ("registered", "")]


def test_what_is_let_go_again_is_told_of_itself_and_no_more_of_the_other(desk: Desk, sender: Sender) -> None:
    master, order = desk.registered(), sent(desk, sender)
    merged(desk, order, master)
    voided(desk, master)
    assert [kind for kind, _text in told()] == ["accepted", "merged", "registered"]
    second = desk.registered()
    merged(desk, order, second)
    lead = desk.ground.urban_squad.code
    second = desk.do(second, "dispatch", desk.cast.street_dispatcher, lead=lead)
    second = desk.do(second, "acknowledge", desk.cast.handler)
    desk.do(second, "submit_result", desk.cast.handler, result="已清理")
    assert [kind for kind, _text in told()] == ["accepted", "merged", "registered", "merged", "handled"]


def test_what_came_before_the_merge_is_not_told_of(desk: Desk, sender: Sender) -> None:
    master, order = desk.handling(), sent(desk, sender)
    merged(desk, order, master)
    desk.do(master, "submit_result", desk.cast.handler, result="已清理")
    assert [kind for kind, _text in told()] == ["accepted", "merged", "handled"]


def test_what_the_police_wrote_down_goes_to_no_other_platform(desk: Desk, sender: Sender) -> None:
    master, order = desk.handling(source="police_110"), sent(desk, sender)
    merged(desk, order, master)
    master = desk.do(master, "submit_result", desk.cast.handler, result="已将某人带离")
    desk.do(master, "verify", desk.cast.street_dispatcher)
    assert told()[2:] == [("handled", ""), ("closed", "")]


def test_an_order_that_is_voided_leaves_its_platform_with_a_word(desk: Desk, sender: Sender) -> None:
    voided(desk, sent(desk, sender))
    # Why is ours alone: nobody wrote it for the reporter.
    assert told() == [("accepted", ""), ("voided", "")]


def test_it_is_handled_when_all_are_done_and_not_when_one_helped(desk: Desk, sender: Sender) -> None:
    order = sent(desk, sender)
    order = desk.do(order, "register", desk.cast.street_dispatcher, category="T01", conditions_confirmed=True)
    lead, helper = desk.ground.urban_squad.code, desk.ground.market_squad.code
    order = desk.do(order, "dispatch", desk.cast.street_dispatcher, lead=lead, assists=[helper])
    order = desk.do(order, "acknowledge", desk.cast.handler)
    order = desk.do(order, "submit_result", desk.cast.handler, result="已清理")
    assert [kind for kind, _text in told()] == ["accepted", "registered"]
    part = order.assignments.get(role="assist").pk
    desk.do(order, "override", desk.cast.handler, assignment_id=part, reason="已无须协办")
    assert [kind for kind, _text in told()] == ["accepted", "registered", "handled"]


def test_what_is_erased_by_law_stays_in_no_message(desk: Desk, sender: Sender) -> None:
    master, order = desk.handling(), sent(desk, sender)
    merged(desk, order, master)
    sender.send(call("GD-1", content="我是李某某，住三单元"))
    master = desk.do(master, "submit_result", desk.cast.handler, result="已与赵某某说好")
    desk.do(master, "verify", desk.cast.street_dispatcher)
    assert told()[-1] == ("closed", "已与赵某某说好")
    assert "李某某" in EventText.objects.get(order=master, field="comment").text
    erase_texts(number=order.number, reason="依法删除")
    messages = IntakeMessage.objects.values_list("sealed_raw", "sealed_fields")
    assert list(messages) == [("", ""), ("", "")]
    # What it said in the order into which it was merged goes as well, and nothing that others said there.
    assert not EventText.objects.filter(text__contains="李某某").exists()
    assert EventText.objects.filter(order=master, text="已与赵某某说好").exists()
    assert told()[-1] == ("closed", "")


def test_what_is_erased_of_the_other_order_goes_from_the_returns_as_well(desk: Desk, sender: Sender) -> None:
    master, order = desk.handling(), sent(desk, sender)
    merged(desk, order, master)
    master = desk.do(master, "submit_result", desk.cast.handler, result="已与赵某某说好")
    desk.do(master, "verify", desk.cast.street_dispatcher)
    assert told()[-1] == ("closed", "已与赵某某说好")
    erase_texts(number=master.number, reason="依法删除")
    assert told()[1:] == [("merged", MERGED), ("handled", ""), ("closed", "")]
    assert "" not in IntakeMessage.objects.values_list("sealed_raw", "sealed_fields").get()


def test_letters_of_the_number_of_what_is_erased_go_with_it(desk: Desk, sender: Sender) -> None:
    """One that the order could not take, and one that was given up: both repeat what it said."""
    order = sent(desk, sender)
    platform = IntakePlatform.objects.get()
    for place, state in enumerate(("dead", "discarded")):
        letter = IntakeMessage.objects.create(
            platform=platform, external_ref="GD-1", digest=f"{place}", sealed_raw="密文", sealed_fields="密文",
            state=state, is_first=False, version=1,
        )  # fmt: skip
        IntakeFile.objects.create(message=letter, place=1, kind="image", path=f"{place}", size=1)
    sender.send(call("GD-2"))
    erase_texts(number=order.number, reason="依法删除")
    found = IntakeMessage.objects.order_by("pk").values_list("state", "sealed_raw", "sealed_fields")
    assert list(found)[:3] == [("applied", "", ""), ("discarded", "", ""), ("discarded", "", "")]
    assert (len(found), "" in found[3]) == (4, False), "what is of another number stays"
    assert not IntakeFile.objects.exists()


def test_what_is_merged_waits_for_what_came_before_it(desk: Desk, sender: Sender) -> None:
    master, order = desk.registered(), sent(desk, sender)
    merged(desk, order, master)
    told()
    platform = IntakePlatform.objects.get()
    assert [each.kind for each in lease_returns(platform)] == ["accepted"]
    assert lease_returns(platform) == []
