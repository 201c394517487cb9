"""The responsibility list from a real workbook: into a draft, faults with their rows, undone, and round."""

from __future__ import annotations

import io
from typing import Any

import pytest
from openpyxl import load_workbook

from catalogue.models import ResponsibilityVersion
from tests.configuration.files import Office, faults, xlsx_file
from tests.workorders.conftest import Desk, _nothing_remembered, categories, desk

__all__ = ["_nothing_remembered", "categories", "desk"]
HEAD = ["条目编号", "权责事项", "领域", "事项代码", "级别", "牵头", "协助", "只限街道", "时限", "时限单位"]


@pytest.fixture
def office(desk: Desk, settings: Any, tmp_path: Any) -> Office:
    settings.MEDIA_ROOT = tmp_path
    return Office(desk.cast)


def line(number: int) -> list[Any]:
    street = "320999001" if number % 2 else ""
    return [
        f"1.{number}",
        f"占道经营 {number}",
        "市容环境",
        "T01",
        "一级 街道",
        "城管",
        "市场监管；住建",
        street,
        2,
        "工作日",
    ]


def test_a_whole_list_goes_into_a_draft_and_comes_back_the_same(office: Office) -> None:
    job = office.checked("responsibilities", xlsx_file([HEAD, *(line(number) for number in range(1448))], "清单.xlsx"))
    assert (job.state, job.new, job.wrong) == ("checked", 1448, 0)
    assert not ResponsibilityVersion.objects.exists()
    office.step(job, "apply")
    draft = ResponsibilityVersion.objects.get()
    assert (job.state, draft.state, draft.items.count()) == ("applied", "draft", 1448)
    seventh = draft.items.get(code="1.7")
    assert (seventh.lead_function, seventh.assisting) == ("urban_management", ["market", "housing"])
    assert (seventh.area, seventh.amount, seventh.amount_unit) == ("street", 2, "workdays")
    assert f"/configuration/responsibilities/versions/{draft.pk}/" in office.page(job)

    exported: Any = office.client.get("/configuration/tables/responsibilities/export.xlsx")
    content = b"".join(exported.streaming_content) if exported.streaming else exported.content
    sheet = load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    head = next(place for place, row in enumerate(rows) if row[0] == "条目编号")
    again = office.checked("responsibilities", xlsx_file(rows[head:], "导出.xlsx"))
    assert (again.new, again.changed, again.same, again.wrong) == (0, 0, 1448, 0)

    office.step(job, "undo")
    assert job.state == "undone", job.message
    draft.refresh_from_db()
    assert draft.state == "withdrawn"


def test_every_wrong_row_is_named_with_its_remedy(office: Office) -> None:
    matter, lead, term = line(2), line(3), line(4)
    matter[3], lead[5], term[9] = "T99", "没有的局", ""
    job = office.checked("responsibilities", xlsx_file([HEAD, line(1), matter, lead, term]))
    assert job.wrong == 3
    assert [(number, header) for number, header, _message in faults(job)] == [
        (3, "事项代码"), (4, "牵头"), (5, "时限"),
    ]  # fmt: skip
    office.step(job, "apply")
    assert not ResponsibilityVersion.objects.exists()
