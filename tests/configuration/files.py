"""Files as districts send them, made by hand."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Sequence
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook

from configuration.models import ImportJob
from configuration.services import imports
from tests.cast import Cast

Rows = Sequence[Sequence[Any]]


def csv_file(rows: Rows, encoding: str = "utf-8", name: str = "区划.csv") -> SimpleUploadedFile:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return SimpleUploadedFile(name, text.getvalue().encode(encoding))


def xlsx_file(rows: Rows, name: str = "区划.xlsx", merged: str = "") -> SimpleUploadedFile:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    if merged:
        sheet.merge_cells(merged)
    kept = io.BytesIO()
    book.save(kept)
    return SimpleUploadedFile(name, kept.getvalue())


def geojson_file(features: Sequence[dict[str, Any]], name: str = "边界.geojson") -> SimpleUploadedFile:
    body = {"type": "FeatureCollection", "features": list(features)}
    return SimpleUploadedFile(name, json.dumps(body).encode())


class Office:
    """Somebody at the pages of the imports; the worker does its part when told."""

    def __init__(self, cast: Cast, who: str = "sysadmin") -> None:
        self.client = Client()
        self.client.force_login(cast.user(who), backend="django.contrib.auth.backends.ModelBackend")

    def upload(self, table: str, file: SimpleUploadedFile, **data: Any) -> Any:
        return self.client.post("/configuration/imports/new/", {"table": table, "file": file, **data})

    def uploaded(self, table: str, file: SimpleUploadedFile, **data: Any) -> ImportJob:
        answer = self.upload(table, file, **data)
        assert answer.status_code == 302, alert(answer)
        return ImportJob.objects.get(pk=int(answer["Location"].rstrip("/").rsplit("/", 1)[1]))

    def step(self, job: ImportJob, step: str, **data: Any) -> ImportJob:
        self.client.post(f"/configuration/imports/{job.pk}/", {"step": step, **data})
        imports.run(job_id=job.pk)
        job.refresh_from_db()
        return job

    def checked(self, table: str, file: SimpleUploadedFile, **data: Any) -> ImportJob:
        job = self.uploaded(table, file, **data)
        return self.step(job, "map", **{f"map-{name}": place for name, place in job.mapping.items()})

    def page(self, job: ImportJob, query: str = "") -> str:
        answer = self.client.get(f"/configuration/imports/{job.pk}/{query}")
        assert answer.status_code == 200
        return answer.content.decode()


def alert(answer: Any) -> str:
    """What the page refuses with."""
    found = re.search(r'role="alert">(.*?)</div>', answer.content.decode(), re.DOTALL)
    return re.sub(r"<[^>]+>", "", found.group(1)).strip() if found else ""


def faults(job: ImportJob) -> list[tuple[int, str, str]]:
    """(row, header, message) of everything that is wrong."""
    return [
        (line.number, error["header"], error["message"])
        for line in job.lines.filter(kind="wrong").order_by("number")
        for error in line.errors
    ]
