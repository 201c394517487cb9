"""The pages and the API of channels, messages and wishes, as their users open them."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from accounts.models import AuditEntry
from dispatch.models import DispatchPreference, Notice
from dispatch.services import send_notice
from lianqin.kernel import clock
from relay.models import Channel, OutgoingMessage
from relay.services import queue_message, secret_names, send_due
from tests.workorders.conftest import Desk

PREFERENCES = "/api/v1/notice-preferences/"


def signed_in(desk: Desk, name: str) -> Client:
    client = Client()
    client.force_login(desk.cast.user(name), backend="django.contrib.auth.backends.ModelBackend")
    return client


def squad_robot(desk: Desk) -> Channel:
    return Channel.objects.create(
        kind="wecom", name="城管群", address="https://qyapi.weixin.qq.com/x", active=True,
        owner=f"u:{desk.ground.urban_squad.pk}",
    )  # fmt: skip


def message(channel: Channel, scope: str, key: str = "k", **columns: Any) -> OutgoingMessage:
    with transaction.atomic():
        made = queue_message(
            channel=channel, key=key, template="dispatched", subject="新派单", text="一件", scope=scope
        )
    assert made is not None
    OutgoingMessage.objects.filter(pk=made.pk).update(**columns)
    return made


def test_the_system_administrator_registers_a_robot_and_its_key_is_never_shown(desk: Desk) -> None:
    client, unit = signed_in(desk, "sysadmin"), desk.ground.urban_squad
    form = {"name": "城管群", "owner": f"u:{unit.pk}", "rate_per_minute": "20", "active": "1"}
    form |= {"address": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send", "secret_key": "top-secret"}
    wrong = client.post("/configuration/channels/new/wecom/", {**form, "address": "https://evil.example/"})
    assert wrong.status_code == 400
    assert "LIANQIN_MESSAGE_HOSTS" in wrong.content.decode()
    assert "城管群" in wrong.content.decode(), "what was typed is kept"
    assert client.post("/configuration/channels/new/wecom/", form).status_code == 302

    made = Channel.objects.get()
    assert secret_names(made) == ["key"]
    for page in (
        "/configuration/channels/",
        f"/configuration/channels/{made.pk}/",
        f"/configuration/channels/{made.pk}/secret/",
    ):
        assert "top-secret" not in client.get(page).content.decode()
    sealed = made.sealed
    assert client.post(f"/configuration/channels/{made.pk}/secret/", {"secret_key": "other"}).status_code == 302
    assert Channel.objects.get().sealed != sealed
    assert client.post(f"/configuration/channels/{made.pk}/test/").status_code == 302
    assert OutgoingMessage.objects.get().template == "test"
    assert "top-secret" not in str(list(AuditEntry.objects.values()))
    for name in ("commander", "secadmin", "street_dispatcher"):
        assert signed_in(desk, name).get("/configuration/channels/").status_code == 403


def test_a_gateway_keeps_what_was_typed_of_its_form(desk: Desk) -> None:
    client = signed_in(desk, "sysadmin")
    form = {"name": "短信", "rate_per_minute": "60", "method": "POST", "sign_encoding": "hex", "owner": ""}
    form |= {
        "address": "https://qyapi.weixin.qq.com/sms",
        "headers": "{no",
        "body": '{"a": "{address}", "b": "{text}"}',
    }
    assert "不是有效的 JSON" in client.post("/configuration/channels/new/sms/", form).content.decode()
    assert client.post("/configuration/channels/new/sms/", {**form, "headers": '{"X-A": "1"}'}).status_code == 302
    assert Channel.objects.get().options == {
        "method": "POST", "body": '{"a": "{address}", "b": "{text}"}', "headers": {"X-A": "1"}, "sign_encoding": "hex"
    }  # fmt: skip


def test_words_are_previewed_before_they_are_kept(desk: Desk) -> None:
    client, url = signed_in(desk, "sysadmin"), "/configuration/channels/templates/dispatched/"
    typed = {"single": "{number}：{matter}[，{due} 前签收]", "bundle": "{count} 件"}
    shown = client.post(url, {**typed, "do": "preview"}).content.decode()
    assert "PK20261121-000123：占道经营，11-21 14:30 前签收" in shown
    assert "PK20261121-000123：占道经营<" in shown
    bad = client.post(url, {**typed, "single": "{reporter_phone}", "do": "save"})
    assert (bad.status_code, "未知的占位符：reporter_phone" in bad.content.decode()) == (400, True)
    assert client.post(url, {**typed, "do": "save"}).status_code == 302
    assert "已修改" in client.get("/configuration/channels/templates/").content.decode()


def test_messages_are_read_by_the_district_and_decided_by_the_administrator(desk: Desk) -> None:
    robot = squad_robot(desk)
    scope = f"d:{desk.ground.district.pk}"
    dead = message(robot, scope, state="dead", response_code="200/310000", response_excerpt="keywords not in content")
    message(robot, "d:0", key="elsewhere", state="dead")

    for name in ("street_dispatcher", "handler", "secadmin", "auditadmin", "grid_worker"):
        assert signed_in(desk, name).get("/messages/").status_code == 403
    duty = signed_in(desk, "district_dispatcher")
    page = duty.get("/messages/?state=dead").content.decode()
    assert "200/310000" in page
    assert page.count('href="/messages/') == 1, "of their district only"
    one = duty.get(f"/messages/{dead.pk}/").content.decode()
    assert "重新发送</button>" not in one
    assert duty.post(f"/messages/{dead.pk}/", {"do": "discard", "reason": "x"}).status_code == 403

    admin = signed_in(desk, "sysadmin")
    refused = admin.post(f"/messages/{dead.pk}/", {"do": "resend", "text": "改过的话", "reason": ""})
    assert (refused.status_code, "改过的话" in refused.content.decode()) == (400, True)
    admin.post(f"/messages/{dead.pk}/", {"do": "resend", "text": "改过的话", "reason": "去掉关键词"})
    again = OutgoingMessage.objects.get(pk=dead.pk)
    assert (again.state, again.text, again.key) == ("queued", "改过的话", "k")
    admin.post(f"/messages/{dead.pk}/", {"do": "discard", "reason": "已电话通知"})
    assert OutgoingMessage.objects.get(pk=dead.pk).state == "suppressed"
    noted = AuditEntry.objects.filter(object_label=f"message:{dead.pk}").order_by("pk")
    assert list(noted.values_list("action", flat=True)) == ["message_resent", "message_discarded"]


def test_everybody_sets_how_they_are_told_and_a_unit_its_robot(desk: Desk) -> None:
    client = signed_in(desk, "handler")
    assert "目前只有站内通知" in client.get("/notices/settings/").content.decode()
    Channel.objects.create(kind="sms", name="短信", address="https://sms.example/", active=True)
    squad_robot(desk)
    page = client.get("/notices/settings/").content.decode()
    assert 'value="sms:dispatched" checked' in page
    assert 'value="sms:warned"' in page
    assert 'value="sms:warned" checked' not in page

    typed = {"on": ["sms:warned"], "quiet_from": "21:30", "quiet_until": "06:30", "bundle_minutes": "10"}
    assert client.post("/notices/settings/", typed).status_code == 302
    mine = DispatchPreference.objects.get(user=desk.cast.user("handler"))
    assert (mine.quiet_from, mine.bundle_minutes) == (dt.time(21, 30), 10)
    assert mine.choices["sms"]["warned"] is True
    assert mine.choices["sms"]["dispatched"] is False
    assert "approved" not in mine.choices["sms"], "as the standard has it"

    unit = desk.ground.urban_squad.code
    assert client.post("/notices/settings/", {**typed, "unit": unit, "on": ["robot:warned"]}).status_code == 302
    assert DispatchPreference.objects.get(unit__code=unit).choices["robot"]["warned"] is True
    assert signed_in(desk, "handler2").get(f"/notices/settings/?unit={unit}").status_code == 404
    assert signed_in(desk, "sysadmin").get("/notices/settings/").status_code == 403
    wrong = client.post("/notices/settings/", {**typed, "quiet_until": ""})
    assert (wrong.status_code, "请填写开始和结束" in wrong.content.decode()) == (400, True)


def test_no_two_kinds_are_called_the_same(desk: Desk) -> None:
    Channel.objects.create(kind="sms", name="短信", address="https://sms.example/", active=True)
    page = signed_in(desk, "handler").get("/notices/settings/").content.decode()
    rows = re.findall(r'<th scope="row">([^<]+)</th>', page)
    assert len(rows) > 30
    assert [name for name, times in Counter(rows).items() if times > 1] == []
    assert {"逾期督办", "交办督办", "换班申请", "换班已同意", "换班未同意", "到期催办", "催办单"} <= set(rows)
    listed = signed_in(desk, "sysadmin").get("/api/v1/message-templates/").json()
    assert len({each["kind_label"] for each in listed}) == len(listed)


def test_the_same_through_the_api(desk: Desk) -> None:
    admin, unit = signed_in(desk, "sysadmin"), desk.ground.urban_squad
    body = {"kind": "wecom", "name": "群", "owner": f"u:{unit.pk}", "active": True, "secrets": {"key": "k-9"}}
    headers = {"Idempotency-Key": "make-1"}
    made = admin.post("/api/v1/channels/", body, content_type="application/json", headers=headers)
    assert made.status_code == 201, made.content
    assert "k-9" not in made.content.decode()
    again = admin.post("/api/v1/channels/", body, content_type="application/json", headers=headers)
    assert (again.status_code, Channel.objects.count()) == (201, 1)
    pk = made.json()["id"]
    changed = admin.patch(f"/api/v1/channels/{pk}/", {"rate_per_minute": 5}, content_type="application/json")
    assert (changed.json()["rate_per_minute"], changed.json()["name"]) == (5, "群")
    test = admin.post(f"/api/v1/channels/{pk}/tests/").json()
    url = f"/api/v1/messages/{test['id']}/discard/"
    assert admin.post(url, {"reason": ""}, content_type="application/json").status_code == 400
    assert admin.post(url, {"reason": "试过了"}, content_type="application/json").json()["state"] == "suppressed"
    assert [each["state"] for each in admin.get("/api/v1/messages/?state=suppressed").json()["results"]] == [
        "suppressed"
    ]
    assert admin.get("/api/v1/channels/").json()[0]["state"] == "idle"
    assert signed_in(desk, "handler").get("/api/v1/messages/").status_code == 403

    handler = signed_in(desk, "handler")
    wish = {"choices": {"sms": {"warned": True}}, "quiet_from": None, "quiet_until": None, "bundle_minutes": 0}
    assert handler.put(PREFERENCES, wish, content_type="application/json").json()["bundle_minutes"] == 0
    wish["choices"] = {"pigeon": {"warned": True}}
    assert handler.put(PREFERENCES, wish, content_type="application/json").status_code == 400
    words = {"single": "{says}", "bundle": "{count}"}
    put = admin.put("/api/v1/message-templates/dispatched/", words, content_type="application/json")
    assert (put.status_code, put.json()["changed"]) == (200, True)
    assert admin.delete("/api/v1/message-templates/dispatched/").status_code == 204


def test_a_search_reads_a_stretch_and_goes_on_from_there(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("relay.selectors.channels.SEARCHED_AT_ONCE", 3)
    robot = squad_robot(desk)
    made = [message(robot, "", f"k{number}") for number in range(7)]
    OutgoingMessage.objects.filter(pk__in=[made[0].pk, made[6].pk]).update(text="寻找的词")
    client = signed_in(desk, "sysadmin")
    found = []
    address = "/messages/?days=&q=寻找的词"
    for _stretch in range(3):
        page = client.get(address).content.decode()
        found.append(page.count("寻找的词</a>"))
        onward = re.search(r'href="([^"]*before=\d+[^"]*)">继续查更早的', page)
        assert ("已查完" in page) == (onward is None)
        if onward is None:
            break
        address = "/messages/" + onward[1].replace("&amp;", "&")
    assert found == [1, 0, 1]
    assert "回到最新" in page
    assert "继续查更早的" not in client.get("/messages/?days=").content.decode()
    told, before = [], ""
    for _stretch in range(3):
        answer = client.get(f"/api/v1/messages/?q=寻找的词{before}").json()
        told.append([each["id"] for each in answer["results"]])
        before = f"&before={answer['next']}"
    assert (told, answer["next"]) == ([[made[6].pk], [], [made[0].pk]], None)


def test_notices_are_narrowed_and_read_many_at_once(desk: Desk) -> None:
    person = desk.cast.handler.user_id or 0
    for number, (kind, gravity) in enumerate((("whistle", "critical"), ("swap", "info"), ("no_show", "warn"))):
        send_notice(key=str(number), kind=kind, gravity=gravity, facts={}, users=[person])
    client = signed_in(desk, "handler")
    assert client.get("/notices/").content.decode().count("data-notice=") == 3
    assert client.get("/notices/?gravity=critical").content.decode().count("data-notice=") == 1
    assert client.get("/notices/?kind=swap&gravity=warn").content.decode().count("data-notice=") == 0
    pks = list(Notice.objects.order_by("pk").values_list("pk", flat=True)[:2])
    done = client.post("/api/v1/notices/read/", {"ids": pks}, content_type="application/json")
    assert done.json() == {"read": 2}
    assert client.get("/notices/?unread=1").content.decode().count("data-notice=") == 1
    other = signed_in(desk, "handler2").post("/api/v1/notices/read/", {"ids": pks}, content_type="application/json")
    assert other.json() == {"read": 0}


@pytest.mark.parametrize("demo", [True, False])
def test_the_gateway_of_the_demonstration_exists_in_demonstrations_only(desk: Desk, settings: Any, demo: bool) -> None:
    settings.LIANQIN_DEMO = demo
    client = Client(enforce_csrf_checks=True)
    sent = {"msgtype": "text"}
    headers = {"Idempotency-Key": f"demo-{clock.now().timestamp()}"}
    answers = [
        client.post("/demo/gateway/wecom/", sent, content_type="application/json", headers=headers) for _ in range(2)
    ]
    assert [each.status_code for each in answers] == ([200, 200] if demo else [404, 404])
    if demo:
        assert [each.json()["errmsg"] for each in answers] == ["演示网关已收到", "演示网关早已收到，未重复"]


def test_a_channel_without_readable_secret_says_so_and_loses_nothing(desk: Desk) -> None:
    robot = squad_robot(desk)
    Channel.objects.filter(pk=robot.pk).update(sealed="gAAAA-not-ours")
    waiting = message(robot, "")
    send_due()
    waiting.refresh_from_db()
    assert (waiting.state, waiting.response_code) == ("failed", "sealed")
