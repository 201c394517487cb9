"""Tables as files: what stands in them, empty templates, and the rows of an import that are wrong."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from accounts.services import audit
from configuration.models import ImportJob, LineKind
from configuration.tables import Column, TableResource
from configuration.tables.widgets import Choice, YesNo
from lianqin.kernel.errors import NotAllowed
from lianqin.kernel.sheets import DANGEROUS, MARK, ROWS_AT_MOST

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NEEDED, PLAIN = PatternFill("solid", fgColor="FDEAEA"), PatternFill("solid", fgColor="EDF0F5")
WORDS_AT_MOST: Final = 255  # What Excel takes for a drop-down list.
WIDTH: Final = 18
Cells = Sequence[str]


def harmless(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula; reading it back takes the mark off."""
    return MARK + text if text.startswith(DANGEROUS) else text


def export_rows(table: TableResource) -> Iterator[Cells]:
    """The header, then every row that stands in the table. Raise NotAllowed; the export is audited."""
    if not table.may_export(table.by):
        raise NotAllowed
    audit(
        actor_id=table.by.user_id, action="configuration.table_exported", object_label=table.info.name,
        detail=dict(table.options),
    )  # fmt: skip
    return _exported(table)


def _exported(table: TableResource) -> Iterator[Cells]:
    yield [str(field.header) for field in table.fields.values()]
    for line in table.stored():
        yield [harmless(text) for text in table.cells(line).values()]


def as_csv(rows: Iterable[Cells]) -> Iterator[str]:
    """Lines of a csv that spreadsheets open as UTF-8."""
    yield "\ufeff"
    for row in rows:
        line = io.StringIO()
        csv.writer(line).writerow(row)
        yield line.getvalue()


def as_xlsx(rows: Iterable[Cells], title: str) -> bytes:
    """A workbook in which every cell is text: codes keep their zeros, nothing is worked out."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    for row in rows:
        sheet.append([_text_cell(sheet, text) for text in row])
    return _saved(book)


def _text_cell(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, value=text)
    cell.data_type, cell.number_format = "s", "@"
    return cell


def template_csv(columns: Mapping[str, Column]) -> Iterator[str]:
    return as_csv([[str(column.header) for column in columns.values()]])


def template_xlsx(columns: Mapping[str, Column], title: str) -> bytes:
    """An empty table with drop-down lists, and a second sheet that explains each column with an example."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title[:31]
    for place, column in enumerate(columns.values(), start=1):
        _head(sheet, place, column)
    sheet.freeze_panes = "A2"
    _explain(book.create_sheet(_("填写说明")), columns)
    return _saved(book)


def _head(sheet: Any, place: int, column: Column) -> None:
    letter = get_column_letter(place)
    cell = sheet.cell(1, place, str(column.header) + ("*" if column.required else ""))
    cell.font, cell.fill = Font(bold=True), NEEDED if column.required else PLAIN
    if column.help:
        cell.comment = Comment(str(column.help), "大联勤", width=260, height=80)
    sheet.column_dimensions[letter].width = WIDTH
    sheet.column_dimensions[letter].number_format = "@"
    words = words_of(column)
    if words and len(listed := ",".join(words)) <= WORDS_AT_MOST and not any("," in word for word in words):
        choice = DataValidation("list", formula1=f'"{listed}"', allow_blank=True, showErrorMessage=True)
        choice.error = _("请从列表中选择")
        choice.add(f"{letter}2:{letter}{ROWS_AT_MOST}")
        sheet.add_data_validation(choice)


def words_of(column: Column) -> list[str]:
    """What may stand in a column of choices; empty where anything may."""
    if isinstance(column.widget, Choice):
        return [word for word in column.widget.words if word]
    return [_("是"), _("否")] if isinstance(column.widget, YesNo) else []


def _explain(sheet: Any, columns: Mapping[str, Column]) -> None:
    sheet.append([_("列"), _("必填"), _("说明"), _("可选值"), _("示例"), _("也认作")])
    for column in columns.values():
        sheet.append(
            [
                str(column.header), _("是") if column.required else "", str(column.help), "、".join(words_of(column)),
                column.example, "、".join(column.aliases),
            ]
        )  # fmt: skip
    for letter, width in zip("ABCDEF", (16, 8, 46, 46, 26, 30), strict=True):
        sheet.column_dimensions[letter].width = width
    for row in sheet.iter_rows():
        for cell in row:
            cell.alignment, cell.number_format = Alignment(wrap_text=True, vertical="top"), "@"
    for cell in sheet[1]:
        cell.font, cell.fill = Font(bold=True), PLAIN


def wrong_rows(job: ImportJob, columns: Mapping[str, Column]) -> Iterator[Cells]:
    """The rows of an import that are wrong, as they stood, with a last column that says what to do."""
    names = [name for name in columns if name in job.mapping]
    yield [_("行号"), *(str(columns[name].header) for name in names), _("需更正")]
    for line in job.lines.filter(kind=LineKind.WRONG).iterator():
        told = "；".join(f"{one['header']}：{one['message']}".lstrip("：") for one in line.errors)
        row = line.after or {}
        yield [str(line.number), *(harmless(str(row.get(name, ""))) for name in names), told]


def _saved(book: Workbook) -> bytes:
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()
