"""Run one of the platform's programs with a witness in it, and, if the environment says so, without a safeguard.

``python -m benchmarks.engine.launch -m celery -A lianqin worker`` or ``... launch manage.py run_timers``.
"""

from __future__ import annotations

import importlib
import os
import runpy
import sys

import django
from django.conf import settings

from benchmarks.engine import sabotage

LEASE_SECONDS = 3


def main(arguments: list[str]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianqin.settings")
    django.setup()
    sabotage.remove(os.environ.get(sabotage.VARIABLE, ""))
    # It has to do with models: not before Django is ready.
    importlib.import_module("benchmarks.engine.witness").register()
    hasten_beat(float(os.environ.get("FIRE_BEAT_EVERY", "0")))
    shorten_leases()
    count_sweeps()
    if arguments[0] == "-m":
        sys.argv = arguments[1:]
        runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)
    else:
        sys.argv = arguments
        runpy.run_path(arguments[0], run_name="__main__")


def hasten_beat(every: float) -> None:
    """Tick more often than in real life, so that a short run sees many ticks."""
    if every:
        for name in ("sweep-timers", "relay-outbox"):
            settings.CELERY_BEAT_SCHEDULE[name]["schedule"] = every


def shorten_leases() -> None:
    """What a killed relay had leased comes back after a few seconds instead of a minute."""
    delivering = importlib.import_module("relay.services.delivering")
    delivering.LEASE_SECONDS = LEASE_SECONDS  # type: ignore[attr-defined]


def count_sweeps() -> None:
    """Say in the log how much each sweep fired: it tells the two drivers apart."""
    services = importlib.import_module("workorders.services")
    genuine = services.sweep

    def sweep(*arguments: int) -> int:
        fired: int = genuine(*arguments)
        if fired:
            # Around sys.stdout, which Celery turns into log lines.
            os.write(1, b"SWEPT %d\n" % fired)
        return fired

    services.sweep = sweep  # type: ignore[attr-defined]


if __name__ == "__main__":
    main(sys.argv[1:])
