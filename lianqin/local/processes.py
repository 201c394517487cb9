"""Start processes, watch them, stop all that were started."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

LEASH = Path(__file__).with_name("leash.py")
STOP_WITHIN_SECONDS = 10.0
RESTARTS = 5
RESTART_WINDOW_SECONDS = 60.0


class PlainError(Exception):
    """A sentence that tells a person what is wrong and what to do."""


def leashed(command: Sequence[str], stop: int, *options: str) -> list[str]:
    """Return ``command`` so that it receives ``stop`` when its parent is gone."""
    return [sys.executable, "-S", "-E", str(LEASH), str(int(stop)), *options, "--", *command]


def free_port() -> int:
    """Return a port that stays ours: until this process ends, the kernel gives it to nobody who asks for any port.

    A socket keeps it bound without listening; a server that names the port (all do so with SO_REUSEADDR) still
    gets it, now and after every restart.
    """
    keeper = socket.socket()
    keeper.bind(("127.0.0.1", 0))
    port: int = keeper.getsockname()[1]
    keeper.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if sys.platform == "linux":  # Others refuse a second bind to the same address altogether.
        keeper.detach()  # Left open on purpose.
    else:
        keeper.close()
    return port


def wait_until(ready: Callable[[], bool], seconds: float, pause: float = 0.05) -> bool:
    """Return whether ``ready`` became true within ``seconds``."""
    until = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > until:
            return False
        time.sleep(pause)
    return True


def tail(path: Path | None, lines: int = 5) -> str:
    if path is None:
        return "see above"
    try:
        return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return ""


@dataclass
class Process:
    """One child with its log file (without one it writes where we write).

    It has a process group of its own, so that its children go with it.
    """

    name: str
    command: Sequence[str]
    log: Path | None
    env: Mapping[str, str] | None = None
    cwd: Path | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    user: int | None = None
    namespace: bool = False
    restart: bool = False
    popen: subprocess.Popen[bytes] | None = None
    started_at: list[float] = field(default_factory=list)

    def start(self) -> Process:
        options = ["--namespace"] if self.namespace else []
        options += [] if self.user is None else [f"--user={self.user}"]
        with self._output() as output:
            self.popen = subprocess.Popen(
                leashed(self.command, self.stop_signal, *options),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=None if output is None else subprocess.STDOUT,
                env=None if self.env is None else dict(self.env),
                cwd=self.cwd,
                start_new_session=True,
            )
        self.started_at.append(time.monotonic())
        return self

    def _output(self) -> contextlib.AbstractContextManager[IO[bytes] | None]:
        if self.log is None:
            return contextlib.nullcontext()
        self.log.parent.mkdir(parents=True, exist_ok=True)
        return self.log.open("ab")

    @property
    def running(self) -> bool:
        return self.popen is not None and self.popen.poll() is None

    def signal(self, number: int) -> None:
        if self.popen is not None and self.popen.poll() is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                self.popen.send_signal(number)

    def finish(self, seconds: float = STOP_WITHIN_SECONDS) -> None:
        """Wait for the end; after ``seconds`` kill what is left of the group."""
        if self.popen is None:
            return
        try:
            self.popen.wait(timeout=max(seconds, 0.01))
        except subprocess.TimeoutExpired:
            self.popen.kill()
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.popen.pid, signal.SIGKILL)
        self.popen.wait()

    def stop(self, seconds: float = STOP_WITHIN_SECONDS) -> None:
        self.signal(self.stop_signal)
        self.finish(seconds)

    def may_restart(self) -> bool:
        since = time.monotonic() - RESTART_WINDOW_SECONDS
        return self.restart and sum(moment > since for moment in self.started_at) <= RESTARTS


class Supervisor:
    """Hold processes in the order of their start; stop them in the reverse order."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self.say = say
        self.processes: list[Process] = []

    def start(self, process: Process) -> Process:
        self.processes.append(process)
        return process.start()

    def check(self) -> None:
        """Start again what fell over; raise PlainError when that does not help."""
        for process in self.processes:
            if process.running:
                continue
            if not process.may_restart():
                raise PlainError(f"{process.name} stopped for good. Its last words: {tail(process.log)}")
            self.say(f"{process.name} stopped and is started again")
            process.finish(0)
            process.start()

    def watch(self) -> None:
        """Return never; raise PlainError when a process cannot be kept running."""
        while True:
            self.check()
            time.sleep(0.5)

    def stop(self) -> None:
        """Stop the last started first; databases, started first, go when nobody needs them any more."""
        workers = [process for process in self.processes if process.restart]
        for process in workers:
            process.signal(process.stop_signal)
        until = time.monotonic() + STOP_WITHIN_SECONDS
        for process in reversed(workers):
            process.finish(until - time.monotonic())
        for process in reversed(self.processes):
            process.stop()
        self.processes.clear()


def signals_as_interrupts() -> None:
    """Let SIGTERM and SIGHUP end this process the way Ctrl-C does."""

    def interrupt(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)


def ignore_signals() -> None:
    """Let nothing interrupt the stopping; every wait in it has an end."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
