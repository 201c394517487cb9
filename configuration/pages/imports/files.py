"""Files that people take away: templates, exports, and the wrong rows of an import."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from configuration.pages.base import ConfigurationPage
from configuration.selectors.imports import job_for
from configuration.services import exports
from configuration.tables import TableResource, table_named
from lianqin.kernel import clock
from lianqin.kernel.errors import NotAllowed, NotVisible


def answer(rows: Iterable[Sequence[str]], kind: str, name: str) -> HttpResponseBase:
    """A download with a Chinese name."""
    if kind == "csv":
        response: HttpResponseBase = StreamingHttpResponse(exports.as_csv(rows), content_type="text/csv; charset=utf-8")
    else:
        response = HttpResponse(exports.as_xlsx(rows, name), content_type=exports.XLSX)
    return named(response, f"{name}.{kind}")


def named(response: HttpResponseBase, name: str) -> HttpResponseBase:
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response


def options_of(request: HttpRequest) -> dict[str, str]:
    """What a table is told besides its columns, such as ``type`` of elements."""
    return {name: str(value) for name, value in request.GET.items() if name not in ("table", "page", "kind")}


class TablePage(ConfigurationPage):
    section = "imports"

    def table(self, name: str) -> type[TableResource]:
        found = table_named(name)
        if found is None or not (found.may(self.actor) or found.may_export(self.actor)):
            raise NotVisible
        return found


class TableTemplate(TablePage):
    def get(self, request: HttpRequest, name: str, kind: str) -> HttpResponseBase:
        table = self.table(name)
        columns, label = table.columns(options_of(request)), str(table.info.label)
        if kind == "csv":
            lines = exports.template_csv(columns)
            return named(StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8"), f"{label}模板.csv")
        body = exports.template_xlsx(columns, label)
        return named(HttpResponse(body, content_type=exports.XLSX), f"{label}模板.xlsx")


class TableExport(TablePage):
    def get(self, request: HttpRequest, name: str, kind: str) -> HttpResponseBase:
        table = self.table(name)
        if not table.may_export(self.actor):
            raise NotAllowed
        rows = exports.export_rows(table(self.actor, options_of(request)))
        return answer(rows, kind, f"{table.info.label}{clock.now():%Y%m%d}")


class WrongRows(TablePage):
    def get(self, request: HttpRequest, job_id: int) -> HttpResponseBase:
        job = job_for(self.actor, job_id)
        table = self.table(job.table)
        rows = exports.wrong_rows(job, table.columns(job.options))
        return answer(rows, "xlsx", _("%(table)s错误行%(job)d") % {"table": table.info.label, "job": job.pk})
