"""Put a planned data set into the database: COPY by several processes, indexes after, then what must agree with it."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from django.db.models import Model
from psycopg import sql

from benchmarks.dataset.planning import Job, Plan, first_id
from benchmarks.dataset.player import TABLES
from benchmarks.dataset.progress import Progress
from benchmarks.dataset.references import OWN, columns_of
from benchmarks.dataset.stamping import EPOCH, MICRO, Stamper
from benchmarks.dataset.target import connect
from relay import registry
from relay.models import Delivery, LogState, OutboxMessage
from workorders.models import Event, EventText, NumberDay, WorkOrder
from workorders.services.numbers import SEQUENCE
from workorders.services.work import TOPIC

WRITTEN: tuple[type[Model], ...] = (*TABLES, Event, EventText)
# Parents first, so that nothing ever points at what is not there yet.
MODELS: dict[str, type[Model]] = {model._meta.db_table: model for model in WRITTEN}
PER_INDEX_MEMORY = "256MB"


@dataclass(frozen=True, slots=True)
class Stamped:
    orders: int
    rows: int
    messages: list[tuple[int, str]]


_loader: dict[str, tuple[Stamper, psycopg.Connection]] = {}


def load(url: str, plan: Plan, stamper: Stamper, workers: int) -> list[tuple[int, str]]:
    """Write all orders; returns the messages that are still to be written."""
    progress = Progress("orders written", plan.orders)
    messages: list[tuple[int, str]] = []
    context = multiprocessing.get_context("fork")
    with context.Pool(workers, _open, (url, stamper)) as pool:
        for done in pool.imap_unordered(_write, plan.jobs):
            messages += done.messages
            progress.add(done.orders, done.rows)
    progress.finish()
    return sorted(messages)


def _open(url: str, stamper: Stamper) -> None:
    connection = connect(url)
    fast(connection)
    _loader["here"] = stamper, connection


def fast(connection: psycopg.Connection) -> None:
    """Leave out what is proved otherwise: foreign keys are checked at the end, and a broken run is begun anew."""
    connection.execute("SET synchronous_commit = off")
    if connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone() == (True,):
        connection.execute("SET session_replication_role = replica")
    connection.commit()


def _write(job: Job) -> Stamped:
    stamper, connection = _loader["here"]
    batch = stamper.stamp(job)
    with connection.cursor() as cursor:
        for table in MODELS:
            if batch.lines[table]:
                copy_lines(cursor, table, columns_of(MODELS[table]), batch.lines[table])
    connection.commit()
    rows = sum(map(len, batch.lines.values()))
    return Stamped(len(batch.lines[WorkOrder._meta.db_table]), rows, batch.messages)


def copy_lines(cursor: psycopg.Cursor, table: str, columns: list[str], lines: list[str]) -> None:
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    with cursor.copy(sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)) as copy:
        for at in range(0, len(lines), 1000):
            copy.write("".join(lines[at : at + 1000]))


# Indexes

# Indexes that carry no constraint, of the tables themselves; those of partitions come with them.
SECONDARY = """
SELECT c.relname, pg_get_indexdef(i.indexrelid)
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
WHERE t.relname = ANY(%s) AND t.relnamespace = 'public'::regnamespace AND NOT i.indisunique AND NOT c.relispartition
AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid)
"""


@contextmanager
def without_indexes(url: str, workers: int) -> Iterator[None]:
    """Take the secondary indexes away while rows are written, and make them all at once afterwards."""
    with connect(url, autocommit=True) as connection:
        found = connection.execute(SECONDARY, [list(MODELS)]).fetchall()
        for name, _definition in found:
            connection.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
    yield
    progress = Progress("indexes made", len(found))

    def make(definition: str) -> None:
        with connect(url, autocommit=True) as own:
            own.execute(sql.SQL("SET maintenance_work_mem = {}").format(sql.Literal(PER_INDEX_MEMORY)))
            own.execute(definition.replace(" ON ONLY ", " ON ").encode())

    with ThreadPoolExecutor(workers) as threads:
        for _ in threads.map(make, [definition for _, definition in found]):
            progress.add(1)
    progress.finish()


# What must agree


def write_days(connection: psycopg.Connection, plan: Plan, prefix: str) -> None:
    """Where the sequence of numbers stood as each day began, and where every sequence stands now."""
    lines = [f"{prefix}\t{job.day}\t{job.number_start}\n" for job in plan.jobs]
    with connection.cursor() as cursor:
        copy_lines(cursor, NumberDay._meta.db_table, ["prefix", "day", "start"], lines)
    last_day = plan.jobs[-1]
    connection.execute("SELECT setval(%s, %s)", [SEQUENCE, last_day.number_start + _orders_of(plan, last_day)])
    for model, kind in OWN.items():
        total = plan.totals.get(kind, 0)
        if model is not WorkOrder and total:
            _set_sequence(connection, model._meta.db_table, first_id(total) + total - 1)
    _set_sequence(connection, WorkOrder._meta.db_table, plan.orders)
    connection.commit()


def _orders_of(plan: Plan, job: Job) -> int:
    return sum(len(plan.moulds[n].orders) for n in job.copies)


def _set_sequence(connection: psycopg.Connection, table: str, value: int) -> None:
    """The sequence behind ``id``: owned by the column, or drawn by its default."""
    row = connection.execute("SELECT pg_get_serial_sequence(%s, 'id')", [table]).fetchone()
    connection.execute("SELECT setval(%s, %s)", [(row and row[0]) or f"{table}_id_seq", value])


def write_messages(connection: psycopg.Connection, messages: list[tuple[int, str]]) -> None:
    """Write the last days' messages as a relay left them: numbered, published, delivered to everybody."""
    columns = ["id", "created_at", "sequence", "topic", "key", "payload", "audience"]
    lines = []
    for n, (micros, message) in enumerate(messages, start=1):
        lines.append(f"{n}\t{EPOCH + micros * MICRO}\t{n}\t{TOPIC}\t{message}\n")
    with connection.cursor() as cursor:
        copy_lines(cursor, OutboxMessage._meta.db_table, columns, lines)
        cursor.execute("SELECT setval(pg_get_serial_sequence('relay_outboxmessage', 'id'), %s)", [max(1, len(lines))])
        consumers = [name for name, topic in registry.routes() if topic == TOPIC]
        cursor.execute(
            f"INSERT INTO {Delivery._meta.db_table} (message_id, consumer, state, attempts, next_at, last_error)"
            " SELECT id, consumer, 'done', 1, created_at, '' FROM relay_outboxmessage, unnest(%s::text[]) AS consumer",
            [consumers],
        )
        cursor.execute(
            f"INSERT INTO {LogState._meta.db_table} (id, last_sequence, published_sequence, purged_sequence)"
            " VALUES (1, %(n)s, %(n)s, 0)"
            " ON CONFLICT (id) DO UPDATE SET last_sequence = %(n)s, published_sequence = %(n)s",
            {"n": len(lines)},
        )
    connection.commit()


# Foreign keys of one column; those of partitions come with their table's.
KEYS = """
SELECT k.conname, k.conrelid::regclass::text, a.attname, k.confrelid::regclass::text, b.attname
FROM pg_constraint k
JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
JOIN pg_attribute b ON b.attrelid = k.confrelid AND b.attnum = k.confkey[1]
WHERE k.contype = 'f' AND k.conparentid = 0 AND k.conrelid::regclass::text = ANY(%s)
"""


def check_keys(connection: psycopg.Connection) -> int:
    """Look at every foreign key now, since nobody did while rows were written; return how many there are."""
    found = connection.execute(KEYS, [[*MODELS, OutboxMessage._meta.db_table, Delivery._meta.db_table]]).fetchall()
    for name, table, column, parent, key in found:
        query = sql.SQL(
            "SELECT count(*) FROM {} c WHERE c.{} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {} p WHERE p.{} = c.{})"
        ).format(*map(sql.Identifier, (table, column, parent, key, column)))
        row = connection.execute(query).fetchone()
        assert row == (0,), f"{name}: {row} rows of {table} point at nothing"
    return len(found)
