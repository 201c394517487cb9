"""Reads of imports: the tables with their last import, and the lines of a check."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from configuration.models import RUNNING, ImportJob, ImportLine, JobState
from configuration.tables import TableResource, table_named, tables
from configuration.tables.base import Column
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import NotVisible


@dataclass(frozen=True, slots=True)
class TableRow:
    """One table as the list of tables shows it."""

    table: type[TableResource]
    last: ImportJob | None


@dataclass(frozen=True, slots=True)
class Difference:
    header: str
    before: str
    after: str


def table_rows(actor: Actor) -> list[TableRow]:
    """The tables that may be read in by who asks, each with the last import that was applied. Two queries."""
    mine = [table for table in tables() if table.may(actor)]
    newest = (
        ImportJob.objects.filter(state=JobState.APPLIED, table__in=[table.info.name for table in mine])
        .order_by()
        .values("table")
        .annotate(newest=Max("pk"))
        .values("newest")
    )
    last = {job.table: job for job in ImportJob.objects.filter(pk__in=newest).select_related("created_by")}
    return [TableRow(table, last.get(table.info.name)) for table in mine]


def jobs(actor: Actor, table: str = "") -> QuerySet[ImportJob]:
    """Imports of the tables that who asks may read in, the newest first."""
    mine = [each.info.name for each in tables() if each.may(actor)]
    found = ImportJob.objects.filter(table__in=mine).exclude(state=JobState.DROPPED)
    found = found.select_related("created_by", "applied_by")
    return found.filter(table=table) if table else found


def job_for(actor: Actor, job_id: int) -> ImportJob:
    """One import. Raise NotVisible for what is another's business."""
    job = ImportJob.objects.select_related("created_by", "applied_by", "undone_by").filter(pk=job_id).first()
    table = table_named(job.table) if job is not None else None
    if job is None or table is None or not table.may(actor):
        raise NotVisible
    return job


def is_running(job: ImportJob) -> bool:
    return job.state in RUNNING


def may_undo(job: ImportJob) -> bool:
    """Only the last import of a table can be taken back, while its lines are still kept."""
    if job.state != JobState.APPLIED or not job.file:
        return False
    return not ImportJob.objects.filter(table=job.table, pk__gt=job.pk, state=JobState.APPLIED).exists()


def differences(line: ImportLine, table: type[TableResource], options: dict[str, object]) -> Iterator[Difference]:
    """The cells of a line that are new or other than before; long ones are cut, shapes counted."""
    columns = table.columns(options)
    before, after = line.before or {}, line.after or {}
    for name, text in after.items():
        if (name in columns and text != before.get(name, "")) or (line.before is None and text):
            column = columns.get(name)
            was, now = _shown(column, before.get(name, "")), _shown(column, text)
            if was == now:
                now = _("%s（有改动）") % now
            yield Difference(str(column.header) if column is not None else name, was, now)


def _shown(column: Column | None, text: str) -> str:
    shown = getattr(column.widget, "shown", None) if column is not None and text else None
    text = shown(text) if shown is not None else text
    return text if len(text) <= 60 else f"{text[:57]}…"
