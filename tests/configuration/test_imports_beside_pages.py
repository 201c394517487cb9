"""An import that takes its time, and somebody at the pages meanwhile: neither undoes what the other saves."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connections

from accounts.models import User
from catalogue.models import Category
from catalogue.services import change_matter, create_matter
from configuration.tables import Line, table_named
from grids.models import Building, Camera, Community, Element, Grid, TrainingRecord, Unit, VideoGateway
from grids.services import (
    Mark,
    change_account,
    change_division,
    change_unit,
    record_training,
    save_building,
    save_course,
)
from grids.services.cameras import put_camera
from grids.services.element_types import create_element_type
from grids.services.elements_in_bulk import put_elements
from lianqin.kernel.errors import DomainError
from tests.cast import Cast, build_cast, centre_of
from tests.configuration.files import Office, csv_file, faults

pytestmark = pytest.mark.django_db(transaction=True)
COMMUNITY, GRID = "320999001001", "320999001001001"
LON, LAT = centre_of(0, 0)


@pytest.fixture
def office(transactional_db: Any, settings: Any, tmp_path: Any) -> Office:
    settings.MEDIA_ROOT = tmp_path
    build_cast()
    return Office(Cast())


@pytest.fixture
def read_beside(office: Office, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Read rows in; ``saves`` happens on another connection when the worker has just read what stands."""

    def read(table: str, rows: list[list[str]], saves: Callable[[], Any]) -> None:
        job = office.checked(table, csv_file(rows))
        assert (job.state, job.changed, job.wrong) == ("checked", 1, 0), (job.message, faults(job))
        resource = table_named(table)
        assert resource is not None
        stored, waiting = resource.stored, [saves]

        def meanwhile(self: Any) -> Iterator[Line]:
            lines = list(stored(self))
            if waiting:
                elsewhere(waiting.pop())
            return iter(lines)

        monkeypatch.setattr(resource, "stored", meanwhile)
        office.step(job, "apply")
        assert (job.state, waiting) == ("applied", []), job.message

    return read


def elsewhere(work: Callable[[], Any]) -> None:
    failed: list[Exception] = []

    def run() -> None:
        try:
            work()
        except (DomainError, DatabaseError) as error:
            failed.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(20)
    assert not failed, failed


def test_a_community(read_beside: Callable[..., None]) -> None:
    by = Cast().sysadmin
    rows = [["区划代码", "名称", "级别", "上级代码"], [COMMUNITY, "东街新里社区", "社区", "320999001"]]
    values = {"households": 4321}
    read_beside("divisions", rows, lambda: change_division(level="community", code=COMMUNITY, values=values, by=by))
    community = Community.objects.get(code=COMMUNITY)
    assert (community.name, community.households) == ("东街新里社区", 4321)


def test_a_grid(read_beside: Callable[..., None]) -> None:
    by = Cast().sysadmin
    rows = [["网格代码", "网格名称", "社区代码"], [GRID, "新一网格", COMMUNITY]]
    values = {"kind": "dedicated", "occupier_name": "某厂"}
    read_beside("grids", rows, lambda: change_division(level="grid", code=GRID, values=values, by=by))
    grid = Grid.objects.get(code=GRID)
    assert (grid.name, grid.kind, grid.occupier_name) == ("新一网格", "dedicated", "某厂")


def test_a_unit(read_beside: Callable[..., None]) -> None:
    by, unit = Cast().sysadmin, Unit.objects.get(code="320999-water")
    rows = [["单位代码", "单位名称", "类别"], [unit.code, "区水务与河道局", "参勤单位"]]
    read_beside("units", rows, lambda: change_unit(unit=unit, values={"phone": "025-58889999"}, by=by))
    unit.refresh_from_db()
    assert (unit.name, unit.phone) == ("区水务与河道局", "025-58889999")


def test_a_matter(read_beside: Callable[..., None]) -> None:
    by = Cast().sysadmin
    create_matter(code="77", values={"name": "大类"}, by=by)
    create_matter(code="7701", parent="77", values={"name": "小类"}, by=by)
    rows = [["事项代码", "事项名称", "大类代码"], ["7701", "新小类", "77"]]
    values = {"registration_conditions": ["位置可以确认"]}
    read_beside("categories", rows, lambda: change_matter(code="7701", values=values, by=by))
    matter = Category.objects.get(code="7701")
    assert (matter.name, matter.registration_conditions) == ("新小类", ["位置可以确认"])


def test_a_person(read_beside: Callable[..., None]) -> None:
    cast = Cast()
    user, by = cast.user("grid_worker"), cast.sysadmin
    User.objects.filter(pk=user.pk).update(phone="13800000001")
    rows = [["用户名", "姓名", "电话"], ["grid_worker", user.full_name, "13800000002"]]
    save = lambda: change_account(user=user, full_name="网格员甲", phone="13800000001", by=by)  # noqa: E731
    read_beside("people", rows, save)
    user.refresh_from_db()
    assert (user.full_name, user.phone) == ("网格员甲", "13800000002")


def test_a_building(read_beside: Callable[..., None]) -> None:
    by, community = Cast().sysadmin, Community.objects.get(code=COMMUNITY)
    save_building(code="B1", name="一栋", community=community, households=10, by=by)
    rows = [["楼栋代码", "名称", "社区代码"], ["B1", "新一栋", COMMUNITY]]
    read_beside(
        "buildings", rows, lambda: save_building(code="B1", name="一栋", community=community, households=98, by=by)
    )
    building = Building.objects.get(code="B1")
    assert (building.name, building.households) == ("新一栋", 98)


def test_a_camera(read_beside: Callable[..., None]) -> None:
    by = Cast().sysadmin
    VideoGateway.objects.create(code="h", name="直连", kind="hls", template="https://host.example/{channel}")
    data = {"code": "C1", "name": "路口", "lon": LON, "lat": LAT, "gateway": "h", "channel": "road/1.m3u8"}
    put_camera(data=data, by=by)
    head = ["点位编码", "名称", "经度", "纬度", "视频网关代码", "通道编码或路径"]
    rows = [head, ["C1", "新路口", str(LON), str(LAT), "h", "road/1.m3u8"]]
    read_beside("cameras", rows, lambda: put_camera(code="C1", data={"channel": "road/2.m3u8"}, by=by))
    camera = Camera.objects.get(code="C1")
    assert (camera.name, camera.channel) == ("新路口", "road/2.m3u8")


def test_an_element(read_beside: Callable[..., None]) -> None:
    by = Cast().sysadmin
    fields = [{"name": "owner", "label": "管护单位"}, {"name": "built", "label": "启用年份", "kind": "number"}]
    create_element_type(data={"code": "lamp", "name": "路灯", "layer": "components", "fields": fields}, by=by)
    lamp = {"type": "lamp", "code": "L1", "name": "灯", "lon": LON, "lat": LAT, "fields": {"owner": "城管"}}
    put_elements(rows=[lamp], by=by)
    rows = [["类型", "编码", "名称", "经度", "纬度", "管护单位"], ["路灯", "L1", "新灯", str(LON), str(LAT), "城管"]]
    changed = {**lamp, "address": "文德路", "fields": {"owner": "水务", "built": "2019"}}
    read_beside("elements", rows, lambda: put_elements(rows=[changed], by=by))
    element = Element.objects.get(code="L1")
    assert (element.name, element.address, element.fields) == ("新灯", "文德路", {"owner": "水务", "built": 2019})


def test_a_record_of_training(read_beside: Callable[..., None]) -> None:
    cast = Cast()
    by, user, day = cast.sysadmin, cast.user("grid_worker"), dt.date(2026, 10, 15)
    course = save_course(code="K1", name="课", hours=Decimal(8), by=by)
    record_training(by=by, course=course, held_on=day, mark=Mark(user_id=user.pk, passed=True))
    rows = [
        ["账号或楼栋长编号", "课程代码", "培训日期", "合格", "成绩"],
        ["grid_worker", "K1", "2026-10-15", "是", "88"],
    ]
    mark = Mark(user_id=user.pk, passed=True, certificate="NO-7")
    read_beside("training_records", rows, lambda: record_training(by=by, course=course, held_on=day, mark=mark))
    record = TrainingRecord.objects.get()
    assert (record.score, record.certificate) == (Decimal(88), "NO-7")
