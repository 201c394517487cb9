"""The first pages of the configuration: how far, what waits, what was changed."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from accounts.services import audit
from grids.models import Grid, Membership, Unit
from lianqin.kernel.clock import Now
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def window(cast: Cast, name: str) -> Client:
    client = Client()
    client.force_login(cast.user(name), backend="django.contrib.auth.backends.ModelBackend")
    return client


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.content.decode()


@pytest.mark.parametrize(
    ("who", "lands"),
    [
        ("sysadmin", "/configuration/overview/"),
        ("secadmin", "/configuration/overview/"),
        ("commander", "/configuration/overview/"),
    ],
)
def test_who_answers_for_the_ground_begins_at_the_overview(cast: Cast, who: str, lands: str) -> None:
    assert window(cast, who).get("/configuration/")["Location"] == lands


@pytest.mark.parametrize("who", ["auditadmin", "handler", "outsider"])
def test_nobody_else_gets_in(cast: Cast, who: str) -> None:
    assert window(cast, who).get("/configuration/").status_code == 403
    for name in ("overview", "approvals", "changes"):
        assert window(cast, who).get(f"/configuration/{name}/").status_code == 403


def test_a_visitor_is_sent_to_sign_in() -> None:
    assert Client().get("/configuration/overview/")["Location"] == "/accounts/signin/?next=/configuration/overview/"


def test_a_grid_without_boundary_stands_in_the_way(cast: Cast) -> None:
    assert "8 / 8 个网格有边界" in text(window(cast, "sysadmin"), "/configuration/overview/")
    Grid.objects.filter(code="320999001001001").update(boundary=None)
    page = text(window(cast, "sysadmin"), "/configuration/overview/")
    assert "7 / 8 个网格有边界" in page
    assert "还有 1 个网格没有边界" in page


def test_a_sub_centre_without_dispatcher_stands_in_the_way(cast: Cast) -> None:
    page = text(window(cast, "sysadmin"), "/configuration/overview/")
    assert "个分中心的派遣员" not in page
    Membership.objects.filter(user=cast.user("other_street_dispatcher")).update(ends_on=Now())
    assert "1 个分中心的派遣员" in text(window(cast, "sysadmin"), "/configuration/overview/")


def test_a_unit_that_is_closed_counts_no_more(cast: Cast) -> None:
    Unit.objects.filter(code="320999-centre").update(active=False)
    assert "区联勤指挥中心" in text(window(cast, "sysadmin"), "/configuration/overview/")


def test_changes_show_before_and_after_and_no_sign_in(cast: Cast) -> None:
    audit(
        actor_id=cast.user("sysadmin").pk,
        action="grids.grid_changed",
        object_label="网格 320999001001001",
        detail={"before": {"name": "一网格", "zone": "core"}, "after": {"name": "二网格", "zone": "core"}},
    )
    audit(actor_id=cast.user("sysadmin").pk, action="signed_in", object_label="keeper-of-secrets")
    page = text(window(cast, "sysadmin"), "/configuration/changes/?q=320999001001001")
    assert "<del>一网格</del>" in page
    assert "<ins>二网格</ins>" in page
    assert "网格：修改" in page
    assert "<dt>名称</dt>" in page
    assert "<dt>区域</dt>" not in page
    assert "keeper-of-secrets" not in text(window(cast, "sysadmin"), "/configuration/changes/")
    assert "没有符合条件的记录" in text(window(cast, "sysadmin"), "/configuration/changes/?q=nothing-of-the-kind")


@pytest.mark.parametrize(
    ("who", "there"),
    [
        ("street_dispatcher", ["工单", "区级", "地图", "大屏", "上报", "值班", "吹哨", "督办", "公告", "群众", "配置"]),
        ("grid_worker", ["工单", "地图", "上报", "值班", "吹哨", "公告", "要素"]),
        ("handler", ["工单", "区级", "地图", "上报", "值班", "吹哨", "督办", "公告"]),
        ("district_handler", ["工单", "区级", "地图", "上报", "值班", "吹哨", "督办", "公告", "事项准入"]),
        ("outsider", ["工单"]),
    ],
)
def test_the_rail_holds_what_one_may_open(cast: Cast, who: str, there: list[str]) -> None:
    page = text(window(cast, who), "/orders/")
    rail = page[page.index('<nav class="rail"') : page.index('<div class="rail-end">')]
    assert re.findall(r"<span>(.+?)</span></a>", rail) == there
    for address in re.findall(r'href="(/configuration/[^"]*)"', rail):
        assert window(cast, who).get(address).status_code in (200, 302)
