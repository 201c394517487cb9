"""Write down when an order came to another status."""

from __future__ import annotations

import datetime as dt

from django.db import connection

# Told twice or out of turn, it is written once; what changes no status is not written.
WRITE = """
INSERT INTO citizens_statuschange (order_id, seq, status, at)
SELECT %(order)s, %(seq)s, %(status)s, %(at)s
WHERE %(status)s IS DISTINCT FROM (
    SELECT status FROM citizens_statuschange WHERE order_id = %(order)s AND seq < %(seq)s ORDER BY seq DESC LIMIT 1
)
ON CONFLICT DO NOTHING
"""


def write_status(*, order_id: int, seq: int, status: str, at: dt.datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(WRITE, {"order": order_id, "seq": seq, "status": status, "at": at})
