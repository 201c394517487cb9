"""The command lines of the platform's own processes, the same in bin/demo, bin/serve and the tests."""

from __future__ import annotations

from pathlib import Path

GRACE_SECONDS = 2
# A machine that is busy for some seconds is no reason to kill a web process with all its streams (the default is 5).
# One that is killed while it is asked is missed for so long, and with it any other.
HUNG_SECONDS = 15


def web(python: Path | str, *, host: str, port: int, workers: int = 1) -> list[str]:
    return [
        *(str(python), "-m", "uvicorn", "lianqin.asgi:application", "--host", host, "--port", str(port)),
        # An open event stream would block the stop for good.
        *("--timeout-graceful-shutdown", str(GRACE_SECONDS), "--no-access-log", "--log-level", "warning"),
        *("--workers", str(workers), "--timeout-worker-healthcheck", str(HUNG_SECONDS), "--no-server-header"),
    ]


def worker(python: Path | str, *, concurrency: int = 2) -> list[str]:
    return [
        *(str(python), "-m", "celery", "-A", "lianqin", "worker", "--loglevel", "warning"),
        *("--concurrency", str(concurrency), "--without-gossip", "--without-mingle"),
    ]


def beat(python: Path | str, *, folder: Path) -> list[str]:
    schedule = ("--schedule", str(folder / "beat-schedule"), "--pidfile", "")
    return [str(python), "-m", "celery", "-A", "lianqin", "beat", "--loglevel", "warning", *schedule]


def manage(python: Path | str, *arguments: str) -> list[str]:
    return [str(python), "manage.py", *arguments]
