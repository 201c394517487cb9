"""Announcements through the pages: written, published, read, confirmed, withdrawn; seen by whom they concern only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dispatch.models import Announcement, Notice, Receipt
from lianqin.kernel import clock
from tests.memory import forget
from tests.workorders.conftest import Desk

NEW = "/announcements/new/"


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    forget()


@pytest.fixture
def window(desk: Desk) -> Callable[[str], Client]:
    """The pages as one of the cast."""

    def signed_in(who: str) -> Client:
        client = Client()
        client.force_login(desk.cast.user(who), backend="django.contrib.auth.backends.ModelBackend")
        return client

    return signed_in


def told(**changed: Any) -> dict[str, Any]:
    return {
        "title": "国庆值守安排",
        "body": "各中心 24 小时有人。\n\n见 https://example.org/duty",
        "street": "",
        **changed,
    }


def publish(client: Client, **changed: Any) -> int:
    made = client.post(NEW, told(**changed))
    assert made.status_code == 302, made.content.decode()[:1500]
    pk = Announcement.objects.latest("pk").pk
    assert client.post(f"/announcements/{pk}/", {"do": "publish"}).status_code == 302
    return pk


def text(client: Client, path: str) -> str:
    return client.get(path).content.decode()


def test_the_district_speaks_to_everybody_and_reading_it_is_noted(window: Callable[[str], Client], desk: Desk) -> None:
    pk = publish(window("district_dispatcher"))
    for who in ("street_dispatcher", "handler", "grid_worker", "community_officer", "commander"):
        assert "国庆值守安排" in text(window(who), "/announcements/")
    page = text(window("grid_worker"), f"/announcements/{pk}/")

    assert '<a href="https://example.org/duty" rel="nofollow">https://example.org/duty</a>' in page
    assert list(Receipt.objects.values_list("user__username", "confirmed_at")) == [
        (desk.cast.user("grid_worker").username, None)
    ]
    assert Notice.objects.filter(kind="announcement", user=desk.cast.user("handler")).count() == 1


def test_a_street_speaks_to_its_own_people_only(window: Callable[[str], Client]) -> None:
    pk = publish(window("street_dispatcher"), street="320999001")

    assert "国庆值守安排" in text(window("grid_worker"), "/announcements/")
    assert "国庆值守安排" not in text(window("other_grid_worker"), "/announcements/")
    assert window("other_grid_worker").get(f"/announcements/{pk}/").status_code == 404
    # The command centre reads what its streets say: it may write for them.
    assert window("district_dispatcher").get(f"/announcements/{pk}/").status_code == 200


def test_nobody_speaks_for_another_place(window: Callable[[str], Client]) -> None:
    assert window("street_dispatcher").post(NEW, told(street="")).status_code == 403
    assert window("street_dispatcher").post(NEW, told(street="320999002")).status_code == 403
    assert window("handler").get(NEW).status_code == 403
    assert window("sysadmin").get("/announcements/").status_code == 403
    assert not Announcement.objects.exists()


def test_posts_and_units_narrow_it(window: Callable[[str], Client]) -> None:
    publish(window("district_dispatcher"), roles=["grid_worker"])
    publish(window("district_dispatcher"), title="市监专项", units=["320999001-market"])

    assert "国庆值守安排" in text(window("grid_worker"), "/announcements/")
    assert "国庆值守安排" not in text(window("handler"), "/announcements/")
    assert "市监专项" in text(window("handler2"), "/announcements/")
    assert "市监专项" not in text(window("handler"), "/announcements/")


def test_what_must_be_confirmed_stands_over_every_page_until_it_is(window: Callable[[str], Client]) -> None:
    reader, author = window("handler"), window("district_dispatcher")
    pk = publish(author, must_read="1")
    assert "须确认的公告：<b>国庆值守安排</b>" in text(reader, "/orders/")
    # Opening it is not yet confirming it.
    assert "确认已阅" in text(reader, f"/announcements/{pk}/")
    assert "须确认的公告" in text(reader, "/orders/")
    reader.post(f"/announcements/{pk}/", {"do": "confirm"})

    assert "须确认的公告" not in text(reader, "/orders/")
    page = text(author, f"/announcements/{pk}/")
    assert Receipt.objects.exclude(confirmed_at=None).count() == 1
    assert ">1 / " in page
    assert "提醒未读的" in page


def test_a_page_without_any_costs_no_statement(window: Callable[[str], Client]) -> None:
    reader = window("handler")
    reader.get("/notices/settings/")
    with CaptureQueriesContext(connection) as spent:
        reader.get("/notices/settings/")
    assert not [each["sql"] for each in spent.captured_queries if "dispatch_announcement" in each["sql"]]


def test_it_is_withdrawn_with_a_reason_and_gone_for_readers(window: Callable[[str], Client]) -> None:
    author = window("district_dispatcher")
    pk = publish(author)
    refused = author.post(f"/announcements/{pk}/", {"do": "withdraw", "reason": " "})
    assert refused.status_code == 400
    assert "请写明撤回的理由" in refused.content.decode()
    author.post(f"/announcements/{pk}/", {"do": "withdraw", "reason": "日期写错"})

    assert "国庆值守安排" not in text(window("handler"), "/announcements/")
    assert window("handler").get(f"/announcements/{pk}/").status_code == 404
    assert "撤回：日期写错" in text(author, f"/announcements/{pk}/")
    assert author.post(f"/announcements/{pk}/edit/", told()).status_code == 409


def test_who_has_not_read_it_is_reminded_once_in_four_hours(
    window: Callable[[str], Client], desk: Desk, shift: Callable[[dt.timedelta], None]
) -> None:
    author = window("district_dispatcher")
    pk = publish(author, units=["320999001-market"])
    assert author.post(f"/announcements/{pk}/", {"do": "remind"}).status_code == 429
    shift(dt.timedelta(hours=4, minutes=1))
    assert author.post(f"/announcements/{pk}/", {"do": "remind"}).status_code == 302

    assert Notice.objects.filter(kind="announcement", user=desk.cast.user("handler2")).count() == 2


def test_faults_stand_beside_their_fields_and_nothing_is_lost(window: Callable[[str], Client]) -> None:
    past = (clock.now() - dt.timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    answer = window("district_dispatcher").post(
        NEW, told(title="", body="保留的正文", expires_at=past, read_by="不是时间")
    )
    page = answer.content.decode()

    assert answer.status_code == 400
    for sentence in ("请填写标题", "请填将来的时间", "保留的正文"):
        assert sentence in page


def test_an_audience_of_nobody_is_refused(window: Callable[[str], Client]) -> None:
    author = window("district_dispatcher")
    author.post(NEW, told(roles=["group_member"]))
    pk = Announcement.objects.get().pk
    answer = author.post(f"/announcements/{pk}/", {"do": "publish"})
    assert answer.status_code == 400
    assert "没有人会收到" in answer.content.decode()


def test_the_export_names_everybody_and_is_no_formula(window: Callable[[str], Client], desk: Desk) -> None:
    user = desk.cast.user("handler2")
    user.full_name = "=1+1"
    user.save()
    author = window("district_dispatcher")
    pk = publish(author, units=["320999001-market"])
    sheet = author.get(f"/announcements/{pk}/readers/").content.decode("utf-8-sig").splitlines()

    assert sheet[0] == "姓名,单位或网格,打开时间,确认时间"
    assert sheet[1].startswith("'=1+1,")
    assert window("handler2").get(f"/announcements/{pk}/readers/").status_code == 403


def test_through_the_api(window: Callable[[str], Client]) -> None:
    author, reader = window("district_dispatcher"), window("handler")
    made = author.post("/api/v1/announcements/", told(must_read=True), content_type="application/json")
    assert made.status_code == 201, made.content
    pk = made.json()["id"]
    assert author.post(f"/api/v1/announcements/{pk}/publish/").json()["state"] == "published"
    assert [each["is_confirmed"] for each in reader.get("/api/v1/announcements/").json()] == [False]
    assert reader.post(f"/api/v1/announcements/{pk}/confirm/").status_code == 204
    assert reader.get(f"/api/v1/announcements/{pk}/").json()["is_confirmed"] is True
    assert author.get(f"/api/v1/announcements/{pk}/readers/").json()["read"] == 1
    assert reader.get(f"/api/v1/announcements/{pk}/readers/").status_code == 403
