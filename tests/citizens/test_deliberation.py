"""A community deliberates: raise, discuss, decide, do, review; nobody twice, nobody from elsewhere, nothing skipped."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from accounts.models import User
from citizens.models import (
    Ballot,
    Flag,
    FlagReason,
    Matter,
    MatterEvent,
    MinutesRevision,
    MinutesSignature,
    Opinion,
    Proposal,
    Slip,
    Support,
    Turnout,
)
from citizens.rules.ballots import tally
from citizens.services.ballots import count_due, faults_of
from citizens.services.steps import begin
from citizens.states import TABLE
from lianqin.kernel import clock
from lianqin.kernel.errors import WrongState
from relay.models import OutboxMessage
from tests.citizens.community import SHANGHAI, is_a, plain, window
from tests.workorders.conftest import Desk

Shift = Callable[[dt.timedelta], None]
PAGE, DESK = "/citizen/matters/", "/citizen-desk/matters/"
# Our own copy: action, from, to, who.
MATRIX = """
raise         | -          | raised     | resident
support       | raised     | raised     | resident
withdraw      | raised     | withdrawn  | author
decline       | raised     | declined   | station
accept        | raised     | discussing | station
opine         | discussing | discussing | resident
call_meeting  | discussing | discussing | station
propose       | discussing | discussing | station
write_minutes | discussing | discussing | station
sign_minutes  | discussing | discussing | chair
open_ballot   | discussing | deciding   | station
vote          | deciding   | deciding   | resident
discuss_again | deciding   | discussing | station
decide        | deciding   | doing      | station
progress      | doing      | doing      | station
finish        | doing      | reviewing  | station
review        | reviewing  | reviewing  | resident
close         | reviewing  | closed     | station
"""
LINES = [tuple(part.strip() for part in line.split("|")) for line in MATRIX.strip().splitlines()]
STATES = ("raised", "discussing", "deciding", "doing", "reviewing", "closed", "declined", "withdrawn")


def test_the_table_is_as_it_was_agreed() -> None:
    assert [(row.action, row.source or "-", row.target, row.who) for row in TABLE] == LINES


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


class Village:
    """A matter and who acts on it, by the pages they use."""

    def __init__(self, desk: Desk, shift: Shift) -> None:
        self.desk, self.shift = desk, shift
        is_a(desk, "citizen", "resident")
        is_a(desk, "citizen2", "resident")
        self.windows = {name: window(desk, name) for name in ("citizen", "citizen2", "community_officer")}
        told = {"title": "加装楼道扶手", "words": "三幢老人多，想在楼道装扶手。"}
        assert self.windows["citizen"].post(f"{PAGE}new/", told).status_code == 302
        self.pk = Matter.objects.get().pk

    @property
    def matter(self) -> Matter:
        return Matter.objects.get(pk=self.pk)

    def act(self, who: str, do: str, **told: Any) -> int:
        client = self.windows.setdefault(who, window(self.desk, who))
        root = PAGE if who.startswith("citizen") or who.startswith("neighbour") else DESK
        status: int = client.post(f"{root}{self.pk}/", {"do": do, **told}).status_code
        return status

    def officer(self, do: str, **told: Any) -> int:
        return self.act("community_officer", do, **told)

    def day(self, **ahead: float) -> dict[str, str]:
        moment = clock.now().astimezone(SHANGHAI) + dt.timedelta(**ahead)
        return {"day": f"{moment:%Y-%m-%d}", "at": f"{moment:%H:%M}"}

    def to_discussing(self) -> None:
        assert self.officer("accept", words="大家关心") == 302

    def to_minutes(self) -> None:
        assert self.officer("call_meeting", place="居民活动室", **self.day(hours=2)) == 302
        self.shift(dt.timedelta(hours=3))
        assert self.officer("write_minutes", text="到会十二人，多数赞成装扶手，费用由微心愿资金承担。") == 302

    def to_deciding(self, secret: bool = True, quorum: int = 2) -> None:
        if self.matter.state == "raised":
            self.to_discussing()
        self.to_minutes()
        assert self.officer("sign_minutes", seen=1) == 302
        assert self.officer("propose", words="一至三层两侧都装") == 302
        told = {"secret": "on"} if secret else {}
        assert self.officer("open_ballot", quorum=quorum, **told, **self.day(days=2)) == 302

    def to_counted(self) -> None:
        self.shift(dt.timedelta(days=2, minutes=1))
        assert count_due() == 1

    def to_doing(self) -> None:
        self.to_deciding()
        assert (self.act("citizen", "vote", choice="for-1"), self.act("citizen2", "vote", choice="for-1")) == (302, 302)
        self.to_counted()
        due = (clock.now() + dt.timedelta(days=20)).date().isoformat()
        assert self.officer("decide", owner="社区物业专员", due_on=due) == 302


@pytest.fixture
def village(desk: Desk, shift: Shift) -> Village:
    return Village(desk, shift)


def test_from_raising_to_closing(village: Village) -> None:
    assert village.act("citizen2", "support") == 302
    village.to_doing()
    assert village.officer("progress", words="已量好尺寸") == 302
    assert village.officer("finish", words="三十米扶手已装好") == 302
    good = {"solved": "5", "satisfied": "4", "attitude": "5"}
    assert village.act("citizen", "review", solved="5") == 400
    assert village.act("citizen", "review", **good) == 302
    assert village.act("citizen", "review", **good) == 409
    assert village.officer("close", words="办结") == 409
    village.shift(dt.timedelta(days=7, minutes=1))
    assert village.act("citizen2", "review", **good) == 409
    assert village.officer("close", words="扶手大家满意") == 302
    events = list(MatterEvent.objects.order_by("seq").values_list("action", flat=True))
    assert events == [
        "raise", "support", "accept", "call_meeting", "write_minutes", "sign_minutes", "propose", "open_ballot",
        "decide", "progress", "finish", "review", "close",
    ]  # fmt: skip
    page = plain(village.windows["citizen2"].get(f"{PAGE}{village.pk}/"))
    for words in ("三十米扶手已装好", "社区物业专员", "按选票重新计算，结果一致", "主持人已签字", "已量好尺寸"):
        assert words in page
    assert village.desk.cast.user("community_officer").full_name not in page
    news = OutboxMessage.objects.filter(topic="citizens.community", payload__kind="took_part")
    assert sorted(each.key.partition(":")[0] for each in news) == ["ballot", "ballot", "review"]


def test_what_is_not_in_the_matrix_is_refused(village: Village) -> None:
    """At every step the door refuses everything that has no row there, and leaves no event."""
    actors = {"citizen": village.desk.cast.citizen, "community_officer": village.desk.cast.community_officer}
    deeds = {action: "citizen" if who in ("resident", "author") else "community_officer" for action, *_x, who in LINES}
    walk: list[tuple[str, Callable[[], Any]]] = [
        ("raised", lambda: None), ("discussing", village.to_discussing), ("deciding", village.to_deciding)
    ]  # fmt: skip
    for state, go in walk:
        go()
        assert village.matter.state == state
        before = MatterEvent.objects.count()
        allowed = {action for action, source, _target, _who in LINES if source == state}
        for action in deeds.keys() - allowed:
            with pytest.raises(WrongState), transaction.atomic():
                begin(village.pk, action, actors[deeds[action]], "x")
        assert MatterEvent.objects.count() == before
    # And what a page is told is the same.
    assert village.officer("progress", words="x") == 409


@pytest.mark.parametrize("source", STATES)
def test_the_database_knows_the_steps_as_well(village: Village, source: str) -> None:
    allowed = {target for _action, came, target, _who in LINES if came == source and target != source}
    with connection.cursor() as cursor:
        # The row is put there as a restored copy would be: with the trigger switched off.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE citizens_matter DISABLE TRIGGER matter_stepwise")
        cursor.execute(
            "UPDATE citizens_matter SET state = %s, owner = 'x', due_on = now(), review_until = now()", [source]
        )
        cursor.execute("ALTER TABLE citizens_matter ENABLE TRIGGER matter_stepwise")
    found = set()
    for target in STATES:
        if target == source:
            continue
        try:
            with transaction.atomic():
                Matter.objects.filter(pk=village.pk).update(state=target)
                found.add(target)
                transaction.set_rollback(True)
        except DatabaseError:
            continue
    assert found == allowed


def test_nothing_is_decided_before_what_must_come_first(village: Village) -> None:
    village.to_discussing()
    soon = village.day(days=1)
    assert village.officer("open_ballot", quorum=1, **soon) == 409
    assert village.officer("write_minutes", text="纪要" * 20) == 409
    village.to_minutes()
    assert village.officer("propose", words="装") == 302
    assert village.officer("open_ballot", quorum=1, **village.day(days=1)) == 409
    assert village.officer("sign_minutes", seen=1) == 302
    assert village.officer("open_ballot", quorum=1, **village.day(minutes=5)) == 400
    assert village.officer("open_ballot", quorum=3, **village.day(days=1)) == 400
    assert village.officer("open_ballot", quorum=1, **village.day(days=1)) == 302
    assert village.officer("decide", owner="物业", due_on="2090-01-01") == 409


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


def test_an_open_ballot_names_its_slips(village: Village) -> None:
    village.to_deciding(secret=False)
    village.act("citizen", "vote", choice="for-1")
    assert Slip.objects.get().user == village.desk.cast.user("citizen")
    with pytest.raises(IntegrityError), transaction.atomic():
        Slip.objects.create(ballot=Ballot.objects.get(), choice="against")


def test_minutes_are_never_changed_silently(village: Village) -> None:
    village.to_discussing()
    village.to_minutes()
    first = MinutesRevision.objects.get()
    assert first.digest == hashlib.sha256(first.text.encode()).hexdigest()
    changed = "到会十三人，多数赞成装扶手，费用由微心愿资金承担。"
    assert village.officer("write_minutes", text=changed) == 400
    assert village.officer("write_minutes", text=changed, why="人数写错") == 302
    assert village.officer("sign_minutes", seen=1) == 409
    assert village.act("street_dispatcher", "sign_minutes", seen=2) == 403
    assert village.officer("sign_minutes", seen=2) == 302
    assert village.officer("sign_minutes", seen=2) == 409
    # A new revision needs a new signature before anybody votes.
    assert village.officer("write_minutes", text=changed + "散会。", why="补一句") == 302
    assert village.officer("propose", words="装") == 302
    assert village.officer("open_ballot", quorum=1, **village.day(days=1)) == 409
    page = plain(village.windows["citizen"].get(f"{PAGE}{village.pk}/"))
    for words in ("到会十二人", "到会十三人", "人数写错", "纪要第 3 版"):
        assert words in page
    for change in (
        lambda: MinutesRevision.objects.update(text="x"), MinutesSignature.objects.all().delete,
        lambda: MatterEvent.objects.update(words="x"),
        lambda: MinutesSignature.objects.create(
            revision=MinutesRevision.objects.latest("pk"), by=village.desk.cast.user("citizen"), at=clock.now()
        ),
    ):  # fmt: skip
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_one_supports_once_and_not_oneself(village: Village) -> None:
    assert village.act("citizen", "support") == 409
    assert (village.act("citizen2", "support"), village.act("citizen2", "support")) == (302, 409)
    assert Support.objects.count() == 1
    assert village.act("other_officer", "accept", words="x") == 404
    assert village.act("handler", "accept", words="x") == 403
    assert village.officer("accept", words=" ") == 400
    assert village.act("citizen2", "withdraw") == 403
    assert village.act("citizen", "withdraw") == 302
    assert village.act("citizen2", "support") == 409


def test_words_of_the_list_wait_for_who_moderates(village: Village) -> None:
    village.to_discussing()
    assert village.act("citizen2", "opine", words="同意装扶手") == 302
    assert village.act("citizen2", "opine", words="不文明的话") == 302
    flagged = Opinion.objects.get(words="不文明的话")
    Flag.objects.create(kind="opinion", object_id=flagged.pk, reason=FlagReason.WORDS, words=["不文明"])
    page = plain(village.windows["citizen"].get(f"{PAGE}{village.pk}/"))
    assert ("同意装扶手" in page, "不文明的话" in page, "正在由工作人员查看" in page) == (True, False, True)


def test_anybody_reads_and_nobody_unknown_writes(village: Village, client: Any) -> None:
    page = client.get(f"{PAGE}{village.pk}/")
    assert (page.status_code, "加装楼道扶手" in plain(page)) == (200, True)
    assert village.desk.cast.user("citizen").full_name not in plain(page)
    assert client.post(f"{PAGE}{village.pk}/", {"do": "support"})["Location"] == "/citizen/me/"
    assert "加装楼道扶手" in plain(client.get(PAGE))
    assert "加装楼道扶手" in plain(village.windows["community_officer"].get(DESK))
    assert "加装楼道扶手" not in plain(window(village.desk, "other_officer").get(DESK))
    assert "lianqin_session" not in client.cookies
    assert re.search("加装楼道扶手", plain(village.windows["citizen"].get("/citizen/me/data/")))
