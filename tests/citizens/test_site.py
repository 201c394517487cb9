"""The frame of the public site."""

from __future__ import annotations

from django.test import Client

from tests.cast import SmallGround


def test_the_first_page_is_for_anybody(client: Client, small_ground: SmallGround) -> None:
    answer = client.get("/citizen/")
    assert answer.status_code == 200
    assert small_ground.district.name in answer.content.decode()
    assert "lianqin_session" not in answer.cookies


def test_large_letters_stay_and_lead_back(client: Client, small_ground: SmallGround) -> None:
    answer = client.post("/citizen/type/", {"type": "large", "next": "/citizen/"})
    assert (answer.status_code, answer["Location"]) == (302, "/citizen/")
    assert 'data-type="large"' in client.get("/citizen/").content.decode()
    client.post("/citizen/type/", {"type": "plain", "next": "/citizen/"})
    assert 'data-type="large"' not in client.get("/citizen/").content.decode()


def test_who_lost_the_way_stays_on_the_site(client: Client, small_ground: SmallGround) -> None:
    client.post("/citizen/type/", {"type": "large", "next": "/citizen/"})
    for address in ("/citizen/nothing/", "/citizen/receipt/ABCD-EFGH-JKMN/"):
        answer = client.get(address)
        page = answer.content.decode()
        assert (answer.status_code, "没有找到" in page, "无权" in page) == (404, True, False), address
        assert f"{small_ground.district.name}大联勤" in page
        assert ('class="bottom"' in page, 'href="/citizen/"' in page, 'href="/"' in page) == (True, True, False)
        assert ('data-type="large"' in page, "lianqin_session" in answer.cookies) == (True, False)
    elsewhere = client.get("/nothing/").content.decode()
    assert ("页面不存在，或者您无权查看。" in elsewhere, 'class="bottom"' in elsewhere) == (True, False)


def test_what_a_button_does_has_no_page_of_its_own_but_says_so(client: Client, small_ground: SmallGround) -> None:
    steps = (
        "type/",
        "me/out/",
        "me/news/",
        "me/agree/",
        "report/number/",
        "report/near/",
        "report/join/",
        "remarks/place/",
    )
    for step in steps:
        answer = client.get(f"/citizen/{step}")
        page = answer.content.decode()
        assert (answer.status_code, answer["Allow"]) == (405, "POST"), step
        assert ("点按钮完成" in page, 'class="bottom"' in page) == (True, True), step


def test_a_page_that_was_open_too_long_says_so(small_ground: SmallGround) -> None:
    answer = Client(enforce_csrf_checks=True).post("/citizen/type/", {"type": "large"})
    page = answer.content.decode()
    assert (answer.status_code, "<h1>页面已过期</h1>" in page, "刷新以后再提交" in page) == (403, True, True)


def test_nobody_is_led_elsewhere(client: Client, small_ground: SmallGround) -> None:
    answer = client.post("/citizen/type/", {"type": "large", "next": "https://example.com/"})
    assert answer["Location"] == "/citizen/"
