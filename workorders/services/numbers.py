"""Order numbers such as PK20261121-000123: unique, from 1 each day, gaps allowed, no lock held."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache

from django.db import connection

from lianqin.kernel.statements import pipelined, prepared
from workorders.locks import drawing
from workorders.rules.months import IDS_A_MONTH
from workorders.services.storing import Ids, Stored

SEQUENCE = "workorders_number_seq"
# As the column's default has it (migration 0004), but of the same moment as the number: midnight may come in between.
IDS = "workorders_workorder_id_seq"


@dataclass(frozen=True, slots=True)
class Opening:
    """What a new order begins with. ``stored``: the moment and keys; nothing stands beside the order yet."""

    order_id: int
    number: str
    stored: Stored


def open_number(district_id: int) -> Opening:
    """Draw the next number of the local day of this moment. One statement; waits only for the day's very first."""
    with prepared() as cursor, pipelined():
        cursor.execute(_drawing_number(), [district_id])
        now, day, prefix, start, value, order_id, *drawn = cursor.fetchone()
    if start is None:
        # What was drawn comes before the start of the day: draw again.
        _begin_day(prefix, day)
        return open_number(district_id)
    stored = Stored(now=now, merged_ids=frozenset(), assignments=[], requests=[], timers=[], ids=Ids(drawn))
    return Opening(order_id=order_id, number=f"{prefix}{day:%Y%m%d}-{value - start:06d}", stored=stored)


@cache
def _drawing_number() -> str:
    return f"""
    WITH clock AS MATERIALIZED (SELECT lianqin_now() AS now)
    SELECT now, (now AT TIME ZONE 'Asia/Shanghai')::date, district.number_prefix, began.start, nextval('{SEQUENCE}'),
    to_char(now AT TIME ZONE 'Asia/Shanghai', 'YYYYMM')::bigint * {IDS_A_MONTH} + mod(nextval('{IDS}'), {IDS_A_MONTH})
    {drawing()}
    FROM clock JOIN grids_district AS district ON district.id = %s
    LEFT JOIN workorders_numberday AS began
    ON began.prefix = district.number_prefix AND began.day = (now AT TIME ZONE 'Asia/Shanghai')::date
    """


def _begin_day(prefix: str, day: dt.date) -> None:
    """Write down where the sequence stands as the day begins; whoever comes second keeps the first one's row."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO workorders_numberday (prefix, day, start) VALUES (%s, %s, nextval('{SEQUENCE}'))"
            " ON CONFLICT (prefix, day) DO NOTHING",
            [prefix, day],
        )
