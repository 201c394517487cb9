"""An order that is merged while its master waits to be closed is answered with it."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from django.db import connection, transaction

from tests.workorders.conftest import Desk
from tests.workorders.test_loop import proven
from workorders import services

pytestmark = pytest.mark.django_db(transaction=True)


def somebody_waits_for_us() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
        )
        return bool(cursor.fetchone()[0])


def alongside(job: Any, errors: list[Exception]) -> threading.Thread:
    def run() -> None:
        try:
            job()
        except Exception as error:  # noqa: BLE001 -- told to the test
            errors.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.mark.parametrize("ending", ["verify", "void"])
def test_merged_while_the_master_was_about_to_end(desk: Desk, ending: str) -> None:
    by, second = desk.cast.street_dispatcher, desk.cast.street_dispatcher2
    part, master = desk.registered(), desk.submitted()
    request_id = 0
    if ending == "void":
        desk.do(master, "void", by, reason="误报")
        request_id = master.requests.get().pk
    errors: list[Exception] = []

    def end() -> None:
        if ending == "verify":
            services.advance(order_id=master.pk, action="verify", by=second)
        else:
            services.decide(request_id=request_id, approve=True, by=second)

    with transaction.atomic():
        services.advance(order_id=part.pk, action="merge", by=by, data={"master": master.number})
        thread = alongside(end, errors)
        for _ in range(200):
            if somebody_waits_for_us():
                break
            time.sleep(0.02)
        else:
            pytest.fail("nobody waited for the lock")
    thread.join(timeout=30)

    assert errors == []
    part.refresh_from_db()
    assert (part.status, desk.events(part)[-1]) == {
        "verify": ("merged", "answered"),
        "void": ("registered", "unmerge"),
    }[ending]
    assert proven(part)
