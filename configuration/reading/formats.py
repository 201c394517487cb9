"""What a map file really is, looked at before GDAL is: it would open anything, and follow whatever a file names."""

from __future__ import annotations

import mmap
import re
from pathlib import Path
from typing import Final

from django.utils.translation import gettext as _

from configuration.errors import FileRefused

# Begins with a zero, so that no format that is told by its text can be taken for it.
SHAPE_MAGIC: Final = b"\x00\x00\x27\x0a" + bytes(20)
SHAPE_HEADER_BYTES: Final = 100
HEAD_BYTES: Final = 64
BOM: Final = b"\xef\xbb\xbf"
# A member "crs", however its letters are spelled; GDAL fetches the address that one of type "link" or "url" names.
CRS: Final = re.compile(rb"""["'](?:c|\\u0063)(?:r|\\u0072)(?:s|\\u0073)["']""")
NAMED: Final = rb'\s*"properties"\s*:\s*\{\s*"name"\s*:\s*"[^"\\]{0,200}"\s*\}\s*'
TYPED: Final = rb'\s*"type"\s*:\s*"name"\s*'
# Of the values of such a member those without an address: a name, or nothing that has members of its own.
HARMLESS: Final = re.compile(rb"\s*:\s*(?:[\"\d\-tfn]|\{(?:%s,%s|%s,%s)\})" % (TYPED, NAMED, NAMED, TYPED))


def require_geojson(path: Path) -> None:
    """Raise FileRefused unless it begins as a JSON object and names no address to fetch a system from."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES).removeprefix(BOM).lstrip()
        if not head.startswith(b"{"):
            raise FileRefused(_("地图文件无法读取，请检查是否为完整的 GeoJSON 或 Shapefile"))
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text:
            if any(HARMLESS.match(text, found.end()) is None for found in CRS.finditer(text)):
                raise FileRefused(_("GeoJSON 的 crs 只能写坐标系的名称，如 EPSG:4490，不能是链接"))


def require_shapefile(path: Path) -> None:
    """Raise FileRefused unless the .shp and the .shx beside it begin as such."""
    for part in (path, path.with_suffix(".shx")):
        with part.open("rb") as file:
            head = file.read(SHAPE_HEADER_BYTES)
        if len(head) < SHAPE_HEADER_BYTES or not head.startswith(SHAPE_MAGIC):
            raise FileRefused(_("压缩文件里的 %s 不是 Shapefile，请从制图软件重新导出") % part.suffix)
