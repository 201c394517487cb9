"""A migration that is not one transaction can be run again after it was cut off."""

from __future__ import annotations

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.db import connection, models

from lianqin.kernel.sealing import Seal
from tests.workorders.conftest import Desk
from workorders.models import EventText, OrderText, ReporterContact, WorkOrder
from workorders.services.contacts import opened

PLACES = import_module("workorders.migrations.0007_places_in_search")
SEALS = import_module("workorders.migrations.0013_seal_reporters")
CALLERS = [("刘德华", "13812341234"), ("", "025-58001234"), ("王菲", ""), ("", ""), ("李雷", "13900001111")]


@pytest.mark.django_db
def test_the_places_in_search_are_written_twice_as_once(desk: Desk) -> None:
    order = desk.report()
    before = str(OrderText.objects.get(pk=order.pk).search)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for operation in PLACES.Migration.operations:
            cursor.execute(str(operation.sql))
    assert OrderText.objects.get(pk=order.pk).search == before
    assert f"'street{order.street_id}'" in before


class Texts(models.Model):
    """Words of orders as they were before there were seals."""

    order = models.OneToOneField(WorkOrder, models.CASCADE, primary_key=True, related_name="+")
    reporter_name = models.CharField(max_length=40)
    reporter_phone = models.CharField(max_length=32)

    class Meta:
        app_label = "of_before"
        managed = False
        db_table = "workorders_ordertext"

    def __str__(self) -> str:
        return str(self.pk)


OF_BEFORE = SimpleNamespace(get_model=lambda _app, name: {"OrderText": Texts, "ReporterContact": ReporterContact}[name])


@pytest.fixture
def of_before(desk: Desk) -> list[int]:
    """Orders whose callers stand in clear, in the row and in the history."""
    orders = [desk.report() for _caller in CALLERS]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for column, size in (("reporter_name", 40), ("reporter_phone", 32)):
            cursor.execute(f"ALTER TABLE workorders_ordertext ADD {column} varchar({size}) NOT NULL DEFAULT ''")
    for order, (name, phone) in zip(orders, CALLERS, strict=True):
        Texts._default_manager.filter(pk=order.pk).update(reporter_name=name, reporter_phone=phone)
        event = order.events.get()
        for field, text in (("reporter_name", name), ("reporter_phone", phone)):
            EventText.objects.bulk_create([EventText(order=order, event=event, field=field, text=text)] if text else [])
    return [order.pk for order in orders]


def callers() -> list[tuple[str, str]]:
    return list(Texts._default_manager.order_by("pk").values_list("reporter_name", "reporter_phone"))


def test_callers_go_under_seal_and_come_back_in_clear(of_before: list[int]) -> None:
    SEALS.seal_reporters(OF_BEFORE, None)
    found = {each.pk: each for each in ReporterContact.objects.all()}
    assert [(opened(found[pk]).name, opened(found[pk]).phone) for pk in sorted(found)] == [
        ("刘德华", "13812341234"), ("", "025-58001234"), ("王菲", ""), ("李雷", "13900001111"),
    ]  # fmt: skip
    assert (found[of_before[0]].shown_name, found[of_before[0]].shown_phone) == ("刘**", "138****1234")
    assert callers() == [("", "")] * 5
    for table in ("ordertext", "reportercontact", "eventtext", "event"):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT coalesce(string_agg(t::text, ' '), '') FROM workorders_{table} t")
            text = cursor.fetchone()[0]
        assert ("刘德华" in text, "13812341234" in text) == (False, False), table

    SEALS.open_reporters(OF_BEFORE, None)
    assert (callers(), ReporterContact.objects.count()) == (CALLERS, 0)


def test_sealing_that_was_cut_off_goes_on(of_before: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SEALS, "BATCH", 2)
    close, calls = Seal.close, []

    def cut_off(seal: Seal, text: str) -> str:
        calls.append(text)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return close(seal, text)

    monkeypatch.setattr(Seal, "close", cut_off)
    with pytest.raises(KeyboardInterrupt):
        SEALS.seal_reporters(OF_BEFORE, None)
    assert (callers(), ReporterContact.objects.count()) == ([("", "")] * 2 + CALLERS[2:], 2)
    SEALS.seal_reporters(OF_BEFORE, None)
    SEALS.seal_reporters(OF_BEFORE, None)
    assert (callers(), ReporterContact.objects.count(), len(calls)) == ([("", "")] * 5, 4, 5)
