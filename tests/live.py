"""Real processes on a database of their own.

A worker's open transaction would block the flush of a shared database, and each flush would renumber the content types
under the worker's cache; a copy by ``CREATE DATABASE ... TEMPLATE`` takes a tenth of a second.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from redis import Redis

from lianqin.local import programs
from lianqin.local.processes import Process, free_port, tail, wait_until
from tests.copies import drop, on_a_copy
from tests.zygote import Forked, Zygote

# Hashed names as in production, but nothing packed.
STATIC = {"LIANQIN_STATIC_MANIFEST": "1", "LIANQIN_STATIC_PACKED": "0"}


class Platform:
    """A database copy, a Redis number, and the processes on them."""

    def __init__(self, database: str, redis_url: str, folder: Path, static: Path, zygotes: list[Zygote]) -> None:
        self.database = database
        self.redis_url = redis_url
        self.folder = folder
        self._zygotes = zygotes
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
            # The platforms of the tests, which are told what became of their reports.
            "LIANQIN_MESSAGE_HOSTS": "http://127.0.0.1:*",
            "LIANQIN_STATIC_ROOT": str(static),
            **STATIC,
        }
        for ours in ("PYTEST_CURRENT_TEST", "DJANGO_ALLOW_ASYNC_UNSAFE"):
            self.environment.pop(ours, None)

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
        """Start any command on this platform: as a fork, or anew where its environment is another one."""
        log = self.folder / f"{name}-{len(self.processes)}.log"
        told = {**self.environment, **environment}
        if not self._zygotes:
            self._zygotes.append(Zygote(told, settings.BASE_DIR))
        if self._zygotes[0].fits(command, told):
            process: Process = Forked(name, command, log, zygote=self._zygotes[0])
        else:
            process = Process(name, command, log, env=told, cwd=settings.BASE_DIR)
        self.processes.append(process.start())
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
        """Kill them all: nobody looks at how they end here."""
        for process in self.processes:
            process.finish(0)


@pytest.fixture(scope="session")
def static_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Collect the static files under their hashed names, as production does; once for all test processes."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "static"
    environment = {**os.environ, "LIANQIN_STATIC_ROOT": str(folder), **STATIC}
    command = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
    done = folder.with_suffix(".done")
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            subprocess.run(command, cwd=settings.BASE_DIR, env=environment, check=True)
            done.touch()
    return folder


@pytest.fixture(scope="session")
def zygotes() -> Iterator[list[Zygote]]:
    """The one that forks the processes of this test process, from the first platform on."""
    kept: list[Zygote] = []
    yield kept
    for zygote in kept:
        zygote.stop()


@pytest.fixture(scope="session")
def state_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same for every platform, which finds it empty."""
    return tmp_path_factory.mktemp("platform")


@pytest.fixture(scope="session")
def furnished(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """The name of a copy of the test database with the real catalogue, for copies of it."""
    with django_db_blocker.unblock():
        name = f"{connection.settings_dict['NAME']}_furnished"
        with on_a_copy(name), open(os.devnull, "w") as nothing:
            call_command("seed_catalogue", stdout=nothing)
        yield name
        drop(name)


@pytest.fixture
def platform(
    request: pytest.FixtureRequest,
    django_db_setup: None,
    django_db_blocker: Any,
    state_folder: Path,
    static_root: Path,
    zygotes: list[Zygote],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Platform]:
    """Work on a fresh copy of the test database, with the ORM of the test and with real processes."""
    own = connection.settings_dict["NAME"]
    source = request.getfixturevalue("furnished") if "office" in request.fixturenames else own
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    redis_url = urlunsplit(urlsplit(settings.REDIS_URL)._replace(path=f"/{16 + int(worker)}"))
    shutil.rmtree(state_folder)
    state_folder.mkdir()
    with django_db_blocker.unblock(), on_a_copy(f"{own}_live", of=source):
        monkeypatch.setattr(settings, "REDIS_URL", redis_url)
        _flush(redis_url)
        live = Platform(f"{own}_live", redis_url, state_folder, static_root, zygotes)
        try:
            yield live
        finally:
            live.stop()
    with django_db_blocker.unblock():
        drop(f"{own}_live")


@pytest.fixture
def live_address(platform: Platform) -> str:
    """Return the address of a web process on the test's own database."""
    platform.start("web")
    return platform.address


def _flush(redis_url: str) -> None:
    with Redis.from_url(redis_url) as redis:
        redis.flushdb()
