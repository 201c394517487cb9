"""Notices of anything: once a key and recipient, with nothing but what their sentences say."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from dispatch.models import Notice
from dispatch.rules.kinds import KINDS
from dispatch.selectors import notices_for, sentence, unread
from dispatch.services import send_notice
from relay.models import OutboxMessage
from tests.workorders.conftest import Desk

GAP: dict[str, Any] = {
    "kind": "roster_gap",
    "gravity": "critical",
    "facts": {"unit_name": "东街联勤指挥分中心", "starts_at": dt.datetime(2026, 11, 22, 16, 0, tzinfo=dt.UTC)},
}


def test_a_notice_without_an_order_reaches_its_unit_once(desk: Desk) -> None:
    centre = desk.ground.sub_center.pk
    assert send_notice(key="gap:1", units=[centre], url="/duty/", **GAP) == 1
    assert send_notice(key="gap:1", units=[centre], url="/duty/", **GAP) == 0
    assert send_notice(key="gap:1", units=[centre], users=[desk.cast.commander.user_id or 0], **GAP) == 1

    notice = notices_for(desk.cast.street_dispatcher).get()
    assert sentence(notice) == "东街联勤指挥分中心 11-23 00:00 起的班次无人值班，请尽快排班"
    assert notices_for(desk.cast.commander).get().url == ""
    assert notices_for(desk.cast.other_street_dispatcher).count() == 0
    assert unread(desk.cast.street_dispatcher).gravity == "critical"


def test_the_news_of_it_goes_to_the_recipients_and_only_when_it_is_new(desk: Desk) -> None:
    unit, person = desk.ground.sub_center.pk, desk.cast.handler.user_id or 0
    send_notice(key="gap:2", units=[unit], users=[person], **GAP)
    send_notice(key="gap:2", units=[unit], users=[person], **GAP)

    news = OutboxMessage.objects.get(topic="notice.sent")
    assert sorted(news.audience) == sorted([f"u:{unit}", f"p:{person}"])
    assert news.payload == {"notices": sorted(Notice.objects.filter(key="gap:2").values_list("pk", flat=True))}


def test_only_facts_that_the_sentences_name_are_kept(desk: Desk) -> None:
    send_notice(
        key="n", kind="no_show", gravity="warn", users=[desk.cast.handler.user_id or 0],
        facts={"unit_name": "城管中队", "phone": "13800000000", "words": "张三没有来"},
    )  # fmt: skip
    assert Notice.objects.get(key="n").facts == {"unit_name": "城管中队"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "gossip"},
        {"gravity": "loud"},
        {"key": ""},
        {"url": "https://elsewhere.example/"},
        {"url": "//elsewhere.example/"},
        {"facts": {"starts_at": dt.datetime(2026, 11, 22, 16, 0)}},  # noqa: DTZ001
    ],
)
def test_what_a_programmer_got_wrong_is_said(desk: Desk, wrong: dict[str, Any]) -> None:
    given = {"key": "k", "units": [desk.ground.sub_center.pk], **GAP, **wrong}
    with pytest.raises(ValueError, match=r"."), transaction.atomic():
        send_notice(**given)
    assert not Notice.objects.exists()


def test_every_kind_can_be_said_without_any_fact() -> None:
    assert [name for name, kind in KINDS.items() if kind.says[-1].named] == []
    assert all(len(name) <= 20 for name in KINDS)


def test_a_notice_without_an_order_is_on_the_page_and_in_the_api(desk: Desk) -> None:
    send_notice(key="gap:3", users=[desk.cast.handler.user_id or 0], url="/district/duty/", **GAP)
    client = Client()
    client.force_login(desk.cast.user("handler"), backend="django.contrib.auth.backends.ModelBackend")
    assert 'href="/district/duty/"' in client.get("/notices/").content.decode()
    (line,) = client.get("/api/v1/notices/?kind=roster_gap").json()["results"]
    assert (line["order"], line["title"], line["kind_label"], line["url"]) == (None, "", "无人值班", "/district/duty/")
