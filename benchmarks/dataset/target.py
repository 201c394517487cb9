"""The database of a data set: made here, or empty, or somebody's own and then refused."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

MARK = "lianqin data set"
# Measured at 867,000 orders, with indexes: 17 GB in the database, and what the log of a build needs beside it.
BYTES_PER_ORDER = 20_000
LOG_BYTES = 5_000_000_000


class RefusedError(Exception):
    """Why a data set is not built, in a sentence for whoever asked."""


def bytes_for(orders: int) -> int:
    """Disk that a data set needs while it is built."""
    return orders * BYTES_PER_ORDER + LOG_BYTES


def name_of(url: str) -> str:
    return unquote(urlsplit(url).path.lstrip("/"))


def sibling(url: str, name: str) -> str:
    """The same server, another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def connect(url: str, *, autocommit: bool = False) -> psycopg.Connection:
    return psycopg.connect(url.replace("postgres://", "postgresql://", 1), autocommit=autocommit)


def prepare(url: str, *, replace: bool) -> None:
    """Leave an empty or unseeded database at ``url``. Raises RefusedError if it holds orders of somebody's."""
    name = name_of(url)
    with connect(sibling(url, "postgres"), autocommit=True) as admin:
        found = admin.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name]
        ).fetchone()
        if found is not None:
            ours = (found[0] or "").startswith(MARK)
            if not ours and not replace and holds_orders(url):
                raise RefusedError(f"{name} holds orders that this program did not make; --replace drops the database.")
            if not ours and not replace:
                return
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        mark(admin, name, "unfinished")


def mark(admin: psycopg.Connection, name: str, text: str) -> None:
    """Note on the database that it was made here, and what is in it."""
    admin.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(name), sql.Literal(f"{MARK}: {text}")))


def holds_orders(url: str) -> bool:
    with connect(url) as connection:
        there = connection.execute("SELECT to_regclass('workorders_workorder')").fetchone()
        if there is None or there[0] is None:
            return False
        return connection.execute("SELECT 1 FROM workorders_workorder LIMIT 1").fetchone() is not None


@contextmanager
def scratch_copies(url: str, count: int) -> Iterator[list[str]]:
    """Copies of a database in which life courses are played, gone at the end. Nobody may be connected to it."""
    names = [f"{name_of(url)}_scratch_{os.getpid()}_{n}" for n in range(count)]
    with connect(sibling(url, "postgres"), autocommit=True) as admin:
        try:
            for name in names:
                admin.execute(
                    sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(name_of(url)))
                )
            yield [sibling(url, name) for name in names]
        except psycopg.errors.ObjectInUse:
            raise RefusedError(f"Somebody else is connected to {name_of(url)}.") from None
        finally:
            for name in names:
                admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def check_room(url: str, orders: int, *, anyway: bool) -> None:
    """Refuse what visibly does not fit: the folder of a server on this machine that we can see. Raises RefusedError."""
    with connect(sibling(url, "postgres")) as admin:
        row = admin.execute("SHOW data_directory").fetchone()
    folder = Path(row[0]) if row is not None else Path("/nowhere")
    if anyway or not folder.exists():
        return
    free, needed = shutil.disk_usage(folder).free, bytes_for(orders)
    if free < needed:
        raise RefusedError(
            f"{orders:,} orders need about {needed / 1e9:,.0f} GB at {folder}, {free / 1e9:,.0f} GB are free;"
            " --anyway builds until the disk is full."
        )
