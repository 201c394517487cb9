"""The pure pieces of the simulator: words, places, pictures, behaviour. The same seed gives the same show."""

from __future__ import annotations

import io
import random
from typing import Any

import pytest
from geopy.distance import geodesic
from PIL import Image

from dispatch.management.traffic import text
from dispatch.management.traffic.habits import SHARES, SHOWCASE, Desk, Fate, choose, fate_of, lies_for
from dispatch.management.traffic.pictures import AFTER, BEFORE, picture
from dispatch.management.traffic.places import Cell, beside, cells, outside, within
from dispatch.management.traffic.places import choose as choose_cell
from tests.cast import square

MATTER = {
    "code": "0101",
    "name": "暴露垃圾堆积",
    "registration_conditions": ["公共区域可见垃圾且无人清理"],
    "closing_conditions": ["垃圾清运完毕", "地面无残留"],
    "vertical": False,
}


def a_cell(code: str, column: int) -> Cell:
    feature = {"properties": {"code": code, "parent": code[:12]}, "geometry": square(column, 0)}
    (cell,) = cells([feature], [{"code": code[:12], "name": "南里社区", "short_name": "南里社区"}])
    return cell


WEST, EAST = a_cell("320999001001001", 0), a_cell("320999002001001", 2)


def test_reports_are_in_words_and_fit_the_api() -> None:
    for seed in range(200):
        written = text.report(MATTER, "南里社区", random.Random(seed))
        assert "暴露垃圾堆积" in written.title
        assert len(written.title) <= 80
        assert written.address.startswith("南里社区")
        assert written.description.endswith("。")
        assert "公共区域可见垃圾且无人清理" in written.description
    assert text.report(MATTER, "南里社区", random.Random(7)) == text.report(MATTER, "南里社区", random.Random(7))
    assert "垃圾清运完毕" in text.result(MATTER, random.Random(1))


def test_every_class_of_the_catalogue_has_its_words() -> None:
    assert sorted(text.SCENES) == [f"{number:02d}" for number in range(1, 15)]


def test_points_lie_where_they_should() -> None:
    dice = random.Random(5)
    for _ in range(50):
        lon, lat = within(WEST, dice)
        assert 118.60 <= lon <= 118.61
        assert 32.05 <= lat <= 32.06
        near = beside((lon, lat), dice)
        assert geodesic((lat, lon), (near[1], near[0])).meters < 100
        far = outside([WEST, EAST], dice)
        assert far[0] > 118.63, "east of every grid"


def test_most_is_reported_where_people_are_at_work() -> None:
    dice = random.Random(5)
    busy = {"320999001": 9.0, "": 1.0}
    drawn = [choose_cell([WEST, EAST], busy, dice) for _ in range(400)]
    assert 320 < drawn.count(WEST) < 395
    assert drawn.count(EAST) > 5


@pytest.mark.parametrize("moment", [BEFORE, AFTER])
def test_pictures_are_small_jpegs(moment: str) -> None:
    content = picture(random.Random(3), moment=moment)
    assert len(content) < 60_000
    with Image.open(io.BytesIO(content)) as image:
        assert (image.format, image.size) == ("JPEG", (480, 360))


def test_fates_follow_the_seed_and_most_are_managed() -> None:
    fates = [fate_of(f"PK20261121-{number:06d}", 1) for number in range(2000)]
    assert fates == [fate_of(f"PK20261121-{number:06d}", 1) for number in range(2000)]
    assert fates != [fate_of(f"PK20261121-{number:06d}", 2) for number in range(2000)]
    managed = sum(fate.path in ("plain", "assisted") for fate in fates)
    left = sum(fate.path.startswith("left_") for fate in fates)
    assert 1000 < managed < 1300
    assert 200 < left < 420
    assert {fate.path for fate in fates} == set(SHARES)


def test_the_showcase_has_every_way() -> None:
    assert set(SHARES) | {"merge", "on_site"} == set(SHOWCASE)


def desk(role: str, status: str, *offers: str, path: str = "plain", level: str = "street", **more: Any) -> Desk:
    given: dict[str, Any] = {
        "requests": [],
        "fate": Fate(path, 1.0, refuse=False, ignore=False, unhappy=False),
        "done": frozenset(),
        "category": MATTER,
        "lead": "320999001-sanitation",
        "others": ["320999001-urban_management", "320999001-public_security"],
        **more,
    }
    line = {"number": "SY1", "status": status, "level": level, "urgency": "normal", "category": {"code": "0101"}}
    return Desk(role=role, line=line, offers={name: {"assignment": 5} for name in offers}, **given)


def chosen(*args: Any, **more: Any) -> str:
    wish = choose(desk(*args, **more))
    return "" if wish is None else wish.action


def test_nobody_does_what_is_not_offered() -> None:
    for role in (
        "street_dispatcher",
        "department_handler",
        "community_officer",
        "grid_leader",
        "supervisor",
        "source",
    ):
        for status in ("reported", "registered", "dispatched", "handling", "submitted", "shelved", "closed", "merged"):
            for path in (*SHARES, "merge", "on_site"):
                wish = choose(desk(role, status, path=path))
                assert wish is None, (role, status, path, wish)


def test_people_do_their_part() -> None:
    assert chosen("street_dispatcher", "reported", "register", "decline") == "register"
    assert chosen("street_dispatcher", "reported", "register", "decline", path="decline") == "decline"
    assert chosen("street_dispatcher", "registered", "dispatch", "escalate") == "dispatch"
    assert chosen("street_dispatcher", "submitted", "verify", "rework", path="rework") == "rework"
    assert chosen("street_dispatcher", "closed", "callback", "reopen") == "callback"
    assert chosen("district_dispatcher", "reported", "place") == "place"
    assert chosen("community_officer", "reported", "claim") == "claim"
    assert chosen("grid_worker", "reported", "handle_on_site", path="on_site") == "handle_on_site"
    assert chosen("grid_leader", "submitted", "verify", "rework") == "verify"
    assert chosen("department_handler", "dispatched", "acknowledge") == "acknowledge"
    assert chosen("department_handler", "handling", "submit_result") == "submit_result"


def test_departments_sometimes_do_not_manage_but_the_districts_do() -> None:
    assert chosen("department_handler", "dispatched", "acknowledge", path="left_pending") == ""
    assert chosen("department_handler", "handling", "submit_result", path="left_handling") == ""
    assert (
        chosen("department_handler", "dispatched", "acknowledge", path="left_pending", level="district")
        == "acknowledge"
    )


def test_the_district_dispatches_jointly() -> None:
    wish = choose(desk("district_dispatcher", "registered", "dispatch", level="district"))
    assert wish is not None
    assert len(wish.data["assists"]) == 2


def test_requests_are_answered_refused_or_left() -> None:
    asked = [{"id": 9, "kind": "decline"}]
    said = {
        name: choose(desk("street_dispatcher", "reported", requests=asked, fate=Fate("plain", 1.0, *flags)))
        for name, flags in {
            "yes": (False, False, False),
            "no": (True, False, False),
            "left": (False, True, False),
        }.items()
    }
    assert said["yes"] is not None
    assert (said["yes"].action, said["yes"].request) == ("approve", 9)
    assert said["no"] is not None
    assert said["no"].action == "refuse"
    assert said["left"] is None


def test_urgent_things_lie_shorter() -> None:
    fate = Fate("plain", 1.0, refuse=False, ignore=False, unhappy=False)
    line = {"status": "reported", "urgency": "normal"}
    assert lies_for(line, fate) == 10
    assert lies_for({**line, "urgency": "critical"}, fate) == 3
