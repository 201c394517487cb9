"""Every check of the project: what is missing is set up, then the quick checks run, then pytest."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from lianqin.local import setup
from lianqin.local.processes import PlainError, Supervisor, signals_as_interrupts
from lianqin.local.services import Services

PROJECT = setup.PROJECT
CHROMIUM = Path("/usr/bin/chromium")
CODE = [
    "lianqin",
    "accounts",
    "relay",
    "grids",
    "catalogue",
    "workorders",
    "dispatch",
    "citizens",
    "configuration",
    "insight",
    "tests",
    "benchmarks",
]
PRODUCTION = {
    "DEBUG": "",
    "LIANQIN_DEMO": "",
    "LIANQIN_STATIC_MANIFEST": "",
    "SECRET_KEY": "0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "ALLOWED_HOSTS": "lianqin.example",
    "DATABASE_URL": "postgres://lianqin:password@127.0.0.1:5432/lianqin",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
}


def say(text: str) -> None:
    print(f"-- {text}", flush=True)


def find_chromium() -> None:
    """Install Chromium and a Chinese font from the system's packages where we may; else say what is missing."""
    font = shutil.which("fc-list") and subprocess.run(["fc-list", ":lang=zh"], capture_output=True, check=False).stdout
    if CHROMIUM.exists() and font:
        return
    wanted = ["chromium", "fonts-noto-cjk"]
    if os.geteuid() == 0 and shutil.which("apt-get"):
        say(f"installing {' '.join(wanted)} from the system's packages")
        subprocess.run(["apt-get", "update", "-qq"], check=False)
        install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *wanted]
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(install, check=False, env=environment, stdout=subprocess.DEVNULL)
    if not CHROMIUM.exists():
        sentence = f"There is no {CHROMIUM} for the browser tests: apt-get install {' '.join(wanted)}"
        if os.environ.get("CI"):
            raise PlainError(sentence)
        say(sentence + "; the browser tests are skipped.")


def checks(tools: Path, environment: Mapping[str, str]) -> list[tuple[str, list[str], Mapping[str, str]]]:
    """Return the quick checks: a name, a command, an environment."""
    code = [folder for folder in CODE if (PROJECT / folder).exists()]
    python = str(tools / "python")
    return [
        ("ruff check", [str(tools / "ruff"), "check", "."], environment),
        ("ruff format", [str(tools / "ruff"), "format", "--check", "."], environment),
        ("djlint", [str(tools / "djlint"), "templates", "--lint", "--quiet"], environment),
        ("import-linter", [str(tools / "lint-imports")], environment),
        ("migrations", [python, "manage.py", "makemigrations", "--check", "--dry-run"], environment),
        (
            "deploy check",
            [python, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
            {**environment, **PRODUCTION},
        ),
        ("mypy", [str(tools / "mypy"), *code], environment),
    ]


def run_checks(tools: Path, environment: Mapping[str, str], only: str) -> list[str]:
    """Run the checks and return the names of those that failed."""
    failed = []
    for name, command, variables in checks(tools, environment):
        if only and only != name:
            continue
        began = time.monotonic()
        say(name)
        if subprocess.run(command, cwd=PROJECT, env=dict(variables), check=False).returncode != 0:
            failed.append(name)
        print(f"   {time.monotonic() - began:.1f} s", flush=True)
    return failed


def run_pytest(python: Path, environment: Mapping[str, str], extra: list[str]) -> int:
    """Run pytest on as many processes as there are cores, unless one test is asked for by name."""
    # In the order of tests/conftest.py: the longest modules first.
    count = str(min(os.cpu_count() or 1, 8))
    workers = ["-n", count, "--dist", "loadscope", "--no-loadscope-reorder"]
    if any("::" in part for part in extra):
        workers = []
    chosen = [] if any(part == "-n" or part.startswith("-n") for part in extra) else workers
    command = [str(python), "-m", "pytest", *chosen, *extra]
    return subprocess.run(command, cwd=PROJECT, env=dict(environment), check=False).returncode


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="bin/test",
        description="Set up what is missing, run every check, then pytest. Unknown arguments go to pytest.",
        epilog="example: bin/test --only pytest tests/grids -k locate",
        allow_abbrev=False,
    )
    parser.add_argument("--only", default="", metavar="CHECK", help="pytest, mypy, 'ruff check', 'ruff format', ...")
    chosen, extra = parser.parse_known_args(arguments)
    signals_as_interrupts()
    supervisor = Supervisor(say)
    home = Path(tempfile.mkdtemp(prefix="lianqin-test-"))
    services: Services | None = None
    try:
        python = setup.environment(say, dev=True)
        setup.front_end(say, python)
        if chosen.only in ("", "pytest"):
            find_chromium()
        say("starting PostgreSQL and Valkey")
        services = Services(home, setup.site_packages(python), durable=False)
        services.start(supervisor)
        services.postgres.ensure_database("lianqin")
        environment = {**os.environ, **services.environment(), "LIANQIN_STATE_DIR": str(home / "state")}
        environment |= {"DJANGO_SETTINGS_MODULE": "lianqin.settings", "DEBUG": "1", "LOG_LEVEL": "WARNING"}
        failed = run_checks(python.parent, environment, chosen.only)
        if failed:
            say("failed: " + ", ".join(failed))
        if chosen.only not in ("", "pytest"):
            return 1 if failed else 0
        # Last, so that pytest's own closing line is the last one.
        return run_pytest(python, environment, extra) or (1 if failed else 0)
    except PlainError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    finally:
        supervisor.stop()
        if services is not None:
            services.postgres.forget()
        shutil.rmtree(home, ignore_errors=True)
