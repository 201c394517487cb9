"""The proof of the configuration agrees with asking every pair by itself, and tells of what opened overnight."""

from __future__ import annotations

from django.test import Client

from accounts.models import User
from catalogue.models import Category
from catalogue.selectors import Spot, responsible
from configuration.models import PreflightRun
from configuration.selectors.preflight import prove
from configuration.selectors.preflight.pairs import staffed_units
from configuration.services.preflight import run_preflight
from grids.models import Grid, Membership
from lianqin.kernel.actors import SYSTEM
from tests.workorders.conftest import Desk, _nothing_remembered, categories, desk
from workorders.models import Alarm

__all__ = ["_nothing_remembered", "categories", "desk"]


def by_brute_force() -> tuple[int, int]:
    """(pairs, pairs with nobody), each asked by itself."""
    staffed, asked, nobody = staffed_units(), 0, 0
    for grid in Grid.objects.select_related("community__street"):
        street = grid.community.street
        spot = Spot(street.district_id, street.pk, grid.community_id, grid.pk, grid.kind)
        for category in Category.objects.filter(level=2, active=True):
            for level in ("street", "district"):
                asked += 1
                lead = responsible(category=category, spot=spot, level=level).lead
                past = lead is None and category.vertical and level == "street"
                nobody += not past and (lead is None or lead.pk not in staffed)
    return asked, nobody


def test_every_pair_is_proved(desk: Desk) -> None:
    proof = prove()
    assert (proof.pairs, proof.open_pairs) == by_brute_force()
    assert proof.pairs == Grid.objects.count() * Category.objects.filter(level=2).count() * 2
    assert sum(hole.count for hole in proof.holes) == proof.open_pairs > 0


def test_a_hole_that_opens_overnight_raises_an_alarm_until_it_is_mended(desk: Desk) -> None:
    User.objects.update(password="can-sign-in")
    run_preflight(by=SYSTEM, nightly=True)
    assert not Alarm.objects.filter(kind="preflight_hole", cleared_at=None).exists()
    posts = Membership.objects.filter(role="department_handler", unit__code="320999001-urban_management")
    ended = dict(posts.values_list("pk", "starts_on"))
    posts.update(ends_on="2026-02-01")
    run = run_preflight(by=SYSTEM, nightly=True)
    key = "empty:320999001-urban_management"
    assert key in {hole["key"] for hole in run.holes}
    assert Alarm.objects.get(kind="preflight_hole", cleared_at=None).subject == key
    Membership.objects.filter(pk__in=ended).update(ends_on=None)
    run_preflight(by=SYSTEM)
    assert not Alarm.objects.filter(kind="preflight_hole", cleared_at=None).exists()


def test_the_page_runs_it_and_links_to_the_remedy(desk: Desk) -> None:
    client = Client()
    client.force_login(desk.cast.user("sysadmin"), backend="django.contrib.auth.backends.ModelBackend")
    assert "还没有体检过" in client.get("/configuration/preflight/").content.decode()
    assert client.post("/configuration/preflight/").status_code == 302
    page = client.get("/configuration/preflight/").content.decode()
    assert "/configuration/units/320999001-urban_management/" in page
    assert PreflightRun.objects.count() == 1
    client.force_login(desk.cast.user("grid_worker"), backend="django.contrib.auth.backends.ModelBackend")
    assert client.post("/configuration/preflight/").status_code == 403
