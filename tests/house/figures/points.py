"""Points, the shop and tips, of who has some and of who looks after them."""

from __future__ import annotations

import io

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image

from citizens.models import Reward, Subject
from citizens.services.tips import decide_tip, propose_reward
from tests.citizens.points import earn, in_force, thing, voucher
from tests.citizens.test_tips import sent
from tests.workorders.conftest import Desk

PICTURE = "rewards/figures.jpg"
FIGURES = {
    "page points": ("/citizen/points/", "citizen", 7),
    "page voucher": ("/citizen/points/vouchers/{voucher}/", "citizen", 3),
    "page shop": ("/citizen/shop/", "citizen", 6),
    "page reward": ("/citizen/shop/{reward}/", "citizen", 6),
    "page reward-picture": ("/citizen/shop/{reward}/picture/", "citizen", 3),
    "page tips": ("/citizen/tips/", "citizen", 3),
    "page tip-mine": ("/citizen/tips/mine/", "citizen", 2),
    "page points-rules": ("/citizen-desk/points/", "supervisor", 9),
    "page points-order": ("/citizen-desk/points/order/?number=x", "supervisor", 4),
    "page shop-desk": ("/citizen-desk/shop/", "supervisor", 5),
    "page shop-reward-new": ("/citizen-desk/shop/new/", "supervisor", 5),
    "page shop-reward": ("/citizen-desk/shop/{shelf}/", "supervisor", 6),
    "page vouchers": ("/citizen-desk/vouchers/", "community_officer", 6),
    "page tips-desk": ("/citizen-desk/tips/", "supervisor", 5),
    "page tip-desk": ("/citizen-desk/tips/{tip}/", "supervisor", 5),
}


def prepare(desk: Desk) -> dict[str, str]:
    for subject in Subject:
        in_force(desk.cast, subject)
    earn(desk.cast, times=2)
    shelf = thing(desk.cast, stock=3)
    picture = io.BytesIO()
    Image.new("RGB", (8, 6)).save(picture, "JPEG")
    if not default_storage.exists(PICTURE):
        default_storage.save(PICTURE, ContentFile(picture.getvalue()))
    Reward.objects.filter(pk=shelf.pk).update(picture=PICTURE)
    made = voucher(desk.cast, shelf)
    tip, _code = sent()
    decide_tip(tip_id=tip.pk, proven=True, answer="已查实", by=desk.cast.supervisor)
    propose_reward(tip_id=tip.pk, amount=80, reason="线索具体", by=desk.cast.supervisor)
    return {"voucher": str(made.key), "reward": str(shelf.key), "shelf": str(shelf.pk), "tip": str(tip.pk)}
