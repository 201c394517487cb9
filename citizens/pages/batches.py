"""What the desk shows of batches: each row as it would be taken, with what is wrong beside its cells."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter

from catalogue.selectors import leaf_categories
from citizens.models import BatchOutcome, BatchRow, BatchState, IntakeBatch, IntakePlatform
from citizens.rules.batches import COLUMNS, REQUIRED, URGENCIES
from citizens.services.batches import mapping_for
from citizens.services.seals import CONTENTS
from lianqin.kernel.errors import NotVisible
from workorders.rules.masking import mask_name, mask_phone

PREVIEW, LONGEST_CELL = 50, 120
MASKS = {"reporter_name": mask_name, "reporter_phone": mask_phone}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NEEDED, PLAIN = PatternFill("solid", fgColor="FDEAEA"), PatternFill("solid", fgColor="EDF0F5")
WIDE = {"description": 48, "address": 28, "title": 28}
COORDINATES = {"wgs84": "WGS-84", "gcj02": "GCJ-02", "bd09": "BD-09"}


def batches() -> QuerySet[IntakeBatch]:
    """Newest first, with how many rows were taken."""
    rows = BatchRow.objects.filter(batch=OuterRef("pk")).exclude(outcome="").order_by()
    counted = rows.values("batch").annotate(n=Count("pk")).values("n")
    found = IntakeBatch.objects.select_related("platform", "by").order_by("-id")
    return found.annotate(taken=Coalesce(Subquery(counted), 0))


def one_batch(pk: int) -> IntakeBatch:
    """Raises NotVisible."""
    batch = batches().filter(pk=pk).first()
    if batch is None:
        raise NotVisible
    return batch


def progress_of(pk: int) -> dict[str, Any]:
    batch = one_batch(pk)
    return {"running": batch.state == BatchState.APPLYING, "total": batch.total, "done": batch.taken}  # type: ignore[attr-defined]


def rows_of(batch: IntakeBatch) -> QuerySet[BatchRow]:
    """Those that have to be mended, if there are any; else all."""
    rows = batch.rows.select_related("message__order").order_by("number")
    return rows.exclude(errors={}) if batch.wrong else rows


def lines_of(rows: Sequence[BatchRow]) -> list[dict[str, Any]]:
    """Cell by cell; of who reported only what everybody may see."""
    return [{"row": row, "cells": _cells(row)} for row in rows]


def _cells(row: BatchRow) -> list[tuple[str, str, str]]:
    """(column, what stands there, what is wrong with it); those that are empty and right are left out."""
    stands: Mapping[str, str] = json.loads(CONTENTS.open(row.sealed)) if row.sealed else {}
    cells = []
    for name, header in COLUMNS.items():
        text, wrong = stands.get(name, ""), "；".join(row.errors.get(name, []))
        mask = MASKS.get(name)
        shown = mask(text) if mask and text else text[:LONGEST_CELL]
        if shown or wrong:
            cells.append((header, shown, wrong))
    return cells


def outcomes_of(batch: IntakeBatch) -> list[tuple[str, int]]:
    """How many rows became what."""
    found = dict(batch.rows.exclude(outcome="").values_list("outcome").annotate(n=Count("id")))
    return [(str(each.label), found.get(each.value, 0)) for each in BatchOutcome]


def template_for(code: str) -> bytes:
    """An empty workbook for one platform, with a second sheet that says what may stand where. Raises NotVisible."""
    platform = IntakePlatform.objects.filter(code=code).first()
    if platform is None:
        raise NotVisible
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = str(platform)[:31]
    for place, (name, header) in enumerate(COLUMNS.items(), start=1):
        cell, letter = sheet.cell(1, place, header + ("*" if name in REQUIRED else "")), get_column_letter(place)
        cell.font, cell.fill = Font(bold=True), NEEDED if name in REQUIRED else PLAIN
        sheet.column_dimensions[letter].width = WIDE.get(name, 16)
        # Numbers of platforms keep their zeros.
        sheet.column_dimensions[letter].number_format = "@"
    sheet.freeze_panes = "A2"
    _explain(book.create_sheet(_("填写说明")), platform)
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def _explain(sheet: Any, platform: IntakePlatform) -> None:
    mapping = mapping_for(platform)
    system = COORDINATES[mapping["coordinates"]]
    told = {
        "external_ref": _("对方平台的单号，必填；同一单号只生成一件工单"),
        "title": _("标题和内容至少填写一项"),
        "lon": _("%s 坐标，和纬度一起填写；不知道可留空") % system,
        "lat": _("%s 坐标") % system,
        "category": _("事项名称或代码，见下；不确定可留空，由工作人员分类"),
        "urgency": "、".join(URGENCIES),
        "reported_at": _("如 2026-11-22 08:30"),
    }
    sheet.append([_("列"), _("说明")])
    for name, header in COLUMNS.items():
        sheet.append([header, told.get(name, "")])
    sheet.append([])
    sheet.append([_("事项代码"), _("事项名称")])
    for node in leaf_categories():
        sheet.append([node.code, node.name])
    for code, meant in _own_codes(platform).items():
        sheet.append([code, _("对方代码，对应 %s") % meant])
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 18, 60
    for row in sheet.iter_rows(max_col=1):
        row[0].number_format = "@"


def _own_codes(platform: IntakePlatform) -> dict[str, str]:
    rule = platform.mapping.get("category")
    return dict(rule.get("values", {})) if isinstance(rule, dict) else {}
