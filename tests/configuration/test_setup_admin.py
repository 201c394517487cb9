"""The admin shows lists, lines and proofs to the system administrator alone, and lets nobody write them."""

from __future__ import annotations

import pytest
from django.test import Client

from catalogue.models import Responsibility, ResponsibilityVersion
from configuration.models import PreflightRun
from configuration.services.preflight import run_preflight
from lianqin.kernel.actors import SYSTEM
from tests.workorders.conftest import Desk, _nothing_remembered, categories, desk

__all__ = ["_nothing_remembered", "categories", "desk"]


@pytest.mark.parametrize(
    "name", ["catalogue/responsibilityversion", "catalogue/responsibility", "configuration/preflightrun"]
)
def test_read_only_and_for_the_system_administrator(desk: Desk, name: str) -> None:
    version = ResponsibilityVersion.objects.create(name="二〇二七年清单")
    line = Responsibility.objects.create(
        version=version,
        code="1.1.1",
        name="占道经营",
        domain="appearance",
        category=desk.categories["plain"],
        level="street",
    )
    keys = {"responsibilityversion": version.pk, "responsibility": line.pk, "preflightrun": run_preflight(by=SYSTEM).pk}
    one = f"/admin/{name}/{keys[name.partition('/')[2]]}/change/"
    client = Client()
    client.force_login(desk.cast.user("sysadmin"), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(f"/admin/{name}/").status_code == 200
    page = client.get(one)
    assert page.status_code == 200
    assert 'name="_save"' not in page.content.decode()
    assert client.post(one, {"name": "别的"}).status_code == 403
    assert client.get(f"/admin/{name}/add/").status_code == 403
    assert client.post(f"{one[:-7]}delete/", {"post": "yes"}).status_code == 403
    assert PreflightRun.objects.count() == ResponsibilityVersion.objects.count() == 1
    client.force_login(desk.cast.user("secadmin"), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(f"/admin/{name}/").status_code == 403
