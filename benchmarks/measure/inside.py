"""A request inside of this process: the whole platform below the web server, its statements, their floor."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote
from wsgiref.util import setup_testing_defaults

import psycopg
from django.db import connection

from benchmarks.measure.place import Place
from lianqin.local.processes import PlainError
from lianqin.wsgi import application

# What a page asks about orders; who asks and whether they may is not part of its raw SQL.
OF_ORDERS = re.compile(r'\b(?:FROM|JOIN)\s+"?(?:workorders|dispatch|insight)_', re.IGNORECASE)

# What a browser leaves as it stands in an address.
AS_SENT = "/?&=%:+,;@"


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes
    seconds: float


@dataclass(frozen=True, slots=True)
class Statement:
    """``prepared``: its parameters travel beside the text, and PostgreSQL keeps the plan."""

    sql: str
    params: Any
    prepared: bool


@dataclass(slots=True)
class Asked:
    """The statements of one request, in their order."""

    statements: list[Statement] = field(default_factory=list)

    @property
    def of_orders(self) -> list[Statement]:
        return [each for each in self.statements if OF_ORDERS.search(each.sql)]


def get(path: str, headers: Mapping[str, str]) -> Answer:
    """GET through all of Django. Raises PlainError for any answer but 200."""
    route, _, query = quote(path, safe=AS_SENT).partition("?")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": unquote(route),
        "QUERY_STRING": query,
        "HTTP_HOST": "127.0.0.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.input": io.BytesIO(),
        **{f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()},
    }
    setup_testing_defaults(environ)
    told: list[str] = []

    def start(status: str, fields: list[tuple[str, str]], error: Any = None) -> Any:
        told.append(status)

    began = time.perf_counter()
    response = application(environ, start)
    body = b"".join(response)
    response.close()
    seconds = time.perf_counter() - began
    status = int(told[-1].split()[0])
    if status != 200:
        raise PlainError(f"GET {path} answered {status}: {body[:300].decode(errors='replace')}")
    return Answer(status, body, seconds)


def get_watched(path: str, headers: Mapping[str, str]) -> tuple[Answer, Asked]:
    """The same with its statements; what watching costs is in the seconds."""
    asked = Asked()

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        prepared = not isinstance(context["cursor"].cursor, psycopg.ClientCursor)
        asked.statements.append(Statement(sql, params, prepared))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        return get(path, headers), asked


class Raw:
    """The floor: the same statements by psycopg alone, every row fetched."""

    def __init__(self, place: Place) -> None:
        dsn = place.database.replace("postgres://", "postgresql://", 1)
        self.connection = psycopg.connect(dsn, autocommit=True)
        self.connection.execute("SET TIME ZONE 'UTC'")

    def seconds(self, statements: list[Statement]) -> float:
        began = time.perf_counter()
        for each in statements:
            self._run(each)
        return time.perf_counter() - began

    def plans(self, statements: list[Statement]) -> str:
        """EXPLAIN (ANALYZE, BUFFERS) of each, below the statement with its parameters filled in."""
        told = []
        for each in statements:
            with psycopg.ClientCursor(self.connection) as cursor:
                text = cursor.mogrify(each.sql, each.params) if each.params else each.sql
                lines = cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS) {text}".encode()).fetchall()
            told.append(f"{text}\n\n" + "\n".join(line for (line,) in lines))
        return "\n\n".join(told)

    def _run(self, statement: Statement) -> None:
        # Bound by the client where Django does so: another way might mean another plan.
        kind = psycopg.Cursor if statement.prepared else psycopg.ClientCursor
        with kind(self.connection) as cursor:
            prepare = True if statement.prepared else None
            cursor.execute(statement.sql.encode(), statement.params or None, prepare=prepare)
            if cursor.description:
                cursor.fetchall()

    def close(self) -> None:
        self.connection.close()
