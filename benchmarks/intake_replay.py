"""Appeals of a CSV through the signed intake while lines are cut and processes die. Run by hand.

    python -m benchmarks.intake_replay --appeals FILE [--rate 2] [--seed 1] [--out benchmarks/reports]

Five emulated platforms share the rows. Web, relay, worker and beat are killed without warning all the while; clerks
then end every order, and each platform must have been told all of it, in order, applied once.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import json
import os
import random
import signal
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections import Counter
from pathlib import Path
from typing import Any

import django
from django.core.management import call_command

from benchmarks.engine.place import servers
from benchmarks.measure import replays
from benchmarks.measure.machine import machine
from lianqin.local import programs
from lianqin.local.processes import Process, free_port, signals_as_interrupts, wait_until
from lianqin.local.setup import PROJECT

PLATFORMS = ("police_110", "online_inquiry", "portal", "governance_platform", "hotline_12345")
ROLES = ("web", "web", "relay", "worker", "beat")
SPARE_SECONDS, PATIENCE_SECONDS = 2.0, 900.0
HERE = (118.605, 32.055)


class Stage:
    """Our processes, one of which dies now and then; the platforms, which nobody kills."""

    def __init__(self, environment: dict[str, str], folder: Path, seed: int) -> None:
        self.environment, self.folder, self.dice = environment, folder, random.Random(seed)
        self.port = free_port()
        self.kills: Counter[str] = Counter()
        self.ours: dict[str, Process] = {}
        self.platforms: list[Process] = []
        self.since: dict[str, float] = {}
        self.is_up, self.slowest = False, 0.0
        self.next_kill = time.monotonic() + 2

    def start(self, role: str) -> None:
        commands = {
            "web": programs.web(sys.executable, host="127.0.0.1", port=self.port, workers=2),
            "relay": programs.manage(sys.executable, "run_relay"),
            "worker": programs.worker(sys.executable),
            "beat": programs.beat(sys.executable, folder=self.folder),
        }
        log = self.folder / f"{role}.log"
        self.since[role] = time.monotonic()
        self.is_up = self.is_up and role != "web"
        self.ours[role] = Process(role, commands[role], log, env=self.environment, cwd=PROJECT).start()

    def platform(self, name: str, arguments: list[str]) -> None:
        command = programs.manage(sys.executable, "run_platform", "--platform", name, *arguments)
        log = self.folder / f"{name}.log"
        self.platforms.append(Process(name, command, log, env=self.environment, cwd=PROJECT).start())

    def trouble(self) -> None:
        """Kill one if it is time, and start again whatever is gone."""
        # A process that is still starting has nothing to lose, and one that never comes up proves nothing.
        warm = [role for role in ROLES if self._is_warm(role)]
        if warm and time.monotonic() >= self.next_kill:
            role = self.dice.choice(warm)
            self.ours[role].signal(signal.SIGKILL)
            self.kills[role] += 1
            # Longer than all need to come up again: a machine that is busy still gets something done.
            self.next_kill = time.monotonic() + self.slowest / 2 + self.dice.uniform(2, 5)
            time.sleep(0.1)
        for role, process in list(self.ours.items()):
            if not process.running:
                process.finish(0)
                self.start(role)

    def _is_warm(self, role: str) -> bool:
        """Web once it answers; the others when they had longer than web ever took to."""
        age = time.monotonic() - self.since[role]
        if role != "web":
            return age > self.slowest + SPARE_SECONDS
        if not self.is_up and self.answers():
            self.is_up, self.slowest = True, max(self.slowest, age)
        return self.is_up

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/livez", timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def stop(self) -> None:
        for process in (*self.platforms, *self.ours.values()):
            process.signal(signal.SIGTERM)
        for process in (*self.platforms, *self.ours.values()):
            process.finish(15)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.intake_replay", description=__doc__)
    parser.add_argument("--appeals", type=Path, required=True)
    parser.add_argument("--rate", type=float, default=2.0, help="appeals a second of each platform")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="where logs and ledgers stay; a temporary folder if left out")
    parser.add_argument("--out", type=Path, help="the folder of the report; only printed if left out")
    chosen = parser.parse_args(arguments)
    signals_as_interrupts()
    before = machine()
    with tempfile.TemporaryDirectory(prefix="lianqin-replay-") as temporary:
        folder: Path = (chosen.folder or Path(temporary)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        with servers(folder) as place:
            os.environ.update(place.environment, LIANQIN_MESSAGE_HOSTS="http://127.0.0.1:*")
            django.setup()
            call_command("migrate", verbosity=0)
            figures = _replay(chosen, folder)
    print(json.dumps(figures, ensure_ascii=False, indent=1))
    if chosen.out:
        replays.write(figures, before, chosen.out)
    return 0 if not figures["faults"] else 1


def _replay(chosen: argparse.Namespace, folder: Path) -> dict[str, Any]:
    from accounts.models import User
    from citizens.seeding.platforms import open_platforms
    from grids.selectors import actor_for
    from tests.cast import build_cast

    call_command("seed_catalogue", verbosity=0, stdout=(folder / "seed.log").open("w"))
    build_cast()
    cast = {user.username: actor_for(user) for user in User.objects.all()}
    stage = Stage({**os.environ}, folder, chosen.seed)
    ports = {name: free_port() for name in PLATFORMS}
    keys = open_platforms(
        admin=cast["sysadmin"], second=cast["commander"],
        returns={name: f"http://127.0.0.1:{port}/returns" for name, port in ports.items()},
    )  # fmt: skip
    (folder / "keys.json").write_text(json.dumps(keys))
    began = time.monotonic()
    try:
        for role in dict.fromkeys(ROLES):
            stage.start(role)
        if not wait_until(stage.answers, 120):
            raise RuntimeError("the web process does not answer")
        for share, (name, port) in enumerate(ports.items()):
            stage.platform(name, [
                *("--lianqin", f"http://127.0.0.1:{stage.port}", "--port", str(port), "--keys", f"{folder}/keys.json"),
                *("--ledgers", str(folder), "--appeals", str(chosen.appeals), "--share", f"{share}/5"),
                *("--rate", str(chosen.rate), "--repeat", "0.25", "--cut", "0.2", "--trouble", "0.15"),
                *("--seed", str(chosen.seed + share)),
            ])  # fmt: skip
        wanted = _numbers(chosen.appeals)
        _until(stage, lambda: _answered(folder) >= len(wanted), PATIENCE_SECONDS)
        arrived = time.monotonic() - began
        _work(stage, cast)
        _until(stage, lambda: _returned(folder), PATIENCE_SECONDS)
    finally:
        stage.stop()
    return _figures(chosen, folder, stage, wanted, arrived, time.monotonic() - began)


def _numbers(path: Path) -> set[str]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {row["external_ref"] for row in csv.DictReader(file)}


def _rows(path: Path) -> int:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return sum(1 for _row in csv.DictReader(file))


def _ledgers(folder: Path) -> dict[str, Any]:
    from citizens.management.platforms.ledger import Ledger

    return {name: Ledger(folder / f"{name}.sqlite") for name in PLATFORMS}


def _answered(folder: Path) -> int:
    return sum(ledger.figures()["answered"] for ledger in _ledgers(folder).values())


def _returned(folder: Path) -> bool:
    """Whether every order that ended has told its platform so."""
    from citizens.models import ReturnMessage
    from workorders.models import WorkOrder

    ended = WorkOrder.objects.filter(status__in=("closed", "declined")).count()
    told = ReturnMessage.objects.filter(kind__in=("closed", "declined"), state="sent").count()
    return told >= ended and not ReturnMessage.objects.exclude(state="sent").exists()


def _until(stage: Stage, done: Any, seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and not done():
        stage.trouble()
        time.sleep(0.3)


def _work(stage: Stage, cast: dict[str, Any]) -> None:
    """Every third is declined; the others are handled and closed. Clerks go on whatever dies beside them."""
    from workorders.models import Request, WorkOrder
    from workorders.services import advance, decide

    centre, street, handler = cast["district_dispatcher"], cast["street_dispatcher"], cast["handler"]
    steps: tuple[tuple[str, Any, dict[str, Any]], ...] = (
        ("place", centre, {"lon": HERE[0], "lat": HERE[1]}),
        ("register", street, {"category": "0401", "conditions_confirmed": True}),
        ("dispatch", street, {"lead": "320999001-urban_management"}),
        ("acknowledge", handler, {}),
        ("submit_result", handler, {"result": "已处理完毕"}),
        ("verify", street, {}),
    )
    for place, order_id in enumerate(WorkOrder.objects.order_by("id").values_list("pk", flat=True)):
        stage.trouble()
        if place % 3 == 0:
            advance(order_id=order_id, action="decline", by=centre, data={"reason": "不属于受理范围"})
            request = Request.objects.get(order_id=order_id, outcome="pending")
            decide(request_id=request.pk, approve=True, by=cast["district_dispatcher2"])
            continue
        for action, by, data in steps:
            advance(order_id=order_id, action=action, by=by, data=data)


def _figures(
    chosen: argparse.Namespace, folder: Path, stage: Stage, wanted: set[str], arrived: float, seconds: float
) -> dict[str, Any]:
    from citizens.models import IntakeMessage, ReturnMessage
    from workorders.models import WorkOrder

    orders = set(WorkOrder.objects.values_list("external_ref", flat=True))
    books = {name: ledger.figures() for name, ledger in _ledgers(folder).items()}
    planned = Counter(ReturnMessage.objects.values_list("kind", flat=True))
    applied: Counter[str] = Counter()
    for book in books.values():
        applied.update({kind: numbers[0] for kind, numbers in book["returned"].items()})
    overtaken = sum(numbers[2] for book in books.values() for numbers in book["returned"].values())
    delivered = sum(numbers[1] for book in books.values() for numbers in book["returned"].values())
    faults = [
        text
        for text, wrong in (
            ("not each number is an order", orders != wanted or WorkOrder.objects.count() != len(wanted)),
            ("a repeat was answered with another order", any(book["differing"] for book in books.values())),
            ("a platform is still waiting", sum(book["answered"] for book in books.values()) != len(wanted)),
            ("returns differ from what was applied", planned != applied),
            ("not every result came back", applied["closed"] + applied["declined"] != len(wanted)),
            ("returns overtook each other", overtaken),
        )
        if wrong
    ]
    return {
        "at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "seed": chosen.seed,
        "rows": _rows(chosen.appeals),
        "numbers": len(wanted),
        "orders": WorkOrder.objects.count(),
        "supplements": IntakeMessage.objects.filter(is_first=False).count(),
        "dead": IntakeMessage.objects.filter(state="dead").count(),
        "requests": sum(book["tries"] for book in books.values()),
        "repeats answered with the first": sum(book["repeats"] for book in books.values()),
        "kills": dict(stage.kills),
        "trouble": dict(sum((Counter(book["trouble"]) for book in books.values()), Counter())),
        "returns applied": dict(applied),
        "returns delivered": delivered,
        "seconds until all were taken": round(arrived, 1),
        "seconds": round(seconds, 1),
        "faults": faults,
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
