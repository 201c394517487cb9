"""What somebody sees through a camera becomes a report like any other."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from grids.selectors.cameras import camera_seen_by, may_watch
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import NotAllowed
from workorders.models import WorkOrder
from workorders.models.attachments import AttachmentStage
from workorders.models.orders import Source
from workorders.services.attachments import attach
from workorders.services.intake import report

TOLD = ("title", "description", "category", "urgency")
MOMENT = re.compile(r"[0-9T:.Z+-]{1,20}")


def report_finding(
    *, code: str, data: Mapping[str, Any], picture: UploadedFile[Any] | None, by: Actor, written: list[str]
) -> tuple[WorkOrder, bool]:
    """Open an order at the camera's place; the same moment of the same camera is reported once.

    ``written`` is a shelf around the transaction. Raise NotAllowed, NotVisible, Invalid, AttachmentRefused.
    """
    if not may_watch(by):
        raise NotAllowed
    camera = camera_seen_by(by, code)
    moment = str(data.get("taken_at") or "")
    if not MOMENT.fullmatch(moment):
        moment = f"{clock.now():%Y%m%dT%H%M%S%f}"
    told = {name: data[name] for name in TOLD if data.get(name)}
    seen_at = _("视频点位 %(name)s（%(code)s）") % {"name": camera.name, "code": camera.code}
    told["description"] = "\n".join(part for part in (str(told.get("description", "")), seen_at) if part)
    where = {"lon": camera.lon, "lat": camera.lat, "address": camera.address or camera.name}
    with transaction.atomic():
        reference = f"{camera.code[:40]}@{moment}"
        order, new = report(by=by, data={**told, **where, "source": Source.VIDEO, "external_ref": reference})
        if new and picture is not None:
            attach(order_id=order.pk, by=by, upload=picture, stage=AttachmentStage.REPORT, written=written)
    return order, new
