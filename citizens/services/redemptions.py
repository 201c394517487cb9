"""Points for things. Locks in one order: the voucher, the reward, the accounts; stock and points move together."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.services import audit
from citizens.models import (
    AccountKind,
    MoveKind,
    Redemption,
    RedemptionState,
    Reward,
    StockMove,
    TransactionKind,
)
from citizens.permissions import may_hand_out, may_set_rewards
from citizens.rules.codes import code_of, digest_of, read
from citizens.services.ledger import book, collect, locked_books
from citizens.services.receipts import receipt_secrets
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import Conflict, Invalid, NotAllowed, NotVisible, WrongState

OWN = (AccountKind.REDEMPTION,)
BATCH = 200


class SoldOut(Conflict):
    code = "sold_out"


class TooFewPoints(Conflict):
    code = "too_few_points"


class LimitReached(Conflict):
    code = "limit_reached"


def redeem(*, reward_id: int, user_id: int, client_key: uuid.UUID, seen_price: int | None = None) -> Redemption:
    """Give a voucher for points; the same key gives the same voucher. ``seen_price``: what the buyer had before them.

    Raises NotVisible, WrongState, Conflict, SoldOut, TooFewPoints, LimitReached.
    """
    known = _known(client_key, user_id)
    if known is not None:
        return known
    try:
        with transaction.atomic():
            return _redeem(reward_id, user_id, client_key, seen_price)
    except IntegrityError:
        # The same form, sent twice at once.
        known = _known(client_key, user_id)
        if known is None:
            raise
        return known


def _known(client_key: uuid.UUID, user_id: int) -> Redemption | None:
    """Raises Conflict for a key that is somebody else's."""
    known = Redemption.objects.filter(client_key=client_key).first()
    if known is not None and known.user_id != user_id:
        raise Conflict
    return known


def _redeem(reward_id: int, user_id: int, client_key: uuid.UUID, seen_price: int | None) -> Redemption:
    reward = Reward.objects.select_for_update().filter(pk=reward_id, is_offered=True).first()
    if reward is None:
        raise NotVisible
    now = clock.now()
    if now < reward.from_at or (reward.until_at is not None and now >= reward.until_at):
        raise WrongState(_("现在不在兑换时间内"))
    if seen_price is not None and seen_price != reward.price:
        raise Conflict(_("所需积分刚刚改为 %d 分，请看过后再兑换") % reward.price, code="price_changed")
    if reward.stock < 1:
        raise SoldOut(_("刚刚兑完了，积分没有动"))
    taken = Redemption.objects.filter(
        reward=reward, user_id=user_id, state__in=(RedemptionState.ISSUED, RedemptionState.HANDED)
    )
    if taken.count() >= reward.per_person:
        raise LimitReached(_("每人限兑 %d 份，您已经兑过") % reward.per_person)
    books = locked_books(users=[user_id], own=OWN)
    account = books.of(user_id)
    if account.balance < reward.price:
        raise TooFewPoints(_("积分不够，还差 %d 分") % (reward.price - account.balance))
    key = uuid.uuid4()
    voucher = Redemption.objects.create(
        key=key, client_key=client_key, code_digest=digest_of(_codes(key)[0]), reward=reward, user_id=user_id,
        price=reward.price, at=now, expires_at=now + dt.timedelta(days=reward.kept_days),
    )  # fmt: skip
    StockMove.objects.create(reward=reward, delta=-1, kind=MoveKind.REDEEMED, redemption=voucher, at=now)
    moves = {account: -reward.price, books.own(AccountKind.REDEMPTION): reward.price}
    book(cause=f"redemption:{voucher.pk}", kind=TransactionKind.REDEEM, moves=moves, note=reward.name)
    return voucher


def code_on(voucher: Redemption) -> str:
    """What its owner shows at the workstation."""
    return next((code for code in _codes(voucher.key) if digest_of(code) == voucher.code_digest), "")


def voucher_by_code(typed: str) -> Redemption:
    """Raises NotVisible."""
    code = read(typed)
    vouchers = Redemption.objects.select_related("reward__pickup", "ended_by")
    found = vouchers.filter(code_digest=digest_of(code)).first() if code else None
    if found is None:
        raise NotVisible(_("没有这个兑换码，请对照兑换券再看一遍"))
    return found


@transaction.atomic
def hand_out(*, code: str, by: Actor) -> Redemption:
    """Write that the thing was handed over; once. Raises NotVisible, NotAllowed, WrongState."""
    voucher = _waiting(Q(pk=voucher_by_code(code).pk))
    if not may_hand_out(by, voucher.reward.pickup_id):
        raise NotAllowed(_("这份物品在“%s”领取") % voucher.reward.pickup.name)
    now = clock.now()
    if now >= voucher.expires_at:
        raise WrongState(_("兑换券已过领取期限，积分会自动退回"))
    voucher.state, voucher.ended_at, voucher.ended_by_id = RedemptionState.HANDED, now, by.user_id
    voucher.save(update_fields=["state", "ended_at", "ended_by"])
    audit(actor_id=by.user_id, action="reward_handed_out", object_label=f"{voucher.pk} {voucher.reward.name}")
    return voucher


@transaction.atomic
def cancel_own(*, key: uuid.UUID, user_id: int) -> Redemption:
    """Give a voucher back before it was used; the points return. Raises NotVisible, WrongState."""
    return _give_back(_waiting(Q(key=key, user_id=user_id)), RedemptionState.CANCELLED, "", user_id)


@transaction.atomic
def cancel_for(*, code: str, reason: str, by: Actor) -> Redemption:
    """Staff takes a voucher back, with a reason; the points return.

    Raises NotVisible, NotAllowed, Invalid, WrongState.
    """
    if not reason.strip():
        raise Invalid(fields={"reason": [_("请写明原因")]})
    voucher = _waiting(Q(pk=voucher_by_code(code).pk))
    if not (may_hand_out(by, voucher.reward.pickup_id) or may_set_rewards(by)):
        raise NotAllowed
    given = _give_back(voucher, RedemptionState.CANCELLED, reason.strip()[:200], by.user_id)
    detail = {"reason": given.reason, "points": given.price}
    audit(actor_id=by.user_id, action="voucher_cancelled", object_label=str(given.pk), detail=detail)
    return given


def expire_vouchers() -> int:
    """Return to the shelf what nobody came for, and the points to who had paid; one by one."""
    due = Redemption.objects.filter(state=RedemptionState.ISSUED, expires_at__lte=clock.now()).order_by("expires_at")
    done = 0
    for pk in list(due.values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            voucher = Redemption.objects.select_for_update(skip_locked=True).filter(
                pk=pk, state=RedemptionState.ISSUED
            ).first()  # fmt: skip
            if voucher is not None:
                _give_back(voucher, RedemptionState.EXPIRED, "", None)
                done += 1
    return done


def _waiting(which: Q) -> Redemption:
    """The voucher, held; it can still be handed out or given back."""
    rows = Redemption.objects.select_for_update(of=("self",)).select_related("reward__pickup")
    voucher = rows.filter(which).first()
    if voucher is None:
        raise NotVisible
    if voucher.state != RedemptionState.ISSUED:
        raise WrongState(_("这张兑换券%s，不能再用") % voucher.get_state_display())
    return voucher


def _give_back(voucher: Redemption, state: RedemptionState, reason: str, by_id: int | None) -> Redemption:
    now = clock.now()
    reward = Reward.objects.select_for_update().get(pk=voucher.reward_id)
    books = locked_books(users=[voucher.user_id], own=(*OWN, AccountKind.CLAWBACK))
    voucher.state, voucher.ended_at, voucher.ended_by_id, voucher.reason = state, now, by_id, reason
    voucher.save(update_fields=["state", "ended_at", "ended_by", "reason"])
    StockMove.objects.create(reward=reward, delta=1, kind=MoveKind.RETURNED, redemption=voucher, by_id=by_id, at=now)
    account = books.of(voucher.user_id)
    moves = {books.own(AccountKind.REDEMPTION): -voucher.price, account: voucher.price}
    written = book(cause=f"refund:{voucher.pk}", kind=TransactionKind.REFUND, moves=moves, note=reward.name)
    if account.owed and written is not None:
        collect(books, account, cause=f"debt:{written.pk}")
    return voucher


def _codes(key: uuid.UUID) -> list[str]:
    """The first is on new vouchers; the others are on vouchers that are still out."""
    return [code_of(f"voucher.{secret}", key) for secret in receipt_secrets()]
