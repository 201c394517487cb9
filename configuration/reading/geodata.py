"""Read GeoJSON and zipped Shapefiles: attributes as texts, geometry as GeoJSON in WGS-84."""

from __future__ import annotations

import json
import math
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyogrio
import pyogrio.errors
import shapely
from django.utils.translation import gettext as _
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from configuration.errors import FileRefused
from configuration.reading.formats import require_geojson, require_shapefile
from grids.coordinates import bd09_to_wgs84, gcj02_to_wgs84
from lianqin.kernel.archives import require_harmless_zip
from lianqin.kernel.sheets import Row, Sheet

GEOMETRY: Final = "几何"
FEATURES_AT_MOST: Final = 200_000
SHAPEFILE: Final = (".shp", ".shx", ".dbf", ".prj", ".cpg")
FROM_CHINESE: Final[dict[str, Callable[[float, float], tuple[float, float]]]] = {
    "gcj02": gcj02_to_wgs84,
    "bd09": bd09_to_wgs84,
}
CHINA: Final = (73.0, 3.0, 136.0, 54.0)


def open_features(path: Path, name: str, coordinates: str) -> Sheet:
    """Understand a map file whose coordinates are in the named system, unless it names one itself.

    Raise FileRefused.
    """
    suffix = Path(name).suffix.lower()
    if suffix in (".geojson", ".json"):
        require_geojson(path)
        # The driver is named: left to itself GDAL looks what a file is, and a virtual one reads other files.
        return _sheet(*_read(f"GeoJSON:{path}", {}), coordinates=coordinates)
    if suffix == ".zip":
        with tempfile.TemporaryDirectory() as folder:
            shape, encodings = _unpacked(path, Path(folder))
            return _sheet(*_read_any(shape, encodings), coordinates=coordinates)
    raise FileRefused(_("不支持 %s 文件，请上传 .geojson，或把 .shp .shx .dbf .prj 压缩成一个 .zip") % (suffix or name))


def _unpacked(path: Path, folder: Path) -> tuple[Path, list[str]]:
    """Unpack the parts of the one Shapefile; return it and the encodings to try."""
    parts = [part for part in require_harmless_zip(path) if Path(part.filename).suffix.lower() in SHAPEFILE]
    shapes = [part for part in parts if part.filename.lower().endswith(".shp")]
    if len(shapes) != 1:
        raise FileRefused(_("压缩文件里应有且只有一个 .shp，现有 %d 个") % len(shapes))
    stem = Path(shapes[0].filename).with_suffix("").as_posix()
    encodings = ["utf-8", "gb18030"]
    with zipfile.ZipFile(path) as archive:
        found = set()
        for part in parts:
            if Path(part.filename).with_suffix("").as_posix() != stem:
                continue
            suffix = Path(part.filename).suffix.lower()
            found.add(suffix)
            (folder / f"layer{suffix}").write_bytes(archive.read(part))
    missing = [suffix for suffix in (".shx", ".dbf") if suffix not in found]
    if missing:
        raise FileRefused(_("压缩文件里缺少 %s") % "、".join(missing))
    require_shapefile(folder / "layer.shp")
    return folder / "layer.shp", encodings


def _read_any(shape: Path, encodings: list[str]) -> tuple[dict[str, Any], Any, list[Any]]:
    for encoding in encodings:
        try:
            return _read(str(shape), {} if shape.with_suffix(".cpg").exists() else {"encoding": encoding})
        except UnicodeDecodeError:
            continue
    raise FileRefused(_("属性表的编码无法识别，请附上 .cpg 文件"))


def _read(path: str, how: dict[str, Any]) -> tuple[dict[str, Any], Any, list[Any]]:
    try:
        meta, _fids, shapes, columns = pyogrio.raw.read(path, force_2d=True, max_features=FEATURES_AT_MOST + 1, **how)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError) as error:
        if isinstance(error, UnicodeDecodeError):
            raise
        raise FileRefused(_("地图文件无法读取，请检查是否为完整的 GeoJSON 或 Shapefile")) from error
    if shapes is None or not len(shapes):
        raise FileRefused(_("地图文件里没有图形"))
    if len(shapes) > FEATURES_AT_MOST:
        raise FileRefused(_("超过 %d 个图形，请拆成几个文件") % FEATURES_AT_MOST)
    return meta, shapes, columns


def _sheet(meta: dict[str, Any], wkb: Any, columns: list[Any], *, coordinates: str) -> Sheet:
    shapes = shapely.from_wkb(wkb)
    shapes, note = _in_wgs84(shapes, meta.get("crs"), coordinates)
    headers = [str(name) for name in meta["fields"]]
    texts = [[_text(value) for value in column] for column in columns]

    def rows() -> Iterator[tuple[int, Row]]:
        for index, shape in enumerate(shapes):
            geometry = "" if shape is None or shape.is_empty else _geojson(shape)
            yield index + 1, [*(column[index] for column in texts), geometry]

    return Sheet([*headers, GEOMETRY], rows, [note])


def _in_wgs84(shapes: Any, told: str | None, coordinates: str) -> tuple[Any, str]:
    west, south, east, north = shapely.total_bounds(shapes)
    geographic = -180 <= west <= east <= 180 and -90 <= south <= north <= 90
    system = _system(told)
    if system is not None and system.is_projected:
        transformer = Transformer.from_crs(system, 4326, always_xy=True)
        return shapely.transform(shapes, lambda xy: np.column_stack(transformer.transform(xy[:, 0], xy[:, 1]))), _(
            "坐标系：%s，已换算为 WGS-84"
        ) % system.name
    if not geographic:
        if -180 <= south <= north <= 180 and -90 <= west <= east <= 90:
            raise FileRefused(_swapped())
        raise FileRefused(_("坐标不是经纬度，文件也没有说明投影；请附上 .prj 文件，或换算为经纬度"))
    if _looks_swapped(west, south, east, north):
        raise FileRefused(_swapped())
    convert = FROM_CHINESE.get(coordinates)
    if convert is None:
        return shapes, _("坐标系：%s") % ("CGCS2000" if coordinates == "cgcs2000" else "WGS-84")
    moved = shapely.transform(shapes, lambda xy: np.array([convert(x, y) for x, y in xy]))
    return moved, _("坐标系：%s，已换算为 WGS-84") % coordinates.upper().replace("0", "-0", 1)


def _swapped() -> str:
    return _("经度和纬度像是写反了：我国的经度在 73 到 136 之间，纬度在 3 到 54 之间，请对调后再上传")


def _looks_swapped(west: float, south: float, east: float, north: float) -> bool:
    inside = CHINA[0] <= west <= east <= CHINA[2] and CHINA[1] <= south <= north <= CHINA[3]
    turned = CHINA[0] <= south <= north <= CHINA[2] and CHINA[1] <= west <= east <= CHINA[3]
    return turned and not inside


def _system(told: str | None) -> CRS | None:
    if not told:
        return None
    try:
        return CRS.from_user_input(told)
    except CRSError as error:
        raise FileRefused(_("文件说明的坐标系无法识别：%s") % told[:80]) from error


def _geojson(shape: shapely.Geometry) -> str:
    """As GeoJSON; a multipolygon of one part is that part."""
    if isinstance(shape, shapely.MultiPolygon) and len(shape.geoms) == 1:
        shape = shape.geoms[0]
    return json.dumps(json.loads(shapely.to_geojson(shape)), separators=(",", ":"))


def _text(value: Any) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
