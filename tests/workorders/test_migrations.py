"""A migration that is not one transaction can be run again after it was cut off."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.db import connection

from tests.workorders.conftest import Desk
from workorders.models import OrderText

PLACES = import_module("workorders.migrations.0007_places_in_search")


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
