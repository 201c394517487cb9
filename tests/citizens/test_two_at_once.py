"""Two things about the same person at the same moment: neither is lost, and none waits for the other for ever."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, connections, transaction

from accounts.models import User
from citizens.models import Block, PointsAccount, Redemption, SignUp
from citizens.selectors.privacy import notice_in_force
from citizens.services import volunteers
from citizens.services.blocks import block
from citizens.services.contacts import citizen_of
from citizens.services.leaving import leave
from citizens.services.ledger import locked_books
from citizens.services.points_keeping import prove_ledger
from citizens.services.receipts import open_receipt
from citizens.services.reporting import report_publicly
from citizens.services.standing import end_standing
from grids.selectors import actor_for
from lianqin.kernel.errors import DomainError
from tests.citizens.community import evening, is_a, team
from tests.citizens.points import earn, in_force, thing, voucher
from tests.workorders.conftest import HERE, Desk
from workorders.models import ReporterContact

WAITS = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"


def meanwhile(doing: Callable[[], Any]) -> tuple[threading.Thread, list[str], Callable[[], None]]:
    """A thread that does it, what it told, and what waits until it is done or waits for a lock of ours."""
    told: list[str] = []

    def run() -> None:
        try:
            doing()
            told.append("done")
        except Exception as error:  # noqa: BLE001 (told, to be compared)
            told.append(repr(error))
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)

    def begin() -> None:
        thread.start()
        end = time.monotonic() + 5
        while thread.is_alive() and time.monotonic() < end:
            with connection.cursor() as cursor:
                cursor.execute(WAITS)
                if cursor.fetchone()[0]:
                    return
            time.sleep(0.01)

    return thread, told, begin


@pytest.mark.django_db(transaction=True)
def test_leaving_while_points_are_spent_stopping_while_signing_up_and_being_blocked_twice(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_force(desk.cast)
    earn(desk.cast)
    me, shelf = desk.cast.user("citizen"), thing(desk.cast)
    thread, told, begin = meanwhile(lambda: leave(user_id=me.pk))

    def held(**which: Any) -> Any:
        found = locked_books(**which)
        begin()
        return found

    monkeypatch.setattr("citizens.services.redemptions.locked_books", held)
    voucher(desk.cast, shelf)
    thread.join(10)
    assert (told, Redemption.objects.count(), User.objects.get(pk=me.pk).is_active) == (["done"], 1, False)
    assert (PointsAccount.objects.get(user=me).balance, prove_ledger().faults) == (0, [])

    standing = is_a(desk, "citizen2", "volunteer")
    shift = evening(desk, team(desk))
    by = desk.cast.citizen2
    thread, told, begin = meanwhile(lambda: end_standing(standing_id=standing.pk, by=by))
    with transaction.atomic():
        volunteers.sign_up(shift_id=shift.pk, by=by)
        begin()
    thread.join(10)
    assert (told, SignUp.objects.get().state) == (["done"], "cancelled"), "no evening is kept by who is no volunteer"
    with pytest.raises(DomainError):
        volunteers.sign_up(shift_id=shift.pk, by=by)

    def kept_out() -> Block:
        return block(measure="network", value="203.0.113.0/24", reason="广告", days=3, by=desk.cast.supervisor)

    thread, told, begin = meanwhile(kept_out)
    with transaction.atomic():
        kept_out()
        begin()
    thread.join(10)
    assert (Block.objects.count(), "这个对象已在限制中" in told[0]) == (1, True)


@pytest.mark.django_db(transaction=True)
def test_what_is_reported_while_one_leaves_keeps_no_number(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    me, notice = citizen_of("13900001111"), notice_in_force()
    by = actor_for(me)
    thread, told, begin = meanwhile(lambda: leave(user_id=me.pk))

    def held(**which: Any) -> Any:
        found = open_receipt(**which)
        begin()
        return found

    monkeypatch.setattr("citizens.services.reporting.open_receipt", held)
    report = {"words": "路灯不亮", "lon": HERE[0], "lat": HERE[1], "mine": "on", "agree": notice and notice.version}
    receipt, _code = report_publicly(by=by, client_key=uuid.uuid4(), told=report)
    thread.join(10)
    receipt.refresh_from_db()
    assert (told, receipt.user, ReporterContact.objects.count()) == (["done"], None, 0)
