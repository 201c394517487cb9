"""The simulator against a real web process: it starts, works, and leaves when it is told to."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core.management import call_command

from accounts.models import AuditEntry, User
from grids.models import Grid, Unit
from lianqin.local.processes import tail, wait_until
from tests.cast import OTHERS, PASSWORD, POSTS
from tests.live import Platform
from workorders.models import WorkOrder

pytestmark = [pytest.mark.service, pytest.mark.timeout(240)]


def write_accounts(path: Path) -> None:
    """Give the cast a password that the web process can check cheaply, and list it as a demonstration does."""
    User.objects.update(password=PBKDF2PasswordHasher().encode(PASSWORD, "salt", 1000))
    units = dict(Unit.objects.values_list("code", "short_name")) | dict(Grid.objects.values_list("code", "short_name"))
    rows = [
        {
            "username": name,
            "password": PASSWORD,
            "role": "grid_leader" if post == "grid_leader" else role,
            "unit": units[at],
        }
        for name, (role, at, post) in POSTS.items()
    ]
    rows += [
        {"username": name, "password": PASSWORD, "role": kind, "unit": ""}
        for name, kind in OTHERS.items()
        if kind != "staff"
    ]
    path.write_text(json.dumps(rows), encoding="utf-8")


def statuses() -> set[str]:
    return set(WorkOrder.objects.order_by().values_list("status", flat=True).distinct())


def test_it_drives_orders_through_the_api_and_leaves_cleanly(platform: Platform, live_address: str) -> None:
    call_command("seed_catalogue", verbosity=0)
    accounts = platform.folder / "accounts.json"
    write_accounts(accounts)
    flags = ["--base-url", live_address, "--accounts", str(accounts), "--time-scale", "60", "--seed", "3"]
    traffic = platform.run("traffic", [sys.executable, "manage.py", "simulate_traffic", *flags])

    several = wait_until(lambda: not traffic.running or len(statuses()) >= 5, 150)
    log = tail(traffic.log, 40)
    assert several, f"{statuses()}\n{log}"
    assert traffic.running, log
    sources = set(WorkOrder.objects.order_by().values_list("source", flat=True).distinct())
    assert len(sources) >= 2
    assert "Traceback" not in log

    traffic.stop(15)
    assert "first seen: " in tail(traffic.log, 5)
    assert AuditEntry.objects.filter(action="token_revoked").exists(), "everybody signed out"
