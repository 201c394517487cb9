"""The one clock of the platform: the database's ``lianqin_now()``.

In production it is ``clock_timestamp()``. Tests may install a shift, which every session of the database then sees.
"""

from __future__ import annotations

import datetime as dt

from django.db import connection
from django.db.models import DateTimeField, Func

CREATE_CLOCK = """
CREATE OR REPLACE FUNCTION lianqin_now() RETURNS timestamptz
LANGUAGE sql VOLATILE PARALLEL SAFE AS $$ SELECT clock_timestamp() $$
"""
CREATE_SHIFTABLE_CLOCK = """
CREATE TABLE IF NOT EXISTS lianqin_clock_shift (shift interval NOT NULL);
INSERT INTO lianqin_clock_shift SELECT interval '0' WHERE NOT EXISTS (SELECT 1 FROM lianqin_clock_shift);
CREATE OR REPLACE FUNCTION lianqin_now() RETURNS timestamptz
LANGUAGE sql VOLATILE AS $$ SELECT clock_timestamp() + (SELECT shift FROM lianqin_clock_shift LIMIT 1) $$
"""


class Now(Func):
    """``lianqin_now()`` in a query."""

    function = "lianqin_now"
    template = "%(function)s()"
    output_field = DateTimeField()


def now() -> dt.datetime:
    """Database time, aware, UTC. One round trip."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT lianqin_now()")
        moment: dt.datetime = cursor.fetchone()[0]
    return moment


def install_shiftable_clock() -> None:
    """Let :func:`shift` move the clock of this database. For tests only; production never calls it."""
    with connection.cursor() as cursor:
        cursor.execute(CREATE_SHIFTABLE_CLOCK)


def shift(by: dt.timedelta) -> None:
    """Move the shiftable clock forward by ``by``; seen by others on commit."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE lianqin_clock_shift SET shift = shift + make_interval(secs => %s)", [by.total_seconds()])
