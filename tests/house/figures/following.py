"""Progress by its code, and what staff does after the end of a citizen's report."""

from __future__ import annotations

import datetime as dt
import io
import uuid

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from citizens.services import follower, open_receipt
from citizens.services.draws import draw_day, yesterday
from citizens.services.publishing import publish_picture
from grids.selectors.people import passer_by
from lianqin.kernel import clock
from tests.workorders.conftest import HERE, Desk
from workorders import services
from workorders.models import WorkOrder
from workorders.services.attachments import attach

FIGURES = {
    "page track": ("/citizen/track/", "citizen", 2),
    "page track-one": ("/citizen/track/{followed}/", "citizen", 13),
    "page track-picture": ("/citizen/track/{followed}/mine/{own_picture}/", "citizen", 5),
    "page track-shown": ("/citizen/track/{followed}/shown/{shown_picture}/", "citizen", 4),
    "page callbacks": ("/citizen-desk/callbacks/", "street_dispatcher", 7),
    "page spot-checks": ("/citizen-desk/spot-checks/", "supervisor", 8),
    "page draw": ("/citizen-desk/draws/{draw}/", "supervisor", 5),
    "page publish": ("/citizen-desk/pictures/", "street_dispatcher", 5),
    "page order-pictures": ("/citizen-desk/pictures/{ended}/", "street_dispatcher", 6),
}


def _picture() -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (64, 32), "red").save(out, "JPEG")
    return SimpleUploadedFile("a.jpg", out.getvalue())


def prepare(desk: Desk) -> dict[str, str]:
    """A report of a passer-by with a picture that was closed yesterday, drawn, and shown."""
    cast = desk.cast
    told = {"title": "路灯不亮", "source": "citizen", "category": "T01", "lon": HERE[0], "lat": HERE[1]}
    order, _new = services.report(by=passer_by(), data={**told, "reporter_phone": "13812341234"})
    receipt, code = open_receipt(order_id=order.pk, client_key=uuid.uuid4())
    own = attach(order_id=order.pk, by=follower(receipt), upload=_picture(), stage="report", written=[])
    desk.do(order, "register", cast.street_dispatcher, conditions_confirmed=True)
    desk.do(order, "dispatch", cast.street_dispatcher, lead=desk.ground.urban_squad.code)
    desk.do(order, "acknowledge", cast.handler)
    desk.do(order, "submit_result", cast.handler, result="已换灯泡")
    desk.do(order, "verify", cast.street_dispatcher)
    WorkOrder.objects.filter(pk=order.pk).update(ended_at=clock.now() - dt.timedelta(days=1))
    (draw,) = draw_day(day=yesterday())
    shown = publish_picture(attachment_id=own.pk, rectangles=[[0, 0, 500, 500]], by=cast.street_dispatcher)
    return {
        "followed": code, "own_picture": str(own.key), "shown_picture": str(shown.key), "draw": str(draw.pk),
        "ended": receipt.order.number,
    }  # fmt: skip
