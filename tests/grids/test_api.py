"""The ground through the API, as a signed-in user."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests.cast import Cast, SmallGround, centre_of


@pytest.fixture
def browser(cast: Cast, client: Client) -> Client:
    client.force_login(cast.user("handler"), backend="django.contrib.auth.backends.ModelBackend")
    return client


def get(browser: Client, path: str, **headers: str) -> Any:
    return browser.get(f"/api/v1/{path}", headers=headers)


@pytest.mark.parametrize("path", ["divisions/", "divisions/boundaries/", "divisions/320999/", "units/", "locate/"])
def test_nobody_unsigned(small_ground: SmallGround, client: Client, path: str) -> None:
    assert get(client, path).status_code == 401


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("?level=district", ["320999"]),
        ("?level=street", ["320999001", "320999002"]),
        ("?level=street&street=320999002", ["320999002"]),
        ("?level=community&parent=320999002", ["320999002001", "320999002002"]),
        ("?level=grid&parent=320999001001", ["320999001001001", "320999001001002"]),
        ("?parent=320999001002", ["320999001002001", "320999001002002"]),
    ],
)
def test_divisions(browser: Client, query: str, codes: list[str]) -> None:
    found = get(browser, f"divisions/{query}").json()
    assert [row["code"] for row in found] == codes
    assert "boundary" not in found[0]


def test_boundary_of_the_grids_of_a_street(browser: Client) -> None:
    found = get(browser, "divisions/?boundary=1&level=grid&street=320999001").json()
    assert len(found) == 4
    assert found[0]["boundary"]["type"] == "Polygon"
    assert found[0]["parent"] == "320999001001"


def test_map_layer_and_its_etag(browser: Client) -> None:
    answer = get(browser, "divisions/boundaries/")
    layer = answer.json()
    assert layer["type"] == "FeatureCollection"
    assert len(layer["features"]) == 8
    assert layer["features"][0]["properties"]["synthetic"] is True
    again = get(browser, "divisions/boundaries/", if_none_match=answer["ETag"])
    assert again.status_code == 304
    assert again.content == b""
    assert len(get(browser, "divisions/boundaries/?level=street").json()["features"]) == 2


def test_the_layer_costs_the_same_for_many(
    browser: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    get(browser, "locate/?lon=118.605&lat=32.055")  # Reads the ground into the process.
    with django_assert_max_num_queries(4):  # Session, user, version, grids.
        get(browser, "divisions/boundaries/")
    with django_assert_max_num_queries(4):
        get(browser, "units/")
    with django_assert_max_num_queries(4):
        get(browser, "locate/?lon=118.605&lat=32.055")


def test_one_division(browser: Client) -> None:
    assert get(browser, "divisions/320999001001001/").json()["level"] == "grid"
    assert get(browser, "divisions/123/").status_code == 404


def test_units(browser: Client) -> None:
    squads = get(browser, "units/?level=street&street=320999001&function=market").json()
    assert [unit["code"] for unit in squads] == ["320999001-market"]
    assert squads[0]["kind_label"] == "参勤单位"
    assert len(get(browser, "units/?level=district").json()) == 24


def test_locate(browser: Client) -> None:
    lon, lat = centre_of(3, 1)
    found = get(browser, f"locate/?lon={lon}&lat={lat}").json()
    assert found["grid"]["code"] == "320999002002002"
    assert found["street"]["short_name"] == "西街"


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [("?lon=1&lat=1", 404, "outside_every_grid"), ("?lon=118.6", 400, "invalid"), ("?lon=x&lat=1", 400, "invalid")],
)
def test_locate_refusals(browser: Client, query: str, status: int, code: str) -> None:
    answer = get(browser, f"locate/{query}")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
