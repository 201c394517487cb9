"""Spreadsheets of platforms on the desk: uploaded, looked through, taken in or given up."""

from __future__ import annotations

from typing import Any

from django.contrib import messages as told
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect

from citizens.models import IntakePlatform
from citizens.pages.batches import (
    PREVIEW,
    XLSX,
    batches,
    lines_of,
    one_batch,
    outcomes_of,
    progress_of,
    rows_of,
    template_for,
)
from citizens.services import batches as taking
from citizens.views.platforms import PlatformPage
from lianqin.kernel.errors import DomainError, FileRefused

PAGE_SIZE = 30
STEPS = {"start": taking.start_batch, "stop": taking.stop_batch, "drop": taking.drop_batch}


class BatchPages(PlatformPage):
    """They hold what people told: for who takes reports in."""

    mends = True


class Batches(BatchPages):
    def get(self, request: HttpRequest) -> HttpResponse:
        return self._shown({})

    def post(self, request: HttpRequest) -> HttpResponse:
        file, code = request.FILES.get("file"), request.POST.get("platform", "")
        try:
            if file is None:
                raise FileRefused("请选择一个 .xlsx 或 .csv 文件")
            batch = taking.read_batch(platform=code, file=file, by=self.actor)
        except FileRefused as error:
            return self._shown({"refusal": error.message, "chosen": code}, status=400)
        return redirect("desk:intake-batch", pk=batch.pk)

    def _shown(self, more: dict[str, Any], status: int = 200) -> HttpResponse:
        page = Paginator(batches(), PAGE_SIZE).get_page(self.request.GET.get("page"))
        return self.page("batches", {"page": page, "platforms": list(IntakePlatform.objects.all()), **more}, status)


class Batch(BatchPages):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        batch = one_batch(pk)
        page = Paginator(rows_of(batch), PREVIEW).get_page(request.GET.get("page"))
        context = {"batch": batch, "page": page, "lines": lines_of(list(page)), "outcomes": outcomes_of(batch)}
        return self.page("batch", context)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        step = STEPS.get(request.POST.get("act", ""))
        try:
            if step is not None:
                step(batch_id=pk, by=self.actor)
        except DomainError as error:
            told.error(request, str(error.message))
        return redirect("desk:intake-batch", pk=pk)


class BatchProgress(BatchPages):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return JsonResponse(progress_of(pk))


class BatchTemplate(BatchPages):
    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        name = {"Content-Disposition": f'attachment; filename="{code}.xlsx"'}
        return HttpResponse(template_for(code), content_type=XLSX, headers=name)
