"""Points for what was verified, and back again if it did not stand. The news of an order only say: look again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User, UserKind
from accounts.services import audit
from citizens.models import (
    AccountKind,
    ClaimReason,
    PointsAward,
    PointsClaim,
    Receipt,
    Subject,
    TransactionKind,
)
from citizens.permissions import may_set_rewards
from citizens.rules.points import DEEDS, Given, share_of
from citizens.selectors.rulebooks import rules_in_force
from citizens.services.ledger import Books, book, collect, locked_books
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import Conflict, Invalid, NotAllowed, NotVisible
from workorders.models import Event, WorkOrder

SHANGHAI = ZoneInfo("Asia/Shanghai")
# Of all that happens to an order, these decide whether it was verified, and whether that still holds.
DECISIVE = ("verify", "reopen", "void", "decline", "withdraw")
# What the community tells of, and the rule that thanks for it.
COMMUNITY = "citizens.community"
DEEDS_OF_COMMUNITY = {"shift_done": "volunteer", "remark_accepted": "remark", "took_part": "deliberation"}
SHORTEST_REASON = 4
BOTH = (AccountKind.ISSUE, AccountKind.CLAWBACK)


@dataclass(frozen=True, slots=True)
class Merit:
    """Somebody did something that was verified; ``cause`` names it for good."""

    user_id: int
    rule: str
    cause: str
    note: str = ""
    order_id: int | None = None


@transaction.atomic
def award(merit: Merit) -> PointsAward | None:
    """Give what the rules in force give for it, once; None if they give nothing, or gave it before, or not to them."""
    if not User.objects.filter(pk=merit.user_id, kind=UserKind.CITIZEN, is_active=True).exists():
        return None
    books = locked_books(users=[merit.user_id], own=BOTH)
    return _award(books, merit)


@transaction.atomic
def settle_order(*, order_id: int) -> int:
    """Bring the points of an order to where its history stands; again does nothing. Returns how many were booked."""
    receipts = list(_receipts(order_id))
    awarded = PointsAward.objects.filter(order_id=order_id, claim=None)
    if not receipts and not awarded.exists():
        return 0
    users = {user_id for user_id, _own in receipts} | set(awarded.values_list("user_id", flat=True))
    books = locked_books(users=users, own=BOTH)
    last = Event.objects.filter(order_id=order_id, kind__in=DECISIVE).order_by("-seq").first()
    if last is None:
        return 0
    standing = list(awarded.select_related("transaction"))
    if last.kind != "verify":
        return _take_back(books, standing, last, {user_id for user_id, _own in receipts})
    # Whoever was found to have told what is false earns nothing by it any more.
    barred = PointsAward.objects.filter(order_id=order_id, claim__reason=ClaimReason.MISTAKE)
    held = {each.user_id for each in standing} | set(barred.values_list("user_id", flat=True))
    merits = (
        Merit(user_id, "report" if own else "joined", f"order:{order_id}:{last.seq}:{user_id}", order_id=order_id)
        for user_id, own in receipts
        if user_id not in held
    )
    return sum(_award(books, merit) is not None for merit in merits)


@transaction.atomic
def take_back(*, award_id: int, reason: str, by: Actor) -> PointsClaim:
    """Take back an award that was given by mistake. Raises NotAllowed, Invalid, NotVisible, Conflict."""
    if not may_set_rewards(by):
        raise NotAllowed
    if len(reason.strip()) < SHORTEST_REASON:
        raise Invalid(fields={"reason": [_("请写明理由，至少 %d 个字") % SHORTEST_REASON]})
    found = PointsAward.objects.filter(pk=award_id).first()
    if found is None:
        raise NotVisible
    books = locked_books(users=[found.user_id], own=BOTH)
    if PointsClaim.objects.filter(award=found).exists():
        raise Conflict(_("这笔积分已经收回"))
    claim = _claim(books, found, ClaimReason.MISTAKE, by.user_id)
    detail = {"reason": reason.strip()[:200], "points": found.given}
    audit(actor_id=by.user_id, action="points_taken_back", object_label=found.cause, detail=detail)
    return claim


def _receipts(order_id: int) -> Iterable[tuple[int, bool]]:
    """Who reported it (True) or stood by it (False), each once and only who signed in.

    Whose own report was merged into it stands by it.
    """
    receipts = Receipt.objects.filter(
        Q(order_id=order_id) | Q(order__master_id=order_id), user__kind=UserKind.CITIZEN, user__is_active=True
    ).values_list("user_id", "order_id", "joined")
    # Programs report for who signed in with them, without a receipt.
    reporters = WorkOrder.objects.filter(
        Q(pk=order_id) | Q(master_id=order_id), reporter__kind=UserKind.CITIZEN, reporter__is_active=True
    ).values_list("reporter_id", "pk")
    told: dict[int, bool] = {}
    for user_id, own_id, joined in (*receipts, *((user_id, own_id, False) for user_id, own_id in reporters)):
        assert user_id is not None
        told[user_id] = told.get(user_id, False) or (own_id == order_id and not joined)
    return sorted(told.items())


def _award(books: Books, merit: Merit) -> PointsAward | None:
    rules = rules_in_force(Subject.POINTS)
    if rules is None or merit.rule not in rules.contents["rules"] or merit.rule not in DEEDS:
        return None
    if PointsAward.objects.filter(cause=merit.cause).exists():
        return None
    now, account = clock.now(), books.of(merit.user_id)
    share = share_of(rules.contents, merit.rule, _earlier(merit.user_id, now))
    written = None
    if share.given:
        moves = {books.own(AccountKind.ISSUE): -share.given, account: share.given}
        written = book(cause=f"award:{merit.cause}", kind=TransactionKind.AWARD, moves=moves, note=merit.note[:80])
    made = PointsAward.objects.create(
        cause=merit.cause, user_id=merit.user_id, rule=merit.rule, rulebook=rules, order_id=merit.order_id,
        wanted=rules.contents["rules"][merit.rule]["points"], given=share.given, capped=share.capped,
        transaction=written, note=merit.note[:80], at=now,
    )  # fmt: skip
    if account.owed and written is not None:
        collect(books, account, cause=f"debt:{written.pk}")
    return made


def _earlier(user_id: int, now: dt.datetime) -> list[Given]:
    """This month's awards that stand; days and months are those of Shanghai."""
    today = now.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    of_month = PointsAward.objects.filter(user_id=user_id, at__gte=today.replace(day=1), claim=None, given__gt=0)
    return [Given(rule, given, at >= today) for rule, given, at in of_month.values_list("rule", "given", "at")]


def _take_back(books: Books, standing: list[PointsAward], event: Event, reporters: set[int]) -> int:
    """What was voided is taken back, and what staff reopened; who asks to have it done again loses nothing."""
    reopened = event.kind == "reopen"
    if reopened and (event.user_id is None or event.user_id in reporters):
        return 0
    for each in standing:
        _claim(books, each, ClaimReason.REOPENED if reopened else ClaimReason.VOID, None)
    return len(standing)


def _claim(books: Books, given: PointsAward, reason: ClaimReason, by_id: int | None) -> PointsClaim:
    claim = PointsClaim.objects.create(award=given, amount=given.given, reason=reason, by_id=by_id, at=clock.now())
    account = books.of(given.user_id)
    account.owed += given.given
    collect(books, account, cause=f"claim:{given.pk}")
    return claim
