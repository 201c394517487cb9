"""Each time that a report was handled, as its page tells it: the last one openly, those before it folded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from citizens.models import Receipt, Satisfaction
from citizens.rules import progress
from citizens.rules.rounds import Happening, results_of, rounds_of, times_of
from citizens.selectors.rounds import happenings_of, with_units
from workorders.models import WorkOrder
from workorders.states import Status

NUMERALS = "一二三四五六七八九十"


@dataclass(frozen=True, slots=True)
class Result:
    """``unit``: its public name, empty where it is not known."""

    unit: str
    text: str


@dataclass(frozen=True, slots=True)
class Round:
    """``said`` is what the follower wrote to have it done again; ``ended_by`` says how it came to that."""

    title: str
    steps: list[progress.Step]
    results: list[Result]
    reason: str = ""
    answers: Satisfaction | None = None
    ended_by: str = ""
    said: str = ""


@dataclass(frozen=True, slots=True)
class Course:
    """``earlier``: newest first; ``added``: what the follower said later, oldest first."""

    last: Round
    earlier: list[Round]
    added: list[Happening]
    is_repeated: bool = False


def course_of(receipt: Receipt, order: WorkOrder, followed: WorkOrder, answers: Sequence[Satisfaction]) -> Course:
    """The course of what is followed; of an order that went on in another nothing that was before.

    Two queries, at most two more for each round with results, and two for an order that went on in another.
    """
    found = happenings_of(followed, receipt)
    own = found if order.pk == followed.pk else happenings_of(order, receipt)
    rounds = rounds_of(found)
    told = [
        _round(place, rounds, followed, {} if place else _columns(order, followed, found), answers)
        for place in range(len(rounds))
    ]
    earlier = told[-2::-1] if order.pk == followed.pk else []
    added = [each for each in own if each.kind == "comment" and each.own and each.text]
    return Course(told[-1], earlier, added, is_repeated=len(rounds) > 1)


def _columns(order: WorkOrder, followed: WorkOrder, found: Sequence[Happening]) -> dict[int, dt.datetime | None]:
    """What the first round began with; of an order whose history is out of reach all that is known."""
    if found:
        return {progress.TAKEN: order.reported_at}
    return progress_times(order, followed)


def progress_times(order: WorkOrder, followed: WorkOrder) -> dict[int, dt.datetime | None]:
    return {
        progress.TAKEN: order.reported_at,
        progress.REGISTERED: followed.registered_at,
        progress.CHECKED: followed.submitted_at,
        progress.ENDED: followed.ended_at,
    }


def _round(
    place: int,
    rounds: Sequence[Sequence[Happening]],
    order: WorkOrder,
    known: Mapping[int, dt.datetime | None],
    answers: Sequence[Satisfaction],
) -> Round:
    mine, after = rounds[place], rounds[place + 1][0] if place + 1 < len(rounds) else None
    status = order.status if after is None else Status.DECLINED if after.kind == "contest" else Status.CLOSED
    results = results_of(mine) if status == Status.CLOSED else []
    reason = next((each.text for each in reversed(mine) if each.kind == "decline"), "")
    return Round(
        title=_("第%s次办理") % (NUMERALS[place] if place < len(NUMERALS) else f" {place + 1} "),
        steps=progress.steps(status, {**times_of(mine), **known}),
        results=[Result(unit, progress.without_numbers(text)) for unit, text in with_units(order, results)],
        reason=progress.without_numbers(reason) if status == Status.DECLINED else "",
        answers=_answers(mine, after, answers),
        ended_by=_ended_by(after) if after else "",
        said=after.text if after is not None and after.own else "",
    )


def _answers(
    mine: Sequence[Happening], after: Happening | None, answers: Sequence[Satisfaction]
) -> Satisfaction | None:
    """Those that were given in this round."""
    if not mine:
        return None
    inside = (each for each in answers if mine[0].at <= each.first_at and (not after or each.first_at < after.at))
    return next(inside, None)


def _ended_by(after: Happening) -> str:
    if not after.own:
        return _("这件事后来重新办理。")
    return _("您对没有立案提出了异议。") if after.kind == "contest" else _("您要求重新办理。")
