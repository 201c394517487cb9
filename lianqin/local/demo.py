"""The whole platform on one machine, from a fresh clone, in one command."""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import hashlib
import json
import os
import shlex
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

from lianqin.local import programs, setup
from lianqin.local.processes import (
    PlainError,
    Process,
    Supervisor,
    ignore_signals,
    signals_as_interrupts,
    tail,
    wait_until,
)
from lianqin.local.services import Services

MARKER = "made-by-lianqin-demo"
ENVIRONMENT = "env.sh"
# What a developer's own runs may have left in the default folder.
HARMLESS = {"media", "static"}
# Where the five emulated platforms take what is returned to them: so many above our own port.
PLATFORM_PORTS = 11
# And where mail for their mailboxes is taken.
MAIL_PORT = 16
PLATFORMS = ("police_110", "online_inquiry", "portal", "governance_platform", "hotline_12345")
AROUND = "118.62,32.06"
STARTED = time.monotonic()


def say(text: str) -> None:
    print(f"{time.monotonic() - STARTED:6.1f} s  {text}", flush=True)


def options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/demo", description="Run the whole platform on this machine.")
    parser.add_argument("--port", type=int, default=8000, help="where to answer (default 8000)")
    parser.add_argument("--dir", type=Path, default=setup.PROJECT / "var", help="where to keep everything")
    parser.add_argument("--fresh", action="store_true", help="forget what an earlier demo left in --dir")
    parser.add_argument("--time-scale", type=int, default=0, metavar="N", help="run every deadline N times faster")
    parser.add_argument("--no-traffic", action="store_true", help="do not simulate reports and departments")
    parser.add_argument("--empty", action="store_true", help="begin with the three officers and nothing else")
    chosen = parser.parse_args(arguments)
    if chosen.time_scale < 0:
        parser.error("--time-scale must be 0 or more")
    if not 0 < chosen.port < 65536:
        parser.error("--port must lie between 1 and 65535")
    chosen.dir = chosen.dir.expanduser().resolve()
    return chosen


# -- the folder


def own(folder: Path) -> None:
    """Mark ``folder`` as the demo's; refuse one that holds something else."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not (folder / MARKER).exists():
            strangers = sorted(path.name for path in folder.iterdir() if path.name not in HARMLESS)
            if strangers:
                raise PlainError(f"{folder} holds other files ({strangers[0]}); give --dir a new or empty folder.")
            (folder / MARKER).write_text("bin/demo --fresh may delete everything here.\n")
        if not os.access(folder / MARKER, os.W_OK):
            raise PermissionError
    except PermissionError:
        raise PlainError(f"{folder} belongs to another user; give --dir a folder of your own.") from None
    except (FileExistsError, NotADirectoryError):
        raise PlainError(f"{folder} is not a folder.") from None


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold ``folder`` against a second demo."""
    with (folder / MARKER).open() as guard:
        try:
            fcntl.flock(guard, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise PlainError(f"Another demo is running in {folder}; stop it or give another --dir.") from None
        yield


def forget(folder: Path, services: Services) -> None:
    """Delete what an earlier demo made; ``own`` has seen to it that it is the demo's."""
    services.postgres.forget()
    for path in folder.iterdir():
        if path.name == MARKER:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def check_port(port: int, *, patient: bool) -> None:
    """Refuse a busy port; after a killed demo its web process may need a moment to go."""

    def is_free() -> bool:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except PermissionError:
                raise PlainError(f"Port {port} needs root; give a --port above 1023.") from None
            except OSError:
                return False
        return True

    if not wait_until(is_free, 5 if patient else 0):
        raise PlainError(f"Port {port} is busy; give another one with --port.")


# -- the steps


class Demo:
    def __init__(self, chosen: argparse.Namespace, python: Path, services: Services) -> None:
        self.chosen = chosen
        self.folder: Path = chosen.dir
        self.python = python
        self.services = services
        self.accounts = self.folder / "accounts.json"
        self.supervisor = Supervisor(say)
        self.env: dict[str, str] = {}

    def environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("LIANQIN_", "DJANGO_"))}
        inherited.pop("DEBUG", None)
        inherited.pop("ALLOWED_HOSTS", None)
        return {**inherited, **self.own_environment()}

    def own_environment(self) -> dict[str, str]:
        return {
            **self.services.environment(),
            "DJANGO_SETTINGS_MODULE": "lianqin.settings",
            "LIANQIN_DEMO": "1",
            "LIANQIN_STATE_DIR": str(self.folder),
            "LIANQIN_TIME_SCALE": str(self.chosen.time_scale),
            "LIANQIN_DEMO_PASSWORD": self.services.secrets["demo_password"],
            # Where the links of messages lead, and the gateway of the demonstration that takes them.
            "LIANQIN_PUBLIC_URL": f"http://127.0.0.1:{self.chosen.port}",
            "LIANQIN_MESSAGE_HOSTS": ",".join(f"http://127.0.0.1:{port}" for port in self.message_ports()),
            "LIANQIN_COOKIE_PREFIX": f"lianqin{self.chosen.port}",
            # Nothing is saved by packing files that never leave the machine.
            "LIANQIN_STATIC_PACKED": "0",
            "PYTHONUNBUFFERED": "1",
        }

    def message_ports(self) -> list[int]:
        """Our own, where the gateway of the demonstration is, and those of the five platforms."""
        return [self.chosen.port, *range(self.chosen.port + PLATFORM_PORTS, self.chosen.port + PLATFORM_PORTS + 5)]

    def write_environment(self) -> None:
        """Leave what a shell needs to run the operators' commands on this demo."""
        path = self.folder / ENVIRONMENT
        path.touch(mode=0o600)
        lines = (f"export {name}={shlex.quote(value)}\n" for name, value in self.own_environment().items())
        path.write_text("".join(lines))

    def settle_kind(self) -> None:
        """Keep an empty platform and a furnished one apart: neither turns into the other unasked."""
        path, kind = self.folder / "kind", "empty" if self.chosen.empty else "furnished"
        if path.exists() and path.read_text() != kind:
            raise PlainError(
                f"{self.folder} holds a demo that is {path.read_text()}; add --fresh or give another --dir."
            )
        path.write_text(kind)

    def manage(self, *arguments: str) -> None:
        log = self.folder / "log" / "setup.log"
        with log.open("ab") as output:
            command = programs.manage(self.python, *arguments)
            done = subprocess.run(command, cwd=setup.PROJECT, env=self.env, stdout=output, stderr=output, check=False)
        if done.returncode != 0:
            raise PlainError(f"manage.py {arguments[0]} failed; see {log}:\n{tail(log)}")

    def prepare(self) -> None:
        self.settle_kind()
        say("starting PostgreSQL and Valkey")
        self.services.start(self.supervisor)
        self.services.postgres.ensure_database("lianqin")
        self.env = self.environment()
        self.write_environment()
        self.once("code", fingerprint(".py", ".csv", ".po"), "migrating and seeding", self.seed)
        self.once("static", fingerprint(under="static"), "collecting static files", self.collect)

    def once(self, name: str, state: str, text: str, step: Callable[[], None]) -> None:
        """Run ``step`` unless it ran on the same files before: a second start is to be quick."""
        stamp = self.folder / f"{name}.stamp"
        if stamp.exists() and stamp.read_text() == state:
            return
        say(text)
        step()
        stamp.write_text(state)

    def seed(self) -> None:
        self.manage("compile_messages")
        self.manage("migrate", "--verbosity", "0")
        self.accounts.touch(mode=0o600)
        if self.chosen.empty:
            self.manage("seed_officers", "--accounts", str(self.accounts))
        else:
            self.manage("seed_ground", "--accounts", str(self.accounts))
            self.manage("seed_catalogue", "--demo")
            self.manage("seed_command")
            self.manage("seed_citizens")
        self.accounts.chmod(0o600)

    def collect(self) -> None:
        self.manage("collectstatic", "--noinput", "--clear", "--verbosity", "0")

    def open_for_business(self) -> None:
        say("starting web, worker, beat, relay and timers")
        address = f"http://127.0.0.1:{self.chosen.port}"
        self.start("web", programs.web(self.python, host="127.0.0.1", port=self.chosen.port))
        self.start("worker", programs.worker(self.python))
        self.start("beat", programs.beat(self.python, folder=self.folder))
        self.start("relay", programs.manage(self.python, "run_relay"))
        self.start("timers", programs.manage(self.python, "run_timers"))
        mail = ("--port", str(self.chosen.port + MAIL_PORT))
        self.start("mail", programs.manage(self.python, "run_mail_intake", *mail))
        deadline = time.monotonic() + 60
        while not answers(f"{address}/readyz"):
            self.supervisor.check()
            if time.monotonic() > deadline:
                raise PlainError(f"The web process does not answer; see {self.folder / 'log' / 'web.log'}.")
            time.sleep(0.1)
        if not self.chosen.no_traffic and not self.chosen.empty:
            flags = ("--base-url", address, "--accounts", str(self.accounts))
            self.start("traffic", programs.manage(self.python, "simulate_traffic", *flags))
            self.start_platforms(address)
        for process in self.supervisor.processes:
            # What came up once and falls over later is helped up; what never came up is told at once.
            process.restart = process.name not in {"postgres", "valkey"}
        say("open for business")
        self.introduce(address)

    def start_platforms(self, address: str) -> None:
        """The other systems that send reports, emulated beside ours."""
        port, keys = self.chosen.port + PLATFORM_PORTS, self.folder / "platforms.json"
        seed = ("seed_platforms", "--keys", str(keys), "--port", str(port))
        self.once("platforms", f"{port} {fingerprint('.py')}", "opening the platforms", lambda: self.manage(*seed))
        ledgers = self.folder / "platforms"
        ledgers.mkdir(exist_ok=True)
        where = ("--lianqin", address, "--port", str(port), "--keys", str(keys), "--ledgers", str(ledgers))
        pace = ("--rate", "0.006", "--lines", "1", "--repeat", "0.1", "--around", AROUND)
        letters = ("--mail", f"127.0.0.1:{self.chosen.port + MAIL_PORT}")
        flags = ("--platform", *PLATFORMS, *where, *pace, *letters)
        self.start("platforms", programs.manage(self.python, "run_platform", *flags))

    def start(self, name: str, command: list[str]) -> None:
        log = self.folder / "log" / f"{name}.log"
        self.supervisor.start(Process(name, command, log, env=self.env, cwd=setup.PROJECT))

    def introduce(self, address: str) -> None:
        rows = json.loads(self.accounts.read_text() or "[]")
        wide = max([len(row["username"]) for row in rows], default=8)
        print()
        for row in rows:
            print(f"  {row['username']:<{wide}}  {row['password']}  {row['role']:<22} {row['unit']}")
        if self.chosen.time_scale:
            print(f"\n  Deadlines run {self.chosen.time_scale} times faster, on a calendar that never closes.")
        print(f"\n  Accounts: {self.accounts}   Logs: {self.folder / 'log'}")
        print(f"  For manage.py: . {shlex.quote(str(self.folder / ENVIRONMENT))}")
        if not self.chosen.empty:
            print(f"\n  Residents: {address}/citizen/   their SMS codes: {address}/citizen/demo/messages/")
            print(f"  (citizen1 is a resident who signs in with the password, at {address}/accounts/signin/)")
        # Last, where a small terminal still shows it.
        print(f"\n  {address}   Ctrl-C stops everything.\n", flush=True)


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def fingerprint(*suffixes: str, under: str = "") -> str:
    """Return a hash over names, sizes and times of the project's files, and over what is installed."""
    total = hashlib.sha256((setup.PROJECT / "requirements.txt").read_bytes())
    aside = {".venv", ".git", "node_modules", "var", "tests", "__pycache__"}
    for folder, folders, names in os.walk(setup.PROJECT / under):
        folders[:] = sorted(set(folders) - aside)
        for name in sorted(names):
            if name.endswith(suffixes or ("",)):
                facts = os.stat(os.path.join(folder, name))
                total.update(f"{folder}/{name} {facts.st_size} {facts.st_mtime_ns}".encode())
    return total.hexdigest()


def main(arguments: list[str]) -> int:
    chosen = options(arguments)
    signals_as_interrupts()
    try:
        own(chosen.dir)
        with alone(chosen.dir):
            check_port(chosen.port, patient=(chosen.dir / "secrets.json").exists())
            python = setup.environment(say)
            setup.front_end(say, python)
            site = setup.site_packages(python)
            if chosen.fresh:
                forget(chosen.dir, Services(chosen.dir, site))
            demo = Demo(chosen, python, Services(chosen.dir, site))
            try:
                demo.prepare()
                demo.open_for_business()
                demo.supervisor.watch()
            finally:
                ignore_signals()
                say("stopping")
                demo.supervisor.stop()
    except PlainError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 0
    return 0
