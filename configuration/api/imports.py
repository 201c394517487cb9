"""Imports over HTTP: what the pages of ``imports`` do, step by step; a worker does the work between the steps."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import AUTHENTICATED, BY_SERVICE, ApiView
from accounts.api.idempotency import idempotent
from configuration.api import import_shapes as shapes
from configuration.selectors.imports import job_for, jobs, table_rows
from configuration.services import exports, imports
from configuration.tables import TableResource, table_named
from lianqin.kernel.errors import NotAllowed, NotVisible

PAGE_SIZE = 100


def told(kind: type[serializers.Serializer[Any]], data: Any) -> dict[str, Any]:
    read = kind(data=data)
    read.is_valid(raise_exception=True)
    return dict(read.validated_data)


class Tables(ApiView):
    """The tables that may be read in, in the order in which a district is set up, with their columns."""

    action_permissions = {"get": AUTHENTICATED}  # noqa: RUF012

    @extend_schema(responses=shapes.TableShape(many=True))
    def get(self, request: Request) -> Response:
        return Response([shapes.table_of(row) for row in table_rows(self.actor)])


class FileView(ApiView):
    """Answers with a file, whatever is accepted."""

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        return super().perform_content_negotiation(request, force=True)

    def table(self, name: str, kind: str) -> type[TableResource]:
        found = table_named(name)
        if found is None or kind not in ("csv", "xlsx") or not (found.may(self.actor) or found.may_export(self.actor)):
            raise NotVisible
        return found


def as_file(rows: Any, kind: str, name: str) -> HttpResponseBase:
    answer: HttpResponseBase
    if kind == "csv":
        answer = StreamingHttpResponse(exports.as_csv(rows), content_type="text/csv; charset=utf-8")
    else:
        answer = HttpResponse(exports.as_xlsx(rows, name), content_type=exports.XLSX)
    answer["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return answer


class Template(FileView):
    """The empty table: ``kind`` is xlsx (with drop-down lists and explanations) or csv."""

    action_permissions = {"get": AUTHENTICATED}  # noqa: RUF012

    @extend_schema(responses={(200, "*/*"): OpenApiTypes.BINARY})
    def get(self, request: Request, name: str, kind: str) -> HttpResponseBase:
        table = self.table(name, kind)
        columns = table.columns(request.query_params.dict())
        if kind == "csv":
            return as_file([[str(column.header) for column in columns.values()]], kind, name)
        answer = HttpResponse(exports.template_xlsx(columns, str(table.info.label)), content_type=exports.XLSX)
        answer["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
        return answer


class Export(FileView):
    """Every row that stands in the table, in the format that an import reads. Audited."""

    action_permissions = {"get": AUTHENTICATED}  # noqa: RUF012

    @extend_schema(responses={(200, "*/*"): OpenApiTypes.BINARY})
    def get(self, request: Request, name: str, kind: str) -> HttpResponseBase:
        table = self.table(name, kind)
        if not table.may_export(self.actor):
            raise NotAllowed
        return as_file(exports.export_rows(table(self.actor, request.query_params.dict())), kind, name)


class Jobs(ApiView):
    """Imports, the newest first, 100 a page; a new one begins with its file."""

    action_permissions = {"get": AUTHENTICATED, "post": BY_SERVICE}  # noqa: RUF012
    parser_classes = (MultiPartParser,)

    @extend_schema(operation_id="setup_imports_list", parameters=[shapes.JobQuery], responses=shapes.JobPage)
    def get(self, request: Request) -> Response:
        asked = told(shapes.JobQuery, request.query_params)
        page = Paginator(jobs(self.actor, asked.get("table", "")), PAGE_SIZE).get_page(asked["page"])
        return Response({"count": page.paginator.count, "results": [shapes.job_of(job) for job in page]})

    @extend_schema(request={"multipart/form-data": shapes.Upload}, responses={201: shapes.JobShape})
    @idempotent
    def post(self, request: Request) -> Response:
        data = told(shapes.Upload, request.data)
        options = request.query_params.dict()
        job = imports.upload(**data, options=options, by=self.actor)
        return Response(shapes.job_of(job), status=status.HTTP_201_CREATED)


class OneJob(ApiView):
    """One import; PATCH says which column of the file is which, before it is checked."""

    action_permissions = {"get": AUTHENTICATED, "patch": BY_SERVICE}  # noqa: RUF012

    @extend_schema(responses=shapes.JobShape)
    def get(self, request: Request, pk: int) -> Response:
        return Response(shapes.job_of(job_for(self.actor, pk)))

    @extend_schema(request=shapes.Mapping, responses=shapes.JobShape)
    def patch(self, request: Request, pk: int) -> Response:
        job_for(self.actor, pk)
        imports.map_columns(job_id=pk, by=self.actor, **told(shapes.Mapping, request.data))
        return Response(shapes.job_of(job_for(self.actor, pk)))


class Lines(ApiView):
    """What an import would change (new, changed) and what is wrong, by row, 100 a page."""

    action_permissions = {"get": AUTHENTICATED}  # noqa: RUF012

    @extend_schema(parameters=[shapes.LineQuery], responses=shapes.LinePage)
    def get(self, request: Request, pk: int) -> Response:
        asked = told(shapes.LineQuery, request.query_params)
        job = job_for(self.actor, pk)
        table = table_named(job.table)
        columns = table.columns(job.options) if table is not None else {}
        lines = job.lines.all()
        found = lines.filter(kind=asked["kind"]) if "kind" in asked else lines
        page = Paginator(found, PAGE_SIZE).get_page(asked["page"])
        return Response({"count": page.paginator.count, "results": [shapes.line_of(line, columns) for line in page]})


class WrongFile(FileView):
    """The wrong rows as a workbook, with a last column that says what to do."""

    action_permissions = {"get": AUTHENTICATED}  # noqa: RUF012

    @extend_schema(responses={(200, "*/*"): OpenApiTypes.BINARY})
    def get(self, request: Request, pk: int) -> HttpResponseBase:
        job = job_for(self.actor, pk)
        table = self.table(job.table, "xlsx")
        return as_file(exports.wrong_rows(job, table.columns(job.options)), "xlsx", f"{job.table}-wrong-{job.pk}")


class Step(ApiView):
    """Ask a worker for the next step; answers 202, ``state`` tells when it is done."""

    action_permissions = {"post": BY_SERVICE}  # noqa: RUF012
    step: ClassVar[str]

    @extend_schema(request=None, responses={202: shapes.JobShape})
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        job_for(self.actor, pk)
        imports.start(job_id=pk, step=self.step, by=self.actor)
        return Response(shapes.job_of(job_for(self.actor, pk)), status=status.HTTP_202_ACCEPTED)


class Check(Step):
    """Try every row and roll back."""

    step = "check"


class Apply(Step):
    """Write every row in one transaction, or none; 409 ``import_has_errors`` while any is wrong."""

    step = "apply"


class Undo(Step):
    """Put back what the last import of its table changed; ``message`` names the rows that were touched since."""

    step = "undo"


class Drop(ApiView):
    """Give up an import that was not applied."""

    action_permissions = {"post": BY_SERVICE}  # noqa: RUF012

    @extend_schema(request=None, responses=shapes.JobShape)
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        job_for(self.actor, pk)
        return Response(shapes.job_of(imports.drop(job_id=pk, by=self.actor)))
