"""A mail becomes an order of the platform whose mailbox it came to: once, and before its sender is told that it did."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from contextlib import suppress
from functools import partial

from django.core.files.uploadhandler import SkipFile
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from citizens.errors import NotOfMailbox, TooMany
from citizens.models import IntakeFile, IntakeMessage, IntakePlatform, Upload
from citizens.rules.mails import Mail, is_among
from citizens.rules.mapping import MOST, Told, read
from citizens.rules.reporting import MOST_FILES
from citizens.services.counting import count, count_request
from citizens.services.intake import Taken, raw_of, take_told
from citizens.services.limits import within
from citizens.services.quarantine import PIECE, Doorkeeper, Incoming, discard, remove
from citizens.services.receipts import open_receipt, receipt_by_key
from citizens.services.reporting import TOPIC
from lianqin.kernel import clock
from relay.models import Channel, ChannelKind
from relay.services import post
from relay.services.letters import queue_letter

RECEIPTS = uuid.UUID("6e6d9f3c-1f0f-5c0a-9a55-5d3f0f1c8a11")
TEMPLATE = "mail_receipt"
FIELDS = {"external_ref": "/key", "title": "/subject", "description": "/text", "reporter_name": "/name"}


def mailbox_of(address: str) -> IntakePlatform | None:
    """The platform whose mailbox it is, if it takes anything now."""
    platforms = IntakePlatform.objects.select_related("account").exclude(mailbox="")
    return platforms.filter(mailbox=address.strip().lower(), active=True, account__is_active=True).first()


def take_mail(*, platform: IntakePlatform, mail: Mail) -> Taken:
    """Keep the mail, its files and the answer to it, all or nothing. Raises NotOfMailbox and TooMany."""
    if not is_among(mail.sender, platform.mail_senders):
        count(platform.pk, "refused")
        raise NotOfMailbox
    # One writer uses up half of what the platform may send, whoever really writes: mails are not signed.
    whose, half = f"{platform.pk}:{mail.sender}", max(1, platform.per_minute // 2)
    if not within("intake-mail", whose, most=half, seconds=60):
        raise TooMany(retry_after=60)
    count_request(platform)
    files, refused = _admitted(mail.attachments)
    try:
        with transaction.atomic():
            return _taken(platform, mail, files, refused)
    except BaseException:
        discard(files)
        raise


def _taken(platform: IntakePlatform, mail: Mail, files: Sequence[Incoming], refused: int) -> Taken:
    taken = take_told(platform=platform, told=_told(mail, len(files), refused), raw=_raw(mail), way="mail")
    if not taken.is_kept:
        discard(files)
        return taken
    IntakeFile.objects.bulk_create(
        IntakeFile(message=taken.message, place=place, kind=each.kind, path=each.path, size=each.size)
        for place, each in enumerate(files, start=1)
    )
    hand_over(taken.message)
    return taken


def hand_over(message: IntakeMessage) -> None:
    """Once a mail has its order: a receipt and an answer for who wrote it, once, and the files that came with it.

    In the transaction in which it got the order, or another letter of its number did.
    """
    if message.way != "mail" or message.order is None:
        return
    key = uuid.uuid5(RECEIPTS, f"{message.platform_id}:{message.external_ref}")
    known = receipt_by_key(key)
    receipt, code = known or open_receipt(order_id=message.order.pk, client_key=key)
    if known is None:
        _answer(str(raw_of(message).get("from", "")), message, code)
    files = list(IntakeFile.objects.filter(message__order=message.order).order_by("message", "place"))
    if not files:
        return
    now, last = clock.now(), Upload.objects.filter(receipt=receipt).aggregate(last=Max("place"))["last"] or 0
    Upload.objects.bulk_create(
        Upload(receipt=receipt, place=place, kind=each.kind, path=each.path, size=each.size, created_at=now)
        for place, each in enumerate(files, start=last + 1)
    )
    IntakeFile.objects.filter(pk__in=[each.pk for each in files]).delete()
    post(topic=TOPIC, key=f"receipt:{receipt.pk}", payload={"receipt": receipt.pk})


def forget_files(message_ids: Sequence[int]) -> None:
    """Let go of what came with letters that were given up, when the transaction ends well."""
    files = IntakeFile.objects.filter(message__in=message_ids)
    for path in list(files.values_list("path", flat=True)):
        transaction.on_commit(partial(remove, path), robust=True)
    files.delete()


def _told(mail: Mail, files: int, refused: int) -> Told:
    told = read({"key": mail.key, "subject": mail.subject, "text": mail.text, "name": mail.name}, FIELDS)
    if files and not told.fields.get("title"):
        # What is shown says it all: nobody has to find words first.
        told.fields["title"] = _("来信没有文字，见附件")
    if refused:
        told.notes.append(_("有 %d 个附件不能接收") % refused)
    return told


def _raw(mail: Mail) -> dict[str, object]:
    return {
        "message_id": mail.message_id, "from": mail.sender, "name": mail.name, "subject": mail.subject,
        "text": mail.text, "attachments": len(mail.attachments),
    }  # fmt: skip


def _admitted(attachments: Sequence[bytes]) -> tuple[list[Incoming], int]:
    """What may wait in quarantine, as files of the public site do, and how many may not."""
    keeper = Doorkeeper()
    try:
        for data in attachments:
            with suppress(SkipFile):
                keeper.new_file("files", "", "", len(data), None)
                for start in range(0, len(data), PIECE):
                    keeper.receive_data_chunk(data[start : start + PIECE], start)
                keeper.file_complete(len(data))
    except BaseException:
        keeper.upload_interrupted()
        raise
    assert len(keeper.taken) <= MOST_FILES
    return keeper.taken, len(keeper.faults)


def _answer(sender: str, message: IntakeMessage, code: str) -> None:
    """Tell the sender the number, over the channel for mail; without one there is no answer, and the order stands."""
    channel = Channel.objects.filter(kind=ChannelKind.MAIL, active=True).order_by("owner", "pk").first()
    if channel is None or not sender or message.order is None:
        return
    text = _("您的来信已经收到，工单号 %(number)s，查询码 %(code)s。凭查询码可在网上查看办理进度。请勿直接回复本邮件。")
    queue_letter(
        channel=channel,
        # Two mailboxes that have the same mail answer for an order each.
        key=f"mail:{message.order.pk}:{message.external_ref}",
        template=TEMPLATE,
        subject=_("来信已收到"),
        to=sender,
        text=text % {"number": message.order.number, "code": code},
        stand_in=_("来信回执（地址和内容不留存）"),
    )


assert set(FIELDS) - set(MOST) == set(), "what a mail tells fits into an order"
