"""One's points in plain words, and what is kept about them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from citizens.models import (
    Capped,
    ClaimReason,
    PointsAccount,
    PointsAward,
    PointsEntry,
    Receipt,
    Redemption,
    Rulebook,
    Subject,
    TransactionKind,
)
from citizens.registry import Kept, farewell, keeps
from citizens.rules.codes import spelled
from citizens.rules.points import DEEDS
from citizens.selectors.rulebooks import rules_in_force
from citizens.services.points_keeping import let_go
from citizens.services.receipts import code_of_receipt

NEWEST = 60
# Why it was taken back. Nobody is to blame where a matter is only done again.
WHY: Mapping[str, Promise] = {
    ClaimReason.VOID: gettext_lazy("这件事不再办理，积分收回"),
    ClaimReason.REOPENED: gettext_lazy("这件事要重新办理，积分先收回，办结后再记"),
    ClaimReason.MISTAKE: gettext_lazy("经核对是误记"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the book: ``amount`` is 0 where a cap left nothing; ``code`` opens the progress of the order."""

    at: dt.datetime
    title: str
    amount: int
    note: str = ""
    why: str = ""
    number: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Earning:
    title: str
    points: int
    per_day: int
    per_month: int


@dataclass(frozen=True, slots=True)
class Earnings:
    """What earns how much, and the caps over all of it."""

    lines: tuple[Earning, ...]
    day: int
    month: int
    kept_months: int


@dataclass(frozen=True, slots=True)
class Book:
    balance: int
    owed: int
    lines: tuple[Line, ...]


def book_of(user_id: int) -> Book:
    """Five statements."""
    account = PointsAccount.objects.filter(user_id=user_id).first()
    awards = list(PointsAward.objects.filter(user_id=user_id).select_related("order", "claim").order_by("-at")[:NEWEST])
    entries = list(
        PointsEntry.objects.filter(account=account).select_related("transaction").order_by("-id")[:NEWEST]
        if account
        else []
    )
    orders = [each.order_id for each in awards if each.order_id is not None]
    receipts = {each.order_id: each for each in Receipt.objects.filter(user_id=user_id, order_id__in=orders)}
    by_transaction = {each.transaction_id: each for each in awards if each.transaction_id is not None}
    by_claim = {f"claim:{each.pk}": each for each in awards}
    lines = [_line(each, by_transaction, by_claim, receipts) for each in entries]
    lines += [_nothing(each, receipts) for each in awards if not each.given]
    shown = sorted(lines, key=lambda each: each.at, reverse=True)[:NEWEST]
    return Book(account.balance if account else 0, account.owed if account else 0, tuple(shown))


def earnings() -> Earnings | None:
    """The rules in force, in words; None while there are none."""
    rules = rules_in_force(Subject.POINTS)
    return earnings_of(rules) if rules else None


def earnings_of(rules: Rulebook) -> Earnings:
    told = rules.contents
    lines = (Earning(str(title), **told["rules"][name]) for name, title in DEEDS.items() if name in told["rules"])
    return Earnings(tuple(lines), told["day"], told["month"], told["kept_months"])


def _line(
    entry: PointsEntry,
    by_transaction: dict[int, PointsAward],
    by_claim: dict[str, PointsAward],
    receipts: dict[int, Receipt],
) -> Line:
    booked = entry.transaction
    award = by_transaction.get(booked.pk)
    if award is not None:
        return _of_award(award, entry.amount, receipts)
    title, note, why = str(TransactionKind(booked.kind).label), booked.note, ""
    claimed = by_claim.get(booked.cause)
    if claimed is not None:
        number, code = _order(claimed, receipts)
        why = str(WHY[claimed.claim.reason])
        title = _("积分先收回") if claimed.claim.reason == ClaimReason.REOPENED else title
        return Line(booked.at, title, entry.amount, claimed.note, why, number, code)
    if booked.kind == TransactionKind.CLAWBACK:
        why = _("以前应收回的分数，从这次得分里扣")
    return Line(booked.at, title, entry.amount, note, why)


def _of_award(award: PointsAward, amount: int, receipts: dict[int, Receipt]) -> Line:
    number, code = _order(award, receipts)
    why = _("应得 %(wanted)d 分，%(why)s") % {"wanted": award.wanted, "why": _why(award)} if award.capped else ""
    return Line(award.at, str(DEEDS[award.rule]), amount, award.note, why, number, code)


def _nothing(award: PointsAward, receipts: dict[int, Receipt]) -> Line:
    number, code = _order(award, receipts)
    return Line(award.at, str(DEEDS[award.rule]), 0, award.note, _("%s，这次不记分") % _why(award), number, code)


def _why(award: PointsAward) -> str:
    return str(Capped(award.capped).label)


def _order(award: PointsAward, receipts: dict[int, Receipt]) -> tuple[str, str]:
    if award.order is None:
        return "", ""
    receipt = receipts.get(award.order.pk)
    code = code_of_receipt(receipt) if receipt is not None else ""
    return award.order.number, spelled(code) if code else ""


@keeps("points", place=40)
def points(user_id: int) -> Kept:
    book = book_of(user_id)
    rows: list[tuple[str, str]] = [(_("现有积分"), str(book.balance))] if book.lines else []
    if book.owed:
        rows.append((_("待扣积分"), str(book.owed)))
    rows += [(f"{each.title} {each.number}".strip(), f"{each.amount:+} · {_day(each.at)}") for each in book.lines]
    return Kept(_("积分"), tuple(rows))


@keeps("redemptions", place=41)
def redemptions(user_id: int) -> Kept:
    found: Iterable[Redemption] = Redemption.objects.filter(user_id=user_id).select_related("reward")
    rows = ((each.reward.name, f"{each.get_state_display()} · {_day(each.at)}") for each in found)
    return Kept(_("兑换"), tuple(rows))


@farewell
def forget_points(user_id: int) -> None:
    let_go(user_id)


def _day(moment: dt.datetime) -> str:
    return localtime(moment).strftime("%Y-%m-%d %H:%M")
