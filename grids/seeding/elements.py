"""Make up elements, people who need attention and cameras, each inside a grid."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import shapely
from shapely import Polygon

from lianqin.kernel.actors import SYSTEM

from ..boundaries import polygon_of
from ..models import (
    AttentionRecord,
    Camera,
    ElementType,
    GatewayKind,
    Grid,
    Unit,
    VideoGateway,
)
from ..models.element_fields import Field, FieldKind, Mask
from ..rules import DEMO_STREAM
from ..services.elements_in_bulk import put_elements
from ..services.placing import spelled
from .kinds import JIANGPU
from .people import FAMILY, FIRST, SECOND

CAMERAS, PEOPLE_COMMUNITY = 60, "320111004001"
ROADS = ("文德路", "凤凰大街", "公园路", "浦口大道", "龙华路", "团结路", "象山路", "求雨山路", "万寿路", "雨山路")


class Kind(NamedTuple):
    """A type, how many a grid of Jiangpu has of it, and one grid in how many elsewhere has one."""

    code: str
    name: str
    layer: str
    colour: str
    here: float
    there: float
    key: bool = False
    fields: tuple[Field, ...] = ()


def _text(name: str, label: str, **more: Any) -> Field:
    return Field(name, label, **more)


def _choice(name: str, label: str, *choices: str, **more: Any) -> Field:
    return Field(name, label, FieldKind.CHOICE, choices=choices, **more)


OWNER = _choice("owner", "管护单位", "城管", "水务", "园林", "供电", "街道")
BUILT = Field("built", "启用年份", FieldKind.NUMBER, unit="年")
KINDS: tuple[Kind, ...] = (
    Kind(
        "lamp",
        "路灯",
        "components",
        "orange",
        5,
        1,
        fields=(OWNER, _choice("kind", "灯型", "单臂", "双臂", "庭院"), BUILT),
    ),
    Kind(
        "manhole",
        "井盖",
        "components",
        "brown",
        4,
        1,
        fields=(OWNER, _choice("material", "材质", "铸铁", "复合", "水泥")),
    ),
    Kind(
        "bin",
        "垃圾收集点",
        "components",
        "green",
        2,
        0.6,
        fields=(OWNER, Field("sorted", "分类收集", FieldKind.BOOLEAN)),
    ),
    Kind("hydrant", "消防栓", "components", "red", 1, 0.3, True, (Field("checked", "上次检查", FieldKind.DATE),)),
    Kind("sign", "交通标志", "components", "blue", 1, 0.3, fields=(BUILT,)),
    Kind(
        "school", "学校", "services", "purple", 0.12, 0.1, True, (Field("pupils", "学生", FieldKind.NUMBER, unit="人"),)
    ),
    Kind("clinic", "卫生服务站", "services", "teal", 0.1, 0.1, fields=(_text("phone", "电话"),)),
    Kind("toilet", "公共厕所", "services", "grey", 0.3, 0.2, fields=(Field("free", "无障碍", FieldKind.BOOLEAN),)),
    Kind("stop", "公交站", "services", "blue", 0.5, 0.3, fields=(_text("lines", "线路"),)),
    Kind(
        "tree", "古树名木", "resources", "green", 0.1, 0.1, True, (Field("age", "树龄", FieldKind.NUMBER, unit="年"),)
    ),
    Kind("water", "河塘断面", "resources", "teal", 0.15, 0.2, fields=(_choice("class", "水质", "Ⅱ类", "Ⅲ类", "Ⅳ类"),)),
    Kind("site", "在建工地", "others", "orange", 0.1, 0.05, True, (_text("builder", "施工单位"),)),
    Kind("fuel", "加油站", "others", "red", 0.04, 0.03, True),
)
CONTACT = _text("phone", "联系电话", mask=Mask.PHONE)
PEOPLE: tuple[tuple[str, str, tuple[Field, ...]], ...] = (
    (
        "elderly",
        "独居老人",
        (CONTACT, _text("kin", "紧急联系人"), _choice("visits", "走访频次", "每周", "每月", mask=Mask.OPEN)),
    ),
    ("disabled", "残障人员", (CONTACT, _choice("level", "等级", "一级", "二级", "三级", "四级"))),
)


def write_elements() -> None:
    """Write types, some five thousand elements, people of one community, and cameras. The ground must be there."""
    dice = random.Random(57_301)
    places = list(_places())
    ElementType.objects.bulk_create(_types())
    put_elements(rows=list(_elements(dice, places)), by=SYSTEM, synthetic=True)
    _write_people(dice, [(grid, shape) for grid, shape in places if grid.code.startswith(PEOPLE_COMMUNITY)])
    _write_cameras(dice, places)


def _types() -> Iterator[ElementType]:
    for order, kind in enumerate(KINDS):
        yield ElementType(
            code=kind.code, name=kind.name, pinyin=spelled(kind.name), layer=kind.layer, colour=kind.colour,
            fields=[each.told() for each in kind.fields], key=kind.key, order=order, synthetic=True,
        )  # fmt: skip
    for order, (code, name, fields) in enumerate(PEOPLE):
        yield ElementType(
            code=code, name=name, pinyin=spelled(name), layer="attention", sensitive=True, colour="purple",
            fields=[each.told() for each in fields], order=order, synthetic=True,
        )  # fmt: skip


def _places() -> Iterator[tuple[Grid, Polygon]]:
    for grid in Grid.objects.filter(boundary__isnull=False).order_by("code"):
        yield grid, polygon_of(grid.boundary or {})


def _points(dice: random.Random, shape: Polygon, number: int) -> list[tuple[float, float]]:
    """So many points inside a polygon, well away from its edge."""
    shapely.prepare(shape)
    west, south, east, north = shape.bounds
    found: list[tuple[float, float]] = []
    while len(found) < number:
        x, y = round(dice.uniform(west, east), 6), round(dice.uniform(south, north), 6)
        if shapely.contains_xy(shape, x, y):
            found.append((x, y))
    return found


def _elements(dice: random.Random, places: list[tuple[Grid, Polygon]]) -> Iterator[dict[str, Any]]:
    counts = dict.fromkeys((kind.code for kind in KINDS), 0)
    for grid, shape in places:
        for kind in KINDS:
            rate = kind.here if grid.code.startswith(JIANGPU) else kind.there
            number = int(rate) + (dice.random() < rate % 1)
            for lon, lat in _points(dice, shape, number):
                counts[kind.code] += 1
                road, house = dice.choice(ROADS), dice.randint(1, 220)
                yield {
                    "type": kind.code,
                    "code": f"{kind.code.upper()}-{counts[kind.code]:05d}",
                    "name": f"{road}{house}号{kind.name}",
                    "lon": lon,
                    "lat": lat,
                    "address": f"{road}{house}号附近",
                    "fields": {each.name: _value(dice, each) for each in kind.fields},
                    "key": kind.key and dice.random() < 0.5,
                }


def _value(dice: random.Random, field: Field) -> Any:
    match field.kind:
        case FieldKind.CHOICE:
            return dice.choice(field.choices)
        case FieldKind.NUMBER:
            return dice.randint(2008, 2025) if field.unit == "年" and field.name == "built" else dice.randint(60, 900)
        case FieldKind.BOOLEAN:
            return dice.random() < 0.6
        case FieldKind.DATE:
            return f"2026-{dice.randint(1, 10):02d}-{dice.randint(1, 28):02d}"
    return {"phone": f"025-58{dice.randint(100000, 999999)}", "lines": f"浦口{dice.randint(1, 60)}路"}.get(
        field.name, "演示"
    )


def _write_people(dice: random.Random, places: list[tuple[Grid, Polygon]]) -> None:
    types = {each.code: each for each in ElementType.objects.filter(sensitive=True)}
    rows: list[AttentionRecord] = []
    for grid, shape in places:
        for lon, lat in _points(dice, shape, 6):
            of = dice.choice(list(types.values()))
            name = dice.choice(FAMILY) + dice.choice(FIRST) + dice.choice(SECOND)
            values = {"phone": f"138{dice.randint(10_000_000, 99_999_999)}", "kin": "演示联系人", "visits": "每周"}
            known = {each.name for each in of.definitions}
            rows.append(
                AttentionRecord(
                    type=of, code=f"GZ-{len(rows) + 1:05d}", name=name, lon=lon, lat=lat, grid=grid,
                    address=_home(dice),
                    fields={key: value for key, value in values.items() if key in known}, key=dice.random() < 0.2,
                    synthetic=True,
                )
            )  # fmt: skip
    AttentionRecord.objects.bulk_create(rows)


def _home(dice: random.Random) -> str:
    house, building = dice.randint(1, 90), dice.randint(1, 20)
    return f"{dice.choice(ROADS)}{house}号{building}幢{dice.randint(1, 4)}单元{dice.randint(101, 604)}室"


def _write_cameras(dice: random.Random, places: list[tuple[Grid, Polygon]]) -> None:
    """Half in Jiangpu; all play the stream that the demo makes, none a stranger's."""
    gateway = VideoGateway.objects.create(
        code="demo", name="演示视频", kind=GatewayKind.HLS, template=DEMO_STREAM, synthetic=True
    )
    owners: Mapping[str, Unit] = {
        unit.street.code: unit
        for unit in Unit.objects.filter(function="public_security", street__isnull=False).select_related("street")
        if unit.street
    }
    own = [place for place in places if place[0].code.startswith(JIANGPU)]
    others = [place for place in places if not place[0].code.startswith(JIANGPU)]
    chosen = dice.sample(own, CAMERAS // 2) + dice.sample(others, CAMERAS // 2)
    rows = []
    for number, (grid, shape) in enumerate(chosen, start=1):
        ((lon, lat),) = _points(dice, shape, 1)
        road = dice.choice(ROADS)
        name = f"{road}{dice.randint(1, 220)}号路口"
        rows.append(
            Camera(
                code=f"CAM-{number:04d}", name=name, pinyin=spelled(name), lon=lon, lat=lat, grid=grid, address=road,
                direction=dice.randrange(0, 360, 15), owner=owners.get(grid.code[:9]), gateway=gateway,
                channel=f"cam{number}", synthetic=True,
            )
        )  # fmt: skip
    Camera.objects.bulk_create(rows)
