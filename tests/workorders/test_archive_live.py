"""The archive among real processes: killed at any step, and while people work."""

from __future__ import annotations

import os
import signal
import sys
import threading
from functools import partial
from typing import Any

import psycopg
import pytest
from django.db import connection, connections

from catalogue import revisions
from catalogue.models import Category
from lianqin.kernel import clock
from lianqin.local.processes import wait_until
from relay.services import drain
from tests.cast import Cast, SmallGround
from tests.live import Platform
from tests.workorders.conftest import Desk
from tests.workorders.test_archive import MONTH, command, everything, quiet, rows, three_orders
from workorders import services
from workorders.services import archive
from workorders.services.partitions import make_months

pytestmark = [pytest.mark.service, pytest.mark.timeout(120)]
# Each lock stops the process at another step.
STEPS = {
    "sealing": "SELECT 1 FROM workorders_workorder FOR UPDATE",
    "clocks": "SELECT 1 FROM workorders_timer FOR UPDATE",
    "partitions": "LOCK TABLE workorders_workorder IN ROW EXCLUSIVE MODE",
}


@pytest.fixture
def far(platform: Platform, django_db_blocker: Any) -> Any:
    with django_db_blocker.unblock():
        revisions.forget()
        parent = Category.objects.create(code="T", name="试验类", level=1)
        Category.objects.create(
            code="T01", name="普通事项", parent=parent, level=2, street_function="urban_management",
            registration_conditions=["情况属实"],
        )  # fmt: skip
        clock.install_shiftable_clock()
        three_orders(Desk(Cast(), SmallGround(), {}))
        quiet()
        yield platform
        revisions.forget()


def others(which: str) -> int:
    """How many other connections the platform's database has that fit."""
    query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    return int(rows(f"{query} AND {which}")[0][0])


def killed_at(platform: Platform, step: str, *words: str) -> None:
    """Hold what the step needs, start the command, kill it when it waits."""
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": None, "context": None}) as other:
        other.execute(STEPS[step])
        process = platform.run("archive", [sys.executable, "manage.py", *words])
        assert wait_until(lambda: not process.running or others("wait_event_type = 'Lock'") > 0, 20)
        assert process.running, platform.logs()
        assert process.popen is not None
        os.kill(process.popen.pid, signal.SIGKILL)
        process.popen.wait()
        other.rollback()
        other.close()
        assert wait_until(lambda: others("true") == 0, 20)


def test_killed_at_any_step_a_second_run_completes_it(far: Platform) -> None:
    before, orders = everything(), rows("SELECT o::text FROM workorders_workorder o ORDER BY id")
    for step in STEPS:
        killed_at(far, step, "archive_month", str(MONTH))
    command("archive_month", str(MONTH))
    assert everything("archive") == before

    killed_at(far, "partitions", "restore_month", str(MONTH))
    command("restore_month", str(MONTH))
    assert everything() == before
    assert rows("SELECT o::text FROM workorders_workorder o ORDER BY id") == orders
    assert command("verify_chain").startswith("3 orders,")


def reached(done: list[int], wanted: list[int]) -> bool:
    return all(map(int.__ge__, done, wanted))


def test_partitions_come_and_go_while_people_work(far: Platform, django_db_blocker: Any) -> None:
    by = Cast().street_dispatcher
    mine = [Desk(Cast(), SmallGround(), {}).registered() for _ in range(3)]
    drain()
    done, faults, stop = [0, 0, 0], [], threading.Event()

    def work(number: int) -> None:
        try:
            while not stop.is_set():
                services.advance(order_id=mine[number].pk, action="comment", by=by, data={"comment": "跟进中"})
                done[number] += 1
        except Exception as error:  # noqa: BLE001  # Whatever it is, the test tells of it.
            faults.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    try:
        for turn in range(4):
            wanted = [number + 1 for number in done]
            archive.archive_month(month=MONTH)
            archive.restore_month(month=MONTH)
            assert make_months([203501 + turn]) == [203501 + turn]
            assert wait_until(partial(reached, done, wanted), 20), faults
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert faults == []
    assert command("verify_chain").startswith("6 orders,")
