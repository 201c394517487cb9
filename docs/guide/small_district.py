"""The files of a small district, as an administrator would bring them: what take_setup_screenshots.py reads in."""

from __future__ import annotations

import io
import json

from openpyxl import Workbook
from playwright.sync_api import FilePayload

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DISTRICT, STREET = "330106", "330106001"
COMMUNITIES = {f"{STREET}001": "湖滨社区", f"{STREET}002": "柳岸社区"}
GRIDS_EACH = 3
WEST, SOUTH, SIDE = 118.60, 32.05, 0.008
DIVISIONS = [
    ["区划代码", "名称", "级别", "上级代码", "工单号前缀", "户数"],
    [DISTRICT, "新区", "区", "", "XQ", ""],
    [STREET, "湖滨街道", "街道", DISTRICT, "", ""],
    *([code, f"{name}居委会", "社区", STREET, "", "1240"] for code, name in COMMUNITIES.items()),
]
UNITS = [
    ["单位代码", "单位名称", "类别", "职能", "街道代码", "社区代码"],
    [f"{DISTRICT}-zx", "新区联勤指挥中心", "联勤指挥中心", "", "", ""],
    [f"{STREET}-zx", "湖滨分中心", "联勤指挥分中心", "", STREET, ""],
    *([f"{code}-gzz", f"{name}工作站", "联勤工作站", "", STREET, code] for code, name in COMMUNITIES.items()),
    [f"{STREET}-urban", "湖滨城管中队", "参勤单位", "城管", STREET, ""],
    [f"{STREET}-sanitation", "湖滨环卫所", "参勤单位", "环卫", STREET, ""],
]
CATEGORIES = [
    ["事项代码", "事项名称", "大类代码", "街道承办职能", "立案条件", "结案条件"],
    ["01", "市容环境", "", "", "", ""],
    ["0101", "占道经营", "01", "城管", "占用道路或公共场地；位置可以确认", "摊点已撤离"],
    ["0102", "暴露垃圾堆积", "01", "环卫", "公共区域可见垃圾", "垃圾清运完毕；地面无残留"],
]
PEOPLE = [
    ["用户名", "姓名", "角色", "岗位", "单位代码", "网格代码"],
    ["zhihui", "钱指挥", "区指挥长", "", f"{DISTRICT}-zx", ""],
    ["paiqian", "孙派遣", "街道派遣员", "", f"{STREET}-zx", ""],
    ["chuzhi", "李处置", "处置人员", "", f"{STREET}-urban", ""],
    ["huanwei", "吴环卫", "处置人员", "", f"{STREET}-sanitation", ""],
    ["wangge", "周网格", "网格员", "专职网格员", "", f"{STREET}001001"],
    ["wangge2", "郑网格", "网格员", "专职网格员", "", f"{STREET}002001"],
]


def sheet(name: str, rows: list[list[str]]) -> FilePayload:
    book = Workbook()
    page = book.active
    assert page is not None
    for row in rows:
        page.append(row)
    kept = io.BytesIO()
    book.save(kept)
    return {"name": f"{name}.xlsx", "mimeType": SHEET, "buffer": kept.getvalue()}


def corner(column: int, row: int) -> list[float]:
    """A corner of the grids; neighbours share it, so nothing overlaps and nothing gapes."""
    lean = 0.0012 * ((column * 7 + row * 5) % 3 - 1)
    return [round(WEST + column * SIDE + lean, 6), round(SOUTH + row * SIDE - lean / 2, 6)]


def shapes() -> FilePayload:
    features = []
    for row, code in enumerate(COMMUNITIES):
        for column in range(GRIDS_EACH):
            steps = ((0, 0), (1, 0), (1, 1), (0, 1), (0, 0))
            ring = [corner(column + x, row + y) for x, y in steps]
            told = {"code": f"{code}{column + 1:03d}", "name": f"第{column + 1}网格"}
            geometry = {"type": "Polygon", "coordinates": [ring]}
            features.append({"type": "Feature", "geometry": geometry, "properties": told})
    body = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    return {"name": "网格边界.geojson", "mimeType": "application/geo+json", "buffer": body}
