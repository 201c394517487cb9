"""From a file to the tables and back, through the pages."""

from __future__ import annotations

import io
from typing import Any

import pytest
from openpyxl import load_workbook

from accounts.models import AuditEntry
from catalogue.models import Category
from configuration.models import ImportJob
from grids.models import Community, District, Grid, GroundPlan, Street, Unit
from tests.cast import Cast, square
from tests.configuration.files import Office, csv_file, faults, geojson_file, xlsx_file

pytestmark = pytest.mark.django_db
HEAD = ["区划代码", "名称", "级别", "上级代码", "户数"]
NORTH = ["320999003", "北街街道", "街道", "320999", ""]
INN = ["320999003001", "客栈社区居委会", "社区", "320999003", "812"]


@pytest.fixture
def office(cast: Cast, settings: Any, tmp_path: Any) -> Office:
    settings.MEDIA_ROOT = tmp_path
    return Office(cast)


def test_a_checked_file_changes_nothing_until_it_is_applied(office: Office) -> None:
    job = office.checked("divisions", csv_file([HEAD, INN, NORTH]))
    assert (job.state, job.new, job.changed, job.same, job.wrong) == ("checked", 2, 0, 0, 0)
    assert not Street.objects.filter(code="320999003").exists()
    assert "将新增 2 行、变更 0 行" in office.page(job)

    office.step(job, "apply")
    assert job.state == "applied"
    street = Street.objects.get(code="320999003")
    assert (street.name, street.district.code, street.boundary) == ("北街街道", "320999", None)
    inn = Community.objects.get(code="320999003001")
    assert (inn.name, inn.street_id, inn.households) == ("客栈社区居委会", street.pk, 812)
    assert AuditEntry.objects.filter(action="configuration.import_applied").get().detail == {
        "job": job.pk, "new": 2, "changed": 0, "same": 0,
    }  # fmt: skip


def test_the_same_file_again_changes_nothing(office: Office) -> None:
    office.step(office.checked("divisions", csv_file([HEAD, INN, NORTH])), "apply")
    again = office.checked("divisions", csv_file([HEAD, INN, NORTH]))
    assert (again.new, again.changed, again.same, again.wrong) == (0, 0, 2, 0)
    assert "文件与现有数据一致" in office.page(again)


def test_columns_that_are_not_there_leave_what_stands(office: Office) -> None:
    Community.objects.filter(code="320999001001").update(households=377)
    rows = [["区划代码", "名称", "级别", "上级代码"], ["320999001001", "东街新里社区", "社区", "320999001"]]
    job = office.step(office.checked("divisions", csv_file(rows)), "apply")
    assert (job.state, job.changed) == ("applied", 1)
    community = Community.objects.get(code="320999001001")
    assert (community.name, community.households) == ("东街新里社区", 377)


def test_undo_puts_everything_back(office: Office) -> None:
    changed = ["320999001001", "东街新里社区", "社区", "320999001", "377"]
    job = office.step(office.checked("divisions", csv_file([HEAD, INN, NORTH, changed])), "apply")
    assert job.state == "applied"
    office.step(job, "undo")
    assert job.state == "undone", job.message
    assert not Street.objects.filter(code="320999003").exists()
    community = Community.objects.get(code="320999001001")
    assert (community.name, community.households) == ("东街南里社区", 0)


def test_undo_says_which_rows_were_touched_since(office: Office) -> None:
    job = office.step(office.checked("divisions", csv_file([HEAD, INN, NORTH])), "apply")
    Community.objects.filter(code="320999003001").update(households=900)
    office.step(job, "undo")
    assert job.state == "applied"
    assert "320999003001：导入后又被改动" in job.message
    assert Street.objects.filter(code="320999003").exists()


def test_only_the_last_import_can_be_undone(office: Office) -> None:
    first = office.step(office.checked("divisions", csv_file([HEAD, NORTH])), "apply")
    office.step(office.checked("divisions", csv_file([HEAD, INN])), "apply")
    office.step(first, "undo")
    assert first.state == "applied"


def test_one_wrong_row_stops_all_of_them(office: Office) -> None:
    orphan = ["320999009001", "孤儿社区", "社区", "320999009", ""]
    odd = ["32099", "短街道", "街道", "320999", "许多"]
    job = office.checked("divisions", csv_file([HEAD, NORTH, orphan, odd, NORTH]))
    assert (job.state, job.new, job.wrong) == ("checked", 1, 3)
    assert faults(job) == [
        (3, "上级代码", "没有代码为 320999009 的上级区划，请先建立"),
        (4, "区划代码", "应为 6 位（区）、9 位（街道）或 12 位（社区）数字"),
        (5, "区划代码", "与第 2 行重复，请删去其中一行"),
    ]
    page = office.page(job)
    assert "3 行有误，一行也不会导入。" in page
    assert "没有代码为 320999009 的上级区划" in page
    office.step(job, "apply")
    assert job.state == "checked"
    assert not Street.objects.filter(code="320999003").exists()

    answer = office.client.get(f"/configuration/imports/{job.pk}/wrong/")
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0] == ["行号", "区划代码", "名称", "级别", "上级代码", "户数", "需更正"]
    assert rows[1][0] == "3"
    assert rows[1][-1] == "上级代码：没有代码为 320999009 的上级区划，请先建立"


def test_data_that_moved_since_the_check_is_not_overwritten(office: Office) -> None:
    changed = ["320999001001", "东街新里社区", "社区", "320999001", "377"]
    job = office.checked("divisions", csv_file([HEAD, changed]))
    Community.objects.filter(code="320999001001").update(households=5)
    office.step(job, "apply")
    assert (job.state, job.message) == ("failed", "检查之后数据已被改动，请重新检查后再导入")
    assert Community.objects.get(code="320999001001").households == 5
    office.step(job, "check")
    assert office.step(job, "apply").state == "applied"


def test_an_export_comes_back_as_it_went(office: Office) -> None:
    Unit.objects.filter(code="320999-water").update(phone="=1+1")
    for table in ("divisions", "grids", "units", "categories"):
        for kind in ("xlsx", "csv"):
            answer = office.client.get(f"/configuration/tables/{table}/export.{kind}")
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
            assert b"=1+1" not in body or b"'=1+1" in body
            file = csv_file([], name=f"导出.{kind}")
            file.file.write(body)  # type: ignore[union-attr]
            file.file.seek(0)  # type: ignore[union-attr]
            file.size = len(body)
            job = office.checked(table, file)
            assert (job.state, job.new, job.changed) == ("checked", 0, 0), (table, kind, job.message)
            if table != "units":
                assert job.wrong == 0, (table, kind, faults(job))


def test_a_template_is_understood_as_it_is(office: Office) -> None:
    answer = office.client.get("/configuration/tables/units/template.xlsx")
    book = load_workbook(io.BytesIO(answer.content))
    head = [cell.value for cell in book.worksheets[0][1]]
    assert head[:4] == ["单位代码*", "单位名称*", "简称", "类别*"]
    assert book.worksheets[1].title == "填写说明"
    row = ["320999-bus", "区公交公司", "", "参勤单位", "交通", "", "", "", "联系执法", "否", "025-58880001"]
    job = office.step(office.checked("units", xlsx_file([head, row], name="单位.xlsx")), "apply")
    assert job.state == "applied", faults(job)
    unit = Unit.objects.get(code="320999-bus")
    assert (unit.short_name, unit.function, unit.level, unit.presence) == (
        "区公交公司",
        "transport",
        "district",
        "on_call",
    )


def test_boundaries_become_a_draft_that_an_undo_gives_up(office: Office) -> None:
    features = [
        {
            "type": "Feature",
            "geometry": square(g, 0),
            "properties": {"code": f"32099900100100{g + 1}", "name": f"新{g + 1}"},
        }
        for g in range(2)
    ]
    job = office.step(office.checked("boundaries", geojson_file(features)), "apply")
    assert job.state == "applied", (job.message, faults(job))
    plan = GroundPlan.objects.get()
    assert plan.state == "draft"
    assert f"/configuration/boundaries/{plan.pk}/" in office.page(job)
    assert Grid.objects.get(code="320999001001001").name != "新1"
    assert office.step(job, "undo").state == "undone"
    assert GroundPlan.objects.get().state == "withdrawn"


@pytest.mark.parametrize("who", ["secadmin", "commander"])
def test_only_who_may_edit_the_table_reads_it_in(cast: Cast, who: str) -> None:
    stranger = Office(cast, who)
    assert stranger.upload("divisions", csv_file([HEAD, NORTH])).status_code == 403
    assert not ImportJob.objects.exists()


def test_another_import_of_the_table_waits(office: Office) -> None:
    first = office.checked("divisions", csv_file([HEAD, NORTH]))
    second = office.checked("divisions", csv_file([HEAD, NORTH, INN]))
    office.client.post(f"/configuration/imports/{first.pk}/", {"step": "apply"})  # No worker is at it yet.
    answer = office.client.post(f"/configuration/imports/{second.pk}/", {"step": "apply"}, follow=True)
    assert "此表正有另一次导入在进行" in answer.content.decode()


def test_an_empty_cell_of_a_switch_is_what_the_column_says(office: Office) -> None:
    rows = [
        ["事项代码", "事项名称", "大类代码", "启用", "垂直管理"],
        ["91", "新大类", "", "", ""],
        ["9101", "新事项", "91", "", ""],
    ]
    job = office.step(office.checked("categories", xlsx_file(rows, name="事项.xlsx")), "apply")
    assert job.state == "applied", faults(job)
    assert [(each.active, each.vertical) for each in Category.objects.filter(code__startswith="91")] == [
        (True, False)
    ] * 2
    Category.objects.filter(code="9101").update(active=False)
    assert office.checked("categories", xlsx_file(rows, name="事项.xlsx")).same == 2  # It says nothing about that.


def test_the_national_list_has_no_prefix_and_calls_villages_so(office: Office) -> None:
    rows = [
        ["code", "name", "level", "parent_code"],
        ["320998", "湖北区", "district", ""],
        ["320998101", "河西镇", "镇", "320998"],
        ["320998101201", "河东村", "村", "320998101"],
    ]
    job = office.step(office.checked("divisions", csv_file(rows)), "apply")
    assert job.state == "applied", faults(job)
    assert District.objects.get(code="320998").number_prefix == "HB"
    assert Community.objects.get(code="320998101201").name == "河东村"


def test_a_street_names_its_district(office: Office) -> None:
    job = office.checked("divisions", csv_file([HEAD, ["320999003", "北街街道", "街道", "", ""]]))
    assert faults(job) == [(2, "上级代码", "必填：街道填所属区的代码，社区填所属街道的代码")]
