"""What elements, people who need attention and cameras share: a code, a name, a place in a grid, fields of a type."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _
from pypinyin import Style, lazy_pinyin

from ..errors import ElementFault
from ..ground import ground
from ..models import ElementType
from ..models.element_fields import Field, fill

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
CHINESE = re.compile(r"[一-鿿]+")
# What is written by hand is a place in China; a swapped pair is told as such.
WEST, SOUTH, EAST, NORTH = 73.0, 3.0, 136.0, 54.0
DECIMALS = 6
Faults = dict[str, list[str]]


@lru_cache(maxsize=4096)
def _spelled(run: str) -> str:
    return f" {''.join(lazy_pinyin(run))} {''.join(lazy_pinyin(run, style=Style.FIRST_LETTER))} "


def spelled(name: str) -> str:
    """Pinyin in full and its first letters, for searching: 路灯 is ``ludeng ld``."""
    return " ".join(CHINESE.sub(lambda run: _spelled(run[0]), name).split())[:300].lower()


def read_text(data: Mapping[str, Any], name: str, most: int, faults: Faults, *, needed: str = "") -> str:
    value = data.get(name)
    text = str(value if value is not None else "").replace("\x00", "").strip()
    if needed and not text:
        faults[name] = [_("请填写%s") % needed]
    elif len(text) > most:
        faults[name] = [_("最多 %(most)d 个字") % {"most": most}]
    return text


def read_code(data: Mapping[str, Any], faults: Faults) -> str:
    """An empty code is given later."""
    code = str(data.get("code") or "").strip()
    if code and not CODE.fullmatch(code):
        faults["code"] = [_("编码只能用字母、数字、点、横线和下划线，最多 40 位")]
    return code


def read_point(data: Mapping[str, Any], faults: Faults) -> tuple[float, float]:
    """Longitude and latitude in WGS-84 degrees, rounded to a decimetre."""
    try:
        lon, lat = (round(float(str(data.get(name)).strip()), DECIMALS) for name in ("lon", "lat"))
    except ValueError:
        faults["lon"] = [_("请在地图上点选位置，或填写经纬度")]
        return 0.0, 0.0
    if not (math.isfinite(lon) and math.isfinite(lat)):
        faults["lon"] = [_("经纬度应为数字")]
    elif WEST <= lat <= EAST and SOUTH <= lon <= NORTH:
        faults["lon"] = [_("经度和纬度似乎写反了")]
    elif not (WEST <= lon <= EAST and SOUTH <= lat <= NORTH):
        faults["lon"] = [_("位置不在中国境内，请核对经纬度和坐标系")]
    return lon, lat


def read_fields(definitions: Sequence[Field], given: Any, before: Mapping[str, Any], faults: Faults) -> dict[str, Any]:
    if given is not None and not isinstance(given, Mapping):
        faults["fields"] = [_("字段应为名称与值")]
        return dict(before)
    values, wrong = fill(definitions, given or {}, before)
    faults.update({f"fields.{name}": [text] for name, text in wrong.items()})
    return values


def read_placed(
    of: ElementType, data: Mapping[str, Any], before: Mapping[str, Any], definitions: Sequence[Field] | None = None
) -> dict[str, Any]:
    """Columns of something placed, from what was told over what it was. Raise ElementFault with every fault."""
    told, faults = {**before, **data}, Faults()
    values: dict[str, Any] = {
        "code": read_code(told, faults),
        "name": read_text(told, "name", 80, faults, needed=_("名称")),
        "address": read_text(told, "address", 200, faults),
        "key": bool(told.get("key", of.key)),
    }
    values["lon"], values["lat"] = read_point(told, faults)
    values["fields"] = read_fields(
        of.definitions if definitions is None else definitions, data.get("fields"), before.get("fields", {}), faults
    )
    if faults:
        raise ElementFault(fields=faults)
    return values


def grid_at(lon: float, lat: float) -> int | None:
    place = ground().locate(lon, lat)
    return None if place is None else place.grid_id
