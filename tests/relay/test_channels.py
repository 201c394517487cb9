"""Messages to real receivers on this machine: nothing is lost, nothing is sent twice, nobody waits for another."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import unquote

import pytest
from django.db import transaction

from accounts.models import AuditEntry, User
from lianqin.kernel import clock
from lianqin.kernel.errors import Conflict, Invalid, NotAllowed, NotVisible
from relay.models import Channel, OutboxMessage, OutgoingMessage
from relay.services import (
    change_channel,
    create_channel,
    discard_message,
    lease_messages,
    queue_message,
    resend_message,
    rotate_secret,
    send_due,
    send_test,
)
from relay.transports.sealing import seal
from tests.cast import Cast
from tests.relay.receivers import Mailbox, Receiver, Reply, receivers
from tests.workorders.conftest import shift

__all__ = ["shift"]

Make = Callable[..., Receiver]
Shift = Callable[[dt.timedelta], None]
SECRETS = {
    "wecom": {"key": "k-1"},
    "dingtalk": {"access_token": "t-1", "secret": "SEC1"},
    "sms": {"secret": "s-1"},
    "webhook": {"secret": "w-1"},
    "mail": {},
}
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _local(settings: Any) -> None:
    settings.LIANQIN_MESSAGE_HOSTS = ["http://127.0.0.1:*", "smtp://127.0.0.1:*"]


@pytest.fixture
def make() -> Iterator[Make]:
    with receivers() as maker:
        yield maker


def channel(kind: str, address: str, **data: Any) -> Channel:
    named = {"name": f"{kind} {address[-5:]}", "active": True, **data}
    return Channel.objects.create(kind=kind, address=address, sealed=seal(SECRETS[kind]), **named)


def queue(to: Channel, key: str = "k", **data: Any) -> OutgoingMessage:
    with transaction.atomic():
        said = {"template": "dispatched", "subject": "新派单", "text": "SY20261122-000001 新派单，请签收"}
        message = queue_message(channel=to, key=key, **{**said, **data})
    assert message is not None
    return message


def states() -> dict[str, str]:
    return dict(OutgoingMessage.objects.values_list("key", "state"))


def test_wecom_gets_a_text_under_its_key(db: None, make: Make, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    robot = make()
    message = queue(channel("wecom", f"{robot.address}/cgi-bin/webhook/send"), url="https://x.example/orders/1/")
    send_due()

    (asked,) = robot.asked
    assert (asked.path, asked.query, asked.key) == ("/cgi-bin/webhook/send", {"key": "k-1"}, "k")
    said = "SY20261122-000001 新派单，请签收\nhttps://x.example/orders/1/"
    assert asked.json == {"msgtype": "text", "text": {"content": said}}
    message.refresh_from_db()
    assert (message.state, message.attempts, message.response_code) == ("sent", 1, "200/0")
    assert message.sent_at is not None
    assert "k-1" not in caplog.text, "the key is in no log"


def test_dingtalk_is_signed_as_it_documents(db: None, make: Make) -> None:
    robot = make()
    queue(channel("dingtalk", f"{robot.address}/robot/send"))
    send_due()

    (asked,) = robot.asked
    stamp = asked.query["timestamp"]
    assert abs(int(stamp) / 1000 - time.time()) < 30
    digest = hmac.new(b"SEC1", f"{stamp}\nSEC1".encode(), hashlib.sha256).digest()
    assert base64.b64decode(unquote(asked.query["sign"])) == digest
    assert asked.query["access_token"] == "t-1"


def test_a_gateway_is_spoken_to_in_its_own_form(db: None, make: Make, cast: Cast) -> None:
    gateway = make(Reply(body='{"data":{"code":"OK"}}'))
    person = cast.user("handler")
    User.objects.filter(pk=person.pk).update(phone="13900001234")
    options = {
        "method": "PUT", "headers": {"X-App": "lq"}, "body": '{"to":["{address}"],"msg":"【浦口】{text}","sn":"{key}"}',
        "success_path": "data.code", "success_value": "OK",
        "sign_header": "X-Sign", "sign_text": "{timestamp}|{body}", "sign_encoding": "base64",
    }  # fmt: skip
    queue(channel("sms", f"{gateway.address}/v2/sms", options=options), recipient=f"p:{person.pk}", text='引号" {key}')
    send_due()

    (asked,) = gateway.asked
    assert asked.json == {"to": ["13900001234"], "msg": '【浦口】引号" {key}', "sn": "k"}
    signed = f"{asked.headers['x-timestamp']}|{asked.body}".encode()
    digest = hmac.new(b"s-1", signed, hashlib.sha256).digest()
    assert asked.headers["x-sign"] == base64.b64encode(digest).decode()
    assert asked.headers["x-app"] == "lq"
    assert states() == {"k": "sent"}
    assert "13900001234" not in str(OutgoingMessage.objects.values().get())


def test_a_webhook_can_prove_who_sent_it(db: None, make: Make) -> None:
    hook = make(Reply(status=204, body=""))
    queue(channel("webhook", hook.address))
    send_due()
    (asked,) = hook.asked
    signed = f"{asked.headers['x-lianqin-timestamp']}.{asked.body}".encode()
    assert asked.headers["x-lianqin-signature"] == "sha256=" + hmac.new(b"w-1", signed, hashlib.sha256).hexdigest()
    assert asked.json["id"] == "k"
    assert states() == {"k": "sent"}


def test_mail_goes_over_smtp_and_a_refused_recipient_is_dead(db: None, cast: Cast) -> None:
    box, wall = Mailbox(), Mailbox(refuse="550 no such user handler@pukou.example")
    person = cast.user("handler")
    User.objects.filter(pk=person.pk).update(email="handler@pukou.example")
    for server, key in ((box, "a"), (wall, "b")):
        queue(channel("mail", server.address, options={"sender": "lq@pukou.example"}), key, recipient=f"p:{person.pk}")
    send_due()
    box.close()
    wall.close()

    (mail,) = box.mails
    assert "To: handler@pukou.example" in mail
    assert "Idempotency-Key: a" in mail
    assert "Message-ID: <ca978112ca1bbdcafac231b39a23dc4d@pukou.example>" in mail, "sha256 of a, by hand"
    assert states() == {"a": "sent", "b": "dead"}
    assert "handler@" not in OutgoingMessage.objects.get(key="b").response_excerpt


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (Reply(status=500, body="oops"), "500"),
        (Reply(body='{"errcode":-1,"errmsg":"system busy"}'), "200/-1"),
        (Reply(body="<html>not json"), "200"),
        (Reply(cut=True), "network"),
        (Reply(wait=5), "timeout"),
        (Reply(drip=True), "timeout"),
    ],
    ids=["500", "errcode", "nonsense", "cut", "hangs", "drips"],
)
def test_what_fails_is_tried_again_under_the_same_key(
    db: None, make: Make, shift: Shift, reply: Reply, code: str
) -> None:
    robot = make(reply, Reply())
    message = queue(channel("wecom", robot.address))
    send_due(patience=0.25)
    message.refresh_from_db()
    assert (message.state, message.response_code, message.attempts) == ("failed", code, 1)
    assert clock.now() < message.next_at

    send_due(patience=2)
    assert len(robot.asked) == 1, "not before its time"
    shift(MINUTE)
    send_due(patience=2)
    shift(MINUTE)
    send_due(patience=2)
    assert [asked.key for asked in robot.asked] == ["k", "k"], "and not once it was sent"
    assert states() == {"k": "sent"}


def test_an_answer_that_comes_late_is_waited_for(db: None, make: Make) -> None:
    queue(channel("wecom", make(Reply(wait=0.3)).address))
    send_due(patience=3)
    assert states() == {"k": "sent"}


def test_too_often_holds_the_channel_as_long_as_it_asks(db: None, make: Make, shift: Shift) -> None:
    robot = make(Reply(status=429, headers={"Retry-After": "240"}), Reply())
    busy = channel("wecom", robot.address)
    for number in range(3):
        queue(busy, f"k{number}")
    send_due()
    shift(3 * MINUTE)
    send_due()
    assert len(robot.asked) <= 2, "the lane that was under way, then nobody"
    shift(2 * MINUTE)
    send_due()
    assert set(states().values()) == {"sent"}
    busy.refresh_from_db()
    assert busy.failures == 0


def test_a_robot_that_says_too_fast_is_left_alone_for_a_minute(db: None, make: Make, shift: Shift) -> None:
    robot = make(Reply(body='{"errcode":45009,"errmsg":"api freq out of limit"}'), Reply())
    message = queue(channel("wecom", robot.address))
    send_due()
    message.refresh_from_db()
    assert message.next_at >= clock.now() + dt.timedelta(seconds=55)
    shift(MINUTE + dt.timedelta(seconds=5))
    send_due()
    assert states() == {"k": "sent"}


def test_dead_after_eight_attempts_and_at_once_when_it_is_hopeless(db: None, make: Make, shift: Shift) -> None:
    down, gone = make(Reply(status=502)), make(Reply(status=404))
    queue(channel("wecom", down.address), "down")
    queue(channel("wecom", gone.address), "gone")
    for _ in range(14):
        send_due()
        shift(dt.timedelta(hours=1))
    assert (len(down.asked), len(gone.asked)) == (8, 1)
    assert states() == {"down": "dead", "gone": "dead"}


def test_a_receiver_that_hangs_holds_up_nobody(db: None, make: Make) -> None:
    slow, quick = make(Reply(wait=9)), make()
    hanging, fine = channel("wecom", slow.address), channel("wecom", quick.address, rate_per_minute=600)
    for number in range(20):
        queue(hanging, f"slow-{number}", is_urgent=True)
        queue(fine, f"quick-{number}")
    begun = time.monotonic()
    send_due(seconds=1.5, patience=1)
    took = time.monotonic() - begun

    assert len(quick.asked) == 20
    assert took < 5
    assert 2 <= len(slow.asked) <= 4, "two at a time, for as long as patience lasts"
    assert {key for key, state in states().items() if state == "sent"} == {f"quick-{n}" for n in range(20)}


def test_a_broken_channel_rests_says_so_once_and_comes_back(db: None, make: Make, shift: Shift) -> None:
    robot = make(*[Reply(status=500)] * 7, Reply())
    broken = channel("wecom", robot.address, rate_per_minute=600)
    for number in range(12):
        queue(broken, f"k{number}")
    send_due()
    asked = len(robot.asked)
    assert 5 <= asked <= 6, "five failures, and the other of its lane"
    assert OutboxMessage.objects.filter(topic="channel.failed").count() == 1

    shift(dt.timedelta(seconds=35))
    send_due()
    assert len(robot.asked) == asked + 1, "one tries whether it is back"
    for _ in range(4):
        shift(10 * MINUTE)
        send_due()
    assert set(states().values()) == {"sent"}
    assert OutboxMessage.objects.filter(topic="channel.failed").count() == 1


def test_no_more_than_the_rate_leaves_in_a_minute(db: None, make: Make, shift: Shift) -> None:
    robot = make()
    slow = channel("wecom", robot.address, rate_per_minute=3)
    for number in range(7):
        queue(slow, f"k{number}")
    send_due()
    assert len(robot.asked) == 3
    shift(dt.timedelta(seconds=30))
    send_due()
    assert len(robot.asked) == 3
    shift(dt.timedelta(seconds=31))
    send_due()
    assert len(robot.asked) == 6


def test_a_killed_worker_costs_nothing_but_time(db: None, make: Make, shift: Shift) -> None:
    robot = make()
    queue(channel("wecom", robot.address))
    (job,) = lease_messages(limit=5)
    assert job.parcel is not None
    send_due()
    assert robot.asked == [], "leased"
    shift(dt.timedelta(seconds=61))
    send_due()
    assert [asked.key for asked in robot.asked] == ["k"]
    assert OutgoingMessage.objects.get().attempts == 2


def test_the_urgent_goes_first_and_an_inactive_channel_keeps_what_it_has(db: None, make: Make) -> None:
    robot = make()
    one = channel("wecom", robot.address, rate_per_minute=1)
    queue(one, "plain")
    queue(one, "urgent", is_urgent=True)
    queue(channel("wecom", make().address, active=False), "kept")
    send_due()
    assert states() == {"plain": "queued", "urgent": "sent", "kept": "queued"}


def test_nowhere_but_where_the_settings_allow(db: None, make: Make, settings: Any) -> None:
    robot = make()
    queue(channel("wecom", robot.address))
    settings.LIANQIN_MESSAGE_HOSTS = ["qyapi.weixin.qq.com"]
    send_due()
    assert robot.asked == []
    assert OutgoingMessage.objects.get().response_code == "refused"


def test_a_redirect_is_not_followed(db: None, make: Make) -> None:
    inner = make()
    outer = make(Reply(status=302, headers={"Location": f"{inner.address}/steal"}))
    queue(channel("webhook", outer.address))
    send_due()
    assert inner.asked == []
    assert states() == {"k": "failed"}


def test_only_the_system_administrator_keeps_channels_and_no_secret_comes_out(cast: Cast, make: Make) -> None:
    robot = make()
    data: dict[str, Any] = {"kind": "dingtalk", "name": "区中心群", "address": f"{robot.address}/robot/send"}
    data |= {"active": True, "owner": "u:1"}
    for name in ("commander", "street_dispatcher", "secadmin"):
        with pytest.raises(NotAllowed):
            create_channel(data=data, secrets=SECRETS["dingtalk"], by=getattr(cast, name))
    made = create_channel(data=data, secrets=SECRETS["dingtalk"], by=cast.sysadmin)
    assert "SEC1" not in made.sealed
    assert "SEC1" not in str(list(AuditEntry.objects.values()))

    send_test(channel_id=made.pk, by=cast.sysadmin)
    send_due()
    rotate_secret(channel_id=made.pk, secrets={"access_token": "t-2", "secret": "SEC2"}, by=cast.sysadmin)
    send_test(channel_id=made.pk, by=cast.sysadmin)
    send_due()
    assert [asked.query["access_token"] for asked in robot.asked] == ["t-1", "t-2"]
    actions = AuditEntry.objects.filter(object_label__startswith="channel:").order_by("pk")
    assert list(actions.values_list("action", flat=True)) == [
        "channel_created", "channel_tested", "channel_secret_changed", "channel_tested"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("data", "secrets", "field"),
    [
        ({"kind": "wecom", "address": "https://elsewhere.example/"}, {"key": "k"}, "address"),
        ({"kind": "wecom", "address": "http://127.0.0.1:1/?key=abc"}, {"key": "k"}, "address"),
        ({"kind": "dingtalk", "address": "http://127.0.0.1:1/"}, {"access_token": "t"}, "secret"),
        ({"kind": "wecom", "address": "http://127.0.0.1:1/"}, {"key": "a b"}, "key"),
        ({"kind": "sms", "address": "http://127.0.0.1:1/", "options": {"body": "{}"}}, {}, "body"),
        ({"kind": "sms", "address": "http://127.0.0.1:1/", "options": {"headers": {"Host": "x"}}}, {}, "headers"),
        ({"kind": "mail", "address": "smtp://127.0.0.1:25"}, {}, "sender"),
        ({"kind": "pigeon", "address": "x"}, {}, "kind"),
        ({"kind": "wecom", "address": "http://127.0.0.1:1/", "owner": ""}, {"key": "k"}, "owner"),
    ],
)
def test_a_wrong_channel_is_refused_beside_its_field(
    cast: Cast, data: dict[str, Any], secrets: dict[str, str], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        create_channel(data={"name": "x", "owner": "u:1", **data}, secrets=secrets, by=cast.sysadmin)
    assert list(refused.value.fields) == [field]
    assert not Channel.objects.exists()


def test_a_dead_letter_is_mended_and_sent_or_discarded_with_a_reason(cast: Cast, make: Make) -> None:
    robot = make(Reply(status=400), Reply(status=400), Reply())
    way = channel("wecom", robot.address)
    mended, dropped = queue(way, "a", scope="d:0"), queue(way, "b")
    send_due()
    assert states() == {"a": "dead", "b": "dead"}
    with pytest.raises(NotVisible):
        resend_message(message_id=mended.pk, by=cast.street_dispatcher)
    with pytest.raises(Invalid):
        resend_message(message_id=mended.pk, text="改过", by=cast.sysadmin)
    with pytest.raises(Invalid):
        discard_message(message_id=dropped.pk, reason=" ", by=cast.sysadmin)

    resend_message(message_id=mended.pk, text="改过", reason="原文过长", by=cast.sysadmin)
    discard_message(message_id=dropped.pk, reason="已电话通知", by=cast.sysadmin)
    send_due()
    assert states() == {"a": "sent", "b": "suppressed"}
    assert (robot.asked[-1].key, robot.asked[-1].json["text"]["content"]) == ("a", "改过")
    with pytest.raises(Conflict):
        resend_message(message_id=mended.pk, by=cast.sysadmin)


def test_changing_a_channel_wakes_it(cast: Cast, make: Make) -> None:
    way = channel(
        "wecom", make().address, failures=9, pauses=3, resumes_at=clock.now() + dt.timedelta(hours=1), owner="u:1"
    )
    queue(way)
    send_due()
    assert states() == {"k": "queued"}
    change_channel(channel_id=way.pk, data={"rate_per_minute": 30}, by=cast.sysadmin)
    send_due()
    assert states() == {"k": "sent"}
