"""The servers of a run: those of the environment, or embedded ones of its own (PostgreSQL with fsync on)."""

from __future__ import annotations

import contextlib
import os
import secrets
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from lianqin.local.processes import Supervisor
from lianqin.local.services import Services
from lianqin.local.setup import site_packages


@dataclass(frozen=True, slots=True)
class Place:
    """``own_servers``: nobody else is on them."""

    environment: dict[str, str]
    own_servers: bool


@contextlib.contextmanager
def servers(folder: Path) -> Iterator[Place]:
    """A fresh database, gone at the end."""
    common = {**os.environ, "DJANGO_SETTINGS_MODULE": "lianqin.settings", "LIANQIN_DEMO": "1", "DEBUG": ""}
    common |= {"LIANQIN_STATE_DIR": str(folder / "state"), "LOG_LEVEL": "WARNING"}
    if os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"):
        with _fresh_database(os.environ["DATABASE_URL"]) as url:
            yield Place({**common, "DATABASE_URL": url, "SECRET_KEY": secrets.token_urlsafe(48)}, own_servers=False)
        return
    supervisor = Supervisor(print)
    services = Services(folder / "servers", site_packages(Path(sys.executable)), durable=True)
    try:
        services.start(supervisor)
        services.postgres.ensure_database("lianqin")
        yield Place({**common, **services.environment()}, own_servers=True)
    finally:
        supervisor.stop()
        services.postgres.forget()


@contextlib.contextmanager
def _fresh_database(url: str) -> Iterator[str]:
    name = f"lianqin_fire_{os.getpid()}"
    administer = urlunsplit(urlsplit(url)._replace(path="/postgres")).replace("postgres://", "postgresql://", 1)
    with psycopg.connect(administer, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        yield urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
    finally:
        with psycopg.connect(administer, autocommit=True) as admin:
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
