"""Open311 and the keys of programs."""

from __future__ import annotations

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from catalogue.models import Category
from citizens.models import PublishedPicture
from citizens.services.api_keys import ask_for_key
from citizens.services.open311 import request_service
from lianqin.kernel.clock import now
from tests.citizens.programs import key_in_force
from tests.workorders.conftest import HERE, Desk
from workorders.models import Attachment

FIGURES = {
    "page developers": ("/citizen/developers/", "citizen", 4),
    "page developer-key": ("/citizen/developers/{api_code}/", "citizen", 3),
    "page api-keys": ("/citizen-desk/api-keys/", "commander", 9),
    "page public-picture": ("/citizen/pictures/{api_picture}.jpg", "citizen", 3),
    "page open311-discovery": ("/open311/v2/discovery.json", "citizen", 2),
    "page open311-services": ("/open311/v2/services.json", "citizen", 2),
    "page open311-service": ("/open311/v2/services/T01.json", "citizen", 2),
    "page open311-requests": ("/open311/v2/requests.json", "citizen", 5),
    "page open311-request": ("/open311/v2/requests/{api_number}.json", "citizen", 3),
    "page open311-token": ("/open311/v2/tokens/{api_token}.json", "citizen", 3),
    "page open311-updates": ("/open311/v2/servicerequestupdates.json", "citizen", 4),
}


def prepare(desk: Desk) -> dict[str, str]:
    Category.objects.filter(code="T01").update(public=True)
    key, _secret = key_in_force(desk)
    told = {"service_code": "T01", "lat": str(HERE[1]), "long": str(HERE[0])}
    accepted = request_service(key=key, told=told)
    words = {"owner": "街巷观察站", "purpose": "居民拍照上报路灯和井盖", "contact": "025-55500002"}
    _asked, code = ask_for_key(**words)
    picture = _picture(desk, desk.closed().pk)
    return {
        "api_code": code, "api_picture": str(picture.key), "api_number": accepted.receipt.order.number,
        "api_token": accepted.token,
    }  # fmt: skip


def _picture(desk: Desk, order_id: int) -> PublishedPicture:
    path = default_storage.save("published/open311.jpg", ContentFile(b"\xff\xd8\xff"))
    attachment = Attachment.objects.create(order_id=order_id, path=path, mime="image/jpeg", size=1, created_at=now())
    by = desk.cast.user("street_dispatcher")
    return PublishedPicture.objects.create(attachment=attachment, path=path, by=by, at=now())
