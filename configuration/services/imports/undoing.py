"""Put back what an import changed, unless somebody touched it since."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.db.models import F
from django.utils.translation import gettext as _

from configuration.errors import UndoBlocked
from configuration.models import ImportJob, LineKind
from configuration.services.imports.rows import Row, label_of
from configuration.tables import Line, TableResource

LINES_AT_ONCE: Final = 1_000
BLOCKERS_SHOWN: Final = 20


def undo_lines(job: ImportJob, table: TableResource, tell: Callable[[int], None]) -> None:
    """Put back what was, the last row first. Raise UndoBlocked with the rows that were changed since."""
    stored = {label_of(table.key_of(line)): line for line in table.stored()}
    blocked: list[str] = []
    brought: list[tuple[str, Line]] = []
    lines = job.lines.exclude(kind=LineKind.WRONG).order_by(F("pk").desc())
    for done, kept in enumerate(lines.iterator(chunk_size=LINES_AT_ONCE), start=1):
        tell(done)
        now = stored.get(kept.key)
        if now is None or table.cells(now) != kept.after:
            blocked.append(f"{kept.key}：{_('已被删除') if now is None else _('导入后又被改动')}")
        elif kept.before is None:
            brought.append((kept.key, now))
        else:
            blocked += _blockers(kept.key, _put_back(table, kept.before, now))
        if len(brought) >= table.info.batch or kept.before is not None:
            blocked += _take_back(table, brought)
    blocked += _take_back(table, brought)
    if blocked:
        shown = "\n".join(blocked[:BLOCKERS_SHOWN])
        more = _("…共 %d 行") % len(blocked) if len(blocked) > BLOCKERS_SHOWN else ""
        raise UndoBlocked(f"{UndoBlocked.message}：\n{shown}\n{more}".strip())


def _take_back(table: TableResource, brought: list[tuple[str, Line]]) -> list[str]:
    """Take back the rows that the import has brought, and say which cannot be."""
    faults = table.take_back_many([line for _key, line in brought])
    told = [text for place, found in faults.items() for text in _blockers(brought[place][0], found)]
    brought.clear()
    return told


def _blockers(key: str, faults: dict[str, str]) -> list[str]:
    return [f"{key}：{'；'.join(faults.values())}"] if faults else []


def _put_back(table: TableResource, before: Row, now: Line) -> dict[str, str]:
    line = Line(**vars(now))
    return table.parse(before, line) or table.put(line, now)
