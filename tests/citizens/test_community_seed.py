"""Which communities a demonstration shows at work, and what its guest finds there."""

from __future__ import annotations

import pytest

from accounts.models import User, UserKind
from citizens.models import Opinion, PatrolTeam, Standing
from citizens.seeding import community
from tests.citizens.community import plain, window
from tests.workorders.conftest import Desk


@pytest.fixture
def guest(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> User:
    """One community alone is filled; only the officer of the second signs in, and one citizen."""
    monkeypatch.setattr(community, "STATIONS", 1)
    officer = desk.cast.user("other_officer")
    officer.set_password("lantern-river-42")
    officer.save()
    made = User(username="guest", full_name="市民甲", kind=UserKind.CITIZEN)
    made.set_password("lantern-river-42")
    made.save()
    assert community.open_communities() == 1
    return made


def test_the_community_of_who_signs_in_is_at_work(desk: Desk, guest: User) -> None:
    assert PatrolTeam.objects.get().community_id == desk.ground.other_community.pk
    officer = window(desk, "other_officer")
    for page, told in (
        ("community", "刘玉梅"),
        ("matters", "楼道加装扶手"),
        ("remarks", "健身角"),
        ("volunteers", "夜巡一队"),
    ):
        assert told in plain(officer.get(f"/citizen-desk/{page}/")), page
    assert community.open_communities() == 0


def test_a_guest_lives_where_something_happens(desk: Desk, guest: User) -> None:
    rows = Standing.objects.filter(user=guest, state="confirmed").values_list("role", "community")
    here = desk.ground.other_community.pk
    assert sorted(rows) == [("observer", here), ("resident", here), ("volunteer", here)]
    window_of_guest = window(desk, "citizen")
    window_of_guest.force_login(guest, backend="django.contrib.auth.backends.ModelBackend")
    assert "小区东门岗亭" in plain(window_of_guest.get("/citizen/volunteer/"))
    assert "儿童滑梯" in plain(window_of_guest.get("/citizen/remarks/"))


def test_what_is_said_fits_what_is_talked_over(desk: Desk, guest: User) -> None:
    said = set(Opinion.objects.values_list("matter__title", "words"))
    assert ("楼道加装扶手", "同意，先从老人多的单元装起。") in said
    assert {words for title, words in said if title == "广场舞音量"} >= {"建议八点半以后把音量调小。"}
    assert not [words for title, words in said if title == "广场舞音量" and "装" in words]
