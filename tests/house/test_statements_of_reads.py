"""What every read asks of the database, in the API and as a page; a new one without a figure fails here.

Everything that a process keeps is warm, as it is in one that runs. No figure grows with what there is.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver

from catalogue import revisions
from dispatch.selectors import announcements
from grids import ground
from tests.house.test_statements_of_parts import covered
from tests.workorders.api import ROOT, Door, url
from tests.workorders.conftest import HERE, Desk, _nothing_remembered, categories, desk

__all__ = ["_nothing_remembered", "categories", "desk"]

API = "/api/v1/"
# A file is sent from its folder once the order was found; the description of the API asks nothing; tests/grids and a
# browser look at the tiles of base maps, which come from their providers.
OTHERWISE_TESTED = {"schema", "docs", "map-tile", "work-order-attachment-file", "work-order-attachment-thumbnail"}
# Pages and answers about one steward, course, element or camera: their own tests look at them, nobody has counted.
ONE_THING = {
    *("api attention-person", "api camera", "api element", "api setup-steward", "api setup-steward-payment"),
    *("page attention-edit", "page attention-person", "page camera", "page camera-edit", "page demo-messages"),
    *("page demo-stream", "page element", "page element-edit", "page element-type", "page element-type-new"),
    *("page steward", "page steward-apply", "page steward-building", "page steward-building-new"),
    *("page steward-notice", "page steward-payment", "page steward-quota", "page steward-recruitment-new"),
    *("page training-course", "page training-person", "page training-session", "page training-session-new"),
}
READS = {
    "me": 2,
    "divisions": 6,
    "division-boundaries": 3,
    "division": 6,
    "units": 3,
    "locate": 2,
    "category-tree": 1,
    "work-orders": 4,
    "work-order-counts": 4,
    "work-order": 3,
    "work-order-actions": 4,
    "work-order-events": 4,
    "work-order-timers": 5,
    "work-order-duplicates": 5,
    "work-order-assignments": 4,
    "work-order-requests": 4,
    "work-order-attachments": 4,
    "notices": 4,
    "supervision-orders": 3,
    "totals": 3,
    "totals-open": 3,
}
PAGES = {
    "home": 2,
    "queue": 11,
    "order": 26,
    "print": 23,
    "new": 5,
    "district": 20,
    "notices": 8,
    "account": 3,
    "signin": 2,
    "password": 2,
}
# A list with filters: a code is looked up; a page that the newest orders do not fill asks the indexes, too.
LISTS = {
    "": 4,
    "status=closed": 4,
    "q=占道": 4,
    "q=占道&status=closed": 4,
    "category=T&source=video": 3,
    "street=320999001&unit=320999001-market": 6,
    "created_before=2020-01-01": 4,
    "sort=due": 5,
    "queue=mine": 3,
    "overdue=true": 3,
}
QUEUES = {"": 11, "tab=handling": 9, "tab=all": 12, "tab=all&sort=remaining": 13, "q=占道": 13, "sort=overdue": 9}


@pytest.fixture
def door(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Door:
    """The cast at the API, in a process that does not look whether ground or catalogue have changed meanwhile."""
    monkeypatch.setattr(ground, "CHECK_EVERY_SECONDS", 3600.0)
    monkeypatch.setattr(revisions, "CHECK_SECONDS", 3600.0)
    # What is remembered lasts through the count, under a key that no other test reads.
    monkeypatch.setattr(announcements, "KEPT_SECONDS", 300)
    monkeypatch.setattr(announcements, "WAITING", uuid.uuid4().hex)
    ground.ground()
    return Door(desk.cast)


def reads(patterns: list[URLPattern | URLResolver], within: str = "") -> Iterator[str]:
    """Names of everything that answers a GET, but for the admin's."""
    for each in patterns:
        if isinstance(each, URLResolver):
            if each.namespace != "admin":
                yield from reads(each.url_patterns, each.namespace or within)
            continue
        view = getattr(each.callback, "cls", getattr(each.callback, "view_class", None))
        if view is not None and hasattr(view, "get") and "get" in view.http_method_names:
            yield f"{'api' if within == 'api' else 'page'} {each.name}"


def statements(client: Client, asked: Mapping[str, str]) -> dict[str, int]:
    """What each address costs the second time."""
    found = {}
    for name, address in asked.items():
        client.get(address)
        with CaptureQueriesContext(connection) as spent:
            answer = client.get(address)
            assert answer.status_code in (200, 302), (address, answer.status_code, answer.content[:300])
        found[name] = len(spent)
    return found


def some(desk: Desk) -> str:
    """Three orders in work, and two closed; the number of one of those in work."""
    for _ in range(2):
        desk.closed()
        desk.handling(desk.ground.market_squad.code)
    return desk.handling(desk.ground.market_squad.code).number


def window(desk: Desk) -> Client:
    client = Client()
    client.force_login(desk.cast.user("street_dispatcher"), backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_every_read_has_its_figure() -> None:
    here = {*(f"api {name}" for name in (*READS, *OTHERWISE_TESTED)), *(f"page {name}" for name in PAGES)}
    found = set(reads(get_resolver().url_patterns)) - (covered() - here) - ONE_THING
    assert sorted(found) == sorted(here)


def test_reads(desk: Desk, door: Door) -> None:
    number, (lon, lat) = some(desk), HERE
    parts = ("actions", "events", "timers", "duplicates", "assignments", "requests", "attachments")
    asked = {
        "me": f"{API}auth/me/",
        "divisions": f"{API}divisions/",
        "division-boundaries": f"{API}divisions/boundaries/?level=street",
        "division": f"{API}divisions/320999001/",
        "units": f"{API}units/",
        "locate": f"{API}locate/?lon={lon}&lat={lat}",
        "category-tree": f"{API}categories/",
        "work-orders": ROOT,
        "work-order-counts": f"{ROOT}counts/",
        "work-order": url(number),
        **{f"work-order-{part}": url(number, part) for part in parts},
        "notices": f"{API}notices/",
        "supervision-orders": f"{API}supervision-orders/",
        "totals": f"{API}totals/?from=2026-01-01&to=2026-12-31&by=month",
        "totals-open": f"{API}totals/open/",
    }
    client = door.district_dispatcher
    assert statements(client, asked) == READS
    some(desk)
    assert statements(client, asked) == READS


def test_lists(desk: Desk, door: Door) -> None:
    some(desk)
    asked = {query: f"{ROOT}?{query}" for query in LISTS}
    assert statements(door.street_dispatcher, asked) == LISTS
    some(desk)
    assert statements(door.street_dispatcher, asked) == LISTS


def test_pages(desk: Desk, door: Door) -> None:
    number = some(desk)
    desk.report()  # Waits for the one who looks.
    asked = {
        "home": "/",
        "queue": "/orders/",
        "order": f"/orders/{number}/",
        "print": f"/orders/{number}/print/",
        "new": "/orders/new/",
        "district": "/district/",
        "notices": "/notices/",
        "account": "/accounts/",
        "signin": "/accounts/signin/",
        "password": "/accounts/password/",
    }
    asked |= {f"queue {query}": f"/orders/?{query}" for query in QUEUES}
    figures = PAGES | {f"queue {query}": figure for query, figure in QUEUES.items()}
    assert statements(window(desk), asked) == figures
    some(desk)
    assert statements(window(desk), asked) == figures
