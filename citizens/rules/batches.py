"""Reports in a spreadsheet: which columns there are, and what is wrong with a row. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from citizens.rules.mapping import MOST, Told, read

COLUMNS: Mapping[str, str] = {
    "external_ref": "对方单号",
    "title": "标题",
    "description": "内容",
    "address": "地址",
    "lon": "经度",
    "lat": "纬度",
    "category": "事项",
    "urgency": "紧急程度",
    "reporter_name": "反映人",
    "reporter_phone": "联系电话",
    "reported_at": "上报时间",
}
REQUIRED = ("external_ref",)
URGENCIES = {"一般": "normal", "紧急": "urgent", "特急": "critical"}
# What cannot go on elsewhere is not cut off unseen.
WHOLE = ("external_ref", "address", "reporter_name", "reporter_phone")
LONGEST_DESCRIPTION = MOST["description"]


def sheet_mapping(mapping: Mapping[str, Any], matters: Mapping[str, str]) -> dict[str, Any]:
    """How a row is read: by our columns, in the platform's coordinates, by its codes and by ours.

    ``matters`` are our names and codes of matters, to codes.
    """
    by_table = {"category": {**matters, **_table(mapping, "category")}}
    by_table["urgency"] = {**URGENCIES, **_table(mapping, "urgency")}
    return {
        **{name: f"/{name}" for name in COLUMNS},
        "coordinates": mapping.get("coordinates", "wgs84"),
        **{name: {"at": f"/{name}", "values": values} for name, values in by_table.items()},
    }


def _table(mapping: Mapping[str, Any], name: str) -> dict[str, str]:
    rule = mapping.get(name)
    return dict(rule.get("values", {})) if isinstance(rule, dict) else {}


def cells_of(headers: list[str], row: list[str]) -> dict[str, str]:
    """What stands in our columns; others are nobody's business here."""
    names = {header: name for name, header in COLUMNS.items()}
    return {names[header]: cell for header, cell in zip(headers, row, strict=True) if header in names and cell}


def faults_of_row(cells: Mapping[str, str], mapping: Mapping[str, Any]) -> tuple[Told, dict[str, list[str]]]:
    """The row as it would be taken, and what has to be mended first, by column."""
    told = read(cells, mapping)
    faults = {name: f"最多 {MOST[name]} 个字" for name in WHOLE if len(cells.get(name, "")) > MOST[name]}
    if len(cells.get("description", "")) > LONGEST_DESCRIPTION:
        faults["description"] = f"最多 {LONGEST_DESCRIPTION} 个字"
    if not told.external_ref:
        faults["external_ref"] = "请填写对方单号"
    if not told.fields.get("title"):
        faults["title"] = "标题和内容至少填写一项"
    if cells.get("category") and "category" not in told.fields:
        faults["category"] = "没有这个事项，请按“填写说明”填写或留空"
    if cells.get("urgency") and "urgency" not in told.fields:
        faults["urgency"] = "应为一般、紧急或特急"
    if cells.get("reported_at") and told.reported_at is None:
        faults["reported_at"] = "应如 2026-11-22 08:30"
    return told, {name: [text] for name, text in {**faults, **_faults_of_place(cells, told)}.items()}


def _faults_of_place(cells: Mapping[str, str], told: Told) -> dict[str, str]:
    lon, lat = cells.get("lon", ""), cells.get("lat", "")
    if (not lon and not lat) or "lon" in told.fields:
        return {}
    if not lon or not lat:
        return {"lat" if lon else "lon": "经度和纬度要一起填写"}
    return {"lon": "请填写国内的经度和纬度，如 118.62 与 32.06"}
