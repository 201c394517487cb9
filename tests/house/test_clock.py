"""What a test commits to the clock is gone before the next one."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection

from lianqin.kernel import clock

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("turn", [1, 2])
def test_no_test_runs_by_the_clock_of_another(turn: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT lianqin_now() - clock_timestamp()")
        ahead: dt.timedelta = cursor.fetchone()[0]
    assert abs(ahead) < dt.timedelta(seconds=5)
    clock.install_shiftable_clock()
    clock.shift(dt.timedelta(hours=18))
