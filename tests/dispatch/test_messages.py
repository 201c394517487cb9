"""What of notices leaves the house: to whom, when, together with what, in which words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from accounts.models import User
from dispatch.models import MessageTemplate, Notice, WaitingMessage
from dispatch.rules.messages import Words, due_at, faults_of, filled, grouped, mixed, quiet_until
from dispatch.services import plan_messages, send_notice, send_waiting, set_message_template, set_preferences
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import Invalid, NotAllowed
from relay.models import Channel, OutgoingMessage
from relay.services import drain, send_due
from relay.transports.sealing import seal
from tests.relay.receivers import receivers
from tests.workorders.conftest import Desk

CHINA = ZoneInfo("Asia/Shanghai")
Shift = Callable[[dt.timedelta], None]
MINUTES = dt.timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _noon(shift: Shift, settings: Any) -> None:
    """Nobody's quiet hours."""
    settings.LIANQIN_PUBLIC_URL = "https://lq.example.gov.cn"
    go_to(shift, 12)


def go_to(shift: Shift, hour: int) -> None:
    now = clock.now().astimezone(CHINA)
    there = now.replace(hour=hour, minute=0, second=0, microsecond=0)
    shift((there if there > now else there + dt.timedelta(days=1)) - now)


def sms() -> Channel:
    return Channel.objects.create(kind="sms", name="短信", address="http://127.0.0.1:9/", active=True)


def robot(unit_id: int, address: str = "http://127.0.0.1:9/") -> Channel:
    sealed = seal({"key": "k"})
    return Channel.objects.create(
        kind="wecom", name="中队群", address=address, active=True, owner=f"u:{unit_id}", sealed=sealed
    )


def phone(actor: Actor) -> None:
    User.objects.filter(pk=actor.user_id or 0).update(phone="13900001234")


def texts() -> list[str]:
    return list(OutgoingMessage.objects.order_by("pk").values_list("text", flat=True))


def test_a_new_dispatch_becomes_a_short_message_without_anybodys_words(desk: Desk, shift: Shift) -> None:
    sms()
    phone(desk.cast.handler)
    order = desk.dispatched(title="张三家门口占道")
    drain()
    assert (texts(), WaitingMessage.objects.count()) == ([], 1), "others may come"
    shift(6 * MINUTES)
    assert send_waiting() == 1
    assert send_waiting() == 0

    message = OutgoingMessage.objects.get()
    due = order.due_at
    assert due is not None
    said = due.astimezone(CHINA).strftime("%-m-%-d %H:%M")
    assert message.text == f"{order.number} 普通事项（东街南里社区第1网格）：新派单，请签收，{said} 到期"
    assert message.url == f"https://lq.example.gov.cn/orders/{order.number}/"
    assert (message.recipient, message.scope) == (f"p:{desk.cast.handler.user_id}", f"d:{order.district_id}")
    assert "张三" not in str(OutgoingMessage.objects.values().get())


def test_several_within_the_window_become_one(desk: Desk, shift: Shift) -> None:
    sms()
    phone(desk.cast.handler)
    orders = [desk.dispatched() for _ in range(3)]
    drain()
    shift(2 * MINUTES)
    orders += [desk.dispatched(), desk.dispatched()]
    drain()
    shift(4 * MINUTES)
    send_waiting()

    dues = [order.due_at for order in orders if order.due_at]
    assert texts() == [f"5 件新派单，最早 {min(dues).astimezone(CHINA).strftime('%-m-%-d %H:%M')} 到期"]
    assert WaitingMessage.objects.count() == 0


def test_what_was_read_meanwhile_is_not_sent_to_a_person(desk: Desk, shift: Shift) -> None:
    sms()
    robot(desk.ground.urban_squad.pk)
    phone(desk.cast.handler)
    desk.dispatched()
    drain()
    Notice.objects.update(read_at=clock.now())
    shift(6 * MINUTES)
    send_waiting()
    assert list(OutgoingMessage.objects.values_list("channel__kind", flat=True)) == ["wecom"]


def test_the_night_is_quiet_except_for_what_is_urgent(desk: Desk, shift: Shift) -> None:
    sms()
    phone(desk.cast.handler)
    go_to(shift, 23)
    person = desk.cast.handler.user_id or 0
    send_notice(key="a", kind="whistle", gravity="warn", facts={}, users=[person])
    send_notice(key="b", kind="whistle", gravity="critical", facts={"place": "凤凰社区"}, users=[person])
    drain()
    assert OutgoingMessage.objects.get().is_urgent
    shift(dt.timedelta(hours=7))
    assert send_waiting() == 0
    go_to(shift, 7)
    assert send_waiting() == 1
    assert len(texts()) == 2


def test_everybody_is_told_as_they_wish(desk: Desk) -> None:
    sms()
    phone(desk.cast.handler)
    set_preferences(
        by=desk.cast.handler, choices={"sms": {"dispatched": False, "returned": True}}, quiet_from=None,
        quiet_until=None, bundle_minutes=0,
    )  # fmt: skip
    unit = [desk.ground.urban_squad.pk]
    for kind in ("dispatched", "returned", "rework"):
        send_notice(key=kind, kind=kind, gravity="info", facts={}, units=unit)
    drain()
    assert sorted(OutgoingMessage.objects.values_list("template", flat=True)) == ["returned", "rework"]


def test_planned_twice_is_sent_once(desk: Desk, shift: Shift) -> None:
    sms()
    phone(desk.cast.handler)
    person = desk.cast.handler.user_id or 0
    send_notice(key="a", kind="whistle", gravity="critical", facts={}, users=[person])
    send_notice(key="b", kind="whistle", gravity="info", facts={}, users=[person])
    pks = list(Notice.objects.values_list("pk", flat=True))
    for _ in range(2):
        plan_messages(notice_ids=pks)
    assert (OutgoingMessage.objects.count(), WaitingMessage.objects.count()) == (1, 1)


def test_nobody_without_a_number_and_no_officer_is_written_to(desk: Desk) -> None:
    sms()
    User.objects.update(phone="")
    desk.dispatched()
    drain()
    assert WaitingMessage.objects.count() == 0


def test_from_a_dispatch_to_the_robot_of_the_squad(desk: Desk, shift: Shift, settings: Any) -> None:
    settings.LIANQIN_MESSAGE_HOSTS = ["http://127.0.0.1:*"]
    with receivers() as make:
        group = make()
        robot(desk.ground.urban_squad.pk, group.address)
        order = desk.dispatched()
        drain()
        shift(6 * MINUTES)
        send_waiting()
        send_due()
    (asked,) = group.asked
    assert order.number in asked.json["text"]["content"]


def test_a_channel_that_fails_is_told_to_the_command_centre(desk: Desk, shift: Shift, settings: Any) -> None:
    settings.LIANQIN_MESSAGE_HOSTS = []
    group = robot(desk.ground.urban_squad.pk)
    for number in range(6):
        send_notice(key=str(number), kind="whistle", gravity="critical", facts={}, units=[desk.ground.urban_squad.pk])
    drain()
    send_due()
    drain()
    told = Notice.objects.filter(kind="channel_failed").values_list("unit__code", flat=True)
    assert set(told) == {"320999-centre", "320999001-urban_management"}
    assert group.messages.filter(state="dead").count() >= 5


def test_only_the_system_administrator_changes_words_and_only_to_what_is_known(desk: Desk, shift: Shift) -> None:
    words = Words("{number} {says}", "{count} 件")
    with pytest.raises(NotAllowed):
        set_message_template(kind="dispatched", words=words, by=desk.cast.commander)
    with pytest.raises(Invalid) as refused:
        set_message_template(kind="dispatched", words=Words("{title}", "{number}"), by=desk.cast.sysadmin)
    assert sorted(refused.value.fields) == ["bundle", "single"]
    set_message_template(kind="dispatched", words=words, by=desk.cast.sysadmin)

    sms()
    phone(desk.cast.handler)
    order = desk.dispatched()
    drain()
    shift(6 * MINUTES)
    send_waiting()
    assert texts() == [f"{order.number} 新派单，请签收"]
    set_message_template(kind="dispatched", words=None, by=desk.cast.sysadmin)
    assert not MessageTemplate.objects.exists()


@pytest.mark.parametrize(
    ("now", "until"),
    [
        (dt.datetime(2026, 11, 22, 21, 59, tzinfo=CHINA), None),
        (dt.datetime(2026, 11, 22, 22, 0, tzinfo=CHINA), dt.datetime(2026, 11, 23, 7, 0, tzinfo=CHINA)),
        (dt.datetime(2026, 11, 22, 3, 0, tzinfo=CHINA), dt.datetime(2026, 11, 22, 7, 0, tzinfo=CHINA)),
        (dt.datetime(2026, 11, 22, 7, 0, tzinfo=CHINA), None),
    ],
)
def test_quiet_hours_over_midnight(now: dt.datetime, until: dt.datetime | None) -> None:
    found = quiet_until(now, dt.time(22), dt.time(7))
    assert found == until


def test_a_window_that_ends_in_the_night_ends_in_the_morning() -> None:
    late = dt.datetime(2026, 11, 22, 21, 58, tzinfo=CHINA)
    quiet = (dt.time(22), dt.time(7))
    assert due_at(late, is_urgent=False, quiet=quiet, minutes=5) == dt.datetime(2026, 11, 23, 7, tzinfo=CHINA)
    assert due_at(late, is_urgent=True, quiet=quiet, minutes=5) == late
    noon = dt.datetime(2026, 11, 22, 13, tzinfo=CHINA)
    assert quiet_until(noon, dt.time(12), dt.time(14)) == dt.datetime(2026, 11, 22, 14, tzinfo=CHINA)


def test_words_in_brackets_go_with_what_they_name() -> None:
    assert filled("{a}[（{b}）][，{c} 到期]", {"a": "一", "b": "", "c": "三"}) == "一，三 到期"
    assert filled("{a}", {"a": "{b}", "b": "x"}) == "{b}"
    assert mixed(["dispatched", "warned", "dispatched"]) == "3 条通知：新派单 2，时限预警 1"
    kinds = [name for _title, names in grouped() for name in names]
    assert len(kinds) == len(set(kinds))
    assert faults_of(Words("[{says}", "{count} 13800001111")) == {
        "single": "括号不成对",
        "bundle": "模板中不要写号码",
    }
