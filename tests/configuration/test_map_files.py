"""Map files of every coordinate system that a district has, read through the page."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio.raw
import pytest
import shapely
from django.core.files.uploadedfile import SimpleUploadedFile
from pyproj import Transformer

from configuration.models import ImportJob
from grids.models import Grid
from tests.cast import Cast, square
from tests.configuration.files import Office, alert, geojson_file

pytestmark = pytest.mark.django_db
CODE = "320999001001009"  # A grid that is not there yet.


@pytest.fixture
def office(cast: Cast, settings: Any, tmp_path: Any) -> Office:
    settings.MEDIA_ROOT = tmp_path / "media"
    return Office(cast)


def shapefile(folder: Path, shape: Any, crs: str, *, encoding: str = "utf-8", without: str = "") -> SimpleUploadedFile:
    """A zipped Shapefile of one feature with Chinese attributes."""
    path = folder / "网格.shp"
    pyogrio.raw.write(
        path, geometry=np.array([shapely.to_wkb(shape)]), field_data=[np.array([CODE]), np.array(["东街第一网格"])],
        fields=np.array(["WGDM", "WGMC"]), geometry_type="Polygon", crs=crs, encoding=encoding, driver="ESRI Shapefile",
    )  # fmt: skip
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        for part in folder.glob("网格.*"):
            if part.suffix != without:
                archive.write(part, f"成果/{part.name}")
    return SimpleUploadedFile("网格.zip", kept.getvalue())


def projected(shape: Any, crs: str) -> Any:
    to = Transformer.from_crs(4490, crs, always_xy=True)
    return shapely.transform(shape, lambda xy: np.column_stack(to.transform(xy[:, 0], xy[:, 1])))


def geometry_of(job: ImportJob) -> Any:
    assert (job.state, job.new, job.wrong) == ("checked", 1, 0), (job.message, list(job.lines.values("errors")))
    return shapely.from_geojson((job.lines.get().after or {})["geometry"])


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
@pytest.mark.parametrize("without", ["", ".cpg"])
def test_a_shapefile_in_degrees(office: Office, tmp_path: Path, encoding: str, without: str) -> None:
    shape = shapely.geometry.shape(square(0, 0))
    job = office.checked("boundaries", shapefile(tmp_path, shape, "EPSG:4490", encoding=encoding, without=without))
    assert geometry_of(job).equals(shape)
    assert (job.lines.get().after or {})["name"] == "东街第一网格"


def test_a_projected_shapefile_by_what_it_says(office: Office, tmp_path: Path) -> None:
    """CGCS2000, Gauss-Krüger, three degrees, zone 39 or central meridian 120: millimetres."""
    shape = shapely.geometry.shape(square(0, 0))
    for crs in ("EPSG:4527", "EPSG:4549"):
        metres = projected(shape, crs)
        job = office.checked("boundaries", shapefile(tmp_path, metres, crs))
        assert geometry_of(job).hausdorff_distance(shape) < 1e-8
        assert "已换算为 WGS-84" in office.page(job)


def test_metres_without_a_projection_are_refused(office: Office, tmp_path: Path) -> None:
    metres = shapely.box(39_600_000, 3_540_000, 39_601_000, 3_541_000)
    file = shapefile(tmp_path, metres, "EPSG:4527", without=".prj")
    assert "请附上 .prj 文件" in alert(office.upload("boundaries", file))


def test_a_shapefile_without_its_table_is_refused(office: Office, tmp_path: Path) -> None:
    file = shapefile(tmp_path, shapely.geometry.shape(square(0, 0)), "EPSG:4490", without=".dbf")
    assert "压缩文件里缺少 .dbf" in alert(office.upload("boundaries", file))


@pytest.mark.parametrize("system", ["gcj02", "bd09"])
def test_named_systems_are_converted(office: Office, system: str) -> None:
    """Tiananmen as the three systems have it: published points, within a few metres."""
    points = {"gcj02": (116.403963, 39.915119), "bd09": (116.410339, 39.921470)}
    lon, lat = points[system]
    ring = [[lon, lat], [lon + 0.01, lat], [lon + 0.01, lat + 0.01], [lon, lat + 0.01], [lon, lat]]
    feature = {
        "type": "Feature", "properties": {"code": CODE}, "geometry": {"type": "Polygon", "coordinates": [ring]},
    }  # fmt: skip
    job = office.uploaded("boundaries", geojson_file([feature]), coordinates=system)
    mapping = {f"map-{name}": place for name, place in job.mapping.items()}
    office.step(job, "map", coordinates=system, **mapping)
    line = job.lines.get()
    shape = shapely.from_geojson((line.after or {})["geometry"])
    x, y = shape.exterior.coords[0]
    assert abs(x - 116.397719) < 0.0002
    assert abs(y - 39.913715) < 0.0002


def test_a_multipolygon_of_one_part_is_that_part(office: Office) -> None:
    one = {"type": "MultiPolygon", "coordinates": [square(0, 0)["coordinates"]]}
    feature = {"type": "Feature", "properties": {"code": CODE}, "geometry": one}
    job = office.checked("boundaries", geojson_file([feature]))
    assert json.loads((job.lines.get().after or {})["geometry"])["type"] == "Polygon"


def grids_file(*told: tuple[str, str, Any], code: str = "WGBM") -> SimpleUploadedFile:
    return geojson_file(
        [{"type": "Feature", "properties": {code: key, "WGMC": name}, "geometry": shape} for key, name, shape in told]
    )


def turned(shape: Any) -> Any:
    """The same square, begun at another corner and the other way round."""
    ring = shape["coordinates"][0][:-1]
    ring = [*ring[2:], *ring[:2]][::-1]
    return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}


def test_what_is_in_force_is_not_new(office: Office) -> None:
    """The same shape is the same, however its ring is written; another name or shape is a change shown with both."""
    first, second = Grid.objects.filter(community__code="320999001001").order_by("code")[:2]
    assert first.boundary
    same = office.checked("boundaries", grids_file((first.code, "", turned(first.boundary))))
    assert (same.new, same.changed, same.same) == (0, 0, 1), list(same.lines.values())
    job = office.checked(
        "boundaries",
        grids_file((first.code, "新名网格", first.boundary), (second.code, second.name, square(1, 0, height=2))),
    )
    assert (job.new, job.changed, job.wrong) == (0, 2, 0), list(job.lines.values("errors"))
    page = office.page(job)
    assert "变更" in page
    assert first.name in page
    assert "新名网格" in page
    assert "图形 4 个点" in page
    assert "图形 6 个点" in page
    assert "coordinates" not in page


def test_a_draft_leaves_what_the_check_has_shown(office: Office) -> None:
    grid = Grid.objects.filter(community__code="320999001001").order_by("code")[0]
    job = office.step(office.checked("boundaries", grids_file((grid.code, "新名网格", grid.boundary))), "apply")
    assert job.state == "applied", job.message
    line = job.lines.get()
    assert ((line.before or {})["name"], (line.after or {})["name"]) == (grid.name, "新名网格")
    assert Grid.objects.get(pk=grid.pk).name == grid.name
