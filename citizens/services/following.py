"""What who brings a receipt does with the order, and what they answer when it has ended."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from citizens.models import Receipt, Satisfaction, SatisfactionChange, Way
from citizens.services.receipts import follower
from citizens.services.supplements import supplement
from dispatch.services import send_notice
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import Invalid, NotAllowed, NotVisible, WrongState
from workorders.locks import order_locked
from workorders.models import WorkOrder
from workorders.permissions import holds
from workorders.services import advance
from workorders.services.moves import centre_id
from workorders.states import Status

QUESTIONS = ("solved", "satisfied", "attitude")
DEEDS = ("withdraw", "contest", "reopen", "comment")
# Asked so long after the end; changed so long after the first answer.
ASK_DAYS, CHANGE_DAYS = 30, 7
LONGEST_WORDS = 500
LOW = 2


def act_with(*, receipt: Receipt, deed: str, words: str) -> WorkOrder:
    """Withdraw, contest, reopen or add a sentence. Raises NotVisible, WrongState, NotAllowed, Invalid."""
    if deed not in DEEDS or receipt.joined:
        raise NotVisible
    if deed == "comment":
        return supplement(order_id=receipt.order_id, by=follower(receipt), text=words.strip())
    return advance(order_id=receipt.order_id, action=deed, by=follower(receipt), data={"reason": words.strip()})


def may_still_answer(ended: dt.datetime, given: Satisfaction | None, now: dt.datetime) -> bool:
    """Thirty days for the first answer, seven more to change it."""
    since, days = (given.first_at, CHANGE_DAYS) if given is not None else (ended, ASK_DAYS)
    return now <= since + dt.timedelta(days=days)


@transaction.atomic
def answer_with(
    *, receipt: Receipt, grades: Mapping[str, int | None], words: str = "", way: str = Way.PAGE
) -> Satisfaction:
    """Keep what the reporter answers.

    Raises NotVisible for who only joined, WrongState when it is too late, Invalid.
    """
    if receipt.joined:
        raise NotVisible
    order = order_locked(receipt.order_id)
    given = Satisfaction.objects.filter(order=order, generation=order.generation).first()
    if order.status != Status.CLOSED or order.ended_at is None:
        raise WrongState(_("办结后才能评价"))
    if not may_still_answer(order.ended_at, given, clock.now()):
        raise WrongState(_("评价的时间已经过了"))
    return _keep(order, given, grades, words, Way(way), receipt=receipt)


@transaction.atomic
def answer_by_call(*, order_id: int, grades: Mapping[str, int | None], words: str, by: Actor) -> Satisfaction:
    """Keep what the reporter said on the telephone. Raises NotAllowed, WrongState, Invalid."""
    order = order_locked(order_id)
    if not holds(by, "checker", order):
        raise NotAllowed
    if order.status != Status.CLOSED:
        raise WrongState
    given = Satisfaction.objects.filter(order=order, generation=order.generation).first()
    return _keep(order, given, grades, words, Way.CALL, caller_id=by.user_id)


def _keep(
    order: WorkOrder,
    given: Satisfaction | None,
    grades: Mapping[str, int | None],
    words: str,
    way: Way,
    *,
    receipt: Receipt | None = None,
    caller_id: int | None = None,
) -> Satisfaction:
    answers = _checked(grades, words)
    now = clock.now()
    row = given or Satisfaction(order=order, generation=order.generation, first_at=now)
    row.way, row.at, row.receipt, row.caller_id = way, now, receipt, caller_id
    row.words = words.strip()
    for name, grade in answers.items():
        setattr(row, name, grade)
    row.save()
    SatisfactionChange.objects.create(
        satisfaction=row, way=way, words=row.words, caller_id=caller_id, at=now, **answers
    )
    if any(grade is not None and grade <= LOW for grade in answers.values()):
        _ring(order)
    return row


def _checked(grades: Mapping[str, int | None], words: str) -> dict[str, int | None]:
    answers = {name: grades.get(name) for name in QUESTIONS}
    if any(grade is not None and not 1 <= grade <= 5 for grade in answers.values()):
        raise Invalid(fields={"grades": [_("请选择一个答案")]})
    if len(words.strip()) > LONGEST_WORDS or "\x00" in words:
        raise Invalid(fields={"words": [_("最多写 500 个字")]})
    if not any(answers.values()) and not words.strip():
        raise Invalid(fields={"grades": [_("请至少回答一个问题")]})
    return answers


def _ring(order: WorkOrder) -> None:
    """The centre hears of a bad answer once a round."""
    send_notice(
        key=f"low-satisfaction:{order.pk}:{order.generation}", kind="low_satisfaction", gravity="warn",
        facts={"number": order.number}, units=[centre_id(order, order.level)], order_id=order.pk,
    )  # fmt: skip
