"""Read xlsx and csv: rows of texts below a header that is found, not assumed."""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import io
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from lianqin.kernel.archives import require_small_workbook
from lianqin.kernel.errors import FileRefused

ROWS_AT_MOST: Final = 200_000
COLUMNS_AT_MOST: Final = 200
CELL_AT_MOST: Final = 5_000
HEADER_WITHIN: Final = 15
CHUNK: Final = 1 << 20
# A cell that an export has made harmless begins with this mark; see configuration.services.exports.
MARK, DANGEROUS = "'", ("=", "+", "-", "@", "\t", "\r")
Row = list[str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file that was understood: its headers, what to tell about it, and its rows as (number, texts)."""

    headers: list[str]
    rows: Callable[[], Iterator[tuple[int, Row]]]
    notes: list[str] = field(default_factory=list)


def open_sheet(path: Path, name: str, known: Collection[str]) -> Sheet:
    """Understand a spreadsheet; ``known`` are headers that may occur. Raise FileRefused."""
    suffix = Path(name).suffix.lower()
    with path.open("rb") as file:
        head = file.read(8)
    if not head:
        raise FileRefused(_("文件是空的，请重新导出后再上传"))
    if suffix == ".xls" or head.startswith(b"\xd0\xcf\x11\xe0"):
        raise FileRefused(_("这是旧版 Excel（.xls）文件，请另存为 .xlsx 后再上传"))
    if suffix == ".xlsx" or head.startswith(b"PK"):
        return _understand(_xlsx(path), known)
    if suffix in (".csv", ".txt", ".tsv"):
        encoding = _encoding_of(path)
        sheet = _understand(_csv(path, encoding), known)
        return Sheet(sheet.headers, sheet.rows, [_("编码：%s") % NAMES[encoding], *sheet.notes])
    raise FileRefused(_("不支持 %s 文件，请上传 .xlsx 或 .csv") % (suffix or _("没有扩展名的")))


NAMES: Final = {"utf-8-sig": "UTF-8", "utf-16": "UTF-16", "gb18030": "GB18030（GBK）"}
Raw = Callable[[], Iterator[tuple[int, Row]]]


def _understand(raw: Raw, known: Collection[str]) -> Sheet:
    """Find the header: the one of the first rows that names most known columns."""
    top = [row for _number, row in zip(range(HEADER_WITHIN + 1), raw(), strict=False)]
    if not any(any(row) for _n, row in top):
        raise FileRefused(_("文件里没有内容"))
    wanted = {_plain(text) for text in known}
    above: list[Row] = [[], *(row for _n, row in top)]
    scores = [
        sum(_plain(name) in wanted for name in _headers(row, above[place])) for place, (_n, row) in enumerate(top)
    ]
    place = max(range(len(top)), key=lambda index: (scores[index], -index))
    if not scores[place]:
        place = next(index for index, (_n, row) in enumerate(top) if sum(map(bool, row)) > 1 or index == len(top) - 1)
    number, row = top[place]
    headers = _headers(row, top[place - 1][1] if place else [])
    _require_names(headers, number, [row for _n, row in top[place + 1 :]])
    notes = [_("表头在第 %d 行") % number] if place else []
    return Sheet(headers, lambda: _below(raw, number, len(headers)), notes)


def _headers(row: Row, above: Row) -> list[str]:
    """Names of the columns; a cell that is merged downwards has its name in the row above."""
    filled = [cell or (above[index] if index < len(above) else "") for index, cell in enumerate(row)]
    while filled and not filled[-1]:
        filled.pop()
    return [" ".join(cell.split()).rstrip("* ") for cell in filled]


def _require_names(headers: Sequence[str], number: int, rows: Sequence[Row]) -> None:
    width = max([len(headers), *(len(row) for row in rows)], default=0)
    nameless = [
        index
        for index in range(width)
        if not (index < len(headers) and headers[index]) and any(index < len(row) and row[index] for row in rows)
    ]
    if nameless:
        letters = "、".join(get_column_letter(index + 1) for index in nameless[:8])
        raise FileRefused(
            _("第 %(row)d 行的表头有合并或空白单元格：%(columns)s 列没有列名。请取消合并，使每一列都有自己的列名")
            % {"row": number, "columns": letters}
        )
    twice = sorted({header for header in headers if header and headers.count(header) > 1})
    if twice:
        raise FileRefused(_("表头里有重复的列名：%s，请改成不同的名称") % "、".join(twice))


def _below(raw: Raw, header: int, width: int) -> Iterator[tuple[int, Row]]:
    count = 0
    for number, row in raw():
        if number <= header or not any(row):
            continue
        count += 1
        if count > ROWS_AT_MOST:
            raise FileRefused(_("超过 %d 行，请拆成几个文件分次导入") % ROWS_AT_MOST)
        yield number, [*row[:width], *[""] * (width - len(row))]


def _plain(text: str) -> str:
    return "".join(text.split()).rstrip("*").lower()


# -- csv


def _encoding_of(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(4)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    for encoding in ("utf-8-sig", "gb18030"):
        if _decodes(path, encoding):
            return encoding
    raise FileRefused(_("无法识别文件的编码，请另存为 UTF-8 或 GBK 编码的 CSV，或直接上传 .xlsx"))


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                if "\x00" in decoder.decode(chunk):
                    return False
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _csv(path: Path, encoding: str) -> Raw:
    with path.open(encoding=encoding, newline="") as file:
        first = file.read(4096)
    line = next((line for line in first.splitlines() if line.strip()), "")
    delimiter = max(",\t;", key=line.count)

    def rows() -> Iterator[tuple[int, Row]]:
        with path.open(encoding=encoding, newline="") as file:
            reader = csv.reader(_without_nuls(file), delimiter=delimiter)
            try:
                for number, cells in enumerate(reader, start=1):
                    yield number, [_text(cell) for cell in cells[:COLUMNS_AT_MOST]]
            except (csv.Error, UnicodeError) as error:
                raise FileRefused(_("第 %d 行附近无法读取，请检查引号是否成对") % reader.line_num) from error

    return rows


def _without_nuls(file: io.TextIOBase | Any) -> Iterator[str]:
    for line in file:
        yield line.replace("\x00", "")


# -- xlsx


def _xlsx(path: Path) -> Raw:
    require_small_workbook(path)

    def rows() -> Iterator[tuple[int, Row]]:
        file = path.open("rb")  # Not by its name: that says nothing about what is in it.
        try:
            book = load_workbook(file, read_only=True, data_only=False, keep_links=False)
        except Exception as error:  # openpyxl raises whatever a broken part makes it.
            file.close()
            raise FileRefused(_("不是完整的 .xlsx 文件，请用 Excel 或 WPS 打开后另存再上传")) from error
        try:
            sheet = next((each for each in book.worksheets if each.sheet_state == "visible"), None)
            if sheet is None:
                raise FileRefused(_("文件里没有可见的工作表"))
            # Sizes that a file claims for itself may be wrong.
            sheet.reset_dimensions()
            for number, cells in enumerate(sheet.iter_rows(max_col=COLUMNS_AT_MOST, values_only=True), start=1):
                yield number, [_text(cell) for cell in cells]
        finally:
            book.close()
            file.close()

    return rows


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(sep=" ", timespec="minutes")
    text = str(value).strip()
    if len(text) > CELL_AT_MOST:
        raise FileRefused(_("有单元格超过 %d 个字") % CELL_AT_MOST)
    return text[1:] if text.startswith(MARK) and text[1:2] in DANGEROUS else text
