"""The books of points: accounts are locked in one order, ours first; every cause is booked once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db import transaction
from django.db.models import Case, Value, When

from citizens.models import AccountKind, PointsAccount, PointsEntry, PointsTransaction, TransactionKind
from lianqin.kernel import clock


class Books:
    """The accounts that a transaction has locked."""

    def __init__(self, accounts: Iterable[PointsAccount]) -> None:
        found = list(accounts)
        self._of_users = {each.user_id: each for each in found if each.user_id is not None}
        self._own = {each.kind: each for each in found if each.user_id is None}

    def of(self, user_id: int) -> PointsAccount:
        return self._of_users[user_id]

    def own(self, kind: AccountKind) -> PointsAccount:
        return self._own[kind]


def locked_books(*, users: Iterable[int], own: Iterable[AccountKind]) -> Books:
    """Hold these accounts until the end of the transaction; one that does not exist is opened. Call it once in each."""
    wanted, kinds = sorted(set(users)), sorted({AccountKind(each) for each in own})
    _open(wanted, kinds)
    ours_first = Case(When(user=None, then=Value(0)), default=Value(1))
    rows = PointsAccount.objects.select_for_update().order_by(ours_first, "kind", "pk")
    return Books(
        [
            *rows.filter(user=None, kind__in=kinds),
            *rows.filter(user__in=wanted),
        ]
    )


def book(
    *, cause: str, kind: TransactionKind, moves: Mapping[PointsAccount, int], note: str = ""
) -> PointsTransaction | None:
    """Write one transaction over locked accounts; None if its cause is booked. ``moves`` sum to zero.

    The accounts in ``moves`` show the new balances afterwards.
    """
    assert sum(moves.values()) == 0, moves
    assert transaction.get_connection().in_atomic_block
    if PointsTransaction.objects.filter(cause=cause).exists():
        return None
    written = PointsTransaction.objects.create(cause=cause, kind=kind, note=note, at=clock.now())
    PointsEntry.objects.bulk_create(
        PointsEntry(transaction=written, account=account, amount=amount) for account, amount in moves.items()
    )
    for account, amount in moves.items():
        account.balance += amount
    return written


def collect(books: Books, account: PointsAccount, *, cause: str) -> None:
    """Take what the account owes, as far as there is something; the rest waits. Never below zero."""
    taken = min(account.owed, account.balance)
    if taken:
        moves = {account: -taken, books.own(AccountKind.CLAWBACK): taken}
        book(cause=cause, kind=TransactionKind.CLAWBACK, moves=moves)
    account.owed -= taken
    account.save(update_fields=["owed"])


def _open(users: list[int], kinds: list[AccountKind]) -> None:
    known = PointsAccount.objects.all()
    missing = set(users) - set(known.filter(user__in=users).values_list("user_id", flat=True))
    absent = set(kinds) - set(known.filter(user=None, kind__in=kinds).values_list("kind", flat=True))
    if missing or absent:
        # Somebody may open the same at this moment: whoever is second finds it there.
        PointsAccount.objects.bulk_create(
            [
                *(PointsAccount(kind=AccountKind(kind)) for kind in sorted(absent)),
                *(PointsAccount(kind=AccountKind.CITIZEN, user_id=pk) for pk in sorted(missing)),
            ],
            ignore_conflicts=True,
        )
