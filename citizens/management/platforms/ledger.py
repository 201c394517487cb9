"""What a platform sent and was told, in SQLite: it must survive being killed as well."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

TABLES = """
CREATE TABLE IF NOT EXISTS sent (ref TEXT PRIMARY KEY, number TEXT, tries INTEGER NOT NULL DEFAULT 0,
 repeats INTEGER NOT NULL DEFAULT 0, differing INTEGER NOT NULL DEFAULT 0, waiting INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS returned (id TEXT PRIMARY KEY, ref TEXT NOT NULL, seq INTEGER NOT NULL, kind TEXT NOT NULL,
 text TEXT NOT NULL, deliveries INTEGER NOT NULL DEFAULT 1, overtaken INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS trouble (kind TEXT PRIMARY KEY, times INTEGER NOT NULL);
"""


class Ledger:
    """One connection, one writer at a time."""

    def __init__(self, path: Path | str) -> None:
        self._guard = threading.Lock()
        self._file = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._file.execute("PRAGMA journal_mode=WAL")
        self._file.executescript(TABLES)

    def tried(self, ref: str) -> None:
        self._write(
            "INSERT INTO sent (ref, tries) VALUES (?, 1) ON CONFLICT (ref) DO UPDATE SET tries = tries + 1", ref
        )

    def answered(self, ref: str, status: int, number: str | None) -> None:
        """The first answer is kept; a repeat that names another order is counted apart."""
        with self._guard:
            (known,) = self._file.execute("SELECT number FROM sent WHERE ref = ?", (ref,)).fetchone()
            if known is None:
                changed = "number = ?, waiting = ?"
                self._file.execute(f"UPDATE sent SET {changed} WHERE ref = ?", (number, int(status == 202), ref))
            else:
                what = "repeats" if known == number else "differing"
                self._file.execute(f"UPDATE sent SET {what} = {what} + 1 WHERE ref = ?", (ref,))

    def apply(self, told: Mapping[str, Any]) -> bool:
        """Apply a piece of news once, whenever it comes again; True if it was new."""
        with self._guard:
            last = self._file.execute(
                "SELECT max(seq) FROM returned WHERE ref = ?", (told["external_ref"],)
            ).fetchone()[0]
            cursor = self._file.execute(
                "INSERT INTO returned (id, ref, seq, kind, text, overtaken) VALUES (?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (id) DO UPDATE SET deliveries = deliveries + 1 RETURNING deliveries",
                (
                    told["id"],
                    told["external_ref"],
                    told["seq"],
                    told["kind"],
                    told["text"],
                    int((last or 0) > told["seq"]),
                ),
            )
            return bool(cursor.fetchone()[0] == 1)

    def trouble(self, kind: str) -> None:
        self._write("INSERT INTO trouble VALUES (?, 1) ON CONFLICT (kind) DO UPDATE SET times = times + 1", kind)

    def figures(self) -> dict[str, Any]:
        with self._guard:
            sent = self._file.execute(
                "SELECT count(*), count(number), sum(tries), sum(repeats), sum(differing), sum(waiting) FROM sent"
            ).fetchone()
            names = ("refs", "answered", "tries", "repeats", "differing", "waiting")
            kinds = self._file.execute(
                "SELECT kind, count(*), sum(deliveries), sum(overtaken) FROM returned GROUP BY 1"
            )
            return {
                **{name: number or 0 for name, number in zip(names, sent, strict=True)},
                "returned": {kind: list(numbers) for kind, *numbers in kinds},
                "trouble": dict(self._file.execute("SELECT kind, times FROM trouble")),
            }

    def refs_with(self, kind: str) -> list[str]:
        with self._guard:
            return [row[0] for row in self._file.execute("SELECT ref FROM returned WHERE kind = ? ORDER BY 1", (kind,))]

    def _write(self, statement: str, *values: object) -> None:
        with self._guard:
            self._file.execute(statement, values)
