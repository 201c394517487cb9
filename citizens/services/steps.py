"""The one way a matter moves: lock, find the row, ask who, check its needs, write the event.

Answers in this order: 404 what is not there, 409 wrong step, 403 not you, 409 what is still missing, 400.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from citizens.models import BallotOutcome, Matter, MatterEvent
from citizens.selectors.community import home_of, person, require_run
from citizens.states import AUTHOR, CHAIR, RESIDENT, STATION, Step, step_of
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import Conflict, Invalid, NotAllowed, NotVisible, WrongState

LONGEST_REASON = 1000


@dataclass(slots=True)
class Move:
    """What is about to happen to a matter that is locked."""

    matter: Matter
    row: Step
    by: Actor
    now: dt.datetime
    words: str


def begin(matter_id: int, action: str, by: Actor, words: str = "") -> Move:
    """Lock the matter and see whether the actor may do this now. Raises NotVisible, WrongState, NotAllowed, Invalid."""
    matter = Matter.objects.select_for_update(of=("self",)).select_related("community").filter(pk=matter_id).first()
    if matter is None or matter.removed_at is not None:
        raise NotVisible
    row = step_of(action, matter.state)
    if row is None:
        raise WrongState(_("这件事现在是“%(state)s”，不能这样做") % {"state": matter.get_state_display()})
    move = Move(matter, row, by, clock.now(), words.strip())
    WHO[row.who](move)
    for need in row.needs:
        NEEDS[need](move)
    return move


def end(move: Move, *, facts: Mapping[str, Any] | None = None, named: bool = True) -> None:
    """Write the event and move on; ``named``: whether it says who it was."""
    matter, row = move.matter, move.row
    source, matter.state = matter.state, row.target
    matter.save()
    write_event(matter, row, move.now, by=move.by.user_id if named else None, source=source, facts=facts,
           words=move.words if row.who != RESIDENT else "")  # fmt: skip


def write_event(
    matter: Matter, row: Step, now: dt.datetime, *, by: int | None, source: str, facts: Mapping[str, Any] | None = None,
    words: str = "",
) -> None:  # fmt: skip
    MatterEvent.objects.create(
        matter=matter, seq=matter.events.count() + 1, action=row.action, source=source, target=row.target, who=row.who,
        by_id=by, at=now, words=words, facts=dict(facts or {}),
    )  # fmt: skip


def _resident(move: Move) -> None:
    home = home_of(person(move.by))
    if home is None or home.community_id != move.matter.community_id:
        raise NotAllowed(_("只有经社区核实的本社区居民可以这样做"))


def _author(move: Move) -> None:
    if move.matter.author_id != move.by.user_id:
        raise NotAllowed


def _station(move: Move) -> None:
    require_run(move.by, move.matter.community_id)


def _chair(move: Move) -> None:
    meeting = move.matter.meetings.filter(round=move.matter.round).first()
    if meeting is None or meeting.chair_id != move.by.user_id:
        raise NotAllowed(_("会议纪要由主持人签字"))


def _words(move: Move) -> None:
    if not 0 < len(move.words) <= LONGEST_REASON:
        raise Invalid(fields={"words": [_("请写明，不超过 %(most)d 字") % {"most": LONGEST_REASON}]})


def _missing(text: str) -> Conflict:
    return Conflict(text, code="step_not_ready")


def _not_author(move: Move) -> None:
    if move.matter.author_id == move.by.user_id:
        raise _missing(_("这是您自己提的事，不用附议"))


def _no_meeting(move: Move) -> None:
    if move.matter.meetings.filter(round=move.matter.round).exists():
        raise _missing(_("这一轮已经安排了议事会"))


def _meeting_held(move: Move) -> None:
    if not move.matter.meetings.filter(round=move.matter.round, starts_at__lte=move.now).exists():
        raise _missing(_("议事会开过以后才能写纪要"))


def _minutes(move: Move) -> None:
    last = last_minutes(move.matter)
    if last is None:
        raise _missing(_("还没有会议纪要"))
    if hasattr(last, "signature"):
        raise _missing(_("最新一版纪要已经签字"))


def _signed_minutes(move: Move) -> None:
    last = last_minutes(move.matter)
    if last is None or not hasattr(last, "signature"):
        raise _missing(_("会议纪要的最新一版由主持人签字以后才能表决"))


def _proposals(move: Move) -> None:
    if not move.matter.proposals.filter(round=move.matter.round).exists():
        raise _missing(_("请先写出要表决的方案"))


def _ballot_open(move: Move) -> None:
    ballot = move.matter.ballots.filter(round=move.matter.round).first()
    if ballot is None or not ballot.opens_at <= move.now < ballot.closes_at:
        raise _missing(_("表决已经截止"))
    home = home_of(person(move.by))
    if home is None or not home.adult:
        raise NotAllowed(_("年满 18 周岁、经社区核实的居民参加表决"))


def _ballot_over(move: Move) -> None:
    if not move.matter.ballots.filter(round=move.matter.round, counted_at__isnull=False).exists():
        raise _missing(_("表决还没有截止"))


def _carried(move: Move) -> None:
    if not _is_carried(move.matter):
        raise _missing(_("没有方案通过，只能再议"))


def _not_carried(move: Move) -> None:
    if _is_carried(move.matter):
        raise _missing(_("方案已经通过，不能再议"))


def _is_carried(matter: Matter) -> bool:
    return matter.ballots.filter(round=matter.round, outcome=BallotOutcome.CARRIED).exists()


def _review_open(move: Move) -> None:
    if move.matter.review_until is None or move.now >= move.matter.review_until:
        raise _missing(_("评事已经截止"))


def _review_over(move: Move) -> None:
    if move.matter.review_until is None or move.now < move.matter.review_until:
        raise _missing(_("评事截止以后才能办结"))


def last_minutes(matter: Matter) -> Any:
    """The latest revision of this round's minutes, with its signature if it has one."""
    meeting = matter.meetings.filter(round=matter.round).first()
    return meeting and meeting.revisions.select_related("signature").order_by("-number").first()


WHO: Mapping[str, Callable[[Move], None]] = {RESIDENT: _resident, AUTHOR: _author, STATION: _station, CHAIR: _chair}
NEEDS: Mapping[str, Callable[[Move], None]] = {
    "words": _words, "not_author": _not_author, "no_meeting": _no_meeting, "meeting_held": _meeting_held,
    "minutes": _minutes, "signed_minutes": _signed_minutes, "proposals": _proposals, "ballot_open": _ballot_open,
    "ballot_over": _ballot_over, "carried": _carried, "not_carried": _not_carried, "review_open": _review_open,
    "review_over": _review_over,
}  # fmt: skip
