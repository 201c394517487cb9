"""A database that all migrations have run on, made once for as long as they do not change.

Every process of a test run copies it in a tenth of a second; running the migrations takes each of them half a minute.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.conf import settings
from django.db import connections
from psycopg import sql

LOCK = 20261122


def prepare() -> None:
    """Let the test database be copied from the template, which the first process to ask makes."""
    name = f"lianqin_template_{_fingerprint()}"
    with _server() as server:
        # Who finds it made does not wait for whoever makes another.
        if not _is_made(server, name):
            server.execute("SELECT pg_advisory_lock(%s)", [LOCK])
            if not _is_made(server, name):
                _make(server, name)
    connections["default"].settings_dict["TEST"].update(TEMPLATE=name, MIGRATE=False)


def _fingerprint() -> str:
    total = hashlib.sha256((settings.BASE_DIR / "requirements.txt").read_bytes())
    for path in sorted(settings.BASE_DIR.glob("*/migrations/*.py")):
        total.update(path.read_bytes())
    for path in sorted(settings.BASE_DIR.glob("lianqin/kernel/migrations/*.py")):
        total.update(path.read_bytes())
    return total.hexdigest()[:16]


def _server() -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(
        urlunsplit(urlsplit(settings.DATABASE_URL)._replace(path="/postgres", query="")), autocommit=True
    )


def _is_made(server: psycopg.Connection[tuple[object, ...]], name: str) -> bool:
    return server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is not None


def _make(server: psycopg.Connection[tuple[object, ...]], name: str) -> None:
    """Migrate under another name first: a run that is cut off leaves no half a template."""
    rough = f"{name}_rough"
    server.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(rough)))
    server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(rough)))
    url = urlunsplit(urlsplit(settings.DATABASE_URL)._replace(path=f"/{rough}"))
    environment = {**os.environ, "DATABASE_URL": url}
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(command, cwd=settings.BASE_DIR, env=environment, check=True)
    server.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(rough), sql.Identifier(name)))
