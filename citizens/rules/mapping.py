"""Read a platform's message by its mapping: JSON pointers to our fields. Pure.

A mapping is ``{field: pointer}`` or ``{field: {"at": pointer, ...}}``; see FIELDS. What cannot be read is noted and
left out, so that a report is taken with what it has.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from grids.coordinates import bd09_to_wgs84, gcj02_to_wgs84

SHANGHAI = ZoneInfo("Asia/Shanghai")
FIELDS = (
    *("external_ref", "title", "description", "address", "lon", "lat", "point", "category", "urgency"),
    *("reporter_name", "reporter_phone", "reported_at", "pictures"),
)
COORDINATES = ("wgs84", "gcj02", "bd09")
MOST = {"title": 80, "description": 4000, "address": 200, "reporter_name": 40, "reporter_phone": 32, "external_ref": 64}
TEXTS = ("external_ref", "title", "description", "address", "reporter_name", "reporter_phone")
# Other systems write the first or the last moment they know where they have none.
YEARS = range(1990, 2200)
SENTENCE = re.compile(r"[^。！？!?\n]+")
TAGS = re.compile(r"<[^<>]*>")


@dataclass(slots=True)
class Told:
    """``fields`` as the report service takes them, ``external_ref`` among them; ``notes`` say what was left out."""

    fields: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    reported_at: dt.datetime | None = None

    @property
    def external_ref(self) -> str:
        return str(self.fields.get("external_ref", ""))


def at(body: Any, pointer: str) -> Any:
    """What stands at a JSON pointer (RFC 6901), or None."""
    for step in pointer.split("/")[1:]:
        step = step.replace("~1", "/").replace("~0", "~")
        if isinstance(body, dict):
            body = body.get(step)
        elif isinstance(body, list) and step.isdecimal() and int(step) < len(body):
            body = body[int(step)]
        else:
            return None
    return body


def faults_of(mapping: Any) -> list[str]:
    """What is wrong with a mapping, in words; empty if it can be used."""
    if not isinstance(mapping, dict):
        return ["字段对照应为 JSON 对象"]
    faults = [f"没有名为 {name} 的字段" for name in mapping if name not in (*FIELDS, "coordinates")]
    if "external_ref" not in mapping:
        faults.append("缺少 external_ref：对方单号在哪里")
    if not {"title", "description"} & mapping.keys():
        faults.append("缺少 title 或 description")
    if mapping.get("coordinates", "wgs84") not in COORDINATES:
        faults.append("coordinates 应为 wgs84、gcj02 或 bd09")
    for name, rule in mapping.items():
        pointer = rule.get("at") if isinstance(rule, dict) else rule
        if name != "coordinates" and not (isinstance(pointer, str) and pointer.startswith("/")):
            faults.append(f"{name} 应为以 / 开头的路径")
        if name in ("category", "urgency") and not (isinstance(rule, dict) and isinstance(rule.get("values"), dict)):
            faults.append(f"{name} 应有对照表 values")
    return faults


def read(body: Any, mapping: Mapping[str, Any]) -> Told:
    """Every field that can be read, as text that fits; coordinates in WGS-84."""
    told = Told()
    for name in TEXTS:
        if text := _text(_value(body, mapping, name)):
            told.fields[name] = text
    _fit(told)
    for name in ("category", "urgency"):
        _by_table(told, body, mapping, name)
    _place(told, body, mapping)
    told.reported_at = _time(told, body, mapping)
    pictures = _value(body, mapping, "pictures")
    if pictures:
        number = len(pictures) if isinstance(pictures, list) else 1
        told.notes.append(f"来件另有 {number} 个图片链接，未取用")
    return told


def digest_of(told: Told) -> str:
    """Of what a message says, whenever and however often it is sent."""
    return hashlib.sha256(json.dumps(told.fields, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _rule(mapping: Mapping[str, Any], name: str) -> dict[str, Any]:
    rule = mapping.get(name)
    return rule if isinstance(rule, dict) else {"at": rule or ""}


def _value(body: Any, mapping: Mapping[str, Any], name: str) -> Any:
    pointer = _rule(mapping, name)["at"]
    return at(body, pointer) if pointer else None


def _text(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return TAGS.sub("", str(value)).replace("\x00", "").encode(errors="ignore").decode().strip()


def _fit(told: Told) -> None:
    """A title of the first sentence where there is none; what is too long goes on in the description."""
    fields = told.fields
    title, description = fields.get("title", ""), fields.get("description", "")
    if not title and (first := SENTENCE.search(description)):
        title = first[0].strip()[: MOST["title"]]
    elif len(title) > MOST["title"]:
        description = f"{title}\n{description}".strip()
        title = title[: MOST["title"] - 1] + "…"
    fields |= {name: text for name, text in (("title", title), ("description", description)) if text}
    for name, most in MOST.items():
        if name != "external_ref" and len(fields.get(name, "")) > most:
            fields[name] = fields[name][: most - 1] + "…"
            told.notes.append(f"{name} 过长，已截断")


def _by_table(told: Told, body: Any, mapping: Mapping[str, Any], name: str) -> None:
    code = _text(_value(body, mapping, name))
    if not code:
        return
    meant = _rule(mapping, name).get("values", {}).get(code)
    if meant is None:
        told.notes.append(f"{name} 的值没有对照：{code[:40]}")
    else:
        told.fields[name] = str(meant)


def _place(told: Told, body: Any, mapping: Mapping[str, Any]) -> None:
    lon, lat = _value(body, mapping, "lon"), _value(body, mapping, "lat")
    point = _value(body, mapping, "point")
    if isinstance(point, str):
        lon, _, lat = point.partition(",")
    if lon in (None, "") and lat in (None, ""):
        return
    try:
        x, y = float(lon), float(lat)
    except (TypeError, ValueError):
        told.notes.append("坐标无法读取，未定位")
        return
    if not (73 <= x <= 136 and 3 <= y <= 54):
        told.notes.append("坐标不在国内，未定位")
        return
    convert = {"gcj02": gcj02_to_wgs84, "bd09": bd09_to_wgs84}.get(mapping.get("coordinates", "wgs84"))
    x, y = convert(x, y) if convert else (x, y)
    told.fields["lon"], told.fields["lat"] = round(x, 6), round(y, 6)


def _time(told: Told, body: Any, mapping: Mapping[str, Any]) -> dt.datetime | None:
    value = _value(body, mapping, "reported_at")
    if value in (None, ""):
        return None
    form = _rule(mapping, "reported_at").get("format", "iso")
    try:
        moment = _moment(value, form)
    except (ValueError, OverflowError, OSError, TypeError):
        moment = None
    if moment is None or moment.year not in YEARS:
        told.notes.append("上报时间无法读取")
        return None
    return moment


def _moment(value: Any, form: str) -> dt.datetime:
    """Raises ValueError, OverflowError, OSError and TypeError."""
    if form in ("epoch", "epoch_ms"):
        return dt.datetime.fromtimestamp(float(value) / (1000 if form == "epoch_ms" else 1), dt.UTC)
    if form != "iso":
        return dt.datetime.strptime(str(value), form).replace(tzinfo=SHANGHAI)
    moment = dt.datetime.fromisoformat(str(value))
    return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)
