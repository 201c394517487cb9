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


def test_nobody_is_led_elsewhere(client: Client, small_ground: SmallGround) -> None:
    answer = client.post("/citizen/type/", {"type": "large", "next": "https://example.com/"})
    assert answer["Location"] == "/citizen/"
