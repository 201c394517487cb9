"""Erase what people wrote and sent about an order, as the law may demand. What happened stays, and still proves."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import IdempotencyRecord
from accounts.services import audit
from catalogue.services import forget_reasons
from lianqin.kernel.actors import SYSTEM, Actor
from workorders.errors import Archived, Invalid, NotVisible
from workorders.locks import order_locked
from workorders.models import Assignment, Attachment, Event, EventText, OrderText, ReporterContact, Request, WorkOrder
from workorders.services.attachments import remove_file
from workorders.services.work import Work
from workorders.signals import erased

ACTION = "texts_erased"


def erase_texts(*, number: str, reason: str, by: Actor = SYSTEM, ip: str | None = None) -> Event:
    """Blank every free text and every file of an order; write the event ``erased`` and a line of the audit log.

    Events keep salted hashes of texts whose salts go with them. Raises NotVisible and Invalid, and Archived: the month
    is restored first.
    """
    if not reason.strip():
        raise Invalid(fields={"reason": [_("请写明删除依据")]})
    pk = WorkOrder.objects.filter(number=number).values_list("pk", flat=True).first()
    if pk is None:
        raise NotVisible
    with transaction.atomic():
        order = order_locked(pk)
        if order.archived_at is not None:
            raise Archived
        elsewhere = sum(int(told or 0) for _receiver, told in erased.send(WorkOrder, order_id=pk))
        counts = {"texts": _erase_texts(order) + elsewhere, "files": _erase_files(order)}
        _forget_answers(number)
        work = Work(order, by)
        OrderText.objects.filter(pk=pk).update(erased_at=work.now)
        Attachment.objects.filter(order=order, erased_at=None).update(erased_at=work.now)
        event = work.write("erased", data=counts, texts={"reason": reason.strip()[:1000]})
        detail = {"reason": reason.strip()[:1000], **counts}
        audit(actor_id=by.user_id, action=ACTION, object_label=number, detail=detail, ip=ip)
    return event


def _erase_texts(order: WorkOrder) -> int:
    """Returns how many texts of events went."""
    OrderText.objects.filter(pk=order.pk).update(title=_("（内容已依法删除）"), description="", address="", search=None)
    ReporterContact.objects.filter(order=order).delete()
    Assignment.objects.filter(order=order).update(instruction="", result="")
    Request.objects.filter(order=order).update(reason="", answer="")
    forget_reasons(order_number=order.number)
    return EventText.objects.filter(order=order).delete()[0]


def _erase_files(order: WorkOrder) -> int:
    """Forget where the files are; they go when that is committed, and the sweep takes what could not be deleted."""
    own = Attachment.objects.filter(order=order, erased_at=None)
    names = [name for pair in own.values_list("path", "thumbnail_path") for name in pair if name]
    for name in names:
        transaction.on_commit(lambda name=name: remove_file(name), robust=True)  # type: ignore[misc]
    return own.update(path="", thumbnail_path="", file_name="", exif_lon=None, exif_lat=None, exif_at=None)


def _forget_answers(number: str) -> None:
    """The answers kept for repeats hold the same texts."""
    IdempotencyRecord.objects.filter(Q(path__contains=number) | Q(body__contains=number)).delete()
