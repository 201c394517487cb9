"""A hundred people want the last one at the same moment: one has it, and the books balance."""

from __future__ import annotations

import threading
import uuid
from collections import Counter

import pytest
from django.db import connections

from accounts.models import User
from citizens.models import PointsAccount, PointsTransaction, Redemption, Reward
from citizens.services.points import Merit, award
from citizens.services.points_keeping import prove_ledger
from citizens.services.redemptions import SoldOut, TooFewPoints, redeem
from tests.cast import Cast
from tests.citizens.points import in_force, thing
from tests.live import Platform

pytestmark = pytest.mark.service
CROWD = 100


def people(number: int) -> list[int]:
    made = User.objects.bulk_create(User(username=f"c-race-{each}", kind="citizen") for each in range(number))
    return [user.pk for user in made]


def all_at_once(wishes: list[tuple[int, int]]) -> Counter[str]:
    """Each (reward, user) in a thread with a connection of its own; they start together."""
    gate, outcomes = threading.Barrier(len(wishes)), []

    def wish(reward_id: int, user_id: int) -> None:
        try:
            User.objects.filter(pk=user_id).exists()
            gate.wait(60)
            redeem(reward_id=reward_id, user_id=user_id, client_key=uuid.uuid4())
            outcomes.append("had")
        except (SoldOut, TooFewPoints) as refusal:
            outcomes.append(refusal.code)
        except Exception as error:  # noqa: BLE001 (told below, beside the others)
            outcomes.append(repr(error))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=wish, args=each) for each in wishes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(90)
    return Counter(outcomes)


def test_one_of_a_hundred_has_the_last_one(platform: Platform) -> None:
    in_force(Cast())
    users, last = people(CROWD), thing(Cast())
    for user_id in users:
        award(Merit(user_id, "volunteer", f"race:{user_id}"))
    assert all_at_once([(last.pk, user_id) for user_id in users]) == {"had": 1, "sold_out": CROWD - 1}
    assert (Redemption.objects.count(), Reward.objects.get().stock) == (1, 0)
    balances = Counter(PointsAccount.objects.filter(kind="citizen").values_list("balance", flat=True))
    assert balances == {10: CROWD - 1, 0: 1}
    assert PointsTransaction.objects.filter(kind="redeem").count() == 1
    assert prove_ledger().faults == []
    # The same points are spent once as well, whatever they are spent on.
    (spender,) = people_of(1)
    award(Merit(spender, "volunteer", "race:spender"))
    shelves = [thing(Cast(), stock=5) for _each in range(20)]
    assert all_at_once([(each.pk, spender) for each in shelves]) == {"had": 1, "too_few_points": 19}
    assert prove_ledger().faults == []


def people_of(number: int) -> list[int]:
    made = User.objects.bulk_create(User(username=f"c-spend-{each}", kind="citizen") for each in range(number))
    return [user.pk for user in made]
