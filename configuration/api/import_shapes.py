"""How imports and their tables look over HTTP."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from configuration.models import Coordinates, ImportJob, ImportLine, LineKind
from configuration.selectors.imports import TableRow, is_running, may_undo
from configuration.services.exports import words_of
from configuration.services.imports.keeping import shown_outcome
from configuration.services.imports.running import progress
from configuration.tables import Column
from configuration.tables.telephones import with_phones_masked


class Upload(serializers.Serializer[dict[str, Any]]):
    """A file for one table; ``coordinates`` says what its longitudes and latitudes are measured in."""

    table = serializers.CharField(max_length=40)
    file = serializers.FileField(allow_empty_file=True)
    coordinates = serializers.ChoiceField(choices=Coordinates.choices, default=Coordinates.WGS84)


class Mapping(serializers.Serializer[dict[str, Any]]):
    """Column of the table -> position of the file's column, from 0."""

    mapping: serializers.DictField = serializers.DictField(child=serializers.IntegerField(min_value=0))
    coordinates = serializers.ChoiceField(choices=Coordinates.choices, required=False)


class JobQuery(serializers.Serializer[dict[str, Any]]):
    table = serializers.CharField(max_length=40, required=False)
    page = serializers.IntegerField(min_value=1, max_value=100_000, default=1)


class LineQuery(serializers.Serializer[dict[str, Any]]):
    kind = serializers.ChoiceField(choices=LineKind.choices, required=False)
    page = serializers.IntegerField(min_value=1, max_value=100_000, default=1)


class JobShape(serializers.Serializer[dict[str, Any]]):
    """An import: ``state`` uploaded, checking, checked, applying, applied, undoing, undone, failed or dropped."""

    id = serializers.IntegerField()
    table = serializers.CharField()
    file_name = serializers.CharField()
    sha256 = serializers.CharField()
    state = serializers.CharField()
    running = serializers.BooleanField()
    message = serializers.CharField(allow_blank=True)
    notes: serializers.ListField = serializers.ListField(child=serializers.CharField())
    headers: serializers.ListField = serializers.ListField(child=serializers.CharField())
    mapping: serializers.DictField = serializers.DictField(child=serializers.IntegerField())
    coordinates = serializers.CharField()
    total = serializers.IntegerField()
    new = serializers.IntegerField()
    changed = serializers.IntegerField()
    same = serializers.IntegerField()
    wrong = serializers.IntegerField()
    done = serializers.IntegerField(help_text="Rows seen so far while it runs.")
    may_undo = serializers.BooleanField(help_text="The last of its table, until its file is purged after 30 days.")
    outcome = serializers.JSONField(help_text="The page (url_name, args) that shows what came of it, if there is one.")
    created_by = serializers.CharField()
    applied_by = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)


class JobPage(serializers.Serializer[dict[str, Any]]):
    count = serializers.IntegerField()
    results = JobShape(many=True)


class LineShape(serializers.Serializer[dict[str, Any]]):
    """A row that would change something, or is wrong; ``number`` is that of the file."""

    number = serializers.IntegerField()
    kind = serializers.CharField()
    key = serializers.CharField(allow_blank=True)
    before: serializers.DictField = serializers.DictField(allow_null=True)
    after: serializers.DictField = serializers.DictField(allow_null=True)
    errors: serializers.ListField = serializers.ListField(child=serializers.DictField())  # type: ignore[assignment]


class LinePage(serializers.Serializer[dict[str, Any]]):
    count = serializers.IntegerField()
    results = LineShape(many=True)


class ColumnShape(serializers.Serializer[dict[str, Any]]):
    name = serializers.CharField()
    header = serializers.CharField()
    required = serializers.BooleanField()  # type: ignore[assignment]
    help = serializers.CharField(allow_blank=True)
    example = serializers.CharField(allow_blank=True)
    aliases: serializers.ListField = serializers.ListField(child=serializers.CharField())
    choices: serializers.ListField = serializers.ListField(child=serializers.CharField())


class TableShape(serializers.Serializer[dict[str, Any]]):
    name = serializers.CharField()
    title = serializers.CharField()
    about = serializers.CharField(allow_blank=True)
    key: serializers.ListField = serializers.ListField(child=serializers.CharField())
    geodata = serializers.BooleanField(help_text="Read from GeoJSON or a zipped Shapefile.")
    columns = ColumnShape(many=True)
    last_import = serializers.IntegerField(allow_null=True)


def job_of(job: ImportJob) -> dict[str, Any]:
    """One import as JSON. One query for ``may_undo`` of an applied one."""
    plain = (
        "id", "table", "file_name", "sha256", "state", "message", "headers", "mapping", "coordinates", "total", "new",
        "changed", "same", "wrong", "created_at", "finished_at",
    )  # fmt: skip
    running = is_running(job)
    seen = progress(job.pk) if running else None
    return {
        **{name: getattr(job, name) for name in plain},
        "running": running,
        "done": seen.done if seen else 0,
        "total": seen.total if seen and seen.total else job.total,
        "notes": job.found.get("notes", []),
        "may_undo": may_undo(job),
        "outcome": shown_outcome(job),
        "created_by": job.created_by.username,
        "applied_by": job.applied_by.username if job.applied_by else None,
    }


def line_of(line: ImportLine, columns: dict[str, Column]) -> dict[str, Any]:
    """One line as JSON, telephone numbers masked."""
    return {
        **{name: getattr(line, name) for name in ("number", "kind", "key", "errors")},
        **{name: with_phones_masked(getattr(line, name), columns) for name in ("before", "after")},
    }


def table_of(row: TableRow) -> dict[str, Any]:
    info = row.table.info
    columns = [
        {
            "name": name,
            "header": str(column.header),
            "required": column.required,
            "help": str(column.help),
            "example": column.example,
            "aliases": list(column.aliases),
            "choices": words_of(column),
        }
        for name, column in row.table.columns().items()
    ]
    return {
        "name": info.name,
        "title": str(info.label),
        "about": str(info.about),
        "key": list(info.key),
        "geodata": info.geodata,
        "columns": columns,
        "last_import": row.last.pk if row.last else None,
    }
