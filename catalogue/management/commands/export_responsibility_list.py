"""Write the responsibility list in force as tables that people read without this platform.

    manage.py export_responsibility_list --to DIRECTORY [--on 2026-11-22]

list.csv, units.csv, places.csv and matters.csv: enough to say by hand who leads in a matter at a place, and so to judge
from outside what the platform suggests.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import shapely
from django.core.management.base import BaseCommand, CommandError

from catalogue.models import Category, Responsibility
from catalogue.selectors.lists import book, number_key
from grids.ground import in_force
from grids.models import Grid, Unit, UnitKind
from grids.rules import FUNCTIONS

LIST = (
    *("条目编号", "事项代码", "事项", "权责事项", "响应级别", "适用范围", "地点代码", "地点"),
    *("牵头职能", "牵头单位代码", "牵头", "协助", "办理时限", "法律依据"),
)
UNITS = ("单位代码", "名称", "层级", "街道代码", "街道", "职能代码", "职能", "垂直管理")
PLACES = ("街道代码", "街道", "社区代码", "社区", "网格代码", "网格", "网格类型代码", "网格类型", "经度", "纬度")
MATTERS = ("事项代码", "事项", "大类代码", "大类", "垂直管理")


class Command(BaseCommand):
    help = "Write the responsibility list in force, the units, places and matters as CSV tables."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--to", type=Path, required=True, help="an existing directory")
        parser.add_argument("--on", type=dt.date.fromisoformat, help="the list in force on that day")

    def handle(self, *args: Any, to: Path, on: dt.date | None = None, **options: Any) -> None:
        if not to.is_dir():
            raise CommandError(f"{to} is no directory")
        known = book()
        version = known.version_on(on or known.today)
        if version is None:
            raise CommandError("no list is in force on that day")
        tables = (
            ("list", LIST, _lines(version.pk)),
            ("units", UNITS, _units()),
            ("places", PLACES, _places()),
            ("matters", MATTERS, _matters()),
        )
        for name, head, rows in tables:
            count = _write(to / f"{name}.csv", head, rows)
            self.stdout.write(f"{name}.csv: {count} rows")


def _write(path: Path, head: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(head)
        written = list(rows)
        writer.writerows(written)
    return len(written)


def _lines(version_id: int) -> Iterator[Sequence[object]]:
    found = Responsibility.objects.filter(version_id=version_id).defer("street__boundary", "community__boundary")
    names = dict(Unit.objects.values_list("code", "name"))
    for row in sorted(
        found.select_related("category", "street", "community", "lead_unit"), key=lambda row: number_key(row.code)
    ):
        place, unit = row.street or row.community, row.lead_unit
        kind = row.get_grid_kind_display() if row.grid_kind else ""
        matter = f"{row.category.name}（大类）" if row.category.level == 1 else row.category.name
        yield (
            row.code, row.category.code, matter, row.name, row.get_level_display(), row.get_area_display(),
            place.code if place else row.grid_kind, place.name if place else kind or "全区", row.lead_function,
            unit.code if unit else "", unit.name if unit else _function(row.lead_function),
            "、".join(names.get(each, _function(each)) for each in row.assisting),
            f"{row.amount} {row.get_amount_unit_display()}" if row.amount else "", row.legal_basis,
        )  # fmt: skip


def _function(code: str) -> str:
    return str(FUNCTIONS[code].name) if code in FUNCTIONS else code


def _units() -> Iterator[Sequence[object]]:
    departments = Unit.objects.filter(kind=UnitKind.DUTY_DEPARTMENT, active=True).select_related("street")
    for row in departments.defer("street__boundary").order_by("code"):
        street = (row.street.code, row.street.name) if row.street else ("", "")
        vertical = "是" if row.vertical else ""
        yield row.code, row.name, row.get_level_display(), *street, row.function, _function(row.function), vertical


def _places() -> Iterator[Sequence[object]]:
    rows = Grid.objects.filter(in_force()).select_related("community__street").order_by("code")
    for row in rows.defer("community__boundary", "community__street__boundary"):
        community, street = row.community, row.community.street
        point = ("", "")
        if row.boundary:
            inside = shapely.from_geojson(json.dumps(row.boundary)).representative_point()
            point = (f"{inside.x:.6f}", f"{inside.y:.6f}")
        named = (street.code, street.name, community.code, community.name, row.code, row.name)
        yield *named, row.kind, row.get_kind_display(), *point


def _matters() -> Iterator[Sequence[object]]:
    for row in Category.objects.filter(level=2, active=True).select_related("parent").order_by("order"):
        top = (row.parent.code, row.parent.name) if row.parent else ("", "")
        yield row.code, row.name, *top, "是" if row.vertical else ""
