"""Pictures in Open311: the blurred copies that staff chose to show, and nothing else."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from catalogue.models import Category
from catalogue.revisions import forget, touch
from citizens.services.publishing import publish_picture, withdraw_picture
from tests.citizens.programs import get, make_public
from tests.workorders.conftest import Desk
from workorders.models import Attachment, WorkOrder
from workorders.services.attachments import attach


def photograph() -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (200, 100), "red").save(out, "PNG")
    return SimpleUploadedFile("a.png", out.getvalue(), "image/png")


@pytest.fixture
def closed(desk: Desk, settings: Any, tmp_path: Path) -> tuple[WorkOrder, list[Attachment]]:
    """Closed, with a picture from before and one from after."""
    settings.MEDIA_ROOT = str(tmp_path)
    make_public("T01")
    order = desk.submitted(category="T01", source="citizen")
    by = desk.cast.street_dispatcher
    kept = [
        attach(order_id=order.pk, by=by, upload=photograph(), stage=stage, written=[]) for stage in ("before", "after")
    ]
    return desk.do(order, "verify", by), kept


def told(order: WorkOrder) -> Any:
    return get(f"requests/{order.number}.json").json()[0]["media_url"]


def test_a_published_picture_is_told_by_its_whole_address(
    desk: Desk, closed: tuple[WorkOrder, list[Attachment]], settings: Any
) -> None:
    order, (before, after) = closed
    assert told(order) is None
    by = desk.cast.street_dispatcher
    last = publish_picture(attachment_id=after.pk, rectangles=[], by=by)
    assert told(order) == f"http://testserver/citizen/pictures/{last.key}.jpg"
    # What was reported comes first.
    first = publish_picture(attachment_id=before.pk, rectangles=[[0, 0, 500, 1000]], by=by)
    address = told(order)
    assert address == f"http://testserver/citizen/pictures/{first.key}.jpg"
    assert [each["media_url"] for each in get("requests.json").json()] == [address]
    assert f"<media_url>{address}</media_url>" in get(f"requests/{order.number}.xml").content.decode()
    answer = Client().get(urlsplit(address).path)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    assert answer.getvalue() == (Path(settings.MEDIA_ROOT) / first.path).read_bytes()
    assert Client().get(f"/citizen/pictures/{before.key}.jpg").status_code == 404
    withdraw_picture(pk=first.pk, by=by)
    assert Client().get(urlsplit(address).path).status_code == 404
    assert told(order).endswith(f"{last.key}.jpg")


def test_pictures_go_with_what_made_them_public(desk: Desk, closed: tuple[WorkOrder, list[Attachment]]) -> None:
    order, (before, _after) = closed
    shown = publish_picture(attachment_id=before.pk, rectangles=[], by=desk.cast.street_dispatcher)
    address = f"/citizen/pictures/{shown.key}.jpg"
    assert Client().get(address).status_code == 200
    order = desk.do(order, "reopen", desk.cast.street_dispatcher, reason="回访发现没有修")
    assert (told(order), Client().get(address).status_code) == (None, 404)
    WorkOrder.objects.filter(pk=order.pk).update(status="closed", source="police_110")
    assert Client().get(address).status_code == 404
    WorkOrder.objects.filter(pk=order.pk).update(source="citizen")
    assert Client().get(address).status_code == 200
    Category.objects.filter(code="T01").update(public=False)
    touch()
    forget()
    assert Client().get(address).status_code == 404
