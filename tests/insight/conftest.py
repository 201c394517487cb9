"""Orders in every state, and what boards read of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import pytest
from django.db import connection

from insight import services
from insight.models import Rollup
from insight.rules import NAMES
from insight.selectors import By, totals
from lianqin.kernel import clock
from lianqin.kernel.actors import SYSTEM
from tests.workorders.conftest import Desk, _nothing_remembered, categories, desk, shift

__all__ = ["Desk", "_nothing_remembered", "categories", "desk", "shift"]
KEY = ("grain", "dimension", "day", "district_id", "street_id", "value", "cohort")
FOREVER = (dt.date(2020, 1, 1), dt.date(2040, 1, 1))


@pytest.fixture
def monday(shift: object) -> None:
    """Nine in the morning, so that no test runs over midnight."""
    set_clock("2026-11-23 09:00+08")


def set_clock(moment: str) -> None:
    clock.install_shiftable_clock()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE lianqin_clock_shift SET shift = %s::timestamptz - clock_timestamp()", [moment])


def nonzero(sums: Mapping[str, int], *, seconds: bool = False) -> dict[str, int]:
    """What was counted, without the durations unless asked for."""
    return {name: n for name, n in sums.items() if n and (seconds or not name.endswith("_seconds"))}


def by(what: str) -> dict[str, dict[str, int]]:
    """The totals of everything booked so far, line by line."""
    services.fold()
    found = totals(SYSTEM, since=FOREVER[0], until=FOREVER[1], by=By(what))
    return {line.key: nonzero(line.sums) for line in found.lines if nonzero(line.sums)}


def rollups() -> dict[tuple[object, ...], dict[str, int]]:
    """Every row of the rollups that says anything, by its key."""
    found: dict[tuple[object, ...], dict[str, int]] = {}
    for row in Rollup.objects.values_list(*KEY, *NAMES):
        sums = {name: number for name, number in zip(NAMES, row[len(KEY) :], strict=True) if number}
        if sums:
            found[row[: len(KEY)]] = sums
    return found
