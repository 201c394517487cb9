"""A real worker, killed in the middle of an import: nothing of it stands, and the next worker does all of it."""

from __future__ import annotations

import os
import signal

import pytest
from django.db import connection, connections
from kombu import Connection
from redis import Redis

from accounts.models import AuditEntry
from configuration.models import ImportJob
from configuration.tasks import resume_imports, run_import
from grids.models import Community, Street
from lianqin.local.processes import wait_until
from tests.cast import Cast
from tests.configuration.files import Office, csv_file
from tests.live import Platform

pytestmark = pytest.mark.service
HEAD = ["区划代码", "名称", "级别", "上级代码"]
ROWS = [["320999003", "北街街道", "街道", "320999"], ["320999001001", "东街新里社区", "社区", "320999001"]]


@pytest.fixture
def office(platform: Platform, settings: object) -> Office:
    settings.MEDIA_ROOT = platform.folder / "media"  # type: ignore[attr-defined]
    return Office(Cast())


def send(platform: Platform, task: object, *args: object) -> None:
    with Connection(platform.redis_url) as broker:
        task.apply_async(args, connection=broker)  # type: ignore[attr-defined]


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return bool(cursor.fetchone()[0])


def test_a_worker_killed_in_the_middle(platform: Platform, office: Office) -> None:
    job = office.checked("divisions", csv_file([HEAD, *ROWS]))
    assert (job.new, job.changed, job.wrong) == (1, 1, 0)
    worker = platform.start("worker")
    holder = connections["default"].copy("holder")
    with holder.cursor() as cursor:
        # The community is written after the street: the worker stops between the two.
        holder.set_autocommit(False)
        cursor.execute("SELECT 1 FROM grids_community WHERE code = '320999001001' FOR UPDATE")
        office.client.post(f"/configuration/imports/{job.pk}/", {"step": "apply"})
        send(platform, run_import, job.pk)
        assert wait_until(somebody_waits, 30), platform.logs()
        os.killpg(worker.popen.pid, signal.SIGKILL)  # type: ignore[union-attr]
        worker.popen.wait()  # type: ignore[union-attr]
        holder.rollback()
    holder.close()
    assert wait_until(lambda: not somebody_waits(), 10)
    job.refresh_from_db()
    assert job.state == "applying"
    assert not Street.objects.filter(code="320999003").exists()
    assert Community.objects.get(code="320999001001").name == "东街南里社区"

    platform.start("worker")
    Redis.from_url(platform.redis_url).flushdb()  # The minute in which the dead one counts as alive is over.
    send(platform, resume_imports)
    assert wait_until(lambda: ImportJob.objects.get(pk=job.pk).state != "applying", 30), platform.logs()
    assert ImportJob.objects.get(pk=job.pk).state == "applied"
    assert Street.objects.filter(code="320999003").count() == 1
    assert Community.objects.get(code="320999001001").name == "东街新里社区"
    assert AuditEntry.objects.filter(action="configuration.import_applied").count() == 1


def test_two_workers_at_one_job_do_it_once(platform: Platform, office: Office) -> None:
    job = office.checked("divisions", csv_file([HEAD, *ROWS]))
    office.client.post(f"/configuration/imports/{job.pk}/", {"step": "apply"})
    platform.start("worker")
    for _time in range(6):
        send(platform, run_import, job.pk)
    assert wait_until(lambda: ImportJob.objects.get(pk=job.pk).state != "applying", 30), platform.logs()
    assert ImportJob.objects.get(pk=job.pk).state == "applied"
    assert AuditEntry.objects.filter(action="configuration.import_applied").count() == 1
