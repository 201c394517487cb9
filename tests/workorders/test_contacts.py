"""Who told of an order lies under seal, is seen masked, and in full only with a reason that stays."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from django.db import connection

from accounts.models import AuditEntry
from lianqin.kernel.sealing import Seal, Unreadable
from tests.cast import Cast
from tests.workorders.api import REPORT, ROOT, Door, url
from tests.workorders.conftest import Desk
from workorders.models import EventText, ReporterContact

PERSONAL: dict[str, Any] = {"reporter_name": "刘德华", "reporter_phone": "13812341234"}


@pytest.fixture
def door(cast: Cast, desk: Desk) -> Door:
    return Door(cast)


def told(door: Door) -> str:
    number: str = door.street_dispatcher.post(ROOT, REPORT | PERSONAL).json()["number"]
    return number


def test_nothing_in_the_tables_of_orders_tells_who_called(door: Door) -> None:
    number = told(door)
    with connection.cursor() as cursor:
        for table in ("workorder", "ordertext", "reportercontact", "event", "eventtext"):
            cursor.execute(f"SELECT coalesce(string_agg(t::text, ' '), '') FROM workorders_{table} t")
            text = cursor.fetchone()[0]
            assert ("刘德华" in text, "13812341234" in text) == (False, False), table
    shown = door.street_dispatcher.get(url(number)).json()["reporter"]
    assert shown == {"name": "刘**", "phone": "138****1234"}


def test_who_gives_a_reason_sees_it_and_leaves_a_line(door: Door) -> None:
    number = told(door)
    answer = door.street_dispatcher.post(url(number, "reveal-contact"), {"reason": "回电核实具体位置"})
    assert (answer.status_code, answer.json()) == (200, {"name": "刘德华", "phone": "13812341234"})
    assert answer["Cache-Control"] == "no-store"
    line = AuditEntry.objects.get(action="contact_revealed")
    assert (line.object_label, line.detail, line.ip) == (number, {"reason": "回电核实具体位置"}, "127.0.0.1")
    assert line.actor is not None


@pytest.mark.parametrize(("who", "reason", "status"), [
    ("street_dispatcher", "看看", 400),
    ("street_dispatcher", "    看看    ", 400),
    ("handler", "回电核实具体位置", 404),
    ("citizen", "回电核实具体位置", 403),
])  # fmt: skip
def test_who_gives_none_or_has_nothing_to_do_with_it_does_not(door: Door, who: str, reason: str, status: int) -> None:
    number = told(door)
    answer = getattr(door, who).post(url(number, "reveal-contact"), {"reason": reason})
    assert (answer.status_code, "13812341234" in answer.content.decode()) == (status, False)
    assert not AuditEntry.objects.filter(action="contact_revealed").exists()


def test_the_unit_that_handles_it_may_call(door: Door, desk: Desk) -> None:
    order = desk.report(**PERSONAL)
    order = desk.do(order, "register", desk.cast.street_dispatcher, conditions_confirmed=True)
    desk.do(order, "dispatch", desk.cast.street_dispatcher, lead=desk.ground.urban_squad.code)
    answer = door.handler.post(url(order.number, "reveal-contact"), {"reason": "上门前联系当事人"})
    assert answer.json()["phone"] == "13812341234"


def test_the_page_offers_it_to_who_may(desk: Desk, client: Any) -> None:
    order = desk.report(**PERSONAL)
    client.force_login(desk.cast.user("street_dispatcher"), backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(f"/orders/{order.number}/").content.decode()
    assert ("查看联系方式" in page, f"/api/v1/work-orders/{order.number}/reveal-contact/" in page) == (True, True)
    bare = desk.report()
    assert "查看联系方式" not in client.get(f"/orders/{bare.number}/").content.decode()


def test_an_order_without_a_caller_has_nothing_to_show(door: Door) -> None:
    number = door.street_dispatcher.post(ROOT, REPORT).json()["number"]
    answer = door.street_dispatcher.post(url(number, "reveal-contact"), {"reason": "回电核实具体位置"})
    assert answer.status_code == 400
    assert not ReporterContact.objects.exists()
    assert EventText.objects.filter(field__startswith="reporter").count() == 0


def test_keys_rotate_and_purposes_do_not_mix(settings: Any) -> None:
    mine, other = Seal("mine", "LIANQIN_CONTACT_KEYS"), Seal("other", "LIANQIN_CONTACT_KEYS")
    settings.LIANQIN_CONTACT_KEYS = ["old"]
    sealed, index = mine.close("13812341234"), mine.index("13812341234")
    with pytest.raises(Unreadable):
        other.open(sealed)
    assert (other.index("13812341234") == index, len(index)) == (False, 64)
    settings.LIANQIN_CONTACT_KEYS = ["new", "old"]
    assert (mine.open(sealed), mine.is_current(sealed)) == ("13812341234", False)
    assert (index in mine.indexes("13812341234"), mine.index("13812341234") == index) == (True, False)
    anew = mine.renew(sealed)
    settings.LIANQIN_CONTACT_KEYS = ["new"]
    assert (mine.open(anew), mine.is_current(anew)) == ("13812341234", True)
    with pytest.raises(Unreadable):
        mine.open(sealed)


def test_the_migration_is_where_it_is_named() -> None:
    moved = import_module("workorders.migrations.0013_seal_reporters")
    assert moved.REPORTERS == import_module("workorders.services.contacts").REPORTERS
