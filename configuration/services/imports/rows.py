"""From the rows of a file to lines of a table: each tried through the services, each fault with its place."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.translation import gettext as _

from configuration.models import LineKind
from configuration.reading.geodata import FROM_CHINESE
from configuration.tables.base import Key, Line, TableResource

Row = Mapping[str, str]
WRONG_AT_MOST: Final = 2_000


@dataclass(slots=True)
class Found:
    """One row that would change something, or is wrong."""

    number: int
    kind: str
    key: str
    before: dict[str, str] | None = None
    after: dict[str, str] | None = None
    errors: list[dict[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class Tally:
    total: int = 0
    new: int = 0
    changed: int = 0
    same: int = 0
    wrong: int = 0
    digest: str = ""


class Rows:
    """One pass over a file. ``keep`` gets every line worth keeping, ``tell`` how far it is."""

    def __init__(
        self,
        table: TableResource,
        *,
        keep: Callable[[Found], None],
        tell: Callable[[int], None],
        coordinates: str = "",
    ) -> None:
        self.table, self.keep, self.tell, self.coordinates = table, keep, tell, coordinates
        self.tally = Tally()
        self._sum = hashlib.sha256()
        self._stored: dict[Key, Line] = {table.key_of(line): line for line in table.stored()}
        self._seen: dict[Key, int] = {}
        self._waiting: list[tuple[int, Line, Line | None, Found]] = []

    def go(self, rows: Iterable[tuple[int, Row]]) -> Tally:
        """Write every row that differs; stop reading when too many are wrong."""
        for number, row in self._in_order(rows):
            self.tally.total += 1
            self._one(number, row)
            self.tell(self.tally.total)
            if self.tally.wrong >= WRONG_AT_MOST:
                break
        self._flush()
        if not self.tally.wrong:
            self.table.finish()
        self.tally.digest = self._sum.hexdigest()
        return self.tally

    def _in_order(self, rows: Iterable[tuple[int, Row]]) -> Iterator[tuple[int, Row]]:
        if type(self.table).rank is TableResource.rank:
            return iter(rows)
        return iter(sorted(rows, key=lambda each: (self.table.rank(each[1]), each[0])))

    def _one(self, number: int, row: Row) -> None:
        faults = formulas(row)
        line = self.table.begin_line()
        if not faults:
            row, faults = self._converted(row)
        if not faults:
            row = self.table.complete(row)
            faults = self.table.parse({name: row[name] for name in self.table.info.key if name in row}, line)
        if faults:
            self._wrong(number, row, "", faults)
            return
        key = self.table.key_of(line)
        if key in self._seen and all(key):
            told = _("与第 %d 行重复，请删去其中一行") % self._seen[key]
            self._wrong(number, row, key, {self.table.info.key[-1]: told})
            return
        self._seen[key] = number
        old = self.table.found(key, row, self._stored)
        line = Line(**vars(old)) if old is not None else line
        faults = self.table.parse(row, line) or self.table.faults_of(line, old)
        if faults:
            self._wrong(number, row, key, faults)
            return
        self._put(number, row, key, line, old)

    def _put(self, number: int, row: Row, key: Key, line: Line, old: Line | None) -> None:
        before, after = (self.table.cells(old) if old is not None else None), self.table.cells(line)
        if before == after:
            self.tally.same += 1
            return
        kind = LineKind.NEW if old is None else LineKind.CHANGED
        found = Found(number, kind, label_of(key), before, after)
        if self.table.info.batch > 1:
            self._waiting.append((number, line, old, found))
            if len(self._waiting) >= self.table.info.batch:
                self._flush()
            return
        self._settle(found, row, self.table.put(line, old))

    def _flush(self) -> None:
        if not self._waiting:
            return
        waiting, self._waiting = self._waiting, []
        faults = self.table.put_many([(line, old) for _number, line, old, _found in waiting])
        for place, (_number, _line, _old, found) in enumerate(waiting):
            self._settle(found, found.after or {}, faults.get(place, {}))

    def _settle(self, found: Found, row: Row, faults: Mapping[str, str]) -> None:
        if faults:
            self._wrong(found.number, row, (found.key,), faults)
            return
        if found.kind == LineKind.NEW:
            self.tally.new += 1
        else:
            self.tally.changed += 1
        told = [found.kind, found.key, found.before, found.after]
        self._sum.update(json.dumps(told, ensure_ascii=False, sort_keys=True).encode())
        self.keep(found)

    def _wrong(self, number: int, row: Row, key: Key | str, faults: Mapping[str, str]) -> None:
        self.tally.wrong += 1
        errors = [
            {"column": name, "header": self._header(name), "value": str(row.get(name, ""))[:200], "message": str(text)}
            for name, text in faults.items()
        ]
        self.keep(
            Found(number, LineKind.WRONG, key if isinstance(key, str) else label_of(key), None, dict(row), errors)
        )

    def _header(self, name: str) -> str:
        column = self.table.fields.get(name)
        return str(column.header) if column is not None else ""

    def _converted(self, row: Row) -> tuple[Row, dict[str, str]]:
        """Longitude and latitude in WGS-84; swapped ones are told from far ones."""
        names = self.table.info.coordinates
        if names is None or not all(row.get(name) for name in names):
            return row, {}
        try:
            lon, lat = (float(row[name]) for name in names)
        except ValueError:
            return row, {names[0]: _("经度和纬度应为数字，如 118.627100 和 32.058900")}
        if 73 <= lat <= 136 and 3 <= lon <= 54:
            return row, {names[0]: _("经度和纬度像是写反了，请对调")}
        if not (-180 <= lon <= 180 and -90 <= lat <= 90):
            return row, {names[0]: _("经度应在 -180 到 180 之间，纬度应在 -90 到 90 之间")}
        convert = FROM_CHINESE.get(self.coordinates)
        lon, lat = convert(lon, lat) if convert else (lon, lat)
        return {**row, names[0]: f"{lon:.6f}", names[1]: f"{lat:.6f}"}, {}


def formulas(row: Row) -> dict[str, str]:
    """Cells that are formulas: they are never worked out, nor taken as text."""
    told = _("单元格是公式，请改为数值：复制后“选择性粘贴”为“数值”")
    return {name: told for name, text in row.items() if text.startswith("=")}


def label_of(key: Key) -> str:
    return " ".join(part for part in key if part)[:200]


def cells_of(values: list[str], mapping: Mapping[str, int]) -> dict[str, Any]:
    """The cells of the columns that were mapped."""
    return {name: values[place] if place < len(values) else "" for name, place in mapping.items()}
