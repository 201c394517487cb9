"""Where a run takes place: its servers, its time, its folder, the platform's own processes."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import socket
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from lianqin.local import programs
from lianqin.local.processes import PlainError, Process, Supervisor, free_port, tail, wait_until
from lianqin.local.setup import PROJECT, site_packages
from lianqin.local.valkey import Valkey


@dataclass(frozen=True)
class Place:
    """What every scenario gets. Django is set up on ``database`` before the first one runs.

    ``seconds``: how long a scenario with a rate measures. ``against``: a small database with the same ground, or "".
    ``folder``: logs and what the servers keep; ``out``: what is worth keeping, beside the report.
    ``environment``: for processes of the platform; SECRET_KEY, DATABASE_URL and REDIS_URL included.
    """

    database: str
    redis: str
    folder: Path
    out: Path
    seconds: float
    against: str = ""
    processes: int = 4
    connections: int = 16
    seed: int = 1
    environment: dict[str, str] = field(default_factory=dict)

    def say(self, text: str) -> None:
        print(f"   {text}", flush=True)

    def process(self, name: str, command: list[str], **more: str) -> Process:
        """A process of the platform, not yet started; its log lies in the folder of the run."""
        log = self.folder / "log" / f"{name}.log"
        return Process(name, command, log, env={**self.environment, **more}, cwd=PROJECT)

    def manage(self, name: str, *arguments: str) -> Process:
        """``manage.py`` with arguments, not yet started."""
        return self.process(name, programs.manage(sys.executable, *arguments))

    def module(self, name: str, module: str, *arguments: str) -> Process:
        """``python -m module`` with arguments, not yet started."""
        return self.process(name, [sys.executable, "-m", module, *arguments])

    @contextlib.contextmanager
    def running(self, *processes: Process) -> Iterator[None]:
        """Start them; whatever happens, leave none behind."""
        try:
            for each in processes:
                each.start()
            yield
        finally:
            for each in processes:
                each.signal(each.stop_signal)
            for each in processes:
                each.finish()

    @contextlib.contextmanager
    def serving(self, *, processes: int | None = None, application: str = "") -> Iterator[Web]:
        """The real web server (``lianqin.asgi``, or another ASGI ``application``) on a free port of this machine."""
        port = free_port()
        command = programs.web(sys.executable, host="127.0.0.1", port=port, workers=processes or self.processes)
        if application:
            command[command.index("lianqin.asgi:application")] = application
        server = self.process(f"web-{application.partition(':')[0] or 'lianqin'}", command)
        with self.running(server):
            if not wait_until(lambda: _answers(port) or not server.running, 60) or not server.running:
                raise PlainError(f"The web server does not answer; see {server.log}:\n{tail(server.log)}")
            assert server.popen is not None
            yield Web(port, server.popen.pid, server.log)


@dataclass(frozen=True, slots=True)
class Web:
    """A running web server; ``pid`` is that of its first process, the workers are its children."""

    port: int
    pid: int
    log: Path | None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/livez", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


@contextlib.contextmanager
def place_for(
    database: str, *, against: str, folder: Path, out: Path, seconds: float, seed: int, processes: int, connections: int
) -> Iterator[Place]:
    """A place on an existing database; Redis from REDIS_URL, or a Valkey of its own for the time of the run."""
    supervisor = Supervisor(print)
    shutil.rmtree(folder / "log", ignore_errors=True)
    try:
        redis = os.environ.get("REDIS_URL") or _own_redis(supervisor, folder)
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("LIANQIN_", "DJANGO_"))},
            "DATABASE_URL": database,
            "REDIS_URL": redis,
            "SECRET_KEY": secrets.token_urlsafe(48),
            "DJANGO_SETTINGS_MODULE": "lianqin.settings",
            "LIANQIN_DEMO": "1",  # Plain HTTP on this machine; deadlines stay real.
            "LIANQIN_STATE_DIR": str(folder / "state"),
            "LOG_LEVEL": "WARNING",
            "LIANQIN_STATIC_MANIFEST": "0",  # Nothing is collected: no browser loads anything.
            "DEBUG": "",
            "PYTHONUNBUFFERED": "1",
        }
        yield Place(
            database=database,
            redis=redis,
            folder=folder,
            out=out,
            seconds=seconds,
            against=against,
            processes=processes,
            connections=connections,
            seed=seed,
            environment=environment,
        )
    finally:
        supervisor.stop()


def _own_redis(supervisor: Supervisor, folder: Path) -> str:
    home = folder / "servers"
    (home / "log").mkdir(parents=True, exist_ok=True)
    valkey = Valkey(home, site_packages(Path(sys.executable)), secrets.token_urlsafe(24))
    supervisor.processes.append(valkey.start())
    return valkey.url()


def keep_alive(port: int) -> socket.socket:
    """A connection to a server of this machine that stays open; small writes leave at once."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=60)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection
