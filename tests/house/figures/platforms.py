"""Platforms that send reports, what waits for a person, and what went back."""

from __future__ import annotations

from citizens.models import IntakeMessage
from tests.citizens.platforms import call, opened
from tests.workorders.conftest import Desk

FIGURES = {
    "page platforms": ("/citizen-desk/platforms/", "district_dispatcher", 8),
    "page platform": ("/citizen-desk/platforms/hotline_12345/", "sysadmin", 5),
    "page letters": ("/citizen-desk/letters/", "district_dispatcher", 6),
    "page letter": ("/citizen-desk/letters/{letter}/", "district_dispatcher", 4),
    "page returns": ("/citizen-desk/returns/", "district_dispatcher", 5),
}


def prepare(desk: Desk) -> dict[str, str]:
    sender = opened(desk, "hotline_12345", mapping={"external_ref": "/head/none", "title": "/body/topic"})
    sender.send(call("GD-1"))
    return {"letter": str(IntakeMessage.objects.get().pk)}
