"""The pages of orders: who may open them, what they offer, and what they cost."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalogue import revisions
from grids import ground
from lianqin.kernel import clock
from tests.cast import OFFICERS, POSTS, Cast, SmallGround
from tests.workorders.conftest import Desk

Door = Callable[[str], Client]
UNIT_POSTS = [name for name, (role, _where, _post) in POSTS.items() if role != "grid_worker"]
GRID_POSTS = [name for name, (role, _where, _post) in POSTS.items() if role == "grid_worker"]
SCRIPT_WITHOUT_ADDRESS = re.compile(r"<script(?![^>]*\bsrc=)", re.IGNORECASE)
INLINE = re.compile(r"""\s(style|on[a-z]+)=["']|<style|javascript:""", re.IGNORECASE)
CJK = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture
def window(cast: Cast) -> Door:
    def open_window(name: str) -> Client:
        client = Client()
        client.force_login(cast.user(name), backend="django.contrib.auth.backends.ModelBackend")
        return client

    return open_window


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.content.decode()


def queries(client: Client, path: str, **headers: Any) -> int:
    """How many a second visit costs; the look whether the catalogue has changed, once a second, is left out."""
    client.get(path, **headers)
    with CaptureQueriesContext(connection) as spent:
        assert client.get(path, **headers).status_code == 200
    return sum("catalogue_revision" not in query["sql"] for query in spent.captured_queries)


@pytest.mark.parametrize("path", ["/orders/", "/orders/new/", "/orders/SY20261121-000001/", "/district/"])
def test_nobody_reads_without_signing_in(db: None, path: str) -> None:
    answer = Client().get(path)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/signin/")


def test_what_one_may_not_see_does_not_exist(desk: Desk, window: Door) -> None:
    order = desk.dispatched()
    for name in ("outsider", "other_street_dispatcher", "other_handler", "other_grid_worker"):
        for path in (f"/orders/{order.number}/", f"/orders/{order.number}/print/"):
            assert window(name).get(path).status_code == 404, (name, path)
        assert window(name).get("/orders/SY20990101-000001/").status_code == 404


def test_every_post_finds_its_pages(desk: Desk, window: Door) -> None:
    order = desk.dispatched(desk.ground.market_squad.code)
    for name in (*UNIT_POSTS, *GRID_POSTS):
        client = window(name)
        page(client, "/orders/")
        page(client, "/orders/?tab=all&q=占道")
        page(client, "/orders/new/")
        page(client, "/duty/")
        assert client.get("/district/").status_code == (200 if name in UNIT_POSTS else 403), name
    for name in ("commander", "street_dispatcher", "community_officer", "handler", "handler2", "grid_worker"):
        page(window(name), f"/orders/{order.number}/")
        page(window(name), f"/orders/{order.number}/print/")


def test_doors_that_refuse_are_not_offered(desk: Desk, window: Door) -> None:
    assert 'href="/district/"' in page(window("street_dispatcher"), "/orders/")
    assert 'href="/district/"' not in page(window("grid_worker"), "/orders/")
    without_post = page(window("outsider"), "/orders/")
    assert 'href="/orders/new/"' not in without_post
    assert "您还没有岗位" in without_post
    assert "当前没有需要处理的工单" in page(window("handler"), "/orders/")


DESKS = {"sysadmin": "/configuration/", "secadmin": "/configuration/", "auditadmin": "/admin/"}


@pytest.mark.parametrize("name", OFFICERS)
def test_officers_go_to_their_own_desk(cast: Cast, window: Door, name: str) -> None:
    answer = window(name).get("/orders/")
    assert (answer.status_code, answer["Location"]) == (302, DESKS[name])
    assert window(name).get("/district/").status_code == 403


def test_the_queue_costs_the_same_however_long(desk: Desk, window: Door) -> None:
    desk.registered()
    client = window("street_dispatcher")
    first = queries(client, "/orders/")
    for _each in range(6):
        desk.dispatched(desk.ground.market_squad.code)
    assert queries(client, "/orders/") == first
    assert first <= 12


def test_an_order_costs_the_same_however_much_happened(
    desk: Desk, window: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Looked at once a second otherwise, and then in one of the two counts.
    monkeypatch.setattr(ground, "CHECK_EVERY_SECONDS", 3600.0)
    monkeypatch.setattr(revisions, "CHECK_SECONDS", 3600.0)
    order, _like_it = desk.registered(), desk.registered()
    client = window("street_dispatcher")
    path = f"/orders/{order.number}/"
    page(client, path)  # Everything that a process keeps is warm.
    before = queries(client, path, HTTP_X_FRAGMENT="1")
    for number in range(5):
        desk.do(order, "comment", desk.cast.street_dispatcher2, comment=f"第{number}次说明")
        desk.registered()
    assert queries(client, path, HTTP_X_FRAGMENT="1") == before
    # On top of the queue that stands beside it.
    assert before - queries(client, "/orders/", HTTP_X_FRAGMENT="1") == 17


def test_nothing_is_inline(desk: Desk, window: Door) -> None:
    order = desk.handling(desk.ground.market_squad.code)
    client = window("street_dispatcher")
    paths = ["/orders/", f"/orders/{order.number}/", f"/orders/{order.number}/print/", "/orders/new/", "/district/"]
    for path in [*paths, "/duty/"]:
        text = page(client, path)
        assert not SCRIPT_WITHOUT_ADDRESS.search(text), path
        assert not INLINE.search(text), (path, INLINE.search(text))
        policy = client.get(path)["Content-Security-Policy"]
        assert "unsafe" not in policy


def test_marks_for_programs_that_look_at_the_page(desk: Desk, window: Door) -> None:
    order = desk.registered()
    text = page(window("street_dispatcher"), f"/orders/{order.number}/")
    for mark in (
        f'data-order="{order.number}" data-status="registered"', 'data-action="dispatch"', 'data-form="dispatch"',
        'data-event-kind="register"', "data-clock", 'data-main-action',
    ):  # fmt: skip
        assert mark in text, mark


def test_the_default_department_is_suggested_first_and_who_returned_last(desk: Desk, window: Door) -> None:
    order = desk.registered()
    client, path = window("street_dispatcher"), f"/orders/{order.number}/"
    assert suggested(page(client, path))[0] == desk.ground.urban_squad.code
    assert ">派给 东街城管中队<" in page(client, path)
    order = desk.do(order, "dispatch", desk.cast.street_dispatcher, lead=desk.ground.urban_squad.code)
    assert suggested(page(client, path)) == []
    desk.do(order, "return_assignment", desk.cast.handler, reason="不属于职责范围")
    told = page(client, path)
    assert desk.ground.urban_squad.code not in suggested(told)[:3]
    assert ">派给 东街城管中队<" not in told
    assert 'aria-checked="true"' not in told
    assert "不属于职责范围" in told


def suggested(text: str) -> list[str]:
    return re.findall(r'data-suggestion="([^"]+)"', text)


def test_an_order_that_came_up_says_why_and_offers_the_old_hands(desk: Desk, window: Door) -> None:
    order = desk.handling()
    desk.do(order, "escalate", desk.cast.street_dispatcher, reason="需要区级统筹")
    text = page(window("district_dispatcher"), f"/orders/{order.number}/")
    risen = text.partition("data-rise")[2].partition("</div>")[0]
    assert "需要区级统筹" in risen
    assert 'data-form="adopt"' in text
    assert 'data-form="adopt"' not in page(window("street_dispatcher"), f"/orders/{order.number}/")


def test_twins_are_shown_and_can_be_merged_from_there(desk: Desk, window: Door) -> None:
    first, second = desk.registered(), desk.registered()
    text = page(window("street_dispatcher"), f"/orders/{second.number}/")
    assert f'data-twin="{first.number}"' in text
    assert f'data-fill="master" data-value="{first.number}"' in text


def test_a_request_shows_its_reason_to_who_decides(desk: Desk, window: Door) -> None:
    order = desk.registered()
    desk.do(order, "shelve", desk.cast.street_dispatcher, reason="等待拆迁腾空", review_on="2027-03-01")
    path = f"/orders/{order.number}/"
    above, asker = page(window("district_dispatcher"), path), page(window("street_dispatcher"), path)
    assert "<blockquote>等待拆迁腾空</blockquote>" in above
    assert 'data-action="approve"' in above
    assert 'data-action="approve"' not in asker


def test_modules_say_nothing_that_does_not_pass_through_gettext(small_ground: SmallGround) -> None:
    """A module's words stand in ``words.html``, or in each page that loads it."""
    static, templates = Path(settings.BASE_DIR) / "static", Path(settings.BASE_DIR) / "templates"
    pages = [page.read_text("utf-8") for page in templates.rglob("*.html")]
    known = words_of((templates / "core/words.html").read_text("utf-8"))
    for module in [*static.glob("core/*.js"), *static.glob("workorders/*.js"), *static.glob("dispatch/*.js")]:
        text = module.read_text("utf-8")
        assert not CJK.search(text), module.name
        lacking = set(re.findall(r'\bword\("(\w+)"', text)) - known
        loading = [page for page in pages if f'"{module.relative_to(static)}"' in page]
        assert not lacking or (loading and all(lacking <= words_of(page) for page in loading)), module.name


def words_of(page: str) -> set[str]:
    return set(re.findall(r'data-word="(\w+)"', page))


def test_an_order_is_shown_again_without_the_list(desk: Desk, window: Door) -> None:
    client, address = window("street_dispatcher"), f"/orders/{desk.registered().number}/"
    whole, part = (client.get(address, headers={"X-Fragment": each}).content.decode() for each in ("1", "order"))
    names = ("order", "side", "place", "dialogs", "queue", "counts")
    assert [f'data-part="{name}"' in part for name in names] == [True, True, True, True, False, False]
    assert all(f'data-part="{name}"' in whole for name in names)
    spent = [queries(client, address, headers={"X-Fragment": each}) for each in ("1", "order")]
    assert spent[1] <= spent[0] - 4


def test_what_the_system_took_back_is_not_said_to_be_returned(desk: Desk, window: Door) -> None:
    order = desk.dispatched("320999001-market")
    part = order.assignments.get(role="assist")
    order.assignments.filter(pk=part.pk).update(status="returned", finished_at=clock.now(), finished_by=None)
    told = page(window("street_dispatcher"), f"/orders/{order.number}/")
    assert ("逾期未签收，系统退回" in told, "已退单" in told) == (True, False)
    by = desk.cast.user("handler").pk
    order.assignments.filter(pk=part.pk).update(finished_by=by)
    assert "已退单" in page(window("street_dispatcher"), f"/orders/{order.number}/")


def test_who_closes_reads_when_it_may_be_closed_and_how_much_there_is_to_see(desk: Desk, window: Door) -> None:
    desk.categories["plain"].closing_conditions = ["垃圾清运完毕", "地面无残留"]
    desk.categories["plain"].save()
    revisions.forget()
    order = desk.submitted()
    path = f"/orders/{order.number}/"
    dialog = re.compile(r'id="form-verify".*?</dialog>', re.DOTALL)

    def told() -> str:
        found = dialog.search(page(window("street_dispatcher"), path))
        assert found
        return found.group()

    assert ("1. 垃圾清运完毕<br>2. 地面无残留" in told(), "没有照片或录像" in told()) == (True, True)
    for stage in ("report", "after", "after"):
        desk.picture(order, stage)
    assert "处置前 1 张，处置后 2 张" in told()
    assert not dialog.search(page(window("handler"), path))
