"""Ballots: one vote each, of residents alone, ended by the clock, countable by anybody."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from accounts.models import User
from citizens.models import (
    Ballot,
    MatterEvent,
    Proposal,
    Slip,
    Turnout,
)
from citizens.rules.ballots import tally
from citizens.services.ballots import count_due, faults_of
from tests.citizens.community import is_a, plain, window
from tests.citizens.village import PAGE, Village, village

__all__ = ["village"]


@pytest.mark.parametrize(
    ("slips", "quorum", "result"),
    [
        ([("for", 1)] * 3 + [("against", None)] * 2, 5, ({"1": 3, "against": 2}, 5, "carried", 1)),
        ([("for", 1)] * 3 + [("abstain", None)] * 3, 5, ({"1": 3, "abstain": 3}, 6, "not_carried", None)),
        ([("for", 1)] * 2 + [("for", 2)] * 3, 5, ({"1": 2, "2": 3}, 5, "carried", 2)),
        ([("for", 1)] * 2 + [("for", 2)] * 2, 4, ({"1": 2, "2": 2}, 4, "not_carried", None)),
        ([("for", 1)] * 4, 5, ({"1": 4}, 4, "no_quorum", None)),
        ([], 1, ({}, 0, "no_quorum", None)),
    ],
)
def test_more_than_half_of_who_took_part_carry(slips: Any, quorum: int, result: Any) -> None:
    found = tally(slips, quorum)
    assert (found.counts, found.turnout, found.outcome, found.winner) == result


def test_nobody_votes_twice(village: Village) -> None:
    village.to_deciding()
    assert village.act("citizen", "vote", choice="for-2") == 400
    assert village.act("citizen", "vote", choice="for-1") == 302
    assert village.act("citizen", "vote", choice="against") == 409
    assert (Turnout.objects.count(), Slip.objects.count()) == (1, 1)
    ballot, user = Ballot.objects.get(), village.desk.cast.user("citizen")
    with pytest.raises(IntegrityError), transaction.atomic():
        Turnout.objects.create(ballot=ballot, user=user)
    # One more slip without a voter is found when the transaction ends.
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(IntegrityError), transaction.atomic():
        Slip.objects.create(ballot=ballot, choice="against")
    for change in (Turnout.objects.all().delete, lambda: Slip.objects.update(choice="against", proposal=None)):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_nobody_of_elsewhere_votes(village: Village) -> None:
    desk = village.desk
    stranger = User.objects.create(username="stranger", full_name="外来人", kind="citizen")
    minor = User.objects.create(username="minor", full_name="小明", kind="citizen")
    desk.cast.user.cache_clear()
    is_a(desk, "stranger", "resident", community=desk.ground.community2)
    is_a(desk, "minor", "resident", adult=False)
    village.to_deciding()
    for name in ("stranger", "minor"):
        answer = window(desk, name).post(f"{PAGE}{village.pk}/", {"do": "vote", "choice": "for-1"})
        assert answer.status_code == 403
    for user in (stranger, minor):
        with pytest.raises(IntegrityError), transaction.atomic():
            Turnout.objects.create(ballot=Ballot.objects.get(), user=user)
    assert window(desk, "stranger").post(f"{PAGE}{village.pk}/", {"do": "support"}).status_code == 409
    assert not Turnout.objects.exists()


def test_a_ballot_ends_by_the_clock(village: Village) -> None:
    village.to_deciding()
    assert village.act("citizen", "vote", choice="for-1") == 302
    assert count_due() == 0
    village.shift(dt.timedelta(days=2, minutes=1))
    assert village.act("citizen2", "vote", choice="for-1") == 409
    ballot = Ballot.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Turnout.objects.create(ballot=ballot, user=village.desk.cast.user("citizen2"))
    assert (count_due(), count_due()) == (1, 0)
    ballot.refresh_from_db()
    assert (ballot.outcome, ballot.counts, faults_of(ballot)) == ("no_quorum", {"1": 1}, [])
    assert village.officer("decide", owner="物业", due_on="2090-01-01") == 409
    assert village.officer("discuss_again", words="人数不够") == 302
    assert (village.matter.state, village.matter.round) == ("discussing", 2)
    village.to_deciding()
    assert Ballot.objects.count() == 2


def test_the_result_follows_from_the_slips(village: Village) -> None:
    village.to_deciding()
    village.act("citizen", "vote", choice="for-1")
    village.act("citizen2", "vote", choice="for-1")
    ballot = Ballot.objects.get()
    for change in ({"quorum": 1}, {"secret": False}, {"outcome": "carried"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Ballot.objects.filter(pk=ballot.pk).update(**change)
    village.to_counted()
    ballot.refresh_from_db()
    assert (ballot.outcome, ballot.counts, ballot.carried) == ("carried", {"1": 2}, Proposal.objects.get())
    with pytest.raises(DatabaseError), transaction.atomic():
        Ballot.objects.filter(pk=ballot.pk).update(counts={"1": 9})
    with pytest.raises(DatabaseError), transaction.atomic():
        Proposal.objects.update(text="别的")
    ballot.counts = {"1": 9}
    assert faults_of(ballot) == ["票数与选票不符"]


def test_a_secret_slip_is_nobodys_and_an_open_one_is_somebodys(village: Village) -> None:
    village.to_deciding(secret=True)
    answer = village.windows["citizen"].post(f"{PAGE}{village.pk}/", {"do": "vote", "choice": "for-1"}, follow=True)
    slip = Slip.objects.get()
    assert str(slip.pk) in plain(answer)
    assert slip.user is None
    assert not MatterEvent.objects.filter(action="vote").exists()
    assert {field.name for field in Turnout._meta.get_fields()} == {"id", "ballot", "user"}
    village.act("citizen2", "vote", choice="abstain")
    village.to_counted()
    page = plain(village.windows["citizen"].get(f"{PAGE}{village.pk}/"))
    assert str(slip.pk) in page


def test_counted_slips_lie_as_if_written_at_once_and_in_the_order_of_their_numbers(village: Village) -> None:
    sorted_so = "array_agg(id ORDER BY ctid) = array_agg(id ORDER BY id)"
    lie = f"SELECT count(DISTINCT xmin::text), {sorted_so} FROM citizens_slip"
    village.to_deciding(secret=True)
    village.act("citizen", "vote", choice="for-1")
    village.act("citizen2", "vote", choice="abstain")
    with connection.cursor() as cursor:
        cursor.execute(lie)
        assert cursor.fetchone()[0] == 2
        village.to_counted()
        cursor.execute(lie)
        assert cursor.fetchone() == (1, True)
    assert faults_of(Ballot.objects.get()) == []
    with pytest.raises(DatabaseError), transaction.atomic():
        Slip.objects.filter(choice="abstain").update(choice="against")
    with pytest.raises(DatabaseError), transaction.atomic():
        Slip.objects.all().delete()


def test_an_open_ballot_names_its_slips(village: Village) -> None:
    village.to_deciding(secret=False)
    village.act("citizen", "vote", choice="for-1")
    assert Slip.objects.get().user == village.desk.cast.user("citizen")
    with pytest.raises(IntegrityError), transaction.atomic():
        Slip.objects.create(ballot=Ballot.objects.get(), choice="against")
