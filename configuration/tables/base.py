"""What a table is: its columns, what stands in it, and how one row of it is written through the services.

Subclass :class:`TableResource`, declare :class:`Column` attributes, give ``stored``, ``write`` and ``remove``, and put
``@table`` on it::

    @table
    class Units(TableResource):
        info = Info("units", _("单位"), section="units", key=("code",))
        code = Column(_("单位代码"), required=True, example="320111001-market")

Rows are keyed by column names; every value of a line is what the widget of its column made of the cell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.db.models.fields import NOT_PROVIDED
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from import_export.fields import Field
from import_export.resources import Resource
from import_export.widgets import Widget

from configuration.tables.widgets import Text
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import DomainError

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Info:
    """What a table is called, where it is seen and how its rows are told apart.

    ``section`` is where its rows are looked at; ``coordinates`` the (longitude, latitude) columns, which are converted
    to WGS-84 on the way in; ``batch`` how many rows ``write_many`` takes at once (1: ``write`` takes each); ``geodata``
    is read from map files, its geometry stands in the column of that name.
    """

    name: str
    label: str | Promise
    section: str
    key: tuple[str, ...] = ("code",)
    about: str | Promise = ""
    coordinates: tuple[str, str] | None = None
    batch: int = 1
    geodata: bool = False


class Line(SimpleNamespace):
    """One row: an attribute a column; ``pk`` of what it stands for, if it is there already."""

    pk: Any = None


class Column(Field):
    """A column with its Chinese header, and everything its template says about it."""

    def __init__(
        self,
        header: str | Promise,
        *,
        widget: Widget | None = None,
        required: bool = False,
        help: str | Promise = "",
        example: str = "",
        aliases: Sequence[str] = (),
        default: Any = "",
        keeps: bool = False,
    ) -> None:
        """Declare a column.

        ``aliases`` are other headers in use; ``default`` is the value of a new row without the column, or with an
        empty cell; an empty cell of a column that ``keeps`` leaves what is there, such as a name the service derives.
        """
        start = NOT_PROVIDED if default in ("", None) else default
        super().__init__(widget=widget or Text(), default=start, saves_null_values=not keeps)
        self.header, self.required, self.help = header, required, help
        self.example, self.aliases, self.start, self.keeps = example, tuple(aliases), default, keeps

    def clean(self, row: Any, **kwargs: Any) -> Any:
        if self.keeps and not str(row.get(self.column_name) or "").strip():
            return None
        return super().clean(row, **kwargs)


class RowFault(Exception):
    """A row that cannot be written: column name (or "") -> what to do about it."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__(str(faults))
        self.faults = dict(faults)


class TableResource(Resource):
    """One table that can be read from files and written to them. An instance lives for one run of one person."""

    info: ClassVar[Info]
    # Templates are given the class, not a run of it.
    do_not_call_in_templates: ClassVar[bool] = True

    def __init__(self, by: Actor, options: Mapping[str, Any] | None = None) -> None:
        super().__init__()
        self.by, self.options = by, dict(options or {})
        # What the pages link to when the run is over, such as {"url_name": …, "args": […]}.
        self.outcome: dict[str, Any] = {}
        for name, field in self.fields.items():
            field.attribute = field.column_name = name

    # -- what a table says of itself

    @classmethod
    def may(cls, actor: Actor) -> bool:
        """Deny by default: each table names who may read it in."""
        return False

    @classmethod
    def may_export(cls, actor: Actor) -> bool:
        return cls.may(actor)

    def stored(self) -> Iterable[Line]:
        """Every row that stands in the table, in the order of an export."""
        raise NotImplementedError

    def write(self, line: Line, old: Line | None) -> None:
        """Write what differs of one row through the services (see ``differing``); raise DomainError or RowFault."""
        raise NotImplementedError

    def write_many(self, pairs: Sequence[tuple[Line, Line | None]]) -> dict[int, Mapping[str, str]]:
        """Write several rows; return faults by position. Only where ``batch`` is more than 1."""
        raise NotImplementedError

    def remove(self, line: Line) -> None:
        """Take back a row that an import has brought; raise DomainError or RowFault when it is in use."""
        raise RowFault({"": _("此表的新增行不能撤销，请在页面上停用")})

    def remove_many(self, lines: Sequence[Line]) -> None:
        """Take back several at once, where that is quicker; only where ``batch`` is more than 1."""
        for line in lines:
            self.remove(line)

    def undo_whole(self, outcome: Mapping[str, Any]) -> bool:
        """Take back all that came of an import at once; False where each row is taken back by itself."""
        return False

    def complete(self, row: Mapping[str, str]) -> Mapping[str, str]:
        """Fill in what a row leaves open and its key needs, before what stands under the key is looked up."""
        return row

    def found(self, key: Key, row: Mapping[str, str], stored: Mapping[Key, Line]) -> Line | None:
        """What the row would change; None if it is new."""
        return stored.get(key)

    def check(self, line: Line, old: Line | None) -> Mapping[str, str]:
        """Return faults that the columns alone do not show, by column name."""
        return {}

    def rank(self, row: Mapping[str, str]) -> int:
        """Rows of a lower rank are written first, so that parents may stand below their children."""
        return 0

    def finish(self) -> None:
        """Do what must be done once after all rows are written, such as raising a version."""

    @classmethod
    def columns(cls, options: Mapping[str, Any] | None = None) -> dict[str, Column]:
        """The columns in their order; ``options`` of the job may bring more (see elements)."""
        fields: dict[str, Column] = dict(cls.fields)
        return fields

    # -- the machinery of import-export, one row at a time

    def key_of(self, line: Line) -> Key:
        return tuple(str(self.fields[name].export(line) or "") for name in self.info.key)

    def cells(self, line: Line) -> dict[str, str]:
        """What an export shows of a line: column -> text."""
        return {name: str(field.export(line) or "") for name, field in self.fields.items()}

    def differing(self, line: Line, old: Line | None) -> frozenset[str]:
        """The columns in which a line is another than what stands; all of them for a new one.

        Services are told these alone: what somebody saves meanwhile in other columns is not for the file to put back.
        """
        if old is None:
            return frozenset(self.fields)
        now, then = self.cells(line), self.cells(old)
        return frozenset(name for name in now if now[name] != then[name])

    def begin_line(self) -> Line:
        return Line(pk=None, **{name: field.start for name, field in self.fields.items()})

    def parse(self, row: Mapping[str, str], onto: Line) -> dict[str, str]:
        """Put the cells of ``row`` on ``onto``; return faults by column."""
        try:
            self.import_instance(onto, row)
        except ValidationError as error:
            return {name: " ".join(messages) for name, messages in error.message_dict.items()}
        return {}

    def faults_of(self, line: Line, old: Line | None) -> dict[str, str]:
        empty = {
            name: _("必填")
            for name, field in self.fields.items()
            if field.required and getattr(line, name) in (None, "")
        }
        return empty or dict(self.check(line, old))

    def put(self, line: Line, old: Line | None) -> dict[str, str]:
        """Write one line within a savepoint; return faults by column."""
        return self._guarded(lambda: self.write(line, old))

    def take_back(self, line: Line) -> dict[str, str]:
        return self._guarded(lambda: self.remove(line))

    def take_back_many(self, lines: Sequence[Line]) -> dict[int, dict[str, str]]:
        """Take rows back together, or one by one to tell which of them cannot be; return faults by position."""
        if len(lines) > 1 and not self._guarded(lambda: self.remove_many(lines)):
            return {}
        told = {place: self.take_back(line) for place, line in enumerate(lines)}
        return {place: faults for place, faults in told.items() if faults}

    def put_many(self, pairs: Sequence[tuple[Line, Line | None]]) -> dict[int, Mapping[str, str]]:
        found: dict[int, Mapping[str, str]] = {}
        whole = self._guarded(lambda: found.update(self.write_many(pairs)))
        return found or (dict.fromkeys(range(len(pairs)), whole) if whole else {})

    def _guarded(self, work: Callable[[], Any]) -> dict[str, str]:
        try:
            with transaction.atomic():
                work()
        except RowFault as fault:
            return fault.faults
        except DomainError as refusal:
            fields = {name: str(texts[0]) for name, texts in refusal.fields.items() if texts}
            known = {name if name in self.fields else "": text for name, text in fields.items()}
            return known or {"": str(refusal.message)}
        except DatabaseError as error:
            if getattr(error.__cause__, "sqlstate", None) in CONSTRAINTS:
                return {"": _("与已有数据或表内规则冲突：%s") % _constraint(error)}
            raise
        return {}


# A row broke a rule of the table; anything else is the database's trouble, not the file's.
CONSTRAINTS = ("23502", "23503", "23505", "23514", "23P01", "22001")


def _constraint(error: DatabaseError) -> str:
    diagnosis = getattr(error.__cause__, "diag", None)
    return str(getattr(diagnosis, "constraint_name", "") or getattr(diagnosis, "column_name", "") or "")


_tables: dict[str, type[TableResource]] = {}


def table(resource: type[TableResource]) -> type[TableResource]:
    """Register a table under its name."""
    if resource.info.name in _tables:
        raise ValueError(f"two tables are called {resource.info.name}")
    _tables[resource.info.name] = resource
    return resource


def tables() -> Iterator[type[TableResource]]:
    """Every table, in the order in which a district is set up."""
    known = {name: place for place, name in enumerate(ORDER)}
    return iter(sorted(_tables.values(), key=lambda each: known.get(each.info.name, len(ORDER))))


def table_named(name: str) -> type[TableResource] | None:
    return _tables.get(name)


# In which order a district fills them: each stands on those before it.
ORDER = (
    "divisions",
    "grids",
    "boundaries",
    "units",
    "categories",
    "deadlines",
    "calendar_days",
    "responsibilities",
    "people",
    "elements",
    "cameras",
    "training_records",
)
