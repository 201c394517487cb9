"""A migration that is not one transaction can be run again after it was cut off."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from lianqin.kernel.sealing import Seal
from tests.workorders.conftest import Desk
from workorders.models import EventText, OrderText, ReporterContact, WorkOrder
from workorders.services.chain import verify_order
from workorders.services.contacts import opened

PLACES = import_module("workorders.migrations.0007_places_in_search")
SEALS = import_module("workorders.migrations.0013_seal_reporters")
BEFORE_SEALS, HERE = [("workorders", "0012_reporter_contacts")], [("workorders", "0014_texts_without_reporters")]
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


def rows(query: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


@pytest.fixture
def of_before(desk: Desk) -> list[int]:
    """Orders whose callers stand in clear, in the row and in the history, as they did before there were seals."""
    orders = [
        desk.report(**{name: told for name, told in (("reporter_name", who), ("reporter_phone", phone)) if told})
        for who, phone in CALLERS
    ]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    MigrationExecutor(connection).migrate(BEFORE_SEALS)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO workorders_eventtext (order_id, event_id, field, text, salt)"
            " SELECT e.order_id, e.id, 'reporter_phone', t.reporter_phone, 'salt' FROM workorders_event e"
            " JOIN workorders_ordertext t ON t.order_id = e.order_id WHERE t.reporter_phone <> ''"
        )
    return [order.pk for order in orders]


def test_callers_come_back_in_clear_and_go_under_seal_again(of_before: list[int]) -> None:
    kept = rows("SELECT reporter_name, reporter_phone FROM workorders_ordertext ORDER BY order_id")
    assert (kept, rows("SELECT * FROM workorders_reportercontact")) == (CALLERS, [])

    MigrationExecutor(connection).migrate(HERE)
    found = {each.pk: each for each in ReporterContact.objects.all()}
    assert [(opened(found[pk]).name, opened(found[pk]).phone) for pk in sorted(found)] == [
        ("刘德华", "13812341234"), ("", "025-58001234"), ("王菲", ""), ("李雷", "13900001111"),
    ]  # fmt: skip
    assert found[of_before[0]].shown_phone == "138****1234"
    assert not EventText.objects.filter(field__in=["reporter_name", "reporter_phone"]).exists()
    assert [fault for order in WorkOrder.objects.all() for fault in verify_order(order)] == []
    text = rows("SELECT string_agg(c::text, ' ') FROM workorders_reportercontact c")[0][0]
    assert ("刘德华" in text, "13812341234" in text) == (False, False)


def test_sealing_that_was_cut_off_goes_on(of_before: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    apps = MigrationExecutor(connection).loader.project_state(BEFORE_SEALS).apps
    monkeypatch.setattr(SEALS, "BATCH", 2)
    close, calls = Seal.close, []

    def cut_off(seal: Seal, text: str) -> str:
        calls.append(text)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return close(seal, text)

    monkeypatch.setattr(Seal, "close", cut_off)
    with pytest.raises(KeyboardInterrupt):
        SEALS.seal_reporters(apps, None)
    left = "SELECT count(*) FROM workorders_ordertext WHERE reporter_name || reporter_phone <> ''"
    assert (rows(left), ReporterContact.objects.count()) == ([(2,)], 2)
    SEALS.seal_reporters(apps, None)
    SEALS.seal_reporters(apps, None)
    assert (rows(left), ReporterContact.objects.count(), len(calls)) == ([(0,)], 4, 5)
