"""Files that cannot be read in: each is told what to do, and nothing is half-imported."""

from __future__ import annotations

import io
import json
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from configuration.models import ImportJob
from grids.models import Grid, GroundPlan
from tests.cast import Cast, square
from tests.configuration.files import Office, csv_file, faults, geojson_file, xlsx_file

pytestmark = pytest.mark.django_db
HEAD = ["区划代码", "名称", "级别", "上级代码"]
NORTH = ["320999003", "北街街道", "街道", "320999"]


@pytest.fixture
def office(cast: Cast, settings: Any, tmp_path: Any) -> Office:
    settings.MEDIA_ROOT = tmp_path
    return Office(cast)


@pytest.mark.parametrize(
    ("encoding", "told"), [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8"), ("gbk", "GB18030（GBK）"), ("utf-16", "UTF-16")]
)
def test_encodings_are_found_and_said(office: Office, encoding: str, told: str) -> None:
    job = office.checked("divisions", csv_file([HEAD, NORTH], encoding))
    assert (job.new, job.wrong) == (1, 0)
    assert (job.lines.get().after or {})["name"] == "北街街道"
    assert f"编码：{told}" in office.page(job)


def refused(office: Office, table: str, file: SimpleUploadedFile) -> str:
    answer = office.upload(table, file)
    assert answer.status_code == 400
    assert not ImportJob.objects.exists()
    page: str = answer.content.decode()
    return page


def zipped(**parts: bytes) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), body)
    return kept.getvalue()


@pytest.mark.parametrize(
    ("name", "body", "told"),
    [
        ("空.csv", b"", "文件是空的"),
        ("旧.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "请另存为 .xlsx"),
        ("图.pdf", b"%PDF-1.7", "不支持 .pdf 文件"),
        ("坏.xlsx", b"PK\x03\x04 broken", "压缩文件已损坏"),
        ("不是.xlsx", zipped(a_txt=b"hello"), "不是完整的 .xlsx 文件"),
        ("炸弹.xlsx", zipped(xl__worksheets__sheet1_xml=b"0" * 30_000_000), "疑似压缩炸弹"),
        ("乱.csv", b"\xff\xff\xfe\x80\x81\xff\x00", "无法识别文件的编码"),
        ("空白.csv", b"\n\n,,,\n", "文件里没有内容"),
    ],
)
def test_what_cannot_be_read_says_what_to_do(office: Office, name: str, body: bytes, told: str) -> None:
    assert told in refused(office, "divisions", SimpleUploadedFile(name, body))


def spread(megabytes: int) -> bytes:
    """Text that packs, but not suspiciously well."""
    return b"".join(b"<si><t>%08x</t></si>" % (number * 2_654_435_761 % 2**32) for number in range(megabytes * 44_000))


@pytest.mark.parametrize(
    ("parts", "size"),
    [({"xl__sharedStrings_xml": 1}, 41), ({f"xl__worksheets__sheet{n}_xml": 1 for n in range(3)}, 34)],
)
def test_a_workbook_that_unpacks_to_much_is_refused_before_it_is_opened(
    office: Office, parts: dict[str, int], size: int
) -> None:
    """41 MB of shared texts, or 102 MB of sheets."""
    body = spread(size)
    file = SimpleUploadedFile("大.xlsx", zipped(**dict.fromkeys(parts, body)))
    assert "工作簿解开后过大" in refused(office, "divisions", file)


def test_titles_above_and_names_merged_downwards_are_understood(office: Office) -> None:
    rows = [["浦口区区划一览表", "", "", ""], ["区划代码", "区划", "", "上级代码"], ["", "名称", "级别", ""], NORTH]
    job = office.checked("divisions", xlsx_file(rows, merged="A2:A3"))
    assert (job.new, job.wrong) == (1, 0)
    assert job.lines.get().number == 4
    assert "表头在第 3 行" in office.page(job)


def test_headers_merged_sideways_are_named(office: Office) -> None:
    rows = [["区划代码", "名称和级别", "", "上级代码"], NORTH]
    page = refused(office, "divisions", xlsx_file(rows, merged="B1:C1"))
    assert "第 1 行的表头有合并或空白单元格：C 列没有列名" in page


def test_a_header_twice_is_named(office: Office) -> None:
    assert "表头里有重复的列名：名称" in refused(
        office, "divisions", csv_file([["区划代码", "名称", "名称"], NORTH[:3]])
    )


def test_a_required_column_that_is_missing_is_named(office: Office) -> None:
    job = office.uploaded("divisions", csv_file([["区划代码", "名称"], NORTH[:2]]))
    answer = office.client.post(
        f"/configuration/imports/{job.pk}/", {"step": "map", "map-code": 0, "map-name": 1}, follow=True
    )
    assert "必填的列还没有对应：级别" in answer.content.decode()


def test_formulas_are_neither_worked_out_nor_taken_as_text(office: Office) -> None:
    told = "单元格是公式，请改为数值：复制后“选择性粘贴”为“数值”"
    row = ["320999003", '=HYPERLINK("http://example.invalid","北街")', "街道", "320999"]
    for file in (csv_file([HEAD, row]), xlsx_file([HEAD, row])):
        assert faults(office.checked("divisions", file)) == [(2, "名称", told)]


KNOT = [[118.6, 32.05], [118.61, 32.06], [118.61, 32.05], [118.6, 32.06], [118.6, 32.05]]


@pytest.mark.parametrize(
    ("geometry", "told"),
    [
        ({"type": "Polygon", "coordinates": [KNOT]}, "自"),
        ({"type": "Point", "coordinates": [118.6, 32.05]}, "须为一整块多边形"),
    ],
)
def test_shapes_that_are_no_areas_are_named(office: Office, geometry: dict[str, Any], told: str) -> None:
    features = [{"type": "Feature", "geometry": geometry, "properties": {"code": "320999001001001"}}]
    job = office.checked("boundaries", geojson_file(features))
    assert job.wrong == 1
    ((row, header, message),) = faults(job)
    assert (row, header) == (1, "几何")
    assert told in message
    assert not GroundPlan.objects.exists()


def test_latitude_and_longitude_the_wrong_way_round(office: Office) -> None:
    turned = {"type": "Polygon", "coordinates": [[[y, x] for x, y in square(0, 0)["coordinates"][0]]]}
    features = [{"type": "Feature", "geometry": turned, "properties": {"code": "320999001001001"}}]
    assert "经度和纬度像是写反了" in refused(office, "boundaries", geojson_file(features))


def test_overlapping_grids_become_a_draft_that_shows_where(office: Office) -> None:
    features = [
        {"type": "Feature", "geometry": square(0, 0, 2), "properties": {"code": "320999001001001"}},
        {"type": "Feature", "geometry": square(1, 0), "properties": {"code": "320999001001002"}},
    ]
    job = office.step(office.checked("boundaries", geojson_file(features)), "apply")
    assert job.state == "applied", (job.message, faults(job))
    plan = GroundPlan.objects.get()
    assert [fault for community in plan.communities.all() for fault in community.faults]
    assert Grid.objects.get(code="320999001001001").boundary == square(0, 0)


def test_a_map_archive_with_paths_outside_is_refused(office: Office) -> None:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        archive.writestr("../../evil.shp", b"x")
    assert "不合规的路径" in refused(office, "boundaries", SimpleUploadedFile("图.zip", kept.getvalue()))


def virtual(secret: Path) -> bytes:
    """A map file that is none: it tells GDAL to read another file."""
    return (
        '<OGRVRTDataSource><OGRVRTLayer name="planted">'
        f"<SrcDataSource>CSV:{secret}</SrcDataSource><GeometryType>wkbPoint</GeometryType>"
        '<GeometryField encoding="PointFromColumns" x="lon" y="lat"/></OGRVRTLayer></OGRVRTDataSource>'
    ).encode()


@pytest.fixture
def planted(tmp_path: Path) -> Path:
    """What lies on the server beside the uploads."""
    path = tmp_path / "planted.csv"
    path.write_text("code,lon,lat,key\n320999001001001,118.6,32.05,not-for-strangers\n")
    return path


@pytest.mark.parametrize("before", [b"", b"  \n", b"{}\n", b"\xef\xbb\xbf"])
def test_a_virtual_map_reads_no_other_file(office: Office, planted: Path, before: bytes) -> None:
    page = refused(office, "boundaries", SimpleUploadedFile("图.geojson", before + virtual(planted)))
    assert "地图文件无法读取" in page
    assert "not-for-strangers" not in page


@pytest.mark.parametrize(("shp", "shx", "named"), [(False, True, ".shp"), (True, False, ".shx")])
def test_a_virtual_map_in_an_archive_reads_no_other_file(
    office: Office, planted: Path, shp: bool, shx: bool, named: str
) -> None:
    real = b"\x00\x00\x27\x0a" + bytes(96)
    body = zipped(a_shp=real if shp else virtual(planted), a_shx=real if shx else virtual(planted), a_dbf=b"x" * 100)
    page = refused(office, "boundaries", SimpleUploadedFile("图.zip", body))
    assert f"压缩文件里的 {named} 不是 Shapefile" in page
    assert "not-for-strangers" not in page


@pytest.fixture
def listening() -> Iterator[tuple[str, list[str]]]:
    """An address on this machine, and who asked for it."""
    asked: list[str] = []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(204)
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/", asked
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("key", ['"crs"', '"\\u0063rs"', "'crs'", '"crs"/**/'])
@pytest.mark.parametrize("kind", ["link", "url"])
def test_a_map_fetches_nothing(office: Office, listening: tuple[str, list[str]], key: str, kind: str) -> None:
    address, asked = listening
    crs = json.dumps({"type": kind, "properties": {"href": address, "url": address}})
    whole = f'{{"type": "FeatureCollection", {key}: {crs}, "features": []}}'
    told = "GeoJSON 的 crs 只能写坐标系的名称"
    assert told in refused(office, "boundaries", SimpleUploadedFile("图.geojson", whole.encode()))
    assert not asked


@pytest.mark.parametrize("crs", [None, {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4490"}}])
def test_a_map_may_name_its_system(office: Office, crs: Any) -> None:
    feature = {"type": "Feature", "geometry": square(0, 0), "properties": {"code": "320999001001001", "crs": "x"}}
    whole = {"type": "FeatureCollection", "crs": crs, "features": [feature]}
    file = SimpleUploadedFile("图.geojson", json.dumps(whole, indent=1).encode())
    job = office.checked("boundaries", file)
    assert (job.state, job.total, job.wrong) == ("checked", 1, 0)


def test_broken_geojson(office: Office) -> None:
    assert "地图文件无法读取" in refused(office, "boundaries", SimpleUploadedFile("图.geojson", b'{"type": "Feature'))
