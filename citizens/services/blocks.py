"""Keeping somebody out for a while: by one for a week at most, by two for ninety days, and never for good."""

from __future__ import annotations

import datetime as dt
import uuid
from ipaddress import ip_network

from django.core import signing
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.errors import SecondPersonNeeded
from accounts.services import audit
from citizens.errors import Blocked
from citizens.locks import name_locked
from citizens.models import AppealState, Block, BlockAppeal, BlockMeasure, Contact, Receipt
from citizens.models.abuse import ALONE_DAYS, LONGEST_DAYS
from citizens.permissions import may_moderate
from citizens.rules.codes import code_of, digest_of
from citizens.rules.limits import PREFIXES
from citizens.rules.phones import mobile
from citizens.services.contacts import CONTACTS
from citizens.services.receipts import receipt_secrets
from citizens.services.visitors import Visitor, midnight_after
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import Conflict, Invalid, NotAllowed, NotVisible
from workorders.rules.masking import mask_phone

SALT, APPEAL_SECONDS = "citizens.blocked", 24 * 3600
LONGEST_REASON, LONGEST_WORDS, MOST_OPEN = 200, 500, 20
TODAY = 0


def require_not_blocked(visitor: Visitor) -> None:
    """Raise Blocked if this device, number or network is kept out now. One query, two for who signed in."""
    marks = [*visitor.marks.values(), *visitor.networks]
    if visitor.user_id is not None:
        sealed = Contact.objects.filter(user=visitor.user_id).values_list("sealed", flat=True).first()
        marks += CONTACTS.indexes(CONTACTS.open(sealed)) if sealed else []
    found = Block.objects.filter(mark__in=marks, ended_at=None, ends_at__gt=clock.now()).order_by("-ends_at").first()
    if found is not None:
        raise Blocked(until=timezone.localtime(found.ends_at).isoformat(), reason=found.reason, block=token_of(found))


def token_of(block: Block) -> str:
    """What lets somebody who is kept out appeal: numbers of blocks can be guessed."""
    return signing.dumps(block.pk, salt=SALT)


@transaction.atomic
def block(*, measure: str, value: str, reason: str, days: int, by: Actor) -> Block:
    """Keep somebody out. ``value``: a phone number or the number of an order; a network; a mark of today.

    ``days``: 1 to 90, or TODAY; marks of today end with the day. Above seven it begins with seven and gets its full
    length when another confirms it. Raises NotAllowed, Invalid, Conflict.
    """
    user_id = _require(by)
    reason = _reasoned(reason)
    marks, shown = _subject(measure, value.strip())
    kept, now = marks[0], clock.now()
    if is_of_today(kept):
        days = TODAY
    elif not 1 <= days <= LONGEST_DAYS:
        raise Invalid(fields={"days": [_("应在 1 与 %(most)d 天之间") % {"most": LONGEST_DAYS}]})
    _hold(marks)
    if Block.objects.filter(mark__in=marks, ended_at=None, ends_at__gt=now).exists():
        raise Conflict(_("这个对象已在限制中"), code="blocked_already")
    ends = midnight_after(now) if days == TODAY else now + dt.timedelta(days=min(days, ALONE_DAYS))
    wanted = now + dt.timedelta(days=days) if days > ALONE_DAYS else None
    made = Block.objects.create(
        measure=measure, mark=kept, shown=shown, reason=reason, starts_at=now, ends_at=ends, wanted_until=wanted,
        made_by_id=user_id,
    )  # fmt: skip
    _audit("citizen_blocked", made, by, days=days, reason=reason)
    return made


@transaction.atomic
def confirm_block(*, block_id: int, by: Actor) -> Block:
    """Give a block its full length. Raises NotAllowed, NotVisible, Conflict, SecondPersonNeeded."""
    _require(by)
    found = _locked(block_id)
    if found.wanted_until is None or found.confirmed_by_id is not None:
        raise Conflict(_("这项限制不需要确认"))
    if found.made_by_id == by.user_id:
        raise SecondPersonNeeded
    found.confirmed_by_id, found.ends_at = by.user_id, found.wanted_until
    found.save(update_fields=["confirmed_by", "ends_at"])
    _audit("citizen_block_confirmed", found, by)
    return found


@transaction.atomic
def end_block(*, block_id: int, by: Actor) -> None:
    """Let somebody in again before it is over; what gives back needs no second person."""
    _require(by)
    found = _locked(block_id)
    _end(found, by)
    _audit("citizen_block_ended", found, by)


def appeal(*, token: str, key: uuid.UUID, words: str) -> str:
    """Say something against a block; returns the code under which the answer is read, the same for a repeat.

    Raises NotVisible, Invalid, Conflict.
    """
    words = words.strip()
    if not 2 <= len(words) <= LONGEST_WORDS:
        raise Invalid(fields={"words": [_("请说说为什么不该限制，2 到 500 字")]})
    try:
        block_id = int(signing.loads(token, salt=SALT, max_age=APPEAL_SECONDS))
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise NotVisible from error
    code = code_of(receipt_secrets()[0], key)
    try:
        with transaction.atomic():
            found = _locked(block_id)
            if found.appeals.filter(state=AppealState.WAITING).count() >= MOST_OPEN:
                raise Conflict(_("对这项限制的申诉很多，正在处理，请稍后再来看"))
            found.appeals.create(key=key, code_digest=digest_of(code), words=words, at=clock.now())
    except IntegrityError:
        # Sent twice: the same key has the same code.
        if not BlockAppeal.objects.filter(key=key, code_digest=digest_of(code)).exists():
            raise
    return code


@transaction.atomic
def decide_appeal(*, appeal_id: int, grant: bool, answer: str, by: Actor) -> BlockAppeal:
    """Answer, and end the block if the appeal is right. Whoever blocked does not judge.

    Raises NotAllowed, NotVisible, Invalid, SecondPersonNeeded.
    """
    _require(by)
    found = BlockAppeal.objects.select_for_update(of=("self",)).select_related("block").filter(pk=appeal_id).first()
    if found is None:
        raise NotVisible
    if found.state != AppealState.WAITING:
        raise Conflict(_("这件申诉已经答复"))
    if found.block.made_by_id == by.user_id:
        raise SecondPersonNeeded(_("限制由您作出，请由另一人答复申诉"))
    answer = _reasoned(answer, "answer")
    found.state = AppealState.GRANTED if grant else AppealState.REFUSED
    found.answer, found.decided_by_id, found.decided_at = answer, by.user_id, clock.now()
    found.save(update_fields=["state", "answer", "decided_by", "decided_at"])
    if grant and found.block.ended_at is None:
        _end(found.block, by)
    _audit("citizen_appeal_decided", found.block, by, granted=grant, answer=answer)
    return found


def is_of_today(kept: str) -> bool:
    """Whether a mark is a keyed hash of the day: worth nothing tomorrow."""
    return len(kept) == 32 and "/" not in kept


def _subject(measure: str, value: str) -> tuple[list[str], str]:
    """The mark that is kept, then those under keys before, and how it is shown."""
    if measure == BlockMeasure.NUMBER:
        phone = mobile(value) or _phone_behind(value)
        return CONTACTS.indexes(phone), mask_phone(phone)
    if measure not in BlockMeasure.values:
        raise Invalid(fields={"measure": [_("请从列表中选择")]})
    if len(value) == 32 and value.isalnum():
        return [value], _("今日标记 %(mark)s") % {"mark": value[:6].upper()}
    if measure == BlockMeasure.DEVICE:
        raise Invalid(fields={"value": [_("设备只能从今日名单中选择")]})
    network = _network(value)
    return [network], network


def _hold(marks: list[str]) -> None:
    """Let two who keep the same out do it one after the other: the second sees what the first has done."""
    for mark in sorted(marks):
        name_locked(f"block:{mark}")


def _network(value: str) -> str:
    try:
        found = ip_network(value, strict=False)
    except ValueError as error:
        raise Invalid(fields={"value": [_("网段格式应如 203.0.113.0/24")]}) from error
    allowed = sorted(PREFIXES[found.version].values())
    if found.prefixlen not in allowed:
        told = "、".join(f"/{bits}" for bits in allowed)
        wrong = _("IPv%(version)d 网段应为 %(told)s") % {"version": found.version, "told": told}
        raise Invalid(fields={"value": [wrong]})
    return str(found)


def _phone_behind(number: str) -> str:
    """The number of who reported an order and was signed in; staff does not see it here either."""
    held = Contact.objects.filter(user__in=Receipt.objects.filter(order__number=number).values("user"))
    sealed = held.values_list("sealed", flat=True).first() if number else None
    if not sealed:
        raise Invalid(fields={"value": [_("请输入 11 位手机号，或由登录市民反映的工单号；匿名反映查不到号码")]})
    return CONTACTS.open(sealed)


def _end(found: Block, by: Actor) -> None:
    found.ended_at, found.ended_by_id = clock.now(), by.user_id
    found.save(update_fields=["ended_at", "ended_by"])


def _locked(block_id: int) -> Block:
    """A block in force. Raises NotVisible."""
    found = Block.objects.select_for_update().filter(pk=block_id, ended_at=None, ends_at__gt=clock.now()).first()
    if found is None:
        raise NotVisible
    return found


def _reasoned(text: str, name: str = "reason") -> str:
    text = text.strip()
    if not 2 <= len(text) <= LONGEST_REASON:
        raise Invalid(fields={name: [_("请写明理由，2 到 200 字")]})
    return text


def _require(by: Actor) -> int:
    if by.user_id is None or not may_moderate(by):
        raise NotAllowed
    return by.user_id


def _audit(action: str, found: Block, by: Actor, **detail: object) -> None:
    label = f"{found.get_measure_display()} {found.shown}"
    audit(actor_id=by.user_id, action=action, object_label=label, detail={"block": found.pk, **detail})
