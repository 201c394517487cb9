"""Who may ask Open311, how often, and which matters an administrator lets everybody see."""

from __future__ import annotations

import csv
import logging
from collections.abc import Callable
from secrets import randbelow
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from citizens.rules.limits import FIGURES, NEAR, Figure
from citizens.rules.logging import Anonymous
from citizens.services import limits
from tests.citizens.programs import ROOT, get, make_public
from tests.workorders.conftest import Desk

MATTER = {"name": "普通事项", "urgency": "normal", "deadline_class": "standard", "street_function": "urban_management"}


def test_who_asks_too_often_is_told_when_to_come_back(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = {name: {NEAR: Figure(2, 2, 600)} for name in ("open311", "open311-read")}
    monkeypatch.setattr(limits, "figures", lambda: {**FIGURES, **rows})
    # Of another network each time: what was counted outlives a test.
    far = Client(REMOTE_ADDR=f"10.{randbelow(250)}.{randbelow(250)}.7")
    answers = [far.get(f"{ROOT}/services.json") for _each in range(3)]
    assert [each.status_code for each in answers] == [200, 200, 429]
    assert 0 < int(answers[2]["Retry-After"]) <= 1200
    assert answers[2].json()[0]["code"] == 429
    writes = [far.post(f"{ROOT}/requests.json", {}).status_code for _each in range(3)]
    assert writes == [403, 403, 429]
    assert Client().get(f"{ROOT}/services.json", REMOTE_ADDR="127.0.0.1").status_code == 200


def test_an_administrator_says_which_matters_everybody_sees(desk: Desk, program: Callable[..., Any]) -> None:
    admin = Client()
    admin.force_login(desk.cast.user("sysadmin"))
    page, order = "/configuration/categories/T01/", desk.report(category="T01")
    assert 'name="public" checked' in admin.get(page).content.decode()
    admin.post(page, {"do": "save", **MATTER})
    assert get(f"requests/{order.number}.json").status_code == 404
    assert program().status_code == 404
    admin.post(page, {"do": "save", "public": "on", **MATTER})
    assert get(f"requests/{order.number}.json").status_code == 200
    # A matter that is put aside takes no reports; what was reported before is still told.
    admin.post(page, {"do": "shut"})
    assert get("services.json").json()[0]["service_code"] == "T02"
    assert get(f"requests/{order.number}.json").status_code == 200


def test_a_new_matter_is_as_public_as_its_class(desk: Desk) -> None:
    admin = Client()
    admin.force_login(desk.cast.user("sysadmin"))
    assert 'name="public" >' in admin.get("/configuration/categories/new/?parent=T").content.decode()
    make_public("T")
    assert 'name="public" checked' in admin.get("/configuration/categories/new/?parent=T").content.decode()


def test_matters_of_people_are_private_from_the_start() -> None:
    with (settings.BASE_DIR / "catalogue/data/categories.csv").open(encoding="utf-8", newline="") as file:
        public = {row["code"]: row["public"] == "1" for row in csv.DictReader(file) if row["parent"]}
    assert len(public) == 84
    assert public["0303"]
    assert not any(public[code] for code in public if code.startswith(("11", "12")))
    assert not any(public[code] for code in ("0704", "0706", "0803", "1003", "1005", "1301"))
    assert sum(public.values()) == 66


def test_access_logs_name_nobody_who_speaks_open311() -> None:
    told = ("203.0.113.7:1", "GET", "/open311/v2/tokens/abc.json?jurisdiction_id=320999", "1.1", 200)
    record = logging.LogRecord("uvicorn.access", 20, "", 1, '%s "%s %s %s" %d', told, None)
    assert Anonymous().filter(record)
    assert record.getMessage() == '- "GET /open311/v2/tokens/… 1.1" 200'
