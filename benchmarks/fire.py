"""Escalation under fire: ``python -m benchmarks.fire --seconds 60 --seed 1 --clients 8``. See benchmarks/README.md."""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

import django
from django.core.management import call_command

from benchmarks.engine.place import Place, servers
from benchmarks.engine.plan import Least, Plan
from benchmarks.engine.sabotage import CHOICES
from lianqin.local.processes import signals_as_interrupts


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fire", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="how long the trouble lasts")
    parser.add_argument("--seed", type=int, default=None, help="of every random choice; drawn and printed if left out")
    parser.add_argument("--clients", type=int, default=8, help="processes in which people act")
    parser.add_argument("--orders", type=int, default=250, help="orders at the beginning; people report more")
    parser.add_argument("--scale", type=int, default=1200, help="how many times faster deadlines run")
    parser.add_argument("--without", choices=CHOICES, default="", help="take one safeguard out: the run must fail")
    parser.add_argument("--folder", type=Path, help="where logs go and stay; a temporary folder if left out")
    chosen = parser.parse_args(arguments)
    seed = random.SystemRandom().randrange(1_000_000) if chosen.seed is None else chosen.seed
    plan = Plan(
        seed=seed,
        seconds=chosen.seconds,
        orders=chosen.orders,
        scale=chosen.scale,
        clients=chosen.clients,
        workers=2,
        without=chosen.without,
        # Without a safeguard there is nothing to wait for: clocks that failed back off for minutes.
        drain_within=20 if chosen.without else 180,
    )
    signals_as_interrupts()
    with tempfile.TemporaryDirectory(prefix="lianqin-fire-") as temporary:
        folder: Path = chosen.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        with servers(folder) as place:
            return _fire(plan, place, folder)


def _fire(plan: Plan, place: Place, folder: Path) -> int:
    # Django reads its settings when it starts: only now is the database known.
    os.environ.update(place.environment)
    django.setup()
    call_command("migrate", verbosity=0)
    from benchmarks.engine.run import run
    from tests.cast import build_cast

    build_cast()
    rate = plan.seconds / 60
    least = Least(
        firings=int(600 * rate),
        actions=int(600 * rate),
        kills=int(40 * rate),
        cuts=int(60 * rate),
        flushes=int(5 * rate),
        escalations=int(60 * rate),
    )
    plan = Plan(**{**asdict(plan), "flush_everything": place.own_servers})
    verdict = run(plan, least, environment=place.environment, folder=folder)
    print(verdict.text())
    (folder / "verdict.json").write_text(json.dumps(verdict.as_json(), ensure_ascii=False, indent=1))
    return 0 if verdict.ok else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
