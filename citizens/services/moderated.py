"""Reports and their pictures, as moderation sees them."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from citizens.models import Flag, PublishedPicture
from citizens.registry import Moderated, Seen, moderates
from citizens.services.moderation import examine, flag_by_hand
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import NotVisible
from workorders.locks import order_locked
from workorders.models import Attachment, OrderText, WorkOrder
from workorders.models.orders import CITIZEN_SOURCES
from workorders.services.attachments import remove_file
from workorders.services.erasure import erase_texts

ORDER, PICTURE = "order", "picture"


def examine_report(*, order_id: int) -> Flag | None:
    """Look at the words of a report that came from citizens, by whatever door."""
    text = OrderText.objects.filter(pk=order_id, order__source__in=CITIZEN_SOURCES, erased_at=None).first()
    if text is None:
        return None
    told = "\n".join((text.title, text.description, text.address))
    return examine(kind=ORDER, object_id=order_id, text=told, order_id=order_id)


@transaction.atomic
def flag_order(*, number: str, pictures: bool, note: str, by: Actor) -> int:
    """Take the words of a report out of public, or its pictures; returns how much was flagged. Raises NotVisible."""
    order = WorkOrder.objects.filter(number=number, source__in=CITIZEN_SOURCES).first()
    if order is None:
        raise NotVisible
    ids = list(_pictures().filter(order=order).values_list("pk", flat=True)) if pictures else [order.pk]
    kind = PICTURE if pictures else ORDER
    for pk in ids:
        flag_by_hand(kind=kind, object_id=pk, note=note, by=by, order_id=order.pk)
    return len(ids)


def _reports(ids: Collection[int]) -> dict[int, Seen]:
    found = WorkOrder.objects.filter(pk__in=ids).select_related("text")
    return {
        order.pk: Seen(
            "\n".join(filter(None, (order.text.title, order.text.description, order.text.address))),
            reverse("workorders:order", args=[order.number]),
        )
        for order in found
    }


def _erase(order_id: int, reason: str, by: Actor) -> None:
    erase_texts(number=WorkOrder.objects.get(pk=order_id).number, reason=reason, by=by)


def _pictures() -> QuerySet[Attachment]:
    return Attachment.objects.filter(mime__startswith="image/", erased_at=None).exclude(path="")


def _look(ids: Collection[int]) -> dict[int, Seen]:
    return {
        each.pk: Seen(
            str(each.get_stage_display()),
            reverse("workorders:order", args=[each.order.number]),
            reverse("api:work-order-attachment-file", args=[each.order.number, each.key]),
        )
        for each in _pictures().select_related("order").filter(pk__in=ids)
    }


def _withdraw(attachment_id: int) -> None:
    """Delete the copies that citizens saw; the original stays with the order."""
    # Whoever is publishing it now ends first, or finds the flag.
    Attachment.objects.select_for_update().filter(pk=attachment_id).exists()
    shown = PublishedPicture.objects.filter(attachment=attachment_id, withdrawn_at=None).exclude(path="")
    for path in list(shown.values_list("path", flat=True)):
        transaction.on_commit(lambda path=path: remove_file(path), robust=True)  # type: ignore[misc]
    shown.update(path="", withdrawn_at=clock.now())


def _delete_picture(attachment_id: int, reason: str, by: Actor) -> None:
    found = _pictures().filter(pk=attachment_id).first()
    if found is None:
        raise NotVisible
    order_locked(found.order_id)
    _withdraw(attachment_id)
    for path in filter(None, (found.path, found.thumbnail_path)):
        transaction.on_commit(lambda path=path: remove_file(path), robust=True)  # type: ignore[misc]
    Attachment.objects.filter(pk=found.pk).update(
        path="", thumbnail_path="", file_name="", exif_lon=None, exif_lat=None, exif_at=None, erased_at=clock.now()
    )


moderates(ORDER, Moderated(_("反映的文字"), _reports, _erase))
moderates(PICTURE, Moderated(_("照片"), _look, _delete_picture, hide=_withdraw))
