"""The processes of the run and the saboteur among them."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

from django.conf import settings

from benchmarks.engine import sabotage
from benchmarks.engine.plan import Plan
from benchmarks.engine.trouble import Trouble
from lianqin.local import programs
from lianqin.local.processes import Process, tail, wait_until

# Who dies how often, by role.
VICTIMS = {"timers": 5, "client": 1, "relay": 2, "worker": 2, "beat": 1}
# A process that is still starting has nothing to lose.
WARM_SECONDS = 2.0
REPORTERS = 2
# Celery ends when a child of its pool dies while it starts; whoever keeps processes running starts it again.
GIVEN_UP = "Could not start worker processes"
# Celery finishes the tasks at hand, and a round of the relay may take twenty seconds.
STOP_WITHIN_SECONDS = 30


class Stage:
    """Everything that runs. Only the main thread may use it: processes die with the thread that started them."""

    def __init__(self, plan: Plan, environment: Mapping[str, str], folder: Path) -> None:
        self.plan = plan
        self.folder = folder
        self.environment = {
            **environment,
            "LIANQIN_TIME_SCALE": str(plan.scale),
            "LIANQIN_DEMO": "1",
            "LOG_LEVEL": "WARNING",
            "FIRE_BEAT_EVERY": str(plan.beat_every),
            "PYTHONUNBUFFERED": "1",
            sabotage.VARIABLE: plan.without,
        }
        self.random = random.Random(plan.seed)
        self.count: Counter[str] = Counter()
        self.alive: list[Process] = []
        self.started = 0
        self.stubborn: list[str] = []

    # -- processes

    def command(self, role: str) -> list[str]:
        python = sys.executable
        seed, pause = str(self.plan.seed * 1000 + self.started), str(self.plan.pause)
        client = [python, "-m", "benchmarks.engine.client", seed, pause]
        command: list[str] = {
            "timers": lambda: programs.manage(python, "run_timers", "--interval", "0.25"),
            "relay": lambda: programs.manage(python, "run_relay", "--workers", "3"),
            "worker": lambda: programs.worker(python, concurrency=2),
            "beat": lambda: programs.beat(python, folder=self._folder_of_beat()),
            "client": lambda: client,
            "reporter": lambda: [*client, str(self.plan.orders // REPORTERS)],
        }[role]()
        return [python, "-m", "benchmarks.engine.launch", *command[1:]]

    def _folder_of_beat(self) -> Path:
        folder = self.folder / f"beat-{self.started}"
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def start(self, role: str) -> Process:
        log = self.folder / "fire" / f"{self.started:03}-{role}.log"
        process = Process(role, self.command(role), log, env=self.environment, cwd=settings.BASE_DIR)
        process.start()
        self.started += 1
        self.alive.append(process)
        return process

    def _forget(self, process: Process) -> None:
        self.alive = [each for each in self.alive if each is not process]

    def begin(self) -> None:
        """Everybody but the users, then the orders."""
        roles = {"worker": self.plan.workers, "beat": 1, "relay": self.plan.relays, "timers": self.plan.sweepers}
        reporters = [self.start("reporter") for _ in range(REPORTERS)]
        for role, number in roles.items():
            for _ in range(number):
                self.start(role)
        if not wait_until(lambda: not any(each.running for each in reporters), 120):
            raise RuntimeError("the first reports were not made in time")
        for each in reporters:
            self._forget(each)
        clients = [self.start("client") for _ in range(self.plan.clients)]
        wait_until(lambda: all(_has_spoken(each) for each in clients), 30)

    def kill(self) -> None:
        """SIGKILL somebody with all their children, or only a child of the Celery worker, and start anew."""
        now = time.monotonic()
        warm = [each for each in self.alive if each.running and now - each.started_at[-1] > WARM_SECONDS]
        if not warm:
            return
        (victim,) = self.random.choices(warm, [VICTIMS[each.name] for each in warm])
        assert victim.popen is not None
        role = victim.name
        children = _children(victim.popen.pid) if role == "worker" else []
        if children and self.random.random() < 0.5:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.random.choice(children), signal.SIGKILL)
            self.count["kill worker child"] += 1
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(victim.popen.pid, signal.SIGKILL)
        victim.popen.wait()
        self._forget(victim)
        self.count[f"kill {role}"] += 1
        self.start(role)

    # -- the run

    def storm(self, trouble: Trouble) -> None:
        """Make trouble of every kind, each at its own random moments, until the time is over."""
        plan = self.plan
        kinds: list[tuple[float, Callable[[], None]]] = [
            (plan.kill_every, self.kill),
            (plan.flush_every, trouble.flush),
            (plan.cut_every, trouble.cut),
            (plan.hold_every, trouble.hold),
        ]
        end = time.monotonic() + plan.seconds
        due = [time.monotonic() + self._wait(every) for every, _ in kinds]
        while (now := time.monotonic()) < end:
            for index, (every, make) in enumerate(kinds):
                if now >= due[index]:
                    make()
                    due[index] = time.monotonic() + self._wait(every)
            trouble.let_go()
            self._replace_the_fallen()
            time.sleep(0.02)
        trouble.let_go(everything=True)

    def _wait(self, every: float) -> float:
        return min(self.random.expovariate(1 / every), every * 3)

    def _replace_the_fallen(self) -> None:
        """Somebody who ended without having been killed: that is for the judge to see."""
        for process in list(self.alive):
            if not process.running:
                if GIVEN_UP in tail(process.log, 40):
                    self.count["worker gave up"] += 1
                else:
                    self.stubborn.append(f"{process.name} ended by itself ({process.log})")
                self._forget(process)
                self.start(process.name)

    def send_home(self, *roles: str) -> None:
        """SIGTERM, and patience."""
        leaving = [process for process in self.alive if process.name in roles]
        for process in leaving:
            process.signal(signal.SIGTERM)
        wait_until(lambda: not any(process.running for process in leaving), STOP_WITHIN_SECONDS)
        for process in leaving:
            if process.running:
                self.stubborn.append(f"{process.name} did not stop at SIGTERM ({process.log})")
            process.finish(0)
            self._forget(process)

    def end(self) -> None:
        """Whatever happened: leave nothing behind."""
        for process in list(self.alive):
            process.finish(0)
        self.alive.clear()

    def logs(self) -> list[Path]:
        return sorted((self.folder / "fire").glob("*.log"))


def _has_spoken(process: Process) -> bool:
    return process.log is not None and process.log.stat().st_size > 0


def _children(pid: int) -> list[int]:
    try:
        return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []
