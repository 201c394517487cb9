"""Lists find the same orders whichever way they go: over the newest, or by the words of an index."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.db.models import Q

from grids.models import District
from tests.workorders.api import ROOT, Door
from tests.workorders.conftest import NEXT_GRID, OTHER_STREET, Desk
from workorders.models import OrderText, WorkOrder
from workorders.selectors import Wanted, counting, finding, newest, soonest, sought, visible_to
from workorders.selectors.words import group

QUERIES: dict[str, tuple[Q, tuple[tuple[str, ...], ...]]] = {
    "all": (Q(), ()),
    "reported": (Q(status="reported"), group("status", ["reported"])),
    "over": (Q(status__in=["closed", "declined"]), group("status", ["closed", "declined"])),
    "high": (Q(level="district"), group("level", ["district"])),
    "both": (Q(source="hotline_12345", level="street"), group("source", ["hotline_12345"])),
    "none": (Q(source="video"), group("source", ["video"])),
}


@pytest.fixture
def town(desk: Desk) -> Desk:
    """An order of each kind, here, next door and elsewhere."""
    elsewhere = {"lon": OTHER_STREET[0], "lat": OTHER_STREET[1]}
    desk.report(desk.cast.citizen)
    desk.report(desk.cast.source, title="井盖破损", **elsewhere)
    desk.report(lon=100.0, lat=20.0)
    desk.do(desk.report(), "claim", desk.cast.community_officer)
    desk.handling(desk.ground.market_squad.code, lon=NEXT_GRID[0], lat=NEXT_GRID[1])
    desk.closed()
    desk.at_district(title="井盖丢失")
    across = desk.report(desk.cast.citizen)
    desk.do(
        across, "register_to_district", desk.cast.street_dispatcher,
        conditions_confirmed=True, affected_streets=["320999002"],
    )  # fmt: skip
    return desk


@pytest.mark.parametrize("walk", [1, 3, 2000])
def test_every_way_finds_what_one_sees(town: Desk, walk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """With no walk the indexes are asked, with a short one both, with the usual one the newest."""
    monkeypatch.setattr(finding, "WALK", walk)
    monkeypatch.setattr(finding, "WALK_FOR_EACH", 0)
    squad = town.ground.market_squad.pk
    for name, actor in town.cast.all():
        for query, (where, words) in QUERIES.items():
            seen = visible_to(actor).filter(where)
            expected = list(seen.order_by("-pk").values_list("pk", flat=True))
            wanted = Wanted(actor, where, words)
            assert newest(wanted, 50) == expected, (name, query)
            assert newest(wanted, 2) == expected[:2], (name, query)
            assert newest(wanted, 50, below=expected[0] if expected else 1) == expected[1:], (name, query)
            by_due = seen.order_by("due_at", "pk").values_list("pk", flat=True)
            assert soonest(wanted, 50) == list(by_due), (name, query)
            of_squad = seen.filter(Q(holder=squad) | Q(assignments__unit=squad)).distinct().order_by("-pk")
            narrowed = Wanted(actor, where, words, unit_ids=(squad,))
            assert newest(narrowed, 50) == list(of_squad.values_list("pk", flat=True)), (name, query)
            lids = Wanted(actor, where, words, sought=sought("井盖"))
            assert newest(lids, 50) == list(
                seen.filter(text__title__contains="井盖").order_by("-pk").values_list("pk", flat=True)
            ), (name, query)


@pytest.mark.parametrize("walk", [1, 2000])
def test_a_search_in_places(town: Desk, walk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The index of texts answers it; an order elsewhere that says the same is none of it."""
    monkeypatch.setattr(finding, "WALK", walk)
    monkeypatch.setattr(finding, "WALK_FOR_EACH", 0)
    here, there = WorkOrder.objects.filter(text__title__contains="井盖").order_by("-pk")
    near, far = ((each.street_id or 0,) for each in (here, there))
    both = (*near, *far)
    found = {
        (streets, status): newest(
            Wanted(
                town.cast.commander,
                Q(street_id__in=streets) & (Q(status=status) if status else Q()),
                group("street", streets) + (group("status", [status]) if status else ()),
                sought=sought("井盖"),
            ),
            50,
        )
        for streets in (near, far, both)
        for status in ("", there.status)
    }
    assert found == {
        (near, ""): [here.pk],
        (near, there.status): [],
        (far, ""): [there.pk],
        (far, there.status): [there.pk],
        (both, ""): [here.pk, there.pk],
        (both, there.status): [there.pk],
    }


@pytest.mark.parametrize("walk", [1, 2000])
def test_what_one_reported_in_another_district(desk: Desk, walk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "WALK", walk)
    monkeypatch.setattr(finding, "WALK_FOR_EACH", 0)
    commander = desk.cast.commander
    theirs, foreign, mine = desk.report(title="井盖"), desk.report(title="井盖"), desk.report(title="井盖")
    nowhere = {"street_id": None, "community_id": None, "grid_id": None}
    named = {"code": "320998", "name": "邻区", "short_name": "邻区", "pinyin": "linqu", "number_prefix": "LQ"}
    other = District.objects.create(**named, valid_from=dt.date(2026, 1, 1))
    WorkOrder.objects.filter(pk__in=(foreign.pk, mine.pk)).update(district_id=other.pk, **nowhere)
    WorkOrder.objects.filter(pk=mine.pk).update(reporter_id=commander.user_id)
    assert newest(Wanted(commander), 50) == [mine.pk, theirs.pk]
    assert newest(Wanted(commander, sought=sought("井盖")), 50) == [mine.pk, theirs.pk]


def test_a_search_follows_an_order_that_moves(desk: Desk) -> None:
    order = desk.report(title="井盖破损")
    there = Door(desk.cast).other_street_dispatcher
    assert there.get(f"{ROOT}?q=井盖").json()["results"] == []

    desk.do(order, "relocate", desk.cast.street_dispatcher, lon=OTHER_STREET[0], lat=OTHER_STREET[1], reason="在那边")

    assert [line["number"] for line in there.get(f"{ROOT}?q=井盖").json()["results"]] == [order.number]
    order.refresh_from_db()
    vector = str(OrderText.objects.values_list("search", flat=True).get(pk=order.pk))
    assert (f"'street{order.street_id}'" in vector, vector.count("'street")) == (True, 1)


def test_the_units_of_the_parts_stand_with_the_order(desk: Desk) -> None:
    order = desk.handling(desk.ground.market_squad.code)
    both = sorted((desk.ground.urban_squad.pk, desk.ground.market_squad.pk))
    assert WorkOrder.objects.get(pk=order.pk).part_unit_ids == both


def test_one_character_is_looked_for_among_the_newest(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "WALK", 2)
    lid, *_others = [desk.report(title=title) for title in ("井盖破损", "占道", "占道")]
    client = Door(desk.cast).commander
    assert client.get(f"{ROOT}?q=井").json()["results"] == []
    assert [line["number"] for line in client.get(f"{ROOT}?q=井盖").json()["results"]] == [lid.number]
    counts = client.get(f"{ROOT}counts/?q=井").json()
    assert (counts["total"], counts["total_is_exact"]) == (0, False)


@pytest.mark.parametrize("walk", [1, 3000])
def test_a_total_ends_where_nobody_counts_on(desk: Desk, walk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "WALK_TO_COUNT", walk)
    monkeypatch.setattr(counting, "MOST", 2)
    client, found = Door(desk.cast).commander, []
    for _ in range(3):
        desk.report()
        told = client.get(f"{ROOT}counts/").json()
        found.append((told["total"], told["total_is_exact"], told["open"]))
    assert found == [(1, True, 1), (2, True, 2), (2, False, 3)]


def test_before_and_after_a_moment(desk: Desk, shift: Callable[[dt.timedelta], None]) -> None:
    early = desk.report()
    shift(dt.timedelta(days=40))
    late = desk.report()
    client = Door(desk.cast).commander
    border = late.reported_at.isoformat().replace("+00:00", "Z")

    def numbers(query: str) -> list[str]:
        return [line["number"] for line in client.get(f"{ROOT}?{query}").json()["results"]]

    assert numbers(f"created_before={border}") == [early.number]
    assert numbers(f"created_after={border}") == [late.number]
    assert numbers("created_before=2020-01-01") == []
