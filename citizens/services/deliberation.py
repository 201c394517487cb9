"""What residents and their workstation do to a matter, from raising it to closing it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from citizens.models import Matter, Opinion, Review, Support
from citizens.rules.community import SHANGHAI
from citizens.selectors.community import home_of, person
from citizens.services.attendance import NEWS
from citizens.services.moderation import examine
from citizens.services.steps import Move, begin, end, write_event
from citizens.services.telling import tell
from citizens.states import MatterState, step_of
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import Conflict, Invalid, NotAllowed, WrongState
from relay.services import post

LONGEST_TITLE, LONGEST, LONGEST_OPINION = 60, 1000, 500
MOST_OPINIONS, MOST_RAISED = 20, 5
REVIEW_DAYS = 7
MATTER, OPINION = "matter", "opinion"


@transaction.atomic
def raise_matter(*, by: Actor, title: str, words: str) -> Matter:
    """Raise a matter in the community where one lives. Raises NotAllowed, Conflict, Invalid."""
    home = home_of(person(by))
    if home is None:
        raise NotAllowed(_("请先登记为社区居民，社区核实后就能提事"))
    title, words = title.strip(), words.strip()
    faults: dict[str, list[str]] = {}
    if not 2 <= len(title) <= LONGEST_TITLE:
        faults["title"] = [_("题目应为 2 到 60 个字")]
    if not 2 <= len(words) <= LONGEST:
        faults["words"] = [_("请说说是什么事，不超过 1000 字")]
    if faults:
        raise Invalid(fields=faults)
    if Matter.objects.filter(author_id=person(by), state=MatterState.RAISED).count() >= MOST_RAISED:
        raise Conflict(_("您提的几件事还在等社区答复，请稍后再提"))
    now, row = clock.now(), step_of("raise", None)
    assert row is not None
    matter = Matter.objects.create(
        community=home.community, author_id=person(by), title=title, words=words, raised_at=now
    )
    write_event(matter, row, now, by=by.user_id, source="")
    examine(kind=MATTER, object_id=matter.pk, text=f"{title}\n{words}")
    return matter


@transaction.atomic
def support(*, matter_id: int, by: Actor) -> None:
    """Stand behind a matter, once. Raises what :func:`begin` does, and Conflict."""
    move = begin(matter_id, "support", by)
    try:
        with transaction.atomic():
            Support.objects.create(matter=move.matter, user_id=person(by), at=move.now)
    except IntegrityError as error:
        raise Conflict(_("您已经附议过")) from error
    end(move)


@transaction.atomic
def opine(*, matter_id: int, by: Actor, words: str) -> Opinion:
    """Say something on it; words of the list wait for who moderates. Raises what :func:`begin` does."""
    move = begin(matter_id, "opine", by, words)
    if len(move.words) > LONGEST_OPINION:
        raise Invalid(fields={"words": [_("最多 %(most)d 个字") % {"most": LONGEST_OPINION}]})
    if move.matter.opinions.filter(user_id=person(by), round=move.matter.round).count() >= MOST_OPINIONS:
        raise Conflict(_("您在这件事上的发言已经很多，请留给别人"))
    row = Opinion.objects.create(
        matter=move.matter, user_id=person(by), round=move.matter.round, words=move.words, at=move.now
    )
    end(move, facts={"opinion": row.pk})
    examine(kind=OPINION, object_id=row.pk, text=row.words)
    return row


@transaction.atomic
def take_step(*, matter_id: int, action: str, by: Actor, words: str = "") -> Matter:
    """Withdraw, decline, accept, tell of progress, close: what needs nothing but words."""
    if action not in ("withdraw", "decline", "accept", "progress", "close"):
        raise WrongState
    move = begin(matter_id, action, by, words)
    end(move)
    if action in ("accept", "decline"):
        _tell_author(move)
    return move.matter


@transaction.atomic
def discuss_again(*, matter_id: int, by: Actor, words: str) -> Matter:
    """No proposal was carried: one more round, with a meeting and minutes of its own."""
    move = begin(matter_id, "discuss_again", by, words)
    move.matter.round += 1
    end(move)
    return move.matter


@transaction.atomic
def decide(*, matter_id: int, by: Actor, owner: str, due_on: dt.date | None) -> Matter:
    """What was carried is done by somebody, until some day. Raises what :func:`begin` does, and Invalid."""
    move, owner = begin(matter_id, "decide", by), owner.strip()
    faults: dict[str, list[str]] = {}
    if not 0 < len(owner) <= 60:
        faults["owner"] = [_("请写由谁负责，不超过 60 字")]
    if due_on is None or due_on < move.now.astimezone(SHANGHAI).date():
        faults["due_on"] = [_("请选择今后的完成日期")]
    if faults:
        raise Invalid(fields=faults)
    move.matter.owner, move.matter.due_on = owner, due_on
    end(move, facts={"owner": owner, "due_on": str(due_on)})
    _tell_author(move)
    return move.matter


@transaction.atomic
def finish(*, matter_id: int, by: Actor, words: str) -> Matter:
    """It is done; residents review it for a week."""
    move = begin(matter_id, "finish", by, words)
    move.matter.done = move.words
    move.matter.review_until = move.now + dt.timedelta(days=REVIEW_DAYS)
    end(move)
    _tell_author(move)
    return move.matter


@transaction.atomic
def review(*, matter_id: int, by: Actor, grades: Mapping[str, int | None]) -> None:
    """Answer three questions, once: ``solved``, ``satisfied``, ``attitude``, 1 to 5. The event says nobody's name."""
    move = begin(matter_id, "review", by)
    wrong = {
        name: [_("请选一项")] for name in ("solved", "satisfied", "attitude") if grades.get(name) not in range(1, 6)
    }
    if wrong:
        raise Invalid(fields=wrong)
    try:
        with transaction.atomic():
            Review.objects.create(matter=move.matter, user_id=person(by), at=move.now, **grades)
    except IntegrityError as error:
        raise Conflict(_("您已经评过")) from error
    end(move, named=False)
    post(topic=NEWS, key=f"review:{move.matter.pk}:{by.user_id}",
         payload={"kind": "took_part", "matter": move.matter.pk, "user": by.user_id})  # fmt: skip


def _tell_author(move: Move) -> None:
    text = _("您提的“%(title)s”进行到：%(state)s") % {
        "title": move.matter.title, "state": move.matter.get_state_display()}  # fmt: skip
    tell(
        user_id=move.matter.author_id, key=f"matter:{move.matter.pk}:{move.matter.state}:{move.matter.round}", text=text
    )
