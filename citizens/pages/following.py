"""What who brings a receipt may know of the order: a list of facts, and nothing beside it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.translation import gettext as _

from citizens.models import Callback, PublishedPicture, Receipt, Satisfaction
from citizens.pages.rounds import Course, Result, Round, course_of, progress_times
from citizens.rules import progress
from citizens.selectors.following import pictures_wait
from citizens.services.following import may_still_answer
from citizens.services.receipts import follower
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor
from workorders.models import Attachment, WorkOrder
from workorders.models.attachments import AttachmentStage
from workorders.services.needs import REOPEN_DAYS
from workorders.services.offers import available_actions
from workorders.states import OPEN, Status

MINE = ("withdraw", "contest", "reopen")


@dataclass(frozen=True, slots=True)
class Picture:
    """``key`` is asked for with the receipt's code; ``: it is not of a pair."""

    key: str
    width: int | None
    height: int | None


@dataclass(frozen=True)
class Progress:
    """Every fact of a progress page. ``followed`` is the order whose course it tells: the one it was merged into."""

    receipt: Receipt
    order: WorkOrder
    followed: WorkOrder
    now: dt.datetime
    course: Course
    may: frozenset[str] = frozenset()
    pictures: list[Picture] = field(default_factory=list)
    before: list[PublishedPicture] = field(default_factory=list)
    after: list[PublishedPicture] = field(default_factory=list)
    pictures_wait: bool = False
    answers: Satisfaction | None = None

    @property
    def status(self) -> str:
        return self.followed.status

    @property
    def is_merged(self) -> bool:
        return self.order.pk != self.followed.pk

    @property
    def says(self) -> str:
        return str(progress.SAYS.get(self.status, ""))

    @property
    def steps(self) -> list[progress.Step]:
        return self.course.last.steps

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def office(self) -> str:
        """The public name of the unit that has it: never a person."""
        return self.followed.holder.name if self.is_open and self.followed.holder else ""

    @property
    def promise(self) -> str:
        due = self.followed.due_at
        if due is None or not self.is_open:
            return ""
        return f"{self._local(due)} {progress.PROMISES[self.status]}"

    @property
    def is_late(self) -> bool:
        return self.is_open and self.followed.due_at is not None and self.followed.due_at < self.now

    @property
    def is_mine(self) -> bool:
        return not self.receipt.joined

    @property
    def may_answer(self) -> bool:
        ended = self.followed.ended_at
        if not self.is_mine or self.is_merged or self.status != Status.CLOSED or ended is None:
            return False
        return may_still_answer(ended, self.answers, self.now)

    @property
    def reopens_until(self) -> str:
        ended = self.followed.ended_at
        if "reopen" not in self.may or ended is None:
            return ""
        return self._local(ended + dt.timedelta(days=REOPEN_DAYS))

    @property
    def reopening_is_over(self) -> str:
        """Why it cannot be reopened, of what is closed and one's own."""
        ended = self.followed.ended_at
        mine = self.is_mine and not self.is_merged and self.status == Status.CLOSED
        if not mine or ended is None or "reopen" in self.may:
            return ""
        if self.now > ended + dt.timedelta(days=REOPEN_DAYS):
            return _("办结已经超过七天，不能再要求重新办理。")
        return _("已经重新办理过一次，不能再次要求。")

    @property
    def reason(self) -> str:
        """Why it was declined, as it was told; numbers of people are taken out."""
        return self.course.last.reason if self.order.status == Status.DECLINED else ""

    @property
    def results(self) -> list[Result]:
        """What each department did, the lead first; numbers of people are taken out."""
        return [] if self.is_merged else self.course.last.results

    @property
    def earlier(self) -> list[tuple[Round, list[tuple[str, str]]]]:
        """Each time that it was handled before, with what the follower answered then; newest first."""
        return [(each, told_answers(each.answers)) for each in self.course.earlier]

    @property
    def given(self) -> list[tuple[str, str]]:
        """The follower's answers where they can be changed no more."""
        return told_answers(None if self.may_answer else self.course.last.answers)

    def _local(self, moment: dt.datetime) -> str:
        return progress.said(timezone.localtime(moment), timezone.localtime(self.now))


def steps_of(order: WorkOrder, followed: WorkOrder) -> list[progress.Step]:
    """The road of what was reported, as far as what is followed has come."""
    return progress.steps(followed.status, progress_times(order, followed))


def followed_by(order: WorkOrder) -> WorkOrder:
    """The order whose course is told: the one it was merged into, or itself."""
    if order.status != Status.MERGED or order.master_id is None:
        return order
    return WorkOrder.objects.select_related(*WITH).get(pk=order.master_id)


WITH = ("category", "community", "street", "holder", "text")


def progress_of(receipt: Receipt) -> Progress:
    """What the page of this receipt shows."""
    order = WorkOrder.objects.select_related(*WITH).get(pk=receipt.order_id)
    followed = followed_by(order)
    shown = pictures_shown(followed)
    now = clock.now()
    answers = [] if receipt.joined else list(Satisfaction.objects.filter(order=order).order_by("generation"))
    return Progress(
        receipt=receipt,
        order=order,
        followed=followed,
        now=now,
        course=course_of(receipt, order, followed, answers),
        may=_may(receipt, order),
        pictures=own_pictures(receipt),
        before=[each for each in shown if each.attachment.stage != AttachmentStage.AFTER],
        after=[each for each in shown if each.attachment.stage == AttachmentStage.AFTER],
        pictures_wait=pictures_wait(followed, now),
        answers=next((each for each in answers if each.generation == order.generation), None),
    )


def _may(receipt: Receipt, order: WorkOrder) -> frozenset[str]:
    if receipt.joined:
        return frozenset()
    offered = {each.action for each in available_actions(follower(receipt), order)}
    said = {"comment"} if order.archived_at is None and order.status in OPEN else set()
    return frozenset(offered & set(MINE) | said)


def own_pictures(receipt: Receipt) -> list[Picture]:
    """What the reporter sent in; who only joined sees none of it."""
    if receipt.joined:
        return []
    found = Attachment.objects.filter(order_id=receipt.order_id, stage=AttachmentStage.REPORT, erased_at=None)
    found = found.filter(uploaded_by_id=receipt.user_id).exclude(thumbnail_path="")
    return [Picture(str(each.key), each.width, each.height) for each in found]


def own_picture(receipt: Receipt, key: str) -> Attachment | None:
    """One of them."""
    if key not in {each.key for each in own_pictures(receipt)}:
        return None
    return Attachment.objects.get(order_id=receipt.order_id, key=key)


def pictures_shown(order: WorkOrder) -> list[PublishedPicture]:
    """The redacted copies that staff chose to show, once the order is closed."""
    if order.status != Status.CLOSED:
        return []
    found = PublishedPicture.objects.filter(attachment__order=order, withdrawn_at=None).exclude(path="")
    return list(found.select_related("attachment").order_by("attachment_id"))


@dataclass(frozen=True, slots=True)
class Question:
    name: str
    title: str
    choices: tuple[tuple[int, str], ...]
    chosen: int | None


def questions(given: Satisfaction | None) -> list[Question]:
    """The three questions, each apart from the others."""
    pleased = ((5, _("很满意")), (4, _("满意")), (3, _("一般")), (2, _("不满意")), (1, _("很不满意")))
    kind = ((5, _("很好")), (4, _("好")), (3, _("一般")), (2, _("不好")), (1, _("很不好")))
    asked = (
        ("solved", _("问题解决了吗？"), ((5, _("解决了")), (3, _("解决了一部分")), (1, _("没有解决")))),
        ("satisfied", _("对办理结果满意吗？"), pleased),
        ("attitude", _("工作人员态度好吗？"), kind),
    )  # fmt: skip
    return [
        Question(name, title, tuple((grade, str(text)) for grade, text in choices), getattr(given, name, None))
        for name, title, choices in asked
    ]


def told_answers(given: Satisfaction | None) -> list[tuple[str, str]]:
    """What was answered, question by question, and what was said with it."""
    found = [(each.title, label) for each in questions(given) if (label := dict(each.choices).get(each.chosen or 0))]
    return [*found, (_("您说的话"), given.words)] if given is not None and given.words else found


@dataclass(frozen=True, slots=True)
class Call:
    """Where a call stands for who looks. ``taken``: by somebody else; ``mine``: by them."""

    tries: int = 0
    mine: bool = False
    taken: bool = False
    until: dt.datetime | None = None


def call_of(order: WorkOrder, row: Callback | None, actor: Actor, now: dt.datetime) -> Call:
    if row is None or row.generation != order.generation:
        return Call()
    leased = row.lease_until is not None and row.lease_until > now
    mine = leased and row.caller_id == actor.user_id
    return Call(row.tries, mine, leased and not mine, row.lease_until if leased else None)
