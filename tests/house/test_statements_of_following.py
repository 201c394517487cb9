"""What the forms of following up ask of the database: the second of two alike, neither of which leaves anything."""

from __future__ import annotations

import datetime as dt
from copy import deepcopy
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalogue import revisions
from citizens.models import Receipt, SpotCheck
from citizens.services.callbacks import claim_call
from citizens.services.contacts import citizen_of
from citizens.services.draws import draw_day, yesterday
from citizens.services.sessions import BACKEND
from grids import ground
from tests.citizens.test_following import Report
from tests.memory import forget
from tests.workorders.conftest import Desk, _nothing_remembered, categories, desk, shift
from tests.workorders.prototypes import undone

__all__ = ["_nothing_remembered", "categories", "desk", "shift"]

FIGURES = {
    "track-one answer": 9,
    "track-one reopen": 8,
    "callbacks claim": 17,
    "callbacks reached": 27,
    "callbacks missed": 14,
    "spot-checks pass": 15,
    "me-news": 8,
    "me-data": 6,
    "me-leave": 27,
}


def spent(client: Client, address: str, data: dict[str, Any]) -> int:
    cookies = deepcopy(client.cookies)
    for _time in ("warm", "measured"):
        forget()
        client.cookies = deepcopy(cookies)
        with undone(), CaptureQueriesContext(connection) as asked:
            answer = client.post(address, data)
            assert answer.status_code == 302, (address, answer.status_code)
    return len(asked)


def test_forms_of_following_up(desk: Desk, shift: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ground, "CHECK_EVERY_SECONDS", 3600.0)
    monkeypatch.setattr(revisions, "CHECK_SECONDS", 3600.0)
    ground.ground()
    report, called = Report(desk), Report(desk, title="另一盏灯")
    for each in (report, called):
        each.close()
    user = citizen_of("13900001111")
    Receipt.objects.filter(pk=report.receipt.pk).update(user=user)
    shift(dt.timedelta(days=1))
    draw_day(day=yesterday())
    claim_call(order_id=called.order.pk, by=desk.cast.street_dispatcher)
    calls, checks = "/citizen-desk/callbacks/", "/citizen-desk/spot-checks/"
    clients = {}
    for name in ("street_dispatcher", "supervisor"):
        clients[name] = Client()
        clients[name].force_login(desk.cast.user(name), backend=BACKEND)
    citizen = Client()
    citizen.force_login(user, backend=BACKEND)
    staff, supervisor = clients["street_dispatcher"], clients["supervisor"]
    number, claimed = {"number": report.order.number}, {"number": called.order.number}
    found = {
        "track-one answer": spent(Client(), report.address, {"do": "answer", "solved": "5"}),
        "track-one reopen": spent(Client(), report.address, {"do": "reopen", "words": "还是不亮"}),
        "callbacks claim": spent(staff, calls, {"do": "claim", **number}),
        "callbacks reached": spent(staff, calls, {"do": "reached", "solved": "5", **claimed}),
        "callbacks missed": spent(staff, calls, {"do": "missed", **claimed}),
        "spot-checks pass": spent(
            supervisor, checks, {"do": "pass", "check": SpotCheck.objects.get().pk, "found": "灯亮着"}
        ),
        "me-news": spent(citizen, "/citizen/me/news/", {"news": "on"}),
        "me-data": spent(citizen, "/citizen/me/data/", {"full_name": "老王"}),
        "me-leave": spent(citizen, "/citizen/me/leave/", {"word": "注销"}),
    }
    assert found == FIGURES
