"""Matters that summon the grid worker by themselves: ticked by the system administrator, audited."""

from __future__ import annotations

from django.test import Client

from accounts.models import AuditEntry
from dispatch.models import WhistleRule
from tests.workorders.conftest import Desk, _nothing_remembered, categories, desk

__all__ = ["_nothing_remembered", "categories", "desk"]
PAGE = "/configuration/whistle-rules/"


def as_somebody(desk: Desk, who: str) -> Client:
    client = Client()
    client.force_login(desk.cast.user(who), backend="django.contrib.auth.backends.ModelBackend")
    return client


def rules() -> dict[str, int]:
    return dict(WhistleRule.objects.values_list("category__code", "minutes"))


def test_ticked_matters_whistle_and_others_stop(desk: Desk) -> None:
    client = as_somebody(desk, "sysadmin")
    client.post(PAGE, {"code": ["T01", "T02"], "minutes-T01": "30", "minutes-T02": "60", "minutes-T03": "60"})
    assert rules() == {"T01": 30, "T02": 60}
    client.post(PAGE, {"code": ["T02"], "minutes-T02": "45"})
    assert rules() == {"T02": 45}

    told = AuditEntry.objects.filter(action="dispatch.whistle_rules_set").order_by("pk").last()
    assert told is not None
    assert told.detail == {"before": {"T01": 30, "T02": 60}, "after": {"T02": 45}}


def test_minutes_out_of_bounds_are_refused_beside_their_matter(desk: Desk) -> None:
    answer = as_somebody(desk, "sysadmin").post(PAGE, {"code": ["T01"], "minutes-T01": "3"})
    assert answer.status_code == 400
    assert "请填 5 到 1440 分钟" in answer.content.decode()
    assert rules() == {}


def test_only_the_system_administrator_changes_them(desk: Desk) -> None:
    assert as_somebody(desk, "street_dispatcher").post(PAGE, {"code": ["T01"], "minutes-T01": "30"}).status_code == 403
    assert as_somebody(desk, "handler").get(PAGE).status_code == 403
    assert rules() == {}


def test_through_the_api(desk: Desk) -> None:
    client = as_somebody(desk, "sysadmin")
    put = client.put("/api/v1/setup/whistle-rules/", {"minutes": {"T01": 20}}, content_type="application/json")
    assert put.status_code == 200, put.content
    assert client.get("/api/v1/setup/whistle-rules/").json() == {"minutes": {"T01": 20}}
    assert client.put(
        "/api/v1/setup/whistle-rules/", {"minutes": {"NO": 20}}, content_type="application/json"
    ).json()["errors"]  # fmt: skip
