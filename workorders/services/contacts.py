"""How to reach who told of an order: kept sealed, shown in full with a reason that is written down."""

from __future__ import annotations

import json
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.services import audit
from lianqin.kernel.actors import Actor
from lianqin.kernel.sealing import Seal, Unreadable
from workorders.errors import Invalid, NotAllowed, NotVisible
from workorders.models import ReporterContact, WorkOrder
from workorders.permissions import holds, is_visible
from workorders.rules.masking import mask_name, mask_phone

REPORTERS = Seal("lianqin.workorders.reporters", "LIANQIN_CONTACT_KEYS")
REVEALED = "contact_revealed"
SHORTEST_REASON, LONGEST_REASON = 5, 200


@dataclass(frozen=True, slots=True)
class Revealed:
    name: str
    phone: str


def sealed_contact(order: WorkOrder, name: str, phone: str) -> ReporterContact:
    """A row to be stored with its order."""
    told = json.dumps({"name": name, "phone": phone}, ensure_ascii=False)
    return ReporterContact(
        order=order, sealed=REPORTERS.close(told), shown_name=mask_name(name), shown_phone=mask_phone(phone)
    )


def opened(contact: ReporterContact) -> Revealed:
    """For our own calls to the reporter, which nobody sees. Raises Unreadable."""
    return Revealed(**json.loads(REPORTERS.open(contact.sealed)))


def may_reveal(by: Actor, order: WorkOrder) -> bool:
    """Who checks or dispatches the order, or has a part in it that is not over."""
    if by.user_id is None or by.officer:
        return False
    if any(holds(by, permission, order) for permission in ("checker", "dispatcher", "on_site")):
        return True
    return any(holds(by, "department", order, part) for part in order.assignments.all() if part.is_live)


@transaction.atomic
def reveal_contact(*, number: str, by: Actor, reason: str, ip: str | None = None) -> Revealed:
    """What was left to call back. Raises NotVisible, NotAllowed, Invalid; each time leaves a line in the audit log."""
    order = WorkOrder.objects.filter(number=number).prefetch_related("assignments").first()
    if order is None or not is_visible(by, order, order.assignments.all()):
        raise NotVisible
    if not may_reveal(by, order):
        raise NotAllowed
    reason = reason.strip()
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        raise Invalid(fields={"reason": [_("请写明为什么要看，5 到 200 个字")]})
    contact = ReporterContact.objects.filter(order=order).first()
    if contact is None:
        raise Invalid(fields={"reason": [_("这件工单没有留下联系方式，或已依法删除")]})
    try:
        told = opened(contact)
    except Unreadable:
        raise Invalid(fields={"reason": [_("联系方式的密钥已不在，请联系系统管理员")]}) from None
    audit(actor_id=by.user_id, action=REVEALED, object_label=number, detail={"reason": reason}, ip=ip)
    return told
