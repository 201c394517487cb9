"""Reminders, supervision orders and accountability: through the services that every surface calls."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from django.db import OperationalError, transaction

from dispatch.errors import AccountabilityProposed, DocumentMoved, RemindedJustNow, SameHand
from dispatch.models import Notice, SupervisionOrder
from dispatch.selectors.supervision import official_of
from dispatch.services import (
    appeal,
    close_document,
    decide_accountability,
    judge,
    order_supervision,
    propose_accountability,
    remind,
    reply,
    review_appeal,
    sweep_replies,
)
from lianqin.kernel.errors import Invalid, NotAllowed, NotVisible, WrongState
from tests.workorders.conftest import Desk
from workorders.models import WorkOrder
from workorders.services import oversight
from workorders.services.auditor import breaches
from workorders.services.chain import verify_order

Shift = Callable[[dt.timedelta], None]


def supervised(desk: Desk, order: WorkOrder, tier: int | None = None) -> SupervisionOrder:
    return order_supervision(order_id=order.pk, by=desk.cast.commander, demands="请今日办结", tier=tier)


def told(document: SupervisionOrder) -> set[tuple[str, str]]:
    rows = Notice.objects.filter(order=document.order_id).exclude(key="").select_related("unit")
    return {(each.kind, each.unit.code if each.unit else "") for each in rows}


def test_a_reminder_stands_in_the_history_and_changes_nothing(desk: Desk) -> None:
    order = desk.handling()
    document = remind(order_id=order.pk, by=desk.cast.street_dispatcher, demands="请抓紧")
    after = WorkOrder.objects.get(pk=order.pk)

    assert (after.status, after.version, after.due_at) == (order.status, order.version, order.due_at)
    assert desk.events(order)[-1] == "reminded"
    assert official_of(document) == f"试联催〔{document.year}〕第 1 号"
    assert document.number == f"{order.number}-CB1"
    assert document.unit == desk.ground.urban_squad
    assert told(document) == {("urged", "320999001-urban_management")}
    assert list(verify_order(after)) == []
    assert list(breaches()) == []


def test_a_unit_is_not_reminded_again_within_half_an_hour(desk: Desk, shift: Shift) -> None:
    order = desk.handling()
    remind(order_id=order.pk, by=desk.cast.street_dispatcher)
    with pytest.raises(RemindedJustNow):
        remind(order_id=order.pk, by=desk.cast.district_dispatcher)
    assert desk.events(order).count("reminded") == 1
    shift(dt.timedelta(minutes=31))
    assert remind(order_id=order.pk, by=desk.cast.street_dispatcher).serial == 2


@pytest.mark.parametrize(
    ("who", "refusal"),
    [("handler", NotAllowed), ("community_officer", NotAllowed), ("other_street_dispatcher", NotVisible)],
)
def test_who_may_not_remind(desk: Desk, who: str, refusal: type[Exception]) -> None:
    order = desk.handling()
    with pytest.raises(refusal):
        remind(order_id=order.pk, by=getattr(desk.cast, who))
    assert "reminded" not in desk.events(order)


def test_a_commander_supervises_and_the_order_shows_the_tier(desk: Desk) -> None:
    order = desk.handling()
    first, second = supervised(desk, order), supervised(desk, order)

    assert [first.tier, second.tier] == [1, 2]
    assert [first.serial, second.serial] == [1, 2]
    assert WorkOrder.objects.get(pk=order.pk).supervision_tier == 2
    assert first.issuer_id == desk.cast.commander.user_id
    assert told(first) == {("supervision", "320999001-urban_management")}
    assert list(breaches()) == []


def test_only_the_district_supervises_by_hand(desk: Desk) -> None:
    order = desk.handling()
    for who in ("street_dispatcher", "district_dispatcher", "handler"):
        with pytest.raises(NotAllowed):
            order_supervision(order_id=order.pk, by=getattr(desk.cast, who), demands="请办结")
    assert not SupervisionOrder.objects.exists()


def test_a_closed_order_is_not_supervised(desk: Desk) -> None:
    with pytest.raises(WrongState):
        supervised(desk, desk.closed())


def test_an_addressee_has_to_do_with_the_order(desk: Desk) -> None:
    order = desk.handling()
    with pytest.raises(Invalid):
        order_supervision(
            order_id=order.pk, by=desk.cast.commander, demands="请办结", unit_id=desk.ground.water_bureau.pk
        )


def test_a_number_of_a_refused_document_is_not_lost(desk: Desk) -> None:
    order = desk.handling()
    first = supervised(desk, order)
    with suppress(RuntimeError), transaction.atomic():
        assert supervised(desk, order).serial == 2
        raise RuntimeError("the transaction is lost")
    assert (first.serial, supervised(desk, order).serial) == (1, 2)


def test_reply_return_reply_accept(desk: Desk) -> None:
    order = desk.handling()
    document, picture = supervised(desk, order), desk.picture(order)
    with pytest.raises(NotAllowed):
        reply(number=document.number, text="已在办", by=desk.cast.commander)
    reply(number=document.number, text="已在办", by=desk.cast.handler, evidence=[picture.pk])
    with pytest.raises(DocumentMoved):
        reply(number=document.number, text="又答", by=desk.cast.handler)
    with pytest.raises(Invalid):
        judge(number=document.number, accept=False, by=desk.cast.commander)
    judge(number=document.number, accept=False, judgement="没有办结时间", by=desk.cast.commander)
    reply(number=document.number, text="明日办结", by=desk.cast.handler)
    done = judge(number=document.number, accept=True, by=desk.cast.supervisor)

    assert done.state == "closed"
    assert [each.verdict for each in done.replies.order_by("pk")] == ["returned", "accepted"]
    assert done.acknowledged_by_id == desk.cast.handler.user_id


def test_evidence_of_another_order_is_no_evidence(desk: Desk) -> None:
    document, strange = supervised(desk, desk.handling()), desk.picture(desk.registered(title="另一件"))
    with pytest.raises(Invalid):
        reply(number=document.number, text="已办", by=desk.cast.handler, evidence=[strange.pk])


def test_who_replied_does_not_judge(desk: Desk) -> None:
    """The command centre itself is supervised: its commander replies, and another has to judge."""
    order = desk.at_district()
    document = supervised(desk, order)
    reply(number=document.number, text="已派单", by=desk.cast.commander)
    with pytest.raises(SameHand):
        judge(number=document.number, accept=True, by=desk.cast.commander)


def test_a_document_is_closed_with_a_reason(desk: Desk) -> None:
    document = supervised(desk, desk.handling())
    with pytest.raises(Invalid):
        close_document(number=document.number, reason=" ", by=desk.cast.commander)
    assert close_document(number=document.number, reason="已转专班", by=desk.cast.commander).state == "closed"
    assert sweep_replies() == 0


def test_what_goes_unanswered_is_told_once_and_rises_a_tier(desk: Desk, shift: Shift) -> None:
    order = desk.handling()
    document = supervised(desk, order)
    assert sweep_replies() == 0
    shift(dt.timedelta(days=10))
    assert sweep_replies() == 1

    documents = list(SupervisionOrder.objects.filter(order=order).order_by("tier"))
    assert [(each.tier, each.reason) for each in documents] == [(1, "by_hand"), (2, "not_answered")]
    assert documents[1].number == f"{order.number}-DB0-2"
    assert ("reply_overdue", "320999-centre") in told(document)
    assert sweep_replies() == 0, "the next tier has its own days"
    assert list(verify_order(WorkOrder.objects.get(pk=order.pk))) == []


def test_a_closed_order_does_not_rise(desk: Desk, shift: Shift) -> None:
    order = desk.submitted()
    supervised(desk, order)
    desk.do(order, "verify", desk.cast.street_dispatcher)
    shift(dt.timedelta(days=10))
    assert sweep_replies() == 1
    assert SupervisionOrder.objects.filter(order=order).count() == 1


def proposed(desk: Desk, order: WorkOrder) -> SupervisionOrder:
    top = supervised(desk, order, tier=3)
    assert top.unit_id is not None
    return propose_accountability(
        order_id=order.pk, unit_id=top.unit_id, facts="三级督办后仍未落实", opinion="建议约谈", measure="talk",
        after=top.number, by=desk.cast.district_dispatcher,
    )  # fmt: skip


def test_accountability_takes_two_and_an_appeal_a_third(desk: Desk) -> None:
    document = proposed(desk, desk.handling())
    assert document.state == "proposed"
    assert official_of(document) == f"试联责〔{document.year}〕第 1 号"
    with pytest.raises(NotVisible):
        appeal(number=document.number, text="不服", by=desk.cast.handler)
    with pytest.raises(NotAllowed):
        decide_accountability(number=document.number, uphold=True, decision="同意", by=desk.cast.supervisor)
    decide_accountability(number=document.number, uphold=True, decision="同意", by=desk.cast.commander)
    appeal(number=document.number, text="非本单位职责", by=desk.cast.handler)
    for who in (desk.cast.commander, desk.cast.district_dispatcher):
        with pytest.raises(NotAllowed):
            review_appeal(number=document.number, revoke=False, review="维持", by=who)
    after = review_appeal(number=document.number, revoke=False, review="维持", by=desk.cast.supervisor)
    assert after.state == "awaiting"
    with pytest.raises(DocumentMoved):
        appeal(number=document.number, text="再次申诉", by=desk.cast.handler)


def test_who_proposed_does_not_decide(desk: Desk) -> None:
    order = desk.handling()
    document = propose_accountability(
        order_id=order.pk, unit_id=desk.ground.urban_squad.pk, facts="拒不到场", opinion="建议通报", measure="notify",
        by=desk.cast.commander,
    )  # fmt: skip
    with pytest.raises(SameHand):
        decide_accountability(number=document.number, uphold=True, decision="同意", by=desk.cast.commander)


def test_without_a_third_tier_only_the_commander_proposes(desk: Desk) -> None:
    order = desk.handling()
    with pytest.raises(Invalid):
        propose_accountability(
            order_id=order.pk, unit_id=desk.ground.urban_squad.pk, facts="逾期", opinion="建议约谈", measure="talk",
            by=desk.cast.district_dispatcher,
        )  # fmt: skip


@pytest.mark.parametrize("fault", [OperationalError("deadlock detected"), RuntimeError("a fault of ours")])
def test_a_fault_while_a_tier_is_raised_loses_nothing(
    desk: Desk, shift: Shift, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    order = desk.handling()
    document = supervised(desk, order)
    shift(dt.timedelta(days=10))

    def broken(**told: object) -> None:
        raise fault

    with monkeypatch.context() as patched:
        patched.setattr(oversight, "supervise", broken)
        with suppress(OperationalError):
            assert sweep_replies() == 0
    document.refresh_from_db()
    assert document.missed_at is None
    assert ("reply_overdue", "320999-centre") not in told(document)

    assert sweep_replies() == 1
    assert list(SupervisionOrder.objects.filter(order=order).order_by("tier").values_list("tier", flat=True)) == [1, 2]


def test_an_unheeded_supervision_is_proposed_for_once_unless_that_was_dismissed(desk: Desk) -> None:
    order = desk.handling()
    document = proposed(desk, order)
    top = SupervisionOrder.objects.get(tier=3)
    assert top.unit_id is not None
    again: dict[str, Any] = {
        "order_id": order.pk, "unit_id": top.unit_id, "facts": "仍未落实", "opinion": "建议通报", "measure": "notify",
        "after": top.number, "by": desk.cast.district_dispatcher,
    }  # fmt: skip
    with pytest.raises(AccountabilityProposed):
        propose_accountability(**again)
    decide_accountability(number=document.number, uphold=False, decision="已落实", by=desk.cast.commander)

    second = propose_accountability(**again)
    decide_accountability(number=second.number, uphold=True, decision="同意", by=desk.cast.commander)
    appeal(number=second.number, text="非本单位职责", by=desk.cast.handler)
    with pytest.raises(AccountabilityProposed):
        propose_accountability(**again)
    review_appeal(number=second.number, revoke=True, review="撤销", by=desk.cast.supervisor)
    assert propose_accountability(**again).number == f"{order.number}-WZ3"
