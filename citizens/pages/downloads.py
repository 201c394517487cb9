"""Files for programs: the published numbers as CSV and JSON, and the data package that describes them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from citizens.models import StatisticsMonth
from citizens.rules.open_data import COLUMNS, NO_STREET
from citizens.rules.suppression import TOTAL

MONTH_PATTERN = r"^\d{4}-\d{2}$"
FORMS: Mapping[str, str] = {"csv": "text/csv", "json": "application/json"}


def fields() -> list[dict[str, Any]]:
    """The columns as a Table Schema tells them."""
    kept_back = _("空：不足最小样本，或由它能推出不足最小样本的数")
    few = _("空：样本不足")
    street_told = _("区划代码的前九位；total 为全区合计，none 为未落到街道")
    closed_told = _("当月办结的次数，重新办理后再办结的再计一次。")
    days_told = _("当月办结的工单从收到到办结的天数，一半比它快。")
    on_time_told = _("当月办结中在期限内反馈结果的比例，取整。")
    pleased_told = _("参评中回答“很满意”“满意”的比例，取整。")
    answered_told = _("当月首次回答“对办理结果满意吗”的件数。")
    return [
        _field("month", "yearmonth", _("月份"), _("北京时间，年-月"), constraints={"required": True}),
        _field("street_code", "string", _("街道代码"), street_told),
        _field("street", "string", _("街道"), _("公布时的名称")),
        _field("class_code", "string", _("事项大类代码"), _("total 为各类合计")),
        _field("class", "string", _("事项大类"), _("公布时的名称")),
        _field("reported", "integer", _("收到"), _("当月收到的工单数。") + kept_back, unit=_("件")),
        _field("closed", "integer", _("办结"), closed_told + kept_back, unit=_("件")),
        _field("median_days", "number", _("用时中位数"), days_told + few, unit=_("天")),
        _field("on_time_percent", "integer", _("按时办结率"), on_time_told + few, unit="%"),
        _field("answered", "integer", _("参评"), answered_told + kept_back, unit=_("件")),
        _field("satisfied_percent", "integer", _("满意率"), pleased_told + few, unit="%"),
    ]


NAMES = ("month", "street_code", "street", "class_code", "class", *COLUMNS)


def _field(name: str, kind: str, title: str, told: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "type": kind, "title": title, "description": told, **more}


def lines(rows: Iterable[StatisticsMonth]) -> Iterator[tuple[Any, ...]]:
    """The values of NAMES, month by month; None for what is not told."""
    for row in rows:
        streets = {TOTAL: _("合计"), **dict(row.contents["streets"]), NO_STREET: _("未落到街道")}
        kinds = {TOTAL: _("合计"), **dict(row.contents["classes"])}
        for street, kind, *values in row.contents["cells"]:
            yield f"{row.month:%Y-%m}", street, streets[street], kind, kinds[kind], *values


def as_csv(rows: Iterable[StatisticsMonth]) -> bytes:
    """With a mark at the beginning, by which spreadsheets know that it is UTF-8."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(NAMES)
    writer.writerows(lines(rows))
    return text.getvalue().encode("utf-8-sig")


def as_json(rows: Iterable[StatisticsMonth]) -> bytes:
    months = list(rows)
    told = {
        "licence": settings.LIANQIN_OPEN_DATA_LICENCE,
        "licence_url": settings.LIANQIN_OPEN_DATA_LICENCE_URL,
        "synthetic": settings.LIANQIN_DEMO,
        "months": [{"month": f"{row.month:%Y-%m}", "published_at": _moment(row), "least": row.least} for row in months],
        "rows": [dict(zip(NAMES, line, strict=True)) for line in lines(months)],
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def package(rows: Iterable[StatisticsMonth], *, title: str, home: str) -> dict[str, Any]:
    """A Frictionless data package: every year a file, the latest month one more, all of them together."""
    months = list(rows)
    years = sorted({row.month.year for row in months}, reverse=True)
    spans = [("data", _("全部月份")), *((str(year), _("%(year)s 年") % {"year": year}) for year in years)]
    spans += [(f"{row.month:%Y-%m}", _("%(year)s 年 %(month)s 月") % _parts(row)) for row in reversed(months)]
    schema = {"fields": fields(), "missingValues": [""], "primaryKey": ["month", "street_code", "class_code"]}
    found: dict[str, Any] = {
        "profile": "tabular-data-package",
        "name": "orders-by-month-street-and-class",
        "title": title + (_("（演示数据）") if settings.LIANQIN_DEMO else ""),
        "synthetic": settings.LIANQIN_DEMO,
        "description": _(
            "按月、街道和事项大类公布的工单数量、用时和满意率。不足最小样本的数不公布。每月公布一次，公布后不改。"
        ),
        "homepage": home,
        "keywords": [_("工单"), _("街道"), _("办理用时"), _("满意率")],
        "licenses": [{"name": settings.LIANQIN_OPEN_DATA_LICENCE, "path": settings.LIANQIN_OPEN_DATA_LICENCE_URL}],
        "resources": [
            {
                "profile": "tabular-data-resource", "name": f"orders-{span}", "title": name, "path": f"{span}.csv",
                "format": "csv", "mediatype": "text/csv", "encoding": "utf-8", "schema": schema,
            }
            for span, name in spans
        ],
    }  # fmt: skip
    if months:
        found["created"] = _moment(months[-1])
        found["version"] = f"{months[-1].month:%Y.%m}"
    return found


def _moment(row: StatisticsMonth) -> str:
    return timezone.localtime(row.made_at).isoformat(timespec="seconds")


def _parts(row: StatisticsMonth) -> dict[str, int]:
    return {"year": row.month.year, "month": row.month.month}
