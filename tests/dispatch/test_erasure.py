"""What is erased of an order by law goes from its whistles and documents too."""

from __future__ import annotations

import datetime as dt
import json

from django.core import serializers

from dispatch.models import Accountability, Summons, SupervisionOrder, SupervisionReply, Whistle
from dispatch.services import decide_accountability, judge, order_supervision, propose_accountability, reply
from dispatch.services.whistles import confirm_arrival, raise_up, raise_whistle
from lianqin.kernel import clock
from tests.workorders.conftest import Desk
from workorders.models import WorkOrder
from workorders.services.erasure import erase_texts

WHO = "张三13900001111"
GONE = "（内容已依法删除）"


def kept() -> str:
    """All that dispatch has written of orders, as one text."""
    models = (Whistle, Summons, SupervisionOrder, SupervisionReply, Accountability)
    rows = [row for model in models for row in serializers.serialize("python", model.objects.all())]
    return json.dumps(rows, default=str, ensure_ascii=False)


def whistled(desk: Desk, order: WorkOrder) -> Whistle:
    """One that was raised to a leader, after somebody came and somebody else did not."""
    whistle = raise_whistle(
        kind="community", by=desk.cast.community_officer, due_at=clock.now() + dt.timedelta(minutes=30),
        order_number=order.number, units=["320999001-market", "320999001-urban_management"], note=f"找{WHO}",
    )  # fmt: skip
    there, away = whistle.summonses.order_by("pk")
    confirm_arrival(summons_id=there.pk, note=f"{WHO}在场", by=desk.cast.community_officer)
    Summons.objects.filter(pk=away.pk).update(excuse=f"{WHO}不让进")
    return raise_up(whistle_id=whistle.pk, reason=f"{WHO}不配合", by=desk.cast.community_officer)


def documented(desk: Desk, order: WorkOrder) -> None:
    document = order_supervision(order_id=order.pk, by=desk.cast.commander, demands=f"联系{WHO}", tier=3)
    reply(number=document.number, text=f"已与{WHO}沟通", by=desk.cast.handler)
    judge(number=document.number, accept=True, judgement=f"{WHO}认可", by=desk.cast.commander)
    assert document.unit_id is not None
    asked = propose_accountability(
        order_id=order.pk, unit_id=document.unit_id, facts=f"{WHO}投诉", opinion=f"向{WHO}致歉", measure="talk",
        by=desk.cast.district_dispatcher, after=document.number,
    )  # fmt: skip
    decide_accountability(number=asked.number, uphold=False, decision=f"{WHO}已谅解", by=desk.cast.commander)
    Accountability.objects.update(appeal=f"{WHO}申诉", review=f"{WHO}复核")


def test_whistles_and_documents_lose_their_words_and_keep_what_happened(desk: Desk) -> None:
    order = desk.handling(title=f"{WHO}家噪音", address=f"南里一号楼{WHO}")
    other = desk.handling(title="路面破损")
    spared = raise_whistle(
        kind="community", by=desk.cast.community_officer, due_at=clock.now() + dt.timedelta(minutes=30),
        order_number=other.number, units=["320999001-market"], note="带围挡",
    )  # fmt: skip
    whistled(desk, order)
    documented(desk, order)
    assert kept().count(WHO) == 20

    erase_texts(number=order.number, reason="当事人要求")

    assert WHO not in kept()
    first, above = Whistle.objects.filter(order=order).order_by("pk")
    assert (first.matter, first.address, first.note, first.outcome) == (GONE, GONE, GONE, GONE)
    assert (first.state, above.raised_from_id, above.matter, above.outcome) == ("raised_up", first.pk, GONE, "")
    assert list(first.summonses.order_by("pk").values_list("how", "witness_note", "excuse")) == [
        ("witness", GONE, ""), ("", "", GONE),
    ]  # fmt: skip
    record = Accountability.objects.get()
    assert (record.facts, record.decision, record.measure) == (GONE, GONE, "talk")
    spared.refresh_from_db()
    assert (spared.matter, spared.note) == ("路面破损", "带围挡")
