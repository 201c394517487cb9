"""What is done to the books at night: points and vouchers whose time is over, and the proof of everything."""

from __future__ import annotations

import datetime as dt
import logging
import time

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce

from citizens.models import (
    AccountKind,
    LedgerCheck,
    PointsAccount,
    PointsEntry,
    PointsTransaction,
    Subject,
    TransactionKind,
)
from citizens.rules.points import expired
from citizens.selectors.rulebooks import rules_in_force
from citizens.services.ledger import book, locked_books
from citizens.services.points import SHANGHAI
from lianqin.kernel import clock

log = logging.getLogger(__name__)
DAYS_A_MONTH = 30.4375
EVERY = dt.timedelta(hours=20)
EARNED = (TransactionKind.AWARD, TransactionKind.TIP)
# The proof comes after it, and a worker that takes longer than 90 s is stopped.
EXPIRING_SECONDS = 40
# Each finds what may not be; its name is what is told.
PROOFS = {
    "a transaction does not sum to zero": """
        SELECT t.id FROM citizens_pointstransaction t LEFT JOIN citizens_pointsentry e ON e.transaction_id = t.id
        GROUP BY t.id HAVING count(e.id) < 2 OR sum(e.amount) <> 0""",
    "a balance is not the sum of its entries": """
        SELECT a.id FROM citizens_pointsaccount a LEFT JOIN citizens_pointsentry e ON e.account_id = a.id
        GROUP BY a.id HAVING a.balance <> coalesce(sum(e.amount), 0)""",
    "a citizen's balance is below zero": "SELECT id FROM citizens_pointsaccount WHERE kind = 'citizen' AND balance < 0",
    "what is owed is not what was claimed less what was taken": """
        SELECT a.id FROM citizens_pointsaccount a WHERE a.kind = 'citizen' AND a.owed <>
         (SELECT coalesce(sum(c.amount), 0) FROM citizens_pointsclaim c
          JOIN citizens_pointsaward w ON w.id = c.award_id WHERE w.user_id = a.user_id)
         + (SELECT coalesce(sum(e.amount), 0) FROM citizens_pointsentry e
            JOIN citizens_pointstransaction t ON t.id = e.transaction_id
            WHERE e.account_id = a.id AND t.kind = 'clawback')""",
    "an award is not what was booked for it": """
        SELECT w.id FROM citizens_pointsaward w
        LEFT JOIN citizens_pointsaccount a ON a.user_id = w.user_id
        LEFT JOIN citizens_pointsentry e ON e.transaction_id = w.transaction_id AND e.account_id = a.id
        WHERE w.given <> coalesce(e.amount, 0)""",
    "a voucher was not paid, or not paid back": """
        SELECT r.id FROM citizens_redemption r
        WHERE NOT EXISTS (SELECT 1 FROM citizens_pointstransaction WHERE cause = 'redemption:' || r.id)
        OR EXISTS (SELECT 1 FROM citizens_pointstransaction WHERE cause = 'refund:' || r.id)
           <> (r.state IN ('cancelled', 'expired'))""",
    "stock is not the sum of its moves": """
        SELECT r.id FROM citizens_reward r LEFT JOIN citizens_stockmove m ON m.reward_id = r.id
        GROUP BY r.id HAVING r.stock <> coalesce(sum(m.delta), 0)""",
    "a voucher did not leave the shelf, or did not return": """
        SELECT r.id FROM citizens_redemption r LEFT JOIN citizens_stockmove m ON m.redemption_id = r.id
        GROUP BY r.id HAVING coalesce(sum(m.delta), 0)
         <> CASE WHEN r.state IN ('cancelled', 'expired') THEN 0 ELSE -1 END OR count(m.id) = 0""",
}


def prove_ledger() -> LedgerCheck:
    """Look at the whole of the books at one moment, and keep what was found."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            if not connection.savepoint_ids:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            found = [{"fault": name, "ids": ids} for name, sql in PROOFS.items() if (ids := _ids(cursor, sql))]
            cursor.execute("SELECT coalesce(sum(balance), 0) FROM citizens_pointsaccount")
            if cursor.fetchone()[0] != 0:
                found.append({"fault": "all balances do not sum to zero", "ids": []})
        count = PointsTransaction.objects.count()
        return LedgerCheck.objects.create(at=clock.now(), transactions=count, faults=found)


def prove_nightly() -> LedgerCheck | None:
    """Once in most of a day; what is wrong is an error in the log, and stands on the desk's page."""
    last = LedgerCheck.objects.first()
    if last is not None and last.at >= clock.now() - EVERY:
        return None
    check = prove_ledger()
    for each in check.faults:
        log.error("the books of points: %s (%s)", each["fault"], each["ids"])
    return check


def expire_points() -> int:
    """Let go what was given so long ago that the rules keep it no more, for a while; the next hour goes on.

    Returns how many accounts were touched.
    """
    rules = rules_in_force(Subject.POINTS)
    if rules is None:
        return 0
    now = clock.now()
    before = now - dt.timedelta(days=round(DAYS_A_MONTH * rules.contents["kept_months"]))
    until, touched = time.monotonic() + EXPIRING_SECONDS, 0
    for user_id in _with_points_over(before):
        if time.monotonic() > until:
            break
        touched += _expire(user_id, before, f"{now.astimezone(SHANGHAI):%Y%m%d}")
    return touched


def _with_points_over(before: dt.datetime) -> list[int]:
    """Citizens of whom something expires: asked of all at once, for among thousands there are few. One statement."""
    earned = Q(entries__transaction__kind__in=EARNED)
    sums = PointsAccount.objects.filter(kind=AccountKind.CITIZEN, balance__gt=0).annotate(
        given=Coalesce(Sum("entries__amount", filter=earned & Q(entries__transaction__at__lt=before)), 0),
        used=Coalesce(Sum("entries__amount", filter=~earned), 0),
    )
    found = sums.filter(given__gt=-F("used")).order_by("user_id").values_list("user_id", flat=True)
    return [user_id for user_id in found if user_id is not None]


@transaction.atomic
def let_go(user_id: int) -> None:
    """Whoever leaves gives up what they have."""
    if not PointsAccount.objects.filter(user_id=user_id).exists():
        return
    books = locked_books(users=[user_id], own=[AccountKind.EXPIRY])
    account = books.of(user_id)
    if account.balance:
        moves = {account: -account.balance, books.own(AccountKind.EXPIRY): account.balance}
        # Somebody who left does not come back, but a voucher may expire later and return its points.
        number = PointsEntry.objects.filter(account=account).count()
        book(cause=f"leave:{user_id}:{number}", kind=TransactionKind.LEAVE, moves=moves)


@transaction.atomic
def _expire(user_id: int, before: dt.datetime, day: str) -> bool:
    books = locked_books(users=[user_id], own=[AccountKind.EXPIRY])
    account = books.of(user_id)
    earned = Q(transaction__kind__in=EARNED)
    sums = PointsEntry.objects.filter(account=account).aggregate(
        earned=Sum("amount", filter=earned & Q(transaction__at__lt=before)), used=Sum("amount", filter=~earned)
    )
    over = expired(credits_before=sums["earned"] or 0, used=-(sums["used"] or 0), balance=account.balance)
    if not over:
        return False
    moves = {account: -over, books.own(AccountKind.EXPIRY): over}
    return book(cause=f"expire:{user_id}:{day}", kind=TransactionKind.EXPIRE, moves=moves) is not None


def _ids(cursor: CursorWrapper, sql: str) -> list[int]:
    """The first of them: one is enough to look."""
    cursor.execute(f"{sql} LIMIT 20")
    return [row[0] for row in cursor.fetchall()]
