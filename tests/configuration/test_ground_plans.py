"""Re-divisions over HTTP: what the map editor sends and gets back."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.services import issue_token
from tests.cast import Cast
from tests.grids.planning import FRESH, SOUTH_1, SOUTH_2, area, line, point, tomorrow
from tests.workorders.conftest import Desk, _nothing_remembered, categories, desk

__all__ = ["_nothing_remembered", "categories", "desk"]
PLANS = "/api/v1/setup/ground-plans/"
COMMUNITY = "320999001001"


class Door:
    """The API as one person; keeps the version of the last plan that it saw."""

    def __init__(self, cast: Cast, name: str = "sysadmin") -> None:
        self.client = APIClient()
        token, _expiry = issue_token(user=cast.user(name))
        self.client.credentials(HTTP_AUTHORIZATION=f"Token {token}")
        self.plan: dict[str, Any] = {}

    def draft(self, **told: Any) -> dict[str, Any]:
        body = {"title": "南里调整", "communities": [COMMUNITY], **told}
        answer = self.client.post(PLANS, body, format="json")
        assert answer.status_code == 201, answer.json()
        self.plan = answer.json()
        return self.plan

    def send(self, verb: str, **told: Any) -> tuple[int, dict[str, Any]]:
        body = {"version": self.plan["version"], **told}
        answer = self.client.post(f"{PLANS}{self.plan['id']}/{verb}/", body, format="json")
        shape = answer.json()
        if answer.status_code == 200:
            self.plan = shape.get("plan", shape)
        return answer.status_code, shape

    def get(self, address: str) -> tuple[int, Any]:
        answer = self.client.get(address)
        return answer.status_code, answer.json()


@pytest.fixture
def door(cast: Cast) -> Door:
    return Door(cast)


def codes(collection: dict[str, Any]) -> list[str]:
    return [feature["properties"]["code"] for feature in collection["features"]]


def test_a_draft_comes_with_everything_the_editor_shows(door: Door) -> None:
    plan = door.draft()
    assert (plan["state"], plan["state_label"], plan["effective_on"]) == ("draft", "草稿", tomorrow().isoformat())
    assert plan["may"] == {
        "edit": True, "submit": True, "withdraw": True, "reopen": False, "decide": False, "cancel": False,
    }  # fmt: skip
    assert codes(plan["grids"]) == [SOUTH_1, SOUTH_2]
    feature = plan["grids"]["features"][0]
    assert (feature["id"], feature["geometry"]["type"]) == (SOUTH_1, "Polygon")
    shown = feature["properties"]
    assert (shown["goes_on"], shown["drawn"], shown["households"], shown["origins"]) == (True, True, 400, [SOUTH_1])
    # 0.01° by 0.01° at 32.055° north.
    assert shown["area_m2"] == pytest.approx(1_047_500, rel=1e-3)
    assert codes(plan["outlines"]) == [COMMUNITY]
    assert (plan["faults"], plan["steps"], plan["ended"]) == ([], [], [])


def test_an_operation_answers_with_what_it_touched(door: Door) -> None:
    door.draft(streets=["320999001"])
    status, done = door.send("split", code=SOUTH_1, line=line((-0.2, 0.5), (1.2, 0.5)))
    assert status == 200
    assert done["communities"] == [COMMUNITY]
    assert codes(done["grids"]) == [SOUTH_2, FRESH, "320999001001004"]
    assert done["ended"] == [{"code": SOUTH_1, "name": "第1网格"}]
    assert [step["act_label"] for step in done["steps"]] == ["拆分"]
    status, undone = door.send("undo")
    assert (status, codes(undone["grids"]), undone["steps"]) == (200, [SOUTH_1, SOUTH_2], [])


@pytest.mark.parametrize(
    ("verb", "told"),
    [
        ("merge", {"codes": [SOUTH_1, SOUTH_2], "keep_code": SOUTH_1}),
        ("reshape", {"code": SOUTH_1, "boundary": area((0, 0), (1.5, 0), (1.5, 1), (0, 1))}),
        ("draw", {"community": COMMUNITY, "boundary": area((0.2, 0.2), (0.8, 0.2), (0.5, 0.7)), "carve": True}),
        ("describe", {"code": SOUTH_1, "name": "东门网格", "households": 333}),
        ("repair", {}),
        ("remove", {"code": SOUTH_1}),
    ],
)
def test_operations(door: Door, verb: str, told: dict[str, Any]) -> None:
    before = door.draft()["version"]
    status, done = door.send(verb, **told)
    assert (status, done["plan"]["version"]) == (200, before + 1), done


def test_moving_a_vertex(door: Door) -> None:
    door.draft()
    door.send("split", code=SOUTH_1, line=line((0.5, -0.2), (0.5, 0.5), (1.2, 0.5)))
    status, done = door.send("move", moves=[{"from": [118.605, 32.055], "to": [118.604, 32.056]}])
    assert (status, done["faults"]) == (200, [])
    status, refused = door.send("move", moves=[{"from": [118.6, 32.05], "to": [118.604, 32.056]}])
    assert (status, refused["code"]) == (400, "boundary_fault")


def test_what_cannot_be_done_says_where_and_why(door: Door) -> None:
    door.draft()
    crossed = area((0, 0), (1, 1), (1, 0), (0, 1))
    status, refused = door.send("reshape", code=SOUTH_1, boundary=crossed)
    assert (status, refused["code"]) == (400, "boundary_fault")
    assert refused["at"] == [pytest.approx(118.605), pytest.approx(32.055)]
    assert "118.605" in refused["errors"]["boundary"][0]
    shapes: list[Any] = [{"type": "Point", "coordinates": [1, 2]}, "x", 7, {}, [], area((0, 0), (1, 0), (2, 0))]
    for boundary in shapes:
        assert door.send("reshape", code=SOUTH_1, boundary=boundary)[0] == 400, boundary
    lines: list[Any] = [{}, [], "x", {"type": "LineString", "coordinates": [[1, 2]]}, {"type": "LineString"}]
    for drawn in lines:
        assert door.send("split", code=SOUTH_1, line=drawn)[0] == 400, drawn
    assert door.send("split", code="999", line=line((0, 0), (1, 1)))[0] == 400


def test_an_old_version_is_told_to_look_again(door: Door, cast: Cast) -> None:
    door.draft()
    other = Door(cast)
    other.plan = dict(door.plan)
    door.send("describe", code=SOUTH_1, name="东门网格")
    status, refused = other.send("describe", code=SOUTH_1, name="西门网格")
    assert (status, refused["code"], refused["current"]) == (409, "stale_version", door.plan["version"])


def test_faults_are_areas_to_paint(door: Door) -> None:
    door.draft()
    _status, done = door.send("remove", code=SOUTH_2)
    (fault,) = done["faults"]
    assert (fault["kind"], fault["label"], fault["geometry"]["type"]) == ("gap", "空白", "Polygon")
    assert fault["square_metres"] == pytest.approx(1_047_500, rel=1e-3)
    status, refused = door.send("submit")
    assert (status, refused["code"], refused["reason"]) == (409, "plan_not_ready", "faults")


def test_submitted_decided_and_cancelled_by_two_people(door: Door, cast: Cast) -> None:
    door.draft()
    door.send("split", code=SOUTH_1, line=line((-0.2, 0.5), (1.2, 0.5)))
    assert door.send("submit")[1]["state"] == "submitted"
    assert door.send("decide", approve=True)[0] == 403
    commander = Door(cast, "commander")
    commander.plan = dict(door.plan)
    assert commander.get(f"{PLANS}{door.plan['id']}/")[1]["may"]["decide"] is True
    status, approved = commander.send("decide", approve=True, opinion="同意")
    assert (status, approved["state"], approved["decided_by"]) == (200, "scheduled", "commander")
    status, cancelled = commander.send("cancel")
    assert (status, cancelled["state"]) == (200, "cancelled")


@pytest.mark.parametrize("name", ["grid_worker", "street_dispatcher", "auditadmin", "citizen", "source"])
def test_it_is_nobody_elses_business(door: Door, cast: Cast, name: str) -> None:
    plan = door.draft()
    other = Door(cast, name)
    assert other.get(PLANS)[0] == 403
    assert other.get(f"{PLANS}{plan['id']}/preview/")[0] == 403
    assert other.client.post(PLANS, {"title": "x", "communities": [COMMUNITY]}, format="json").status_code == 403


def test_preview_counts_what_changes_hands(door: Door, desk: Desk) -> None:
    door.draft()
    moving = desk.report(lon=point(0.9, 0.5)[0], lat=point(0.9, 0.5)[1])
    desk.report(lon=point(0.2, 0.5)[0], lat=point(0.2, 0.5)[1])
    desk.closed(lon=point(0.9, 0.5)[0], lat=point(0.9, 0.5)[1])
    door.send("reshape", code=SOUTH_2, boundary=area((0.5, 0), (2, 0), (2, 1), (0.5, 1)))
    _status, told = door.get(f"{PLANS}{door.plan['id']}/preview/")
    assert told["totals"] == {
        "grids_before": 2, "grids_after": 2, "begun": 0, "reshaped": 2, "ended": 0,
        "orders": 1, "members": 0, "elements": 0,
    }  # fmt: skip
    assert [(row["code"], row["orders_out"], row["orders_in"]) for row in told["grids"]] == [
        (SOUTH_1, 1, 0),
        (SOUTH_2, 0, 1),
    ]
    # An officer is told how many, not which.
    assert told["orders"] == []
    _status, seen = Door(desk.cast, "commander").get(f"{PLANS}{door.plan['id']}/preview/")
    assert seen["orders"] == [{"number": moving.number, "status": "reported", "from": SOUTH_1, "to": SOUTH_2}]


def test_preview_lists_whose_post_moves(door: Door) -> None:
    door.draft()
    door.send("split", code=SOUTH_1, line=line((-0.2, 0.3), (1.2, 0.3)))
    _status, told = door.get(f"{PLANS}{door.plan['id']}/preview/")
    larger = max(told["grids"], key=lambda row: row["area_m2"] if row["change"] == "begun" else 0)["code"]
    assert [(row["name"], row["from"], row["to"]) for row in told["members"]] == [
        ("grid_leader", SOUTH_1, larger),
        ("grid_worker", SOUTH_1, larger),
        ("grid_worker2", SOUTH_1, larger),
    ]
    assert (told["totals"]["begun"], told["totals"]["ended"], told["totals"]["members"]) == (2, 1, 3)


def test_the_list_and_a_new_day(door: Door) -> None:
    door.draft()
    answer = door.client.patch(
        f"{PLANS}{door.plan['id']}/",
        {"version": door.plan["version"], "title": "南里二次调整", "effective_on": "2030-01-01"},
        format="json",
    )
    assert (answer.status_code, answer.json()["effective_on"]) == (200, "2030-01-01")
    _status, lines = door.get(f"{PLANS}?state=draft")
    assert [(row["title"], row["grid_count"], row["fault_count"]) for row in lines] == [("南里二次调整", 2, 0)]
    assert door.get(f"{PLANS}?state=in_force")[1] == []


def test_history_over_http(cast: Cast) -> None:
    door = Door(cast, "grid_worker")
    status, told = door.get("/api/v1/ground/history/?lon=118.605&lat=32.055&on=2026-06-01")
    assert (status, told["grid"]["code"], told["valid_from"], told["valid_to"]) == (200, SOUTH_1, "2026-01-01", None)
    assert (told["changed_since"], told["now"]["code"], told["community"]["code"]) == (False, SOUTH_1, COMMUNITY)
    status, refused = door.get("/api/v1/ground/history/?lon=118.605&lat=32.055&on=2025-06-01")
    assert (status, refused["code"]) == (404, "outside_every_grid")
    assert door.get("/api/v1/ground/history/?lon=1&lat=2")[0] == 400
    status, versions = door.get(f"/api/v1/ground/versions/?code={SOUTH_1}")
    assert (status, [row["valid_from"] for row in versions]) == (200, ["2026-01-01"])
    assert door.get("/api/v1/ground/versions/?code=9")[0] == 404
