"""What may be kept for so long is erased when its time is over: in batches, again the next night if cut off."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.services import audit
from citizens.models import Block, Consent, IntakeMessage, IntakeState, Receipt, RetentionRun, Tip
from citizens.services.codes import TEMPLATE
from citizens.services.mails import forget_files
from citizens.services.telling import TEMPLATE as COMMUNITY_TEMPLATE
from dispatch.rules.kinds import TO_CITIZENS
from lianqin.kernel import clock
from relay.models import MessageState, OutgoingMessage
from workorders.models import Attachment, ReporterContact
from workorders.services.attachments import remove_file

BATCH = 500
EVERY = dt.timedelta(hours=20)
Step = Callable[[dt.datetime], int]


@dataclass(frozen=True, slots=True)
class Period:
    """``step(before)`` erases at most a batch of what ended before and returns how many; 0 when nothing is left."""

    kind: str
    label: str | Promise
    setting: str
    step: Step

    @property
    def days(self) -> int:
        days: int = getattr(settings, self.setting)
        return days


def keep_retention(*, force: bool = False) -> dict[str, int]:
    """Run what has not been run for most of a day. Returns how many of each kind went."""
    return {period.kind: _run(period) for period in PERIODS if force or _is_due(period)}


def _is_due(period: Period) -> bool:
    last = RetentionRun.objects.filter(kind=period.kind, ended_at__isnull=False).first()
    return last is None or last.began_at < clock.now() - EVERY


def _run(period: Period) -> int:
    now = clock.now()
    run = RetentionRun.objects.create(kind=period.kind, began_at=now, kept_until=now - dt.timedelta(days=period.days))
    while True:
        with transaction.atomic():
            done = period.step(run.kept_until)
            run.count += done
            run.save(update_fields=["count"])
        if not done:
            break
    with transaction.atomic():
        run.ended_at = clock.now()
        run.save(update_fields=["ended_at"])
        if run.count:
            detail = {"count": run.count, "days": period.days}
            audit(actor_id=None, action="retention", object_label=period.kind, detail=detail)
    return run.count


def _some(rows: QuerySet[Any]) -> list[int]:
    """Ids of a batch that nobody else is at."""
    held = rows.order_by("pk").select_for_update(skip_locked=True, of=("self",))
    return list(held.values_list("pk", flat=True)[:BATCH])


def _contacts(before: dt.datetime) -> int:
    pks = _some(ReporterContact.objects.filter(order__ended_at__lt=before))
    return ReporterContact.objects.filter(pk__in=pks).delete()[0]


def _recordings(before: dt.datetime) -> int:
    sound = Q(mime__startswith="audio/") | Q(mime__startswith="video/")
    pks = _some(Attachment.objects.filter(sound, erased_at=None, stage="report", order__ended_at__lt=before))
    own = Attachment.objects.filter(pk__in=pks)
    for names in own.values_list("path", "thumbnail_path"):
        for name in filter(None, names):
            transaction.on_commit(lambda name=name: remove_file(name), robust=True)  # type: ignore[misc]
    return own.update(
        path="", thumbnail_path="", file_name="", exif_lon=None, exif_lat=None, exif_at=None, erased_at=clock.now()
    )


def _came(before: dt.datetime) -> int:
    """What platforms sent for orders that have ended, and what was given up: the words stay with the order alone."""
    over = Q(order__ended_at__lt=before) | Q(state=IntakeState.DISCARDED, received_at__lt=before)
    pks = _some(IntakeMessage.objects.filter(over).exclude(sealed_raw="", sealed_fields=""))
    forget_files(pks)
    return IntakeMessage.objects.filter(pk__in=pks).update(sealed_raw="", sealed_fields="")


def _receipts(before: dt.datetime) -> int:
    pks = _some(Receipt.objects.filter(user__isnull=False, order__ended_at__lt=before))
    return Receipt.objects.filter(pk__in=pks).update(user=None)


def _letters(before: dt.datetime) -> int:
    ended = (MessageState.SENT, MessageState.DEAD, MessageState.SUPPRESSED)
    ours = Q(template__in=(TEMPLATE, COMMUNITY_TEMPLATE)) | Q(template__in=TO_CITIZENS)
    pks = _some(OutgoingMessage.objects.filter(ours, state__in=ended, created_at__lt=before))
    return OutgoingMessage.objects.filter(pk__in=pks).delete()[0]


def _consents(before: dt.datetime) -> int:
    over = Q(withdrawn_at__lt=before) | Q(receipt__order__ended_at__lt=before)
    pks = _some(Consent.objects.filter(over))
    return Consent.objects.filter(pk__in=pks).delete()[0]


def _tips(before: dt.datetime) -> int:
    pks = _some(Tip.objects.filter(erased_at=None, decided_at__lt=before))
    return Tip.objects.filter(pk__in=pks).update(sealed="", erased_at=clock.now())


def _blocks(before: dt.datetime) -> int:
    """With what was said against them."""
    pks = _some(Block.objects.filter(Q(ends_at__lt=before) | Q(ended_at__lt=before)))
    return Block.objects.filter(pk__in=pks).delete()[0]


PERIODS = (
    Period("contacts", _("办结工单的联系方式"), "LIANQIN_CONTACT_KEPT_DAYS", _contacts),
    Period("intake", _("平台来件的原文"), "LIANQIN_CONTACT_KEPT_DAYS", _came),
    Period("recordings", _("办结工单上报的语音和视频"), "LIANQIN_RECORDING_KEPT_DAYS", _recordings),
    Period("receipts", _("回执与账号的关联"), "LIANQIN_RECEIPT_KEPT_DAYS", _receipts),
    Period("letters", _("验证码、进展和社区短信的发送记录"), "LIANQIN_LETTER_KEPT_DAYS", _letters),
    Period("tips", _("有了结论的线索的内容"), "LIANQIN_TIP_KEPT_DAYS", _tips),
    Period("blocks", _("结束的提交限制和申诉"), "LIANQIN_BLOCK_KEPT_DAYS", _blocks),
    Period("consents", _("撤回或办结后的同意记录"), "LIANQIN_CONSENT_KEPT_DAYS", _consents),
)
