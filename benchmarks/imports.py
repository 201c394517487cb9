"""A spreadsheet of 100,000 rows: uploaded, checked, applied and undone. Run by hand.

    python -m benchmarks.imports [--table elements|divisions] [--rows 100000] [--kind xlsx|csv]

Wants a seeded ground in ``DATABASE_URL``. Each step runs here, as a worker runs it; beside it stands the most memory
that the process has held so far. The rows are gone at the end; only the record of the import stays.
"""

from __future__ import annotations

import argparse
import csv
import io
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from typing import Any

import django

django.setup()

from django.core.files.uploadedfile import SimpleUploadedFile  # noqa: E402 -- Django must be set up first.
from django.test import override_settings  # noqa: E402
from openpyxl import Workbook  # noqa: E402

from accounts.models import User  # noqa: E402
from accounts.selectors import actor_for  # noqa: E402
from configuration.models import ImportJob  # noqa: E402
from configuration.services import imports  # noqa: E402
from grids.models import ElementType, Grid, Street  # noqa: E402

Row = list[str]


def elements(number: int) -> Iterator[Row]:
    """Lamps on a lattice over the district."""
    kind = ElementType.objects.filter(active=True, sensitive=False, code="lamp").first()
    kind = kind or ElementType.objects.filter(active=True, sensitive=False).order_by("pk").first()
    assert kind is not None, "seed the element types first"
    yield ["类型", "编码", "名称", "经度", "纬度", "地址"]
    grid = Grid.objects.exclude(boundary=None).order_by("code").first()
    assert grid is not None
    assert grid.boundary is not None
    west, south = grid.boundary["coordinates"][0][0]
    for place in range(number):
        lon, lat = west + place % 400 * 0.0005, south + place // 400 * 0.0005
        yield [kind.name, f"BENCH-{place:06d}", f"要素{place}", f"{lon:.6f}", f"{lat:.6f}", f"某路{place}号"]


def divisions(number: int) -> Iterator[Row]:
    """Communities of streets that there are: 998 a street at most."""
    yield ["区划代码", "名称", "级别", "上级代码", "户数"]
    streets = list(Street.objects.order_by("code").values_list("code", flat=True))
    for place in range(min(number, len(streets) * 700)):
        street = streets[place % len(streets)]
        yield [f"{street}{200 + place // len(streets):03d}", f"试验第{place}社区", "社区", street, "1200"]


TABLES: dict[str, Callable[[int], Iterator[Row]]] = {"elements": elements, "divisions": divisions}


def file_of(rows: Iterator[Row], kind: str) -> SimpleUploadedFile:
    kept = io.BytesIO()
    if kind == "csv":
        text = io.StringIO()
        csv.writer(text).writerows(rows)
        kept.write(text.getvalue().encode("gbk"))
    else:
        book = Workbook(write_only=True)
        sheet = book.create_sheet("表")
        for row in rows:
            sheet.append(row)
        book.save(kept)
    return SimpleUploadedFile(f"试验.{kind}", kept.getvalue())


def timed(name: str, work: Callable[[], Any]) -> Any:
    begun = time.perf_counter()
    result = work()
    spent = time.perf_counter() - begun
    print(f"{name:8s} {spent:8.1f} s   at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:6.0f} MB")
    return result


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--table", choices=TABLES, default="elements")
    options.add_argument("--rows", type=int, default=100_000)
    options.add_argument("--kind", choices=("xlsx", "csv"), default="xlsx")
    asked = options.parse_args()
    by = actor_for(User.objects.get(officer="sysadmin"))
    with tempfile.TemporaryDirectory() as folder, override_settings(MEDIA_ROOT=folder):
        file = timed("file", lambda: file_of(TABLES[asked.table](asked.rows), asked.kind))
        job = timed("upload", lambda: imports.upload(table=asked.table, file=file, by=by))
        for step in ("check", "apply", "undo"):
            begun = imports.start(job_id=job.pk, step=step, by=by)
            timed(step, lambda begun=begun: imports.run(job_id=begun.pk))  # type: ignore[misc]
            job = ImportJob.objects.get(pk=job.pk)
            print(f"         {job.state}: {job.total} rows, {job.new} new, {job.wrong} wrong {job.message}")
            if job.state not in ("checked", "applied", "undone"):
                break


if __name__ == "__main__":
    main()
