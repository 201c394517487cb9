"""How news of orders reaches this room: what locks an order shares no transaction with another."""

from __future__ import annotations

import pytest
from django.db import connection

from catalogue.models import Category
from dispatch.models import WhistleRule
from relay.services import drain
from tests.workorders.conftest import Desk
from workorders.locks import order_locked
from workorders.models import WorkOrder

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_reports_are_whistled_for_one_after_the_other(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both in one transaction would hold the first order while it waits for the second: people do the reverse."""
    orders = [desk.report(), desk.report()]
    WhistleRule.objects.create(category=Category.objects.get(code="T01"), minutes=30)
    locked: dict[str, list[int]] = {}

    def told(order_id: int) -> WorkOrder:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_xact_id()::text")
            locked.setdefault(cursor.fetchone()[0], []).append(order_id)
        return order_locked(order_id)

    monkeypatch.setattr("dispatch.services.whistles.machine.order_locked", told)
    drain()
    assert sorted(locked.values()) == [[order.pk] for order in orders]
