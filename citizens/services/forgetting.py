"""Forget, with the words of an order that the law has erased, the same words in messages from and to others."""

from __future__ import annotations

from functools import partial

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from citizens.models import (
    Flag,
    IntakeMessage,
    IntakeState,
    ProgramReport,
    Remark,
    ReturnKind,
    ReturnMessage,
    Upload,
    UploadState,
)
from citizens.services.mails import forget_files
from citizens.services.quarantine import remove
from citizens.services.returns import masters_once
from citizens.services.supplements import BROUGHT
from lianqin.kernel import clock
from workorders.models import Event, EventText, WorkOrder
from workorders.services.attachments import remove_file


def forget_messages(*, order_id: int) -> int:
    """Blank what was sent and remarked for it, what went back, and what was brought to others. How many.

    In the transaction that erases the order.
    """
    count = _came(order_id) + _waiting(order_id) + _remarked(order_id) + _flagged(order_id)
    events = Event.objects.filter(order=order_id).values_list("pk", flat=True)
    went = ReturnMessage.objects.filter(Q(order=order_id) | Q(event_id__in=list(events)))
    count += went.exclude(kind=ReturnKind.MERGED).exclude(text="").update(text="")
    links = ProgramReport.objects.filter(receipt__order=order_id).exclude(media_url="")
    return count + links.update(media_url="") + _brought(order_id)


def _came(order_id: int) -> int:
    """What platforms sent, and what else they sent under its number that it never took: nobody takes that up again."""
    own = IntakeMessage.objects.filter(order=order_id)
    of_number = own.exclude(external_ref="").values_list("platform", "external_ref")
    left = [
        pk
        for platform, ref in set(of_number)
        for pk in IntakeMessage.objects.filter(platform=platform, external_ref=ref, order=None).values_list(
            "pk", flat=True
        )
    ]
    forget_files(left)
    known = Q(pk__in=left) | Q(order=order_id)
    count = (
        IntakeMessage.objects.filter(known)
        .exclude(sealed_raw="", sealed_fields="")
        .update(sealed_raw="", sealed_fields="")
    )
    IntakeMessage.objects.filter(pk__in=left, state=IntakeState.DEAD).update(
        state=IntakeState.DISCARDED, reason=_("工单内容已依法删除")
    )
    return count


def _waiting(order_id: int) -> int:
    """Files that nobody has examined yet would come to the order afterwards."""
    files = Upload.objects.filter(receipt__order=order_id, state=UploadState.WAITING)
    for path in list(files.values_list("path", flat=True)):
        transaction.on_commit(partial(remove, path), robust=True)
    return files.update(state=UploadState.REFUSED, code="erased", leased_until=None, done_at=clock.now())


def _remarked(order_id: int) -> int:
    """The remark of an observer that it was made of, and what was answered to it."""
    remarks = Remark.objects.filter(order=order_id)
    for path in list(remarks.exclude(picture="").values_list("picture", flat=True)):
        transaction.on_commit(partial(remove_file, path), robust=True)
    gone = _("（内容已依法删除）")
    return remarks.update(words=gone, place=gone, answer=gone, picture="")


def _flagged(order_id: int) -> int:
    """Words that a flag quotes, and what was said about them."""
    flags = Flag.objects.filter(order=order_id)
    flags.exclude(decision="").update(decision=_("（内容已依法删除）"))
    return flags.update(note="", words=[])


def _brought(order_id: int) -> int:
    """What was said of it later, as it was written down with the orders into which it was merged."""
    masters = masters_once(order_id)
    if not masters:
        return 0
    number = WorkOrder.objects.values_list("number", flat=True).get(pk=order_id)
    texts = EventText.objects.filter(order__in=masters, field="comment", text__startswith=BROUGHT % {"number": number})
    return texts.delete()[0]
