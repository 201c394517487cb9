"""A community deliberates: raise, discuss, decide, do, review; nobody twice, nobody from elsewhere, nothing skipped."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from citizens.models import (
    Flag,
    FlagReason,
    Matter,
    MatterEvent,
    MinutesRevision,
    MinutesSignature,
    Opinion,
    Support,
)
from citizens.services.steps import begin
from citizens.states import TABLE
from lianqin.kernel import clock
from lianqin.kernel.errors import WrongState
from relay.models import OutboxMessage
from tests.citizens.community import SHANGHAI, plain, window
from tests.citizens.village import DESK, PAGE, Village, village

__all__ = ["village"]
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
    shown = [
        re.findall(r'<ol class="matter-steps".*?</ol>', village.windows[who].get(address).content.decode(), re.S)
        for who, address in (
            ("citizen2", f"{PAGE}{village.pk}/"),
            ("community_officer", f"/citizen-desk/matters/{village.pk}/"),
        )
    ]
    assert (len(shown[0]), shown[0]) == (1, shown[1]), "one form of the five steps, in public and on the desk"
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


def test_who_gave_no_name_is_a_resident_and_a_name_borne_twice_tells_its_street(village: Village) -> None:
    ground = village.desk.ground
    author = village.desk.cast.user("citizen")
    author.full_name = "市民"
    author.save()
    page = village.windows["citizen"].get(f"{PAGE}{village.pk}/").content.decode()
    assert ("市**" in page, " · 居民 · " in page) == (False, True)
    listed = f"{ground.street.short_name} {ground.community.short_name}"
    for address in ("/citizen/community/", PAGE):
        assert f">{listed}</option>" in village.windows["citizen"].get(address).content.decode()
    namesakes = type(ground.community).objects.filter(short_name=ground.community.short_name)
    namesakes.exclude(pk=ground.community.pk).update(short_name="西里社区")
    assert f">{ground.community.short_name}</option>" in village.windows["citizen"].get(PAGE).content.decode()


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


def test_a_day_that_is_over_in_shanghai_is_no_day_to_be_done_by(village: Village) -> None:
    village.to_deciding()
    assert (village.act("citizen", "vote", choice="for-1"), village.act("citizen2", "vote", choice="for-1")) == (
        302,
        302,
    )
    village.to_counted()
    here = clock.now().astimezone(SHANGHAI)
    # Three in the morning: at Greenwich it is still the day before.
    village.shift((here + dt.timedelta(days=1)).replace(hour=3, minute=0) - here)
    today = clock.now().astimezone(SHANGHAI).date()
    yesterday = today - dt.timedelta(days=1)
    assert clock.now().date() == yesterday
    assert village.officer("decide", owner="社区物业专员", due_on=yesterday.isoformat()) == 400
    assert village.officer("decide", owner="社区物业专员", due_on=today.isoformat()) == 302
