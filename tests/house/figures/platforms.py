"""Platforms that send reports, what waits for a person, what went back, and their spreadsheets."""

from __future__ import annotations

from django.core.files.uploadedfile import SimpleUploadedFile

from citizens.models import IntakeMessage
from citizens.services.batches import read_batch
from tests.citizens.platforms import call, opened
from tests.workorders.conftest import Desk

FIGURES = {
    "page platforms": ("/citizen-desk/platforms/", "district_dispatcher", 8),
    "page platform": ("/citizen-desk/platforms/hotline_12345/", "sysadmin", 5),
    "page letters": ("/citizen-desk/letters/", "district_dispatcher", 6),
    "page letter": ("/citizen-desk/letters/{letter}/", "district_dispatcher", 4),
    "page returns": ("/citizen-desk/returns/", "district_dispatcher", 5),
    "page intake-batches": ("/citizen-desk/batches/", "district_dispatcher", 6),
    "page intake-batch": ("/citizen-desk/batches/{batch}/", "district_dispatcher", 7),
    "page intake-batch-progress": ("/citizen-desk/batches/{batch}/progress/", "district_dispatcher", 4),
    "page intake-batch-template": ("/citizen-desk/batches/template/hotline_12345/", "district_dispatcher", 4),
}


def prepare(desk: Desk) -> dict[str, str]:
    sender = opened(desk, "hotline_12345", mapping={"external_ref": "/head/none", "title": "/body/topic"})
    sender.send(call("GD-1"))
    file = SimpleUploadedFile("a.csv", "对方单号,标题\nGD-2,路灯不亮\nGD-3,井盖破损\n".encode())
    batch = read_batch(platform="hotline_12345", file=file, by=desk.cast.district_dispatcher)
    return {"letter": str(IntakeMessage.objects.get().pk), "batch": str(batch.pk)}
