from __future__ import annotations

import io
import uuid

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image

from citizens.models import PublishedPicture
from citizens.services import report_publicly
from grids.selectors.people import passer_by
from lianqin.kernel import clock
from tests.workorders.conftest import HERE, Desk
from workorders.models import Attachment
from workorders.models.attachments import AttachmentStage

FIGURES = {
    "page report": ("/citizen/report/", "citizen", 5),
    "page receipt": ("/citizen/receipt/{code}/", "citizen", 5),
    "page report-near-picture": ("/citizen/report/near/{picture}/", "citizen", 4),
    "page manifest": ("/citizen/site.webmanifest", "citizen", 2),
    "page worker": ("/citizen/sw.js", "citizen", 2),
    "page offline": ("/citizen/offline/", "citizen", 2),
    "api citizen-ground": ("/api/v1/citizen/ground/?level=street", "citizen", 4),
}


def prepare(desk: Desk) -> dict[str, str]:
    told = {"words": "路灯不亮", "lon": HERE[0], "lat": HERE[1], "category": "T01"}
    receipt, code = report_publicly(by=passer_by(), client_key=uuid.uuid4(), told=told)
    return {"code": code, "picture": str(_picture(desk, receipt.order_id).key)}


def _picture(desk: Desk, order_id: int) -> PublishedPicture:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "#3a7").save(out, "JPEG")
    path = default_storage.save("published/house.jpg", ContentFile(out.getvalue()))
    attachment = Attachment.objects.create(
        order_id=order_id, stage=AttachmentStage.REPORT, path=path, mime="image/jpeg", size=1, created_at=clock.now()
    )
    by = desk.cast.user("street_dispatcher")
    return PublishedPicture.objects.create(attachment=attachment, path=path, by=by, at=clock.now())
