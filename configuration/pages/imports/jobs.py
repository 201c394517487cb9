"""The list of tables, and one import from upload to undo."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from configuration.models import Coordinates, ImportJob, JobState, LineKind
from configuration.pages.base import ConfigurationPage
from configuration.pages.imports.files import options_of
from configuration.selectors.imports import differences, is_running, job_for, jobs, may_undo, table_rows
from configuration.services import imports
from configuration.services.imports.running import progress
from configuration.tables import table_named, tables
from lianqin.kernel.errors import DomainError, Invalid

PAGE_SIZE = 50


class Imports(ConfigurationPage):
    section = "imports"

    def get(self, request: HttpRequest) -> HttpResponse:
        page = Paginator(jobs(self.actor, request.GET.get("table", "")), PAGE_SIZE).get_page(request.GET.get("page"))
        labels = {table.info.name: table.info.label for table in tables()}
        history = [(job, labels.get(job.table, job.table)) for job in page]
        return self.show("imports/list.html", {"rows": table_rows(self.actor), "page": page, "history": history})


class ImportNew(ConfigurationPage):
    section = "imports"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._form(request.GET.get("table", ""))

    def post(self, request: HttpRequest) -> HttpResponse:
        name = request.POST.get("table", "")
        file = request.FILES.get("file")
        if file is None:
            return self._form(name, Invalid(fields={"file": [_("请选择文件")]}))
        try:
            job = imports.upload(
                table=name,
                file=file,
                by=self.actor,
                coordinates=request.POST.get("coordinates") or Coordinates.WGS84,
                options=options_of(request),
            )
        except DomainError as refusal:
            return self._form(name, refusal)
        return redirect("configuration:import", job.pk)

    def _form(self, name: str, refusal: DomainError | None = None) -> HttpResponse:
        mine = [table for table in tables() if table.may(self.actor)]
        chosen = table_named(name)
        context = {
            "tables": mine,
            "chosen": chosen if chosen in mine else None,
            "coordinates": Coordinates.choices,
            "refusal": refusal,
            "options": self.request.META.get("QUERY_STRING", ""),
        }
        return self.show("imports/new.html", context, status=refusal.status if refusal else 200)


class ImportPage(ConfigurationPage):
    """One import. Its state decides what is shown and what can be done."""

    section = "imports"

    def get(self, request: HttpRequest, job_id: int) -> HttpResponse:
        return self._page(job_for(self.actor, job_id))

    def post(self, request: HttpRequest, job_id: int) -> HttpResponse:
        step = request.POST.get("step", "")
        try:
            if step == "drop":
                imports.drop(job_id=job_id, by=self.actor)
                self.tell(_("已放弃这次导入，没有改动任何数据"))
                return redirect("configuration:imports")
            if step == "map":
                mapping = _mapping(request)
                where = request.POST.get("coordinates", "")
                imports.map_columns(job_id=job_id, mapping=mapping, by=self.actor, coordinates=where)
                step = "check"
            imports.start(job_id=job_id, step=step if step in ("check", "apply", "undo") else "check", by=self.actor)
        except DomainError as refusal:
            self.refuse(refusal)
        return redirect("configuration:import", job_id)

    def _page(self, job: ImportJob) -> HttpResponse:
        table = table_named(job.table)
        assert table is not None
        columns = table.columns(job.options)
        kind = self.request.GET.get("kind", "")
        kind = kind if kind in LineKind.values else LineKind.WRONG if job.wrong else ""
        lines = job.lines.filter(kind=kind) if kind else job.lines.all()
        page = Paginator(lines, PAGE_SIZE).get_page(self.request.GET.get("page"))
        context = {
            "job": job,
            "table": table,
            "columns": [(name, column, job.mapping.get(name)) for name, column in columns.items()],
            "headers": list(enumerate(job.headers)),
            "coordinates": Coordinates.choices if table.info.coordinates or table.info.geodata else (),
            "running": is_running(job),
            "seen": progress(job.pk),
            "page": page,
            "kind": kind,
            "lines": [(line, list(differences(line, table, job.options))) for line in page],
            "may_undo": may_undo(job),
            "outcome_url": _outcome(job),
        }
        return self.show("imports/job.html", context)


def _mapping(request: HttpRequest) -> dict[str, int]:
    told = {name.removeprefix("map-"): value for name, value in request.POST.items() if name.startswith("map-")}
    return {name: int(str(value)) for name, value in told.items() if str(value).isdecimal()}


def _outcome(job: ImportJob) -> str:
    """Where to look at what came of it."""
    told: dict[str, Any] = job.outcome
    if job.state != JobState.APPLIED or not told.get("url_name"):
        return ""
    return reverse(told["url_name"], args=told.get("args", []))


class ImportProgress(ConfigurationPage):
    """How far a running import is, for the bar."""

    section = "imports"

    def get(self, request: HttpRequest, job_id: int) -> JsonResponse:
        job = job_for(self.actor, job_id)
        seen = progress(job.pk)
        told = {"done": seen.done, "total": seen.total} if seen else {}
        return JsonResponse({"state": job.state, "running": is_running(job), **told})
