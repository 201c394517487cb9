"""Elements and cameras from files and back, through the pages."""

from __future__ import annotations

from typing import Any

import pytest

from grids.models import Camera, Element, VideoGateway
from grids.services.element_types import create_element_type
from tests.cast import Cast, centre_of
from tests.configuration.files import Office, csv_file, faults

pytestmark = pytest.mark.django_db
LON, LAT = centre_of(0, 0)
HEAD = ["类型", "编码", "名称", "经度", "纬度", "地址", "重点", "管护单位", "启用年份", "材质"]
LAMP = ["路灯", "L1", "文德路88号路灯", str(LON), str(LAT), "文德路88号", "是", "城管", "2019", ""]
LID = ["manhole", "M1", "文德路井盖", str(LON), str(LAT), "", "", "", "", "铸铁"]


@pytest.fixture
def office(cast: Cast, settings: Any, tmp_path: Any) -> Office:
    settings.MEDIA_ROOT = tmp_path
    lamp = [
        {"name": "owner", "label": "管护单位", "kind": "choice", "choices": ["城管", "水务"], "required": True},
        {"name": "built", "label": "启用年份", "kind": "number"},
    ]
    lid = [{"name": "material", "label": "材质"}]
    for code, name, fields in (("lamp", "路灯", lamp), ("manhole", "井盖", lid)):
        data = {"code": code, "name": name, "layer": "components", "fields": fields}
        create_element_type(data=data, by=cast.sysadmin)
    return Office(cast)


def test_elements_of_several_types_in_one_file(office: Office) -> None:
    job = office.step(office.checked("elements", csv_file([HEAD, LAMP, LID])), "apply")
    assert (job.state, job.new) == ("applied", 2), job.message
    lamp, lid = Element.objects.get(code="L1"), Element.objects.get(code="M1")
    assert (lamp.fields, lamp.key, lamp.grid and lamp.grid.code) == (
        {"owner": "城管", "built": 2019}, True, "320999001001001",
    )  # fmt: skip
    assert (lid.type.name, lid.fields, lid.key) == ("井盖", {"material": "铸铁"}, False)


def test_the_same_file_again_changes_nothing(office: Office) -> None:
    office.step(office.checked("elements", csv_file([HEAD, LAMP, LID])), "apply")
    again = office.checked("elements", csv_file([HEAD, LAMP, LID]))
    assert (again.new, again.changed, again.same, again.wrong) == (0, 0, 2, 0)


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        (0, "路燈", "没有这个类型"),
        (3, str(LAT), "经"),
        (7, "供电", "城管、水务"),
        (8, "去年", "应为数字"),
        (9, "铸铁", "路灯没有这个字段"),
        (7, "", "请填写管护单位"),
    ],
)
def test_what_is_wrong_is_told_with_its_row(office: Office, place: int, value: str, said: str) -> None:
    row = list(LAMP)
    row[place] = value
    if place == 3:
        row[4] = str(LON)
    job = office.checked("elements", csv_file([HEAD, LID, row]))
    if job.wrong == 0:
        office.step(job, "apply")
    assert said in str(faults(job)) + str(job.message)
    assert not Element.objects.exists()


def test_undo_takes_back_what_was_brought(office: Office) -> None:
    office.step(office.checked("elements", csv_file([HEAD, LAMP])), "apply")
    changed = [*LAMP[:7], "水务", "", ""]
    job = office.step(office.checked("elements", csv_file([HEAD, changed, LID])), "apply")
    assert Element.objects.get(code="L1").fields == {"owner": "水务"}
    office.step(job, "undo")
    assert job.state == "undone", job.message
    assert Element.objects.get(code="L1").fields == {"owner": "城管", "built": 2019}
    assert not Element.objects.filter(code="M1").exists()


def test_cameras(office: Office) -> None:
    VideoGateway.objects.create(code="h", name="直连", kind="hls", template="https://host.example/{channel}")
    head = ["点位编码", "名称", "经度", "纬度", "朝向", "视频网关代码", "通道编码或路径"]
    row = ["C1", "文德路口", str(LON), str(LAT), "90", "h", "road/1.m3u8"]
    job = office.step(office.checked("cameras", csv_file([head, row])), "apply")
    assert job.state == "applied", job.message
    camera = Camera.objects.get()
    assert (camera.code, camera.direction, camera.grid_id is not None) == ("C1", 90, True)
    again = office.checked("cameras", csv_file([head, row]))
    assert (again.new, again.changed, again.same) == (0, 0, 1)
    office.step(job, "undo")
    assert not Camera.objects.exists()
