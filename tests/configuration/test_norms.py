"""The norms of grids: the district's own, and never upside down."""

from __future__ import annotations

import pytest

from accounts.models import AuditEntry
from tests.cast import Cast
from tests.configuration.test_grids import api, last
from tests.configuration.test_overview import text, window

pytestmark = pytest.mark.django_db


def norms(**changed: str) -> dict[str, str]:
    return {
        "urban-households_min": "300", "urban-households_max": "390", "urban-people_min": "700",
        "urban-people_max": "900", "rural-households_min": "300", "rural-households_max": "400",
        "rural-people_min": "800", "rural-people_max": "1200", **changed,
    }  # fmt: skip


def test_norms_are_the_districts_own(cast: Cast) -> None:
    client = window(cast, "sysadmin")
    assert client.get("/api/v1/setup/grids/norms/").json() == {
        "urban": {"households_min": 400, "households_max": 500, "people_min": 800, "people_max": 1200},
        "rural": {"households_min": 300, "households_max": 400, "people_min": 800, "people_max": 1200},
    }
    assert client.post("/configuration/grids/norms/", norms()).status_code == 302
    assert "标准之外 8" in text(client, "/configuration/grids/")
    entry = last("grids.norms_changed")
    assert entry.detail["before"]["urban-households_max"] == 500
    assert entry.detail["after"]["urban-households_max"] == 390
    assert "rural-households_min" not in entry.detail["after"]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"urban-households_max": "200"}, "下限应大于 0，上限不小于下限"),
        ({"rural-people_min": "0"}, "下限应大于 0，上限不小于下限"),
        ({"rural-people_min": ""}, "请填写正整数"),
        ({"rural-people_min": "1e3"}, "请填写正整数"),
    ],
)
def test_norms_that_cannot_stand(cast: Cast, changed: dict[str, str], told: str) -> None:
    answer = window(cast, "sysadmin").post("/configuration/grids/norms/", norms(**changed))
    assert answer.status_code == 400
    assert told in answer.content.decode()
    assert not AuditEntry.objects.filter(action="grids.norms_changed").exists()


@pytest.mark.parametrize("who", ["secadmin", "commander", "street_dispatcher"])
def test_only_the_system_administrator_sets_norms(cast: Cast, who: str) -> None:
    assert window(cast, who).post("/configuration/grids/norms/", norms()).status_code == 403
    assert api(cast, who).put("/api/v1/setup/grids/norms/", {}, format="json").status_code == 403
    assert "disabled" in text(window(cast, who), "/configuration/grids/norms/")
