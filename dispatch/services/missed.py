"""The sweep of replies: what is owed and not there by the database's clock is told once, and raises the next tier."""

from __future__ import annotations

import logging

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse

from dispatch.models import OWED, SupervisionOrder
from dispatch.rules.supervision import TOP, DocumentKind
from dispatch.services.supervision import raise_tier
from dispatch.services.telling import send_notice
from grids.ground import ground
from lianqin.kernel import clock
from lianqin.kernel.errors import DomainError
from lianqin.kernel.faults import is_passing
from workorders.locks import order_if_free

logger = logging.getLogger(__name__)
BATCH = 100


def sweep_replies(limit: int = BATCH) -> int:
    """Note what went unanswered, at most ``limit`` documents; return how many here. Safe to run many at once.

    One that fails is left as it was, for the next sweep; a fault of the database that passes ends this one. Raises it.
    """
    done = 0
    for pk, order_id in list(_owed().order_by("reply_due_at").values_list("pk", "order_id")[:limit]):
        try:
            done += _strike(pk, order_id)
        except Exception as error:
            if is_passing(error):
                raise
            logger.exception("document %s could not be noted as unanswered", pk)
    return done


def _owed() -> QuerySet[SupervisionOrder]:
    return SupervisionOrder.objects.filter(state__in=OWED, missed_at=None, reply_due_at__lte=clock.Now())


@transaction.atomic
def _strike(pk: int, order_id: int) -> bool:
    """The order is locked before its document, as everybody does; what somebody else has in hand waits its turn."""
    if order_if_free(order_id) is None:
        return False
    document = _owed().filter(pk=pk).select_for_update(of=("self",), skip_locked=True).first()
    if document is None:
        return False
    document.missed_at = clock.now()
    document.save(update_fields=["missed_at"])
    _tell(document)
    _raise(document)
    return True


def _raise(document: SupervisionOrder) -> None:
    """An order that cannot be supervised now does not keep the notice from being sent."""
    if document.kind == DocumentKind.ACCOUNTABILITY or document.tier >= TOP:
        return
    try:
        raise_tier(document=document)
    except DomainError:
        logger.exception("document %s went unanswered; the next tier could not be raised", document.number)


def _tell(document: SupervisionOrder) -> None:
    """The unit, who issued it, and the district, which may propose accountability after the third tier."""
    units = {document.unit_id, document.issuer_unit_id, ground().command_center_id(document.district_id)}
    send_notice(
        key=f"missed:{document.pk}:{document.reply_due_at:%Y%m%d%H%M%S}",
        kind="reply_overdue",
        gravity="critical" if document.tier >= TOP else "warn",
        facts={"number": document.number},
        units={pk for pk in units if pk is not None},
        order_id=document.order_id,
        url=reverse("dispatch:supervision-order", args=[document.number]),
    )
