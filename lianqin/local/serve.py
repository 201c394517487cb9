"""Production processes from the environment, after the settings have been found safe."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from lianqin.local import programs, setup
from lianqin.local.processes import PlainError, Process, Supervisor, ignore_signals, signals_as_interrupts

PYTHON = sys.executable
STEPS = {"migrate": ("migrate", "--noinput"), "collectstatic": ("collectstatic", "--noinput")}


def commands() -> dict[str, Callable[[], list[str]]]:
    """Return how each process is run; numbers come from the environment."""
    host, port = os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT", "8000"))
    # Python computes on one core a process; more than four leave PostgreSQL's usual hundred connections too few.
    workers = int(os.environ.get("WEB_WORKERS") or min(os.cpu_count() or 2, 4))
    concurrency = int(os.environ.get("WORKER_CONCURRENCY", "4"))
    return {
        "web": lambda: programs.web(PYTHON, host=host, port=port, workers=workers),
        "worker": lambda: programs.worker(PYTHON, concurrency=concurrency),
        "beat": lambda: programs.beat(PYTHON, folder=Path(tempfile.mkdtemp(prefix="lianqin-beat-"))),
        "relay": lambda: programs.manage(PYTHON, "run_relay"),
        "timers": lambda: programs.manage(PYTHON, "run_timers"),
        "mail": lambda: programs.manage(PYTHON, "run_mail_intake", *mail_place()),
    }


def mail_place() -> list[str]:
    """Where the mail server hands over mail for the mailboxes of platforms."""
    host, port = os.environ.get("MAIL_HOST", "127.0.0.1"), os.environ.get("MAIL_PORT") or "8025"
    return ["--host", host, "--port", port]


def check() -> None:
    """Refuse unsafe settings; the checks themselves print the remedy."""
    command = programs.manage(PYTHON, "check", "--deploy", "--fail-level", "ERROR")
    if subprocess.run(command, cwd=setup.PROJECT, check=False).returncode != 0:
        raise PlainError("bin/serve does not start with these settings; each line above names its remedy.")


def run_all() -> None:
    supervisor = Supervisor(lambda text: print(text, flush=True))
    signals_as_interrupts()
    try:
        for name, command in commands().items():
            # Not everybody has platforms that write letters.
            if name == "mail" and not os.environ.get("MAIL_PORT"):
                continue
            supervisor.start(Process(name, command(), None, cwd=setup.PROJECT, restart=True))
        supervisor.watch()
    finally:
        ignore_signals()
        supervisor.stop()


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bin/serve", description=__doc__)
    parser.add_argument("process", choices=[*commands(), "all", *STEPS], help="what to run, or a step to take first")
    chosen = parser.parse_args(arguments).process
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianqin.settings")
    try:
        check()
        if chosen == "collectstatic":
            setup.front_end(print, Path(PYTHON))
        if chosen == "all":
            run_all()
            return 0
    except PlainError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 0
    command = programs.manage(PYTHON, *STEPS[chosen]) if chosen in STEPS else commands()[chosen]()
    os.chdir(setup.PROJECT)
    os.execvp(command[0], command)
