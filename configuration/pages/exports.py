"""A list as a file that spreadsheets open: UTF-8 with a mark, and no cell that a spreadsheet would compute."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpResponse
from django.utils.http import content_disposition_header

COMPUTED = ("=", "+", "-", "@", "\t", "\r")


def spreadsheet(name: str, head: Sequence[Any], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """Answer with ``name``.csv. Text that begins like a formula gets an apostrophe."""
    answer = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = content_disposition_header(True, f"{name}.csv") or ""
    writer = csv.writer(answer)
    writer.writerow([_cell(value) for value in head])
    for row in rows:
        writer.writerow([_cell(value) for value in row])
    return answer


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dt.date):
        return value.isoformat()
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(COMPUTED) else text
