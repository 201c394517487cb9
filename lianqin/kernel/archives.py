"""Archives of strangers: how large they may become, looked at before anything is unpacked."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Final

from django.utils.translation import gettext as _

from lianqin.kernel.errors import FileRefused

UNPACKED_AT_MOST: Final = 300 * 1024 * 1024
RATIO_AT_MOST: Final = 150
SMALL: Final = 2 * 1024 * 1024
PARTS_AT_MOST: Final = 2_000
# A workbook is opened while somebody waits for the page. Its sheets are read as they come; what else it holds, above
# all the texts that its cells share, is in memory as a whole.
WORKBOOK_AT_MOST: Final = 100 * 1024 * 1024
HELD_AT_MOST: Final = 40 * 1024 * 1024
SHEETS: Final = "xl/worksheets/"


def require_harmless_zip(path: Path) -> list[zipfile.ZipInfo]:
    """Return the parts of an archive; raise FileRefused when it would grow beyond reason or names odd places."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise FileRefused(_("压缩文件已损坏，请重新保存后再上传")) from error
    if len(parts) > PARTS_AT_MOST:
        raise FileRefused(_("压缩文件里的文件太多"))
    whole = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts) or 1
    if whole > UNPACKED_AT_MOST or (whole > SMALL and whole / packed > RATIO_AT_MOST):
        raise FileRefused(_("文件解开后过大，疑似压缩炸弹，已拒绝；请删去空白行列后另存再上传"))
    if any(part.flag_bits & 0x1 for part in parts):
        raise FileRefused(_("文件带有密码，请去掉密码后再上传"))
    if any(part.filename.startswith(("/", "\\")) or ".." in Path(part.filename).parts for part in parts):
        raise FileRefused(_("压缩文件里有不合规的路径"))
    return parts


def require_small_workbook(path: Path) -> None:
    """Raise FileRefused when opening it would keep a process busy for long."""
    parts = require_harmless_zip(path)
    held = max((part.file_size for part in parts if not part.filename.startswith(SHEETS)), default=0)
    if held > HELD_AT_MOST or sum(part.file_size for part in parts) > WORKBOOK_AT_MOST:
        raise FileRefused(_("工作簿解开后过大；请拆成几个文件，或另存为 .csv 后再上传"))
