"""What the pages of reports give away to logs, to other pages and to who counts bytes: nothing."""

from __future__ import annotations

import uuid

import pytest
from django.test import Client

from citizens.services import report_publicly
from grids.selectors.people import passer_by
from tests.workorders.conftest import HERE, Desk

BACKEND = "django.contrib.auth.backends.ModelBackend"


def test_a_code_that_leads_nowhere_is_in_no_log(client: Client, desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    assert client.get("/citizen/receipt/ABCD-EFGH-JKMN/").status_code == 404
    assert ("JKMN" in caplog.text, "/citizen/receipt/…" in caplog.text) == (False, True)


def test_the_address_of_a_receipt_goes_to_nobody(client: Client, desk: Desk) -> None:
    told = {"words": "路灯不亮", "lon": HERE[0], "lat": HERE[1]}
    _receipt, code = report_publicly(by=passer_by(), client_key=uuid.uuid4(), told=told)
    answer = client.get(f"/citizen/receipt/{code}/")
    assert (answer["Referrer-Policy"], "no-store" in answer["Cache-Control"]) == ("strict-origin", True)
    assert '<meta name="referrer" content="strict-origin">' in answer.content.decode()


def test_a_code_is_spelled_the_same_however_it_was_typed(client: Client, desk: Desk) -> None:
    told = {"words": "路灯不亮", "lon": HERE[0], "lat": HERE[1]}
    _receipt, code = report_publicly(by=passer_by(), client_key=uuid.uuid4(), told=told)
    spelled = f"{code[:4]}-{code[4:8]}-{code[8:]}"
    for typed in (code, spelled, spelled.lower()):
        assert f"data-code>{spelled}</p>" in client.get(f"/citizen/receipt/{typed}/").content.decode()


def test_only_what_holds_no_secret_is_packed(client: Client, desk: Desk) -> None:
    asked = {"accept-encoding": "gzip"}
    assert client.get("/citizen/report/", headers=asked)["Content-Encoding"] == "gzip"
    client.force_login(desk.cast.user("citizen"), backend=BACKEND)
    assert "Content-Encoding" not in client.get("/citizen/report/", headers=asked)
