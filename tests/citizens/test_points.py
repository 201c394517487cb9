"""Points: for what was verified, once, within the caps; back again if it did not stand; provable to the last one."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from citizens.models import LedgerCheck, PointsAccount, PointsAward, PointsClaim, PointsEntry, PointsTransaction
from citizens.rules.points import Given, expired, share_of
from citizens.services import open_receipt
from citizens.services.leaving import leave
from citizens.services.points import settle_order, take_back
from citizens.services.points_keeping import PROOFS, expire_points, prove_ledger, prove_nightly
from citizens.services.rulebooks import decide_rules, draft_rules
from citizens.tasks import keep_points
from lianqin.kernel.errors import DomainError, Invalid, NotAllowed
from relay.services import drain
from relay.services.posting import post
from tests.citizens.points import POINTS, balance, close, earn, finish, in_force, owed, reported_by, thing, voucher
from tests.workorders.conftest import Desk
from workorders.models import WorkOrder

Shift = Callable[[dt.timedelta], None]


def mine(desk: Desk, name: str = "citizen") -> str:
    client = Client()
    client.force_login(desk.cast.user(name), backend="django.contrib.auth.backends.ModelBackend")
    return client.get("/citizen/points/").content.decode()


def by_staff(desk: Desk, order: WorkOrder) -> WorkOrder:
    return desk.do(order, "reopen", desk.cast.street_dispatcher, reason="回访发现没有修")


def test_a_verified_report_earns_once_and_only_when_it_is_closed(desk: Desk) -> None:
    in_force(desk.cast)
    order = reported_by(desk, "citizen")
    open_receipt(order_id=order.pk, client_key=uuid.uuid4(), user_id=desk.cast.user("citizen2").pk, joined=True)
    open_receipt(order_id=order.pk, client_key=uuid.uuid4())
    drain()
    assert not PointsAccount.objects.filter(kind="citizen").exists()
    close(desk, order)
    drain()
    assert settle_order(order_id=order.pk) == 0
    assert (balance(desk.cast), balance(desk.cast, "citizen2")) == (10, 2)
    assert PointsAccount.objects.get(kind="issue").balance == -12
    page = mine(desk)
    for words in ("反映的问题经核查办结", "+10", order.number):
        assert words in page
    assert "附议的问题经核查办结" in mine(desk, "citizen2")


def test_nothing_is_given_before_rules_are_in_force(desk: Desk) -> None:
    order = reported_by(desk, "citizen")
    close(desk, order)
    assert settle_order(order_id=order.pk) == 0
    draft_rules(subject="points", contents=POINTS, by=desk.cast.supervisor)
    assert settle_order(order_id=order.pk) == 0


def test_staff_and_strangers_earn_nothing(desk: Desk) -> None:
    in_force(desk.cast)
    with transaction.atomic():
        for name in ("handler", "citizen"):
            told = {"kind": "shift_done", "user": desk.cast.user(name).pk}
            post(topic="citizens.community", key=f"signup:{name}", payload=told)
        post(topic="citizens.community", key="signup:x", payload={"kind": "unheard", "user": 1})
    drain()
    assert list(PointsAward.objects.values_list("user__username", "rule")) == [("citizen", "volunteer")]


def test_caps_by_rule_and_by_day_and_month_say_why(desk: Desk, shift: Shift) -> None:
    in_force(desk.cast)
    assert earn(desk.cast, times=4) == 30
    last = PointsAward.objects.latest("pk")
    assert (last.wanted, last.given, last.capped, last.transaction) == (10, 0, "rule_day", None)
    order = reported_by(desk, "citizen")
    close(desk, order)
    settle_order(order_id=order.pk)
    assert (balance(desk.cast), PointsAward.objects.latest("pk").capped) == (35, "day")
    page = mine(desk)
    assert "这一项今天已达上限" in page
    assert "应得 10 分，今天的总积分已达上限" in page


@pytest.mark.parametrize(
    ("earlier", "given", "why"),
    [
        ([], 10, ""),
        ([("report", 25, True)], 5, "rule_day"),
        ([("report", 25, False)], 10, ""),
        ([("report", 95, False)], 5, "rule_month"),
        ([("volunteer", 35, True)], 0, "day"),
        ([("volunteer", 119, False)], 1, "month"),
    ],
)
def test_the_narrowest_cap_decides(earlier: list[Any], given: int, why: str) -> None:
    share = share_of(POINTS, "report", [Given(*each) for each in earlier])
    assert (share.given, share.capped) == (given, why)


def test_days_are_those_of_shanghai(desk: Desk, shift: Shift) -> None:
    in_force(desk.cast)
    assert earn(desk.cast, times=3) == 30
    shift(dt.timedelta(days=1))
    assert earn(desk.cast) == 40


def test_what_staff_reopens_is_taken_back_and_given_anew(desk: Desk) -> None:
    in_force(desk.cast)
    order = close(desk, reported_by(desk, "citizen"))
    drain()
    order = by_staff(desk, order)
    drain()
    assert (balance(desk.cast), PointsClaim.objects.get().reason) == (0, "reopened")
    page = mine(desk)
    assert "这件事要重新办理，积分先收回，办结后再记" in page
    assert "不实" not in page
    finish(desk, order, "street_dispatcher")
    drain()
    assert balance(desk.cast) == 10
    assert mine(desk).count("points-more") == 2
    assert PointsAccount.objects.get(kind="clawback").balance == 10


def test_who_asks_to_have_it_done_again_loses_nothing_and_gains_nothing(desk: Desk) -> None:
    in_force(desk.cast)
    order = close(desk, reported_by(desk, "citizen"))
    drain()
    order = desk.do(order, "reopen", desk.cast.citizen, reason="还是不亮")
    drain()
    assert (balance(desk.cast), "points-less" in mine(desk)) == (10, False)
    finish(desk, order, "district_dispatcher2")
    drain()
    assert balance(desk.cast) == 10


def test_what_was_spent_is_owed_and_taken_from_the_next(desk: Desk) -> None:
    in_force(desk.cast)
    order = close(desk, reported_by(desk, "citizen"))
    drain()
    voucher(desk.cast, thing(desk.cast))
    order = by_staff(desk, order)
    drain()
    assert (balance(desk.cast), owed(desk.cast)) == (0, 10)
    assert "待扣" in mine(desk)
    earn(desk.cast)
    assert (balance(desk.cast), owed(desk.cast)) == (0, 0)
    assert prove_ledger().faults == []


def test_a_void_order_takes_its_points_with_it(desk: Desk) -> None:
    in_force(desk.cast)
    order = close(desk, reported_by(desk, "citizen"))
    drain()
    order = desk.do(order, "reopen", desk.cast.citizen, reason="还是不亮")
    desk.do(order, "withdraw", desk.cast.citizen, reason="报错了")
    drain()
    assert (balance(desk.cast), PointsClaim.objects.get().reason) == (0, "void")


def test_a_false_report_found_later_is_taken_back_by_who_sets_the_rules(desk: Desk) -> None:
    in_force(desk.cast)
    order = close(desk, reported_by(desk, "citizen"))
    drain()
    given = PointsAward.objects.get()
    with pytest.raises(NotAllowed):
        take_back(award_id=given.pk, reason="照片是假的", by=desk.cast.street_dispatcher)
    client = Client()
    client.force_login(desk.cast.user("supervisor"), backend="django.contrib.auth.backends.ModelBackend")
    told = {"number": order.number, "award": str(given.pk)}
    answers = [client.post("/citizen-desk/points/order/", {**told, "reason": why}) for why in ("假", "照片是假的")]
    assert [each.status_code for each in answers] == [400, 302]
    assert client.post("/citizen-desk/points/order/", {**told, "reason": "照片是假的"}).status_code == 409
    assert client.post("/citizen-desk/points/order/", {"award": "9" * 5000, "reason": "照片是假的"}).status_code == 404
    assert "已收回" in client.get(answers[1]["Location"]).content.decode()
    order = desk.do(order, "reopen", desk.cast.citizen, reason="还是不亮")
    finish(desk, order, "district_dispatcher2")
    drain()
    assert balance(desk.cast) == 0


def test_whose_report_was_merged_stands_by_the_other(desk: Desk) -> None:
    in_force(desk.cast)
    first, second = reported_by(desk, "citizen"), reported_by(desk, "citizen2")
    desk.do(second, "merge", desk.cast.street_dispatcher, master=first.number)
    close(desk, first)
    drain()
    assert (balance(desk.cast), balance(desk.cast, "citizen2")) == (10, 2)


def test_rules_need_two_people(desk: Desk) -> None:
    cast = desk.cast
    with pytest.raises(NotAllowed):
        draft_rules(subject="points", contents=POINTS, by=cast.street_supervisor)
    drafted = draft_rules(subject="points", contents=POINTS, by=cast.commander)
    with pytest.raises(DomainError):
        decide_rules(rulebook_id=drafted.pk, approve=True, by=cast.commander)
    with pytest.raises(Invalid) as refused:
        draft_rules(subject="points", contents={**POINTS, "day": 0}, by=cast.commander)
    assert set(refused.value.fields) == {"day"}


def test_old_points_go_and_the_oldest_are_used_first(desk: Desk, shift: Shift) -> None:
    in_force(desk.cast)
    earn(desk.cast, times=3)
    shift(dt.timedelta(days=400))
    earn(desk.cast)
    voucher(desk.cast, thing(desk.cast))
    shift(dt.timedelta(days=400))
    assert (expire_points(), expire_points()) == (1, 0)
    assert (balance(desk.cast), PointsAccount.objects.get(kind="expiry").balance) == (10, 20)
    assert prove_ledger().faults == []
    assert [expired(credits_before=20, used=25, balance=9), expired(credits_before=20, used=5, balance=9)] == [0, 9]


def test_points_that_expire_keep_no_worker_from_the_proof(
    desk: Desk, shift: Shift, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_force(desk.cast)
    earn(desk.cast, times=3)
    shift(dt.timedelta(days=800))
    monkeypatch.setattr("citizens.services.points_keeping.EXPIRING_SECONDS", -1)
    keep_points()
    assert (balance(desk.cast), LedgerCheck.objects.count()) == (30, 1)
    monkeypatch.undo()
    keep_points()
    assert balance(desk.cast) == 0


def test_who_has_nothing_old_is_not_looked_at_by_night(desk: Desk, shift: Shift) -> None:
    in_force(desk.cast)
    earn(desk.cast)
    shift(dt.timedelta(days=800))
    earn(desk.cast)
    assert expire_points() == 1
    with CaptureQueriesContext(connection) as asked:
        assert expire_points() == 0
    assert len(asked) == 3, "the rules, the clock, and all accounts in one"


def test_who_leaves_gives_up_what_they_have(desk: Desk) -> None:
    in_force(desk.cast)
    earn(desk.cast)
    leave(user_id=desk.cast.user("citizen").pk)
    assert (balance(desk.cast), PointsAccount.objects.get(kind="expiry").balance) == (0, 10)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE citizens_pointsentry SET amount = amount + 1",
        "DELETE FROM citizens_pointsentry",
        "UPDATE citizens_pointstransaction SET note = 'x'",
        "UPDATE citizens_pointsaward SET given = 0",
        "UPDATE citizens_pointsaccount SET balance = balance + 1",
        "DELETE FROM citizens_pointsaccount",
    ],
)
def test_what_is_written_stays(desk: Desk, change: str) -> None:
    in_force(desk.cast)
    earn(desk.cast)
    with pytest.raises(DatabaseError, match=r"append-only|follows"):
        run(change)


def test_entries_that_do_not_sum_to_zero_are_not_committed(desk: Desk) -> None:
    in_force(desk.cast)
    earn(desk.cast)
    issue = PointsAccount.objects.get(kind="issue")
    citizen = PointsAccount.objects.get(kind="citizen")
    for moves in ({}, {issue: 5}, {issue: 5, citizen: -4}):
        with pytest.raises(IntegrityError, match="do not sum to zero"):
            write(moves)
    with pytest.raises(IntegrityError, match="never_below_zero"):
        write({issue: 11, citizen: -11})


@transaction.atomic
def write(moves: dict[PointsAccount, int]) -> None:
    lone = PointsTransaction.objects.create(cause="x", kind="award", at=PointsAward.objects.get().at)
    PointsEntry.objects.bulk_create(
        PointsEntry(transaction=lone, account=account, amount=amount) for account, amount in moves.items()
    )
    run("SET CONSTRAINTS ALL IMMEDIATE")


@transaction.atomic
def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_proof_finds_what_does_not_follow(desk: Desk) -> None:
    in_force(desk.cast)
    earn(desk.cast)
    voucher(desk.cast, thing(desk.cast))
    call_command("verify_ledger")
    assert prove_nightly() is None
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE citizens_pointsaccount SET balance = 7, owed = 1 WHERE kind = 'citizen'")
        cursor.execute("UPDATE citizens_reward SET stock = 9")
        cursor.execute("UPDATE citizens_redemption SET state = 'expired', ended_at = now()")
        cursor.execute("UPDATE citizens_pointsaward SET given = 9, capped = 'day'")
        cursor.execute("UPDATE citizens_pointsentry SET amount = 11 WHERE amount = 10")
        cursor.execute("SET session_replication_role = origin")
    with pytest.raises(CommandError):
        call_command("verify_ledger")
    found = {each["fault"] for each in LedgerCheck.objects.latest("pk").faults}
    assert found == set(PROOFS) - {"a citizen's balance is below zero"} | {"all balances do not sum to zero"}
