"""Processes of the platform without the seconds that Python needs to read its code.

One process per test process has imported everything; what it starts is a fork of it that runs the very command line of
``lianqin.local.programs``. It opened no connection and no thread before, so nothing of one test lives on in the next.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import runpy
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, cast

from lianqin.local.processes import Process, leashed

PR_SET_PDEATHSIG = 1
Command = list[str]


class Zygote:
    """The process that forks, seen from the test; ``environment`` is that of all its children."""

    def __init__(self, environment: Mapping[str, str], folder: Path) -> None:
        self.environment = dict(environment)
        self._folder = folder
        self._ours: socket.socket | None = None
        self._answers: IO[str] | None = None
        self._popen: subprocess.Popen[bytes] | None = None

    def fits(self, command: Sequence[str], environment: Mapping[str, str]) -> bool:
        return command[0] == sys.executable and dict(environment) == self.environment

    def ask(self, **question: Any) -> Any:
        if self._answers is None:
            self._start()
        assert self._ours is not None
        assert self._answers is not None
        self._ours.sendall(json.dumps(question).encode() + b"\n")
        line = self._answers.readline()
        if not line:
            raise RuntimeError("the zygote is gone")
        return json.loads(line)

    def _start(self) -> None:
        self._ours, theirs = socket.socketpair()
        self._answers = self._ours.makefile("r")
        with theirs:
            self._popen = subprocess.Popen(
                leashed([sys.executable, "-m", "tests.zygote", str(theirs.fileno())], signal.SIGTERM),
                pass_fds=[theirs.fileno()], env=self.environment, cwd=self._folder, start_new_session=True,
            )  # fmt: skip

    def stop(self) -> None:
        if self._popen is not None and self._ours is not None and self._answers is not None:
            self._answers.close()
            self._ours.close()
            self._popen.wait(timeout=10)


@dataclass
class Forked(Process):
    """A process that the zygote forks instead of a Python that starts anew."""

    zygote: Zygote = field(kw_only=True)

    def start(self) -> Forked:
        assert self.log is not None
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self.log.touch()
        pid = self.zygote.ask(start=list(self.command[1:]), log=str(self.log))
        self.popen = cast("subprocess.Popen[bytes]", Child(self.zygote, pid))
        self.started_at.append(time.monotonic())
        return self


class Child:
    """What ``subprocess.Popen`` is to a child of ours."""

    def __init__(self, zygote: Zygote, pid: int) -> None:
        self._zygote = zygote
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        if self.returncode is None:
            self.returncode = self._zygote.ask(poll=self.pid)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        until = None if timeout is None else time.monotonic() + timeout
        while (code := self.poll()) is None:
            if until is not None and time.monotonic() > until:
                assert timeout is not None
                raise subprocess.TimeoutExpired(str(self.pid), timeout)
            time.sleep(0.02)
        return code

    def send_signal(self, number: int) -> None:
        # Until it was waited for, its number is nobody else's.
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def preload() -> None:
    """Import all that the processes of the platform import."""
    from importlib import import_module

    for name in ("lianqin.celery", "lianqin.asgi", "uvicorn.main", "celery.bin.worker", "celery.bin.beat"):
        import_module(name)
    for name in ("uvicorn.protocols.http.auto", "uvicorn.lifespan.on", "uvicorn.loops.auto", "celery.apps.worker"):
        import_module(name)
    from django.template.loader import get_template
    from django.urls import get_resolver

    get_resolver().url_patterns  # noqa: B018 -- The views and all that they import.
    get_template("base.html")
    gc.collect()
    gc.freeze()
    if threading.active_count() != 1:
        raise RuntimeError(f"a fork would lose threads: {threading.enumerate()}")


def serve(channel: socket.socket) -> Command | None:
    """Fork and watch until the test process is gone; return in each child with what it shall run."""
    codes: dict[int, int] = {}
    with channel, channel.makefile("r") as questions:
        for line in questions:
            asked = json.loads(line)
            if "start" in asked:
                parent = os.getpid()
                answer: int | None = os.fork()
                if answer == 0:
                    become(parent, asked["log"])
                    return cast("Command", asked["start"])
            else:
                answer = _code(asked["poll"], codes)
            channel.sendall(json.dumps(answer).encode() + b"\n")
    return None


def _code(pid: int, codes: dict[int, int]) -> int | None:
    if pid not in codes:
        found, status = os.waitpid(pid, os.WNOHANG)
        if not found:
            return None
        codes[pid] = os.waitstatus_to_exitcode(status)
    return codes[pid]


def become(parent: int, log: str) -> None:
    """A session of one's own, the log in place of the terminal, and no life without the zygote."""
    os.setsid()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        os._exit(1)
    written = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for number in (1, 2):
        os.dup2(written, number)
    os.close(written)


def run(command: Command) -> None:
    """Do what ``python COMMAND...`` does."""
    if command[0] == "-m":
        sys.argv = command[1:]
        runpy.run_module(command[1], run_name="__main__", alter_sys=True)
    else:
        sys.argv = command
        runpy.run_path(command[0], run_name="__main__")


if __name__ == "__main__":
    preload()
    told = serve(socket.socket(fileno=int(sys.argv[1])))
    if told is not None:
        run(told)
