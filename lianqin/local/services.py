"""PostgreSQL and Valkey together, with their secrets, below one folder."""

from __future__ import annotations

import json
import secrets
from pathlib import Path

from lianqin.local.postgres import Postgres
from lianqin.local.processes import Supervisor
from lianqin.local.valkey import Valkey


def kept_secrets(path: Path) -> dict[str, str]:
    """Return the secrets of this folder, made at the first start."""
    if not path.exists():
        made = {name: secrets.token_urlsafe(48) for name in ("secret_key", "postgres", "valkey")}
        made["demo_password"] = "lq-" + secrets.token_hex(4)
        path.touch(mode=0o600)
        path.write_text(json.dumps(made))
    kept: dict[str, str] = json.loads(path.read_text())
    return kept


class Services:
    """The two servers that everything else needs."""

    def __init__(self, home: Path, site: Path, *, durable: bool = True) -> None:
        home.mkdir(parents=True, exist_ok=True)
        self.secrets = kept_secrets(home / "secrets.json")
        self.postgres = Postgres(home, site, self.secrets["postgres"], durable=durable)
        self.valkey = Valkey(home, site, self.secrets["valkey"])

    def start(self, supervisor: Supervisor) -> None:
        supervisor.processes.append(self.valkey.start())
        supervisor.processes.append(self.postgres.start())

    def environment(self, database: str = "lianqin") -> dict[str, str]:
        return {
            "DATABASE_URL": self.postgres.url(database),
            "REDIS_URL": self.valkey.url(),
            "SECRET_KEY": self.secrets["secret_key"],
        }
