"""The sweep of replies: what is owed and not there by the database's clock is told once, and raises the next tier."""

from __future__ import annotations

import logging

from django.db import transaction
from django.urls import reverse

from dispatch.models import OWED, SupervisionOrder
from dispatch.rules.supervision import TOP, DocumentKind
from dispatch.services.supervision import raise_tier
from dispatch.services.telling import send_notice
from grids.ground import ground
from lianqin.kernel import clock

logger = logging.getLogger(__name__)
BATCH = 100


def sweep_replies(limit: int = BATCH) -> int:
    """Note what went unanswered, at most ``limit`` documents; return how many here. Safe to run many at once."""
    done = 0
    for _turn in range(limit):
        with transaction.atomic():
            document = _due()
            if document is None:
                return done
            document.missed_at = clock.now()
            document.save(update_fields=["missed_at"])
            _tell(document)
            _raise(document)
        done += 1
    return done


def _due() -> SupervisionOrder | None:
    """One that is due and nobody else has in hand."""
    owed = SupervisionOrder.objects.filter(state__in=OWED, missed_at=None, reply_due_at__lte=clock.Now())
    return owed.order_by("reply_due_at").select_for_update(of=("self",), skip_locked=True).first()


def _raise(document: SupervisionOrder) -> None:
    """At a savepoint: an order that cannot be supervised now does not keep the notice from being sent."""
    if document.kind == DocumentKind.ACCOUNTABILITY or document.tier >= TOP:
        return
    try:
        raise_tier(document=document)
    except Exception:
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
