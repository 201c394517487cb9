"""Real processes on a database of their own.

A worker's open transaction would block the flush of a shared database, and each flush would renumber the content types
under the worker's cache; a copy by ``CREATE DATABASE ... TEMPLATE`` takes a tenth of a second.
"""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import connection, connections
from psycopg import sql
from redis import Redis

from catalogue import revisions
from grids.ground import look_again
from lianqin.local import programs
from lianqin.local.processes import Process, free_port, tail, wait_until
from relay import transports
from tests.cast import build_cast

_numbers = itertools.count()
# Hashed names as in production, but nothing packed.
STATIC = {"LIANQIN_STATIC_MANIFEST": "1", "LIANQIN_STATIC_PACKED": "0"}


class Platform:
    """A database copy, a Redis number, and the processes on them."""

    def __init__(self, database: str, redis_url: str, folder: Path, static: Path) -> None:
        self.database = database
        self.redis_url = redis_url
        self.folder = folder
        self.processes: list[Process] = []
        self.port = free_port()
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "lianqin.settings",
            "DATABASE_URL": urlunsplit(urlsplit(settings.DATABASE_URL)._replace(path=f"/{database}")),
            "REDIS_URL": redis_url,
            "SECRET_KEY": settings.SECRET_KEY,
            "DEBUG": "",
            # A demo may be served over plain HTTP, as this one is.
            "LIANQIN_DEMO": "1",
            "LIANQIN_STATE_DIR": str(folder),
            # The tile servers of the tests.
            "LIANQIN_TILE_HOSTS": "http://127.0.0.1:*",
            "LIANQIN_STATIC_ROOT": str(static),
            **STATIC,
        }
        self.environment.pop("PYTEST_CURRENT_TEST", None)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, name: str) -> Process:
        """Start one of web, worker, beat, relay, timers; ``web`` answers when this returns."""
        commands = {
            "web": lambda: programs.web(sys.executable, host="127.0.0.1", port=self.port),
            "worker": lambda: programs.worker(sys.executable),
            "beat": lambda: programs.beat(sys.executable, folder=self.folder),
            "relay": lambda: programs.manage(sys.executable, "run_relay"),
            "timers": lambda: programs.manage(sys.executable, "run_timers"),
        }
        return self.run(name, commands[name]())

    def run(self, name: str, command: list[str], **environment: str) -> Process:
        """Start any command on this platform."""
        log = self.folder / f"{name}-{len(self.processes)}.log"
        process = Process(name, command, log, env={**self.environment, **environment}, cwd=settings.BASE_DIR).start()
        self.processes.append(process)
        if name == "web":
            ready = wait_until(lambda: not process.running or self._answers(), 30)
            if not (ready and process.running):
                pytest.fail(f"the web process does not answer:\n{tail(log, 30)}")
        return process

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}/readyz", timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def logs(self) -> str:
        return "\n".join(f"== {p.name}\n{tail(p.log, 60)}" for p in self.processes)

    def stop(self) -> None:
        for process in reversed(self.processes):
            process.stop(5)


@pytest.fixture(scope="session")
def static_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Collect the static files under their hashed names, as production does."""
    folder = tmp_path_factory.mktemp("static")
    environment = {**os.environ, "LIANQIN_STATIC_ROOT": str(folder), **STATIC}
    command = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
    subprocess.run(command, cwd=settings.BASE_DIR, env=environment, check=True)
    return folder


@pytest.fixture
def platform(
    django_db_setup: None, django_db_blocker: Any, tmp_path: Path, static_root: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Platform]:
    """Work on a fresh copy of the test database, with the ORM of the test and with real processes."""
    source = connection.settings_dict["NAME"]
    number = next(_numbers)
    copy = f"{source}_live{number}"
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    redis_url = urlunsplit(urlsplit(settings.REDIS_URL)._replace(path=f"/{16 + int(worker) * 2 + number % 2}"))
    with django_db_blocker.unblock():
        build_cast()  # A transactional test before this one may have flushed it.
        connections.close_all()
        # A run that was cut off leaves its copy.
        _administer("DROP DATABASE IF EXISTS {} WITH (FORCE)", copy)
        _administer("CREATE DATABASE {} TEMPLATE {}", copy, source)
        connection.settings_dict["NAME"] = copy
        monkeypatch.setattr(settings, "REDIS_URL", redis_url)
        _flush(redis_url)
        forget()
        live = Platform(copy, redis_url, tmp_path, static_root)
        try:
            yield live
        finally:
            live.stop()
            connections.close_all()
            forget()
            connection.settings_dict["NAME"] = source
            _administer("DROP DATABASE IF EXISTS {} WITH (FORCE)", copy)


@pytest.fixture
def live_address(platform: Platform) -> str:
    """Return the address of a web process on the test's own database."""
    platform.start("web")
    return platform.address


def forget() -> None:
    """Drop what this process remembers of another database or another Redis."""
    revisions.forget()
    look_again()
    ContentType.objects.clear_cache()
    transports.broker.cache_clear()


def _administer(statement: str, *names: str) -> None:
    url = urlunsplit(urlsplit(settings.DATABASE_URL)._replace(path="/postgres"))
    with psycopg.connect(url.replace("postgres://", "postgresql://", 1), autocommit=True) as admin:
        admin.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def _flush(redis_url: str) -> None:
    with Redis.from_url(redis_url) as redis:
        redis.flushdb()
