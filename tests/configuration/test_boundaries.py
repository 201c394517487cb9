"""The pages of re-divisions: the list, a new plan, the frame of the map, and whose place a point was."""

from __future__ import annotations

import datetime as dt

import pytest

from grids.models import Grid, GroundPlan, Membership, Unit
from grids.services import Wanted, draft_appointments, submit_appointments, submit_plan, today
from tests.cast import Cast, centre_of
from tests.configuration.test_grids import api
from tests.configuration.test_overview import text, window

pytestmark = pytest.mark.django_db
COMMUNITY = "320999001001"


def drafted(cast: Cast, title: str = "南里试划", *codes: str) -> GroundPlan:
    sent = {"title": title, "communities": list(codes or (COMMUNITY,))}
    answer = window(cast, "sysadmin").post("/configuration/boundaries/new/", sent)
    assert answer.status_code == 302, answer.content.decode()
    plan = GroundPlan.objects.get(title=title)
    assert answer["Location"] == f"/configuration/boundaries/{plan.pk}/"
    return plan


def test_a_plan_begins_with_the_ground_of_today(cast: Cast) -> None:
    plan = drafted(cast)
    assert plan.effective_on == today() + dt.timedelta(days=1)
    assert plan.drafted_by == cast.user("sysadmin")
    assert [grid.code for grid in plan.grids.all()] == ["320999001001001", "320999001001002"]


def test_a_street_and_a_community_of_another_make_one_plan(cast: Cast) -> None:
    plan = drafted(cast, "两处", "320999002", COMMUNITY)
    held = plan.communities.values_list("community__code", flat=True)
    assert sorted(held) == ["320999001001", "320999002001", "320999002002"]


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"title": " ", "communities": [COMMUNITY]}, "请填写方案名称"),
        ({"title": "没有范围"}, "请选择要调整的社区、街道或全区"),
        ({"title": "没有这里", "communities": ["320999009009"]}, "没有代码为 320999009009 的在用区划"),
        ({"title": "坏日子", "communities": [COMMUNITY], "effective_on": "明年"}, "请填写日期"),
    ],
)
def test_a_plan_that_cannot_begin(cast: Cast, sent: dict[str, object], told: str) -> None:
    answer = window(cast, "sysadmin").post("/configuration/boundaries/new/", sent)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert told in page.split("field-error", 1)[1]
    if COMMUNITY in sent.get("communities", ()):  # type: ignore[operator]
        assert f'value="{COMMUNITY}" checked' in page
    assert not GroundPlan.objects.exists()


def test_the_list_is_found_by_title_and_state(cast: Cast) -> None:
    drafted(cast, "甲方案")
    drafted(cast, "乙方案", "320999002")
    client = window(cast, "commander")
    page = text(client, "/configuration/boundaries/")
    assert page.index("乙方案") < page.index("甲方案")
    assert "南里社区、北里社区" in page
    assert "甲方案" not in text(client, "/configuration/boundaries/?q=乙")
    assert "没有符合条件的方案" in text(client, "/configuration/boundaries/?state=scheduled")
    assert "甲方案" in text(client, "/configuration/boundaries/?state=draft")
    # Who only approves drafts nothing.
    assert "新方案" not in page
    assert client.get("/configuration/boundaries/new/").status_code == 403
    assert client.post("/configuration/boundaries/new/", {"title": "丙"}).status_code == 403


def test_the_map_knows_where_to_ask(cast: Cast) -> None:
    plan = drafted(cast)
    page = text(window(cast, "sysadmin"), f"/configuration/boundaries/{plan.pk}/")
    assert f'data-plan="/api/v1/setup/ground-plans/{plan.pk}/"' in page
    assert 'data-streets="320999001"' in page
    assert "南里试划" in page
    told = api(cast, "sysadmin").get(f"/api/v1/setup/ground-plans/{plan.pk}/").json()
    assert told["may"]["edit"]
    assert window(cast, "sysadmin").get("/configuration/boundaries/999/").status_code == 404


def test_a_submitted_plan_waits_on_the_page_of_approvals(cast: Cast) -> None:
    plan = drafted(cast)
    answer = api(cast, "sysadmin").post(
        f"/api/v1/setup/ground-plans/{plan.pk}/submit/", {"version": plan.version}, format="json"
    )
    assert answer.status_code == 200, answer.json()
    page = text(window(cast, "commander"), "/configuration/approvals/")
    assert f'href="/configuration/boundaries/{plan.pk}/"' in page


def test_who_confirms_the_first_commander_is_told_what_that_ends(cast: Cast) -> None:
    Membership.objects.filter(role="district_commander").delete()
    to_be = Wanted(user=cast.user("outsider"), role="district_commander", unit=Unit.objects.get(code="320999-centre"))
    posts = draft_appointments(title="首任名单", lines=[to_be], by=cast.sysadmin)
    submit_appointments(list_id=posts.pk, by=cast.sysadmin)
    address = f"/configuration/people/lists/{posts.pk}/"
    assert "待审批的内容由区指挥长审批" not in text(window(cast, "secadmin"), address)
    plan = drafted(cast)
    submit_plan(plan_id=plan.pk, version=plan.version, by=cast.sysadmin)
    page = text(window(cast, "secadmin"), address)
    assert "名单中有区指挥长，另有 1 项内容待审批" in page
    assert "确认后自区指挥长到任起，待审批的内容由区指挥长审批" in page
    assert "待审批的内容由区指挥长审批" not in text(window(cast, "sysadmin"), address)
    waiting = text(window(cast, "secadmin"), "/configuration/approvals/")
    assert waiting.index(plan.title) < waiting.index("首任名单")


def test_grids_without_boundary_are_said(cast: Cast) -> None:
    Grid.objects.filter(code="320999001001001").update(boundary=None)
    page = text(window(cast, "sysadmin"), "/configuration/boundaries/")
    assert "8 个网格中 7 个有边界" in page


def whose(cast: Cast, who: str, query: str, status: int = 200) -> str:
    answer = window(cast, who).get(f"/configuration/boundaries/whose/{query}")
    assert answer.status_code == status
    return answer.content.decode()


def test_whose_place_a_point_was(cast: Cast) -> None:
    lon, lat = centre_of(0, 0)
    page = whose(cast, "street_dispatcher", f"?lon={lon}&lat={lat}&on=2026-01-01")
    assert "2026-01-01 归属" in page
    assert "320999001001001" in page
    assert "此后没有变化" in page
    page = whose(cast, "street_dispatcher", f"?lon={lat}&lat={lon}&on=2026-01-01", 400)
    assert "经纬度是否填反" in page
    assert "那一天这里不在任何网格内" in whose(cast, "sysadmin", f"?lon={lon}&lat=1&on=2026-01-01")
    assert "那一天这里不在任何网格内" in whose(cast, "sysadmin", f"?lon={lon}&lat={lat}&on=1999-01-01")
    assert "请填写日期" in whose(cast, "sysadmin", f"?lon={lon}&lat={lat}&on=x", 400)
    assert "请填写小数" in whose(cast, "sysadmin", "?lon=x&lat=1&on=2026-01-01", 400)
    assert "data-found" not in whose(cast, "sysadmin", "")


def test_whose_place_it_is_when_everything_is_empty(cast: Cast) -> None:
    Grid.objects.update(boundary=None)
    assert "那一天这里不在任何网格内" in whose(cast, "sysadmin", "?lon=118.6&lat=32&on=2026-01-01")


def test_who_only_looks_things_up_sees_no_plans(cast: Cast) -> None:
    plan = drafted(cast)
    client = window(cast, "street_dispatcher")
    for address in ("", "new/", f"{plan.pk}/"):
        assert client.get(f"/configuration/boundaries/{address}").status_code == 403
    assert "网格划分" not in text(client, "/configuration/grids/")
