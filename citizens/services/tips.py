"""Tips in confidence: sent without a trace, read for a reason, thanked by two people."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
import uuid

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User, UserKind
from accounts.services import audit
from citizens.models import AccountKind, Pays, Subject, Tip, TipReward, TipState, TransactionKind
from citizens.permissions import may_read_tips
from citizens.rules.codes import code_of, digest_of, read
from citizens.rules.tips import Kind, kinds_of
from citizens.selectors.rulebooks import rules_in_force
from citizens.services.ledger import book, collect, locked_books
from citizens.services.points import SHANGHAI
from citizens.services.receipts import receipt_secrets
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import Conflict, Invalid, NotAllowed, NotVisible, WrongState
from lianqin.kernel.sealing import Seal
from workorders import services as work
from workorders.models import WorkOrder
from workorders.models.orders import Source

TIPS = Seal("lianqin.citizens.tips", "LIANQIN_CONTACT_KEYS")
LONGEST, LONGEST_PLACE, LONGEST_ANSWER, SHORTEST_REASON = 2000, 100, 200, 5


def send_tip(*, client_key: uuid.UUID, kind: str, words: str, place: str = "") -> tuple[Tip, str]:
    """Keep a tip under seal and return its code; the same key gives the same. Nothing of who sent it is known here.

    Raises Invalid, WrongState.
    """
    code = code_of(f"tip.{_secret()}", client_key)
    known = Tip.objects.filter(code_digest=digest_of(code)).first()
    if known is not None:
        return known, code
    rules, words, place = rules_in_force(Subject.TIPS), words.strip(), place.strip()
    if rules is None:
        raise WrongState(_("线索举报还没有开通"))
    faults: dict[str, list[str]] = {}
    if kind not in {each.slug for each in kinds_of(rules.contents)}:
        faults["kind"] = [_("请选择是哪一类")]
    if not 10 <= len(words) <= LONGEST or "\x00" in words:
        faults["words"] = [_("请写 10 到 %d 个字，说清楚谁、在哪里、做什么") % LONGEST]
    if len(place) > LONGEST_PLACE or "\x00" in place:
        faults["place"] = [_("地点最多 %d 个字") % LONGEST_PLACE]
    if faults:
        raise Invalid(fields=faults)
    sealed = TIPS.close(json.dumps({"words": words, "place": place}, ensure_ascii=False))
    day = clock.now().astimezone(SHANGHAI).date()
    with transaction.atomic():
        tip, _made = Tip.objects.get_or_create(
            code_digest=digest_of(code), defaults={"kind": kind, "rulebook": rules, "sealed": sealed, "day": day}
        )
    return tip, code


def tip_by_code(typed: str) -> Tip:
    """Raises NotVisible."""
    code = read(typed)
    tips = Tip.objects.select_related("rulebook", "reward", "order")
    found = tips.filter(code_digest=digest_of(code)).first() if code else None
    if found is None:
        raise NotVisible(_("没有找到这个线索码，请对照记下的再看一遍"))
    return found


def kind_of(tip: Tip) -> Kind:
    """As the rules said when it came."""
    return next(each for each in kinds_of(tip.rulebook.contents) if each.slug == tip.kind)


@transaction.atomic
def read_tip(*, tip_id: int, reason: str, by: Actor) -> dict[str, str]:
    """Open the seal, for a reason that is kept. Raises NotAllowed, NotVisible, Invalid, Unreadable."""
    tip = _tip(tip_id, by)
    if len(reason.strip()) < SHORTEST_REASON:
        raise Invalid(fields={"reason": [_("请写明查看理由，至少 %d 个字") % SHORTEST_REASON]})
    if tip.erased_at is not None:
        raise WrongState(_("这条线索的内容已到期删除"))
    audit(actor_id=by.user_id, action="tip_read", object_label=str(tip.pk), detail={"reason": reason.strip()[:200]})
    opened: dict[str, str] = json.loads(TIPS.open(tip.sealed))
    return opened


@transaction.atomic
def decide_tip(*, tip_id: int, proven: bool, answer: str, by: Actor) -> Tip:
    """Say what was found; ``answer`` is for who has the code. Raises NotAllowed, NotVisible, WrongState, Invalid."""
    tip = _tip(tip_id, by)
    if tip.state != TipState.RECEIVED:
        raise WrongState(_("这条线索已经有结论"))
    if not 0 < len(answer.strip()) <= LONGEST_ANSWER:
        raise Invalid(fields={"answer": [_("请写给提供人看的答复，最多 %d 个字") % LONGEST_ANSWER]})
    tip.state, tip.answer = TipState.PROVEN if proven else TipState.UNPROVEN, answer.strip()
    tip.decided_by_id, tip.decided_at = by.user_id, clock.now()
    tip.save(update_fields=["state", "answer", "decided_by", "decided_at"])
    audit(actor_id=by.user_id, action=f"tip_{tip.state}", object_label=str(tip.pk))
    return tip


@transaction.atomic
def order_from_tip(*, tip_id: int, title: str, address: str, by: Actor) -> WorkOrder:
    """Open an order in the officer's own words, once; the tip itself stays under seal.

    Raises NotAllowed, NotVisible, Conflict, Invalid.
    """
    tip = _tip(tip_id, by)
    if tip.order_id is not None:
        raise Conflict(_("这条线索已经转为工单"))
    order, _new = work.report(by=by, data={"title": title, "address": address, "source": Source.INSPECTION})
    tip.order = order
    tip.save(update_fields=["order"])
    audit(actor_id=by.user_id, action="tip_to_order", object_label=str(tip.pk), detail={"order": order.number})
    return order


@transaction.atomic
def propose_reward(*, tip_id: int, amount: int, reason: str, by: Actor) -> TipReward:
    """Within the bounds of its kind. Raises NotAllowed, NotVisible, WrongState, Conflict, Invalid."""
    tip, faults = _tip(tip_id, by), {}
    if tip.state != TipState.PROVEN:
        raise WrongState(_("查证属实的线索才能申请奖励"))
    former = TipReward.objects.filter(tip=tip).first()
    if former is not None and former.approved_at is not None:
        raise Conflict(_("奖励已经批准"))
    kind = kind_of(tip)
    if not kind.least <= amount <= kind.most:
        faults["amount"] = [_("这一类应在 %(least)d 到 %(most)d 之间") % {"least": kind.least, "most": kind.most}]
    if not 0 < len(reason.strip()) <= 200:
        faults["reason"] = [_("请写明理由，最多 200 个字")]
    if faults:
        raise Invalid(fields=faults)
    told = {
        "pays": kind.pays, "amount": amount, "reason": reason.strip(), "proposed_by_id": by.user_id,
        "proposed_at": clock.now(),
    }  # fmt: skip
    reward, _made = TipReward.objects.update_or_create(tip=tip, defaults=told)
    audit(actor_id=by.user_id, action="tip_reward_proposed", object_label=str(tip.pk), detail={"amount": amount})
    return reward


@transaction.atomic
def decide_reward(*, tip_id: int, approve: bool, by: Actor, seen: dt.datetime | None = None) -> None:
    """Another than who proposed it; what is refused may be proposed anew.

    ``seen``: when it was proposed that the second person read; None does not ask.
    Raises NotAllowed, NotVisible, WrongState, Conflict.
    """
    reward = _reward(_tip(tip_id, by))
    if reward.approved_at is not None:
        raise WrongState(_("奖励已经批准"))
    if reward.proposed_by_id == by.user_id:
        raise NotAllowed(_("提出人不能自己批准，请由另一人审批"))
    if seen is not None and seen != reward.proposed_at:
        raise Conflict(_("奖励刚刚重新提出，请看过再决定"), code="draft_stale")
    detail = {"amount": reward.amount}
    if approve:
        reward.approved_by_id, reward.approved_at = by.user_id, clock.now()
        reward.save(update_fields=["approved_by", "approved_at"])
    else:
        reward.delete()
    action = "tip_reward_approved" if approve else "tip_reward_refused"
    audit(actor_id=by.user_id, action=action, object_label=str(tip_id), detail=detail)


@transaction.atomic
def pay_cash(*, code: str, cash_number: str, by: Actor) -> TipReward:
    """Write that cash was handed to who brought the code; once. Raises NotAllowed, NotVisible, WrongState, Invalid."""
    reward = _due(_tip(tip_by_code(code).pk, by), Pays.CASH)
    number = cash_number.strip()
    if not 0 < len(number) <= 40:
        raise Invalid(fields={"cash_number": [_("请填写支出凭证号")]})
    if TipReward.objects.filter(cash_number=number).exists():
        raise Invalid(fields={"cash_number": [_("这个凭证号已经用过")]})
    reward.paid_at, reward.paid_by_id, reward.cash_number = clock.now(), by.user_id, number
    reward.save(update_fields=["paid_at", "paid_by", "cash_number"])
    detail = {"amount": reward.amount, "number": number}
    audit(actor_id=by.user_id, action="tip_paid", object_label=str(reward.tip_id), detail=detail)
    return reward


@transaction.atomic
def take_points(*, code: str, user_id: int) -> int:
    """Book the reward to whoever brings the code, once; the books do not say for which tip.

    Raises NotAllowed, NotVisible, WrongState.
    """
    if not User.objects.filter(pk=user_id, kind=UserKind.CITIZEN, is_active=True).exists():
        raise NotAllowed
    tip = Tip.objects.select_for_update().get(pk=tip_by_code(code).pk)
    reward = _due(tip, Pays.POINTS)
    books = locked_books(users=[user_id], own=[AccountKind.ISSUE, AccountKind.CLAWBACK])
    account = books.of(user_id)
    moves = {books.own(AccountKind.ISSUE): -reward.amount, account: reward.amount}
    written = book(cause=f"tip:{_unlinked(tip)}", kind=TransactionKind.TIP, moves=moves)
    if written is None:
        raise WrongState(_("奖励已经领取"))
    # Its day and no more: the minute would say which entry of the books it is, and so whose.
    reward.paid_at = clock.now().astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    reward.save(update_fields=["paid_at"])
    if account.owed:
        collect(books, account, cause=f"debt:{written.pk}")
    return reward.amount


def _tip(tip_id: int, by: Actor) -> Tip:
    if not may_read_tips(by):
        raise NotAllowed
    tip = Tip.objects.select_for_update(of=("self",)).select_related("rulebook").filter(pk=tip_id).first()
    if tip is None:
        raise NotVisible
    return tip


def _reward(tip: Tip) -> TipReward:
    reward = TipReward.objects.filter(tip=tip).first()
    if reward is None:
        raise NotVisible
    return reward


def _due(tip: Tip, pays: Pays) -> TipReward:
    reward = TipReward.objects.select_for_update().filter(tip=tip, approved_at__isnull=False, pays=pays).first()
    if reward is None:
        raise WrongState(_("这条线索现在没有可领的奖励"))
    if reward.paid_at is not None:
        raise WrongState(_("奖励已经领取"))
    return reward


def _unlinked(tip: Tip) -> str:
    """A name for the cause that nobody joins with the tip without our key."""
    return hmac.new(_secret().encode(), f"tip-paid:{tip.pk}".encode(), hashlib.sha256).hexdigest()


def _secret() -> str:
    return receipt_secrets()[0]
