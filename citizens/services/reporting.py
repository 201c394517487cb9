"""Somebody tells of something: an order, a receipt, and files that wait, all or nothing and once."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.core import signing
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from citizens.models import Consent, PrivacyNotice, Receipt, Upload
from citizens.rules.reporting import LONGEST, LONGEST_TITLE, divided
from citizens.selectors.privacy import has_agreed, notice_in_force
from citizens.selectors.reporting import is_offered, place_name
from citizens.services.contacts import CONTACTS, hold_contact
from citizens.services.notices import agree
from citizens.services.numbers import number_of, spend_number
from citizens.services.quarantine import Incoming, discard
from citizens.services.receipts import code_of_receipt, open_receipt, receipt_by_key
from lianqin.kernel import clock
from lianqin.kernel.actors import SYSTEM, Actor
from lianqin.kernel.errors import Invalid, NotVisible
from relay.services import post
from workorders import services as work
from workorders.locks import order_locked
from workorders.models import WorkOrder
from workorders.models.orders import Source

SALT, KEPT_SECONDS = "citizens.nearby", 24 * 3600
TOPIC = "citizens.upload"


def report_publicly(
    *, by: Actor, client_key: uuid.UUID, told: Mapping[str, Any], uploads: Sequence[Incoming] = ()
) -> tuple[Receipt, str]:
    """Make the order and its receipt, or return what this key was given before; files of a repeat are dropped.

    ``told``: ``words`` (a recording among the files stands for them), ``address``, ``lon`` and ``lat`` (WGS-84),
    ``category``; what :func:`number_of` reads, or ``mine`` for the number under which somebody signed in; ``agree``,
    the version of the notice that was agreed to, without which nothing is kept of who it was, unless who signed in has
    agreed to it before. Raises Invalid by field, NotAllowed, Unavailable; then the files are dropped, too.
    """
    try:
        known = receipt_by_key(client_key)
        if known is not None:
            discard(uploads)
            return known
        data = _order_of(told, is_spoken=any(each.kind == "audio" for each in uploads))
        notice = _agreed(by, told)
        is_mine = bool(by.user_id and told.get("mine"))
        phone = "" if is_mine else number_of(told)
        with transaction.atomic():
            contact = hold_contact(by.user_id) if by.user_id is not None else None
            if is_mine and contact is not None:
                phone = CONTACTS.open(contact.sealed)
            order, _new = work.report(by=by, data=data | ({"reporter_phone": phone} if phone else {}))
            given = open_receipt(order_id=order.pk, client_key=client_key, user_id=by.user_id)
            if notice is not None:
                Consent.objects.create(notice=notice, receipt=given[0], at=clock.now())
                if by.user_id is not None:
                    agree(notice=notice, user_id=by.user_id)
            _wait(given[0], uploads)
            if not is_mine:
                # Last of all that may be refused: a code opens once.
                spend_number(told)
        return given
    except IntegrityError:
        discard(uploads)
        # The same device was quicker by another way.
        known = receipt_by_key(client_key)
        if known is None:
            raise
        return known
    except BaseException:
        discard(uploads)
        raise


def join_report(*, by: Actor, client_key: uuid.UUID, offer: str) -> tuple[Receipt, str]:
    """Follow what somebody else has reported. ``offer`` was made for it less than a day ago. Raises NotVisible.

    Whoever signed in and follows it already is one and the same resident.
    """
    try:
        order_id = int(signing.loads(offer, salt=SALT, max_age=KEPT_SECONDS))
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise NotVisible from error
    known = receipt_by_key(client_key)
    if known is not None:
        return known
    try:
        with transaction.atomic():
            if not is_offered(WorkOrder.objects.filter(pk=order_id).first()):
                raise NotVisible(_("这件事已经办结或撤销，请直接反映"))
            if by.user_id is not None:
                order_locked(order_id)
                own = Receipt.objects.select_related("order").filter(order=order_id, user=by.user_id).first()
                if own is not None and (code := code_of_receipt(own)):
                    return own, code
            given = open_receipt(order_id=order_id, client_key=client_key, user_id=by.user_id, joined=True)
            # Of who it was nothing is written: the platform says that there is one more.
            work.advance(
                order_id=order_id, action="comment", by=SYSTEM, data={"comment": _("又有一位居民反映同一件事（附议）")}
            )
            return given
    except IntegrityError:
        known = receipt_by_key(client_key)
        if known is None:
            raise
        return known


def offer_of(order_id: int) -> str:
    """What lets somebody join: numbers of orders can be guessed."""
    return signing.dumps(order_id, salt=SALT)


def _order_of(told: Mapping[str, Any], *, is_spoken: bool) -> dict[str, Any]:
    words, address = str(told.get("words") or "").strip(), str(told.get("address") or "").strip()
    faults: dict[str, list[str]] = {}
    if len(words) < 2 and not is_spoken:
        faults["words"] = [_("请用一句话说说是什么事，或者附上一段录音")]
    elif len(words) > LONGEST:
        faults["words"] = [_("最多 %(most)d 个字") % {"most": LONGEST}]
    has_point = told.get("lon") not in (None, "") and told.get("lat") not in (None, "")
    if not address and not has_point:
        faults["address"] = [_("请告诉我们在哪里，写下地址就可以，例如：人民路 5 号门口")]
    if faults:
        raise Invalid(fields=faults)
    title, rest = divided(words) if len(words) > 1 else (_spoken_title(told, address), words)
    place = {"lon": told.get("lon"), "lat": told.get("lat")} if has_point else {}
    return {
        "title": title or words[:80],
        "description": rest,
        "address": address,
        "category": told.get("category") or None,
        "source": Source.CITIZEN,
        **place,
    }


def _spoken_title(told: Mapping[str, Any], address: str) -> str:
    """What staff reads before it listens: that somebody spoke, and where."""
    try:
        place = address or place_name(float(told["lon"]), float(told["lat"]))
    except (TypeError, ValueError):
        place = ""
    return (_("语音反映：%(place)s") % {"place": place} if place else _("语音反映"))[:LONGEST_TITLE]


def _agreed(by: Actor, told: Mapping[str, Any]) -> PrivacyNotice | None:
    """The notice that is agreed to with the report; none where nothing of who reports is kept. Raises Invalid.

    Whoever signed in and has agreed to the notice in force is not asked again.
    """
    if by.user_id is None and not (told.get("phone") or told.get("proof")):
        return None
    notice = notice_in_force()
    if notice is None or str(told.get("agree") or "") == str(notice.version):
        return notice
    if by.user_id is not None and has_agreed(by.user_id, notice):
        return None
    wanted = _("请先阅读隐私告知（第 %(version)d 版）并勾选同意") % {"version": notice.version}
    raise Invalid(fields={"agree": [wanted]})


def _wait(receipt: Receipt, uploads: Sequence[Incoming]) -> None:
    if not uploads:
        return
    now = clock.now()
    Upload.objects.bulk_create(
        Upload(receipt=receipt, place=place, kind=each.kind, path=each.path, size=each.size, created_at=now)
        for place, each in enumerate(uploads, start=1)
    )
    post(topic=TOPIC, key=f"receipt:{receipt.pk}", payload={"receipt": receipt.pk})
