"""What must hold for a step of a steward beyond the state, and what the step writes besides it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from lianqin.kernel import clock
from lianqin.kernel.actors import Actor
from lianqin.kernel.clock import Now
from lianqin.kernel.errors import Conflict, Invalid

from ..errors import NoticeNotOver, NoticeOver, ObjectionOpen, StewardPlacesTaken, TrainingMissing
from ..models import Community, Grade, Objection, PublicNotice, Steward, StewardAssessment
from ..rules import add_months, months_of, quarter_of
from ..selectors.stewards import places_of, policy_of, stewards_on_duty
from ..selectors.training import courses_missing_to
from .posts import today


@dataclass(frozen=True, slots=True)
class StepData:
    """What comes with a step. ``score`` is out of 100; ``quarter`` is its first day."""

    reason: str = ""
    score: Decimal | None = None
    objection_id: int | None = None
    said_by: str = ""
    quarter: dt.date | None = None
    notice: PublicNotice | None = None


def _reason(steward: Steward, data: StepData) -> None:
    if not data.reason.strip():
        raise Invalid(fields={"reason": [_("请写明理由")]})


def _score(steward: Steward, data: StepData) -> None:
    if data.score is None or not 0 <= data.score <= 100:
        raise Invalid(fields={"score": [_("请填写 0 至 100 的成绩")]})


def _enough_score(steward: Steward, data: StepData) -> None:
    enough = policy_of(steward.community).pass_score
    if data.score is not None and data.score < enough:
        raise Invalid(fields={"score": [_("低于合格分 %d，不能通过面试") % enough]})


def _notice(steward: Steward, data: StepData) -> None:
    if data.notice is None:
        raise Invalid(fields={"notice": [_("公示须成批发布，请从“公示”页发布")]})


def _window_open(steward: Steward, data: StepData) -> None:
    if not _of_notice(steward).filter(ends_at__gt=Now()).exists():
        raise NoticeOver


def _window_over(steward: Steward, data: StepData) -> None:
    if _of_notice(steward).filter(ends_at__gt=Now()).exists():
        raise NoticeNotOver


def _no_open_objection(steward: Steward, data: StepData) -> None:
    if steward.objections.filter(state=Objection.State.OPEN).exists():
        raise ObjectionOpen


def _objection(steward: Steward, data: StepData) -> None:
    if not steward.objections.filter(pk=data.objection_id or 0, state=Objection.State.OPEN).exists():
        raise Invalid(fields={"objection_id": [_("没有这条待核实的异议")]})


def _trained(steward: Steward, data: StepData) -> None:
    missing = courses_missing_to(steward, today())
    if missing:
        names = "、".join(f"“{course.name}”（{course.code}）" for course in missing)
        told = _("还须培训合格：%s") % names
        raise TrainingMissing(fields={"training": [told]}, courses=[course.code for course in missing])


def _place_free(steward: Steward, data: StepData) -> None:
    # Whoever takes up duty in a community at the same time waits here.
    community = Community.objects.select_for_update(no_key=True).get(pk=steward.community_id)
    places, taken = places_of(community), stewards_on_duty(community)
    if taken >= places:
        told = _("%(place)s名额 %(places)d 名，在岗 %(taken)d 名")
        shown = told % {"place": community, "places": places, "taken": taken}
        raise StewardPlacesTaken(fields={"community": [shown]}, places=places, taken=taken)


def _assessment(steward: Steward, data: StepData) -> None:
    _score(steward, data)
    if data.quarter is None or data.quarter != quarter_of(data.quarter) or data.quarter > today():
        raise Invalid(fields={"quarter": [_("请选择已开始的季度")]})
    end, since = add_months(data.quarter, 3), steward.on_duty_since
    if since is None or since >= end or (steward.left_on and steward.left_on < data.quarter):
        raise Invalid(fields={"quarter": [_("该季度不在岗，不能考核")]})
    settled = steward.commitments.filter(month__in=months_of(data.quarter)).exclude(line=None)
    if settled.exists():
        raise Conflict(_("该季度已列入发放表，不能更改考核"), code="assessment_settled")


def _of_notice(steward: Steward) -> Any:
    return PublicNotice.objects.filter(pk=steward.notice_id or 0)


NEEDS: Mapping[str, Callable[[Steward, StepData], None]] = {
    "reason": _reason,
    "score": _score,
    "enough_score": _enough_score,
    "notice": _notice,
    "window_open": _window_open,
    "window_over": _window_over,
    "no_open_objection": _no_open_objection,
    "objection": _objection,
    "trained": _trained,
    "place_free": _place_free,
    "assessment": _assessment,
}

Effect = Callable[[Steward, StepData, Actor], dict[str, Any]]


def _set_score(steward: Steward, data: StepData, by: Actor) -> dict[str, Any]:
    steward.score = data.score
    return {"score": f"{data.score:.1f}"}


def _show(steward: Steward, data: StepData, by: Actor) -> dict[str, Any]:
    assert data.notice is not None
    steward.notice = data.notice
    return {"notice": data.notice.pk, "days": data.notice.days}


def _object(steward: Steward, data: StepData, by: Actor) -> dict[str, Any]:
    said = Objection.objects.create(
        steward=steward, notice_id=steward.notice_id or 0, said_by=data.said_by.strip(), text=data.reason.strip()
    )
    return {"objection": said.pk}


def _decide(state: str) -> Effect:
    def effect(steward: Steward, data: StepData, by: Actor) -> dict[str, Any]:
        Objection.objects.filter(pk=data.objection_id or 0).update(
            state=state, finding=data.reason.strip(), decided_by=by.user_id, decided_at=clock.now()
        )
        return {"objection": data.objection_id}

    return effect


def _begin(steward: Steward, data: StepData, by: Actor) -> dict[str, Any]:
    steward.on_duty_since = today()
    return {"since": steward.on_duty_since.isoformat()}


def _assess(steward: Steward, data: StepData, by: Actor) -> dict[str, Any]:
    assert data.score is not None
    assert data.quarter is not None
    grade = grade_of(data.score)
    StewardAssessment.objects.update_or_create(
        steward=steward,
        quarter=data.quarter,
        defaults={"score": data.score, "grade": grade, "remark": data.reason.strip(), "assessed_at": clock.now()},
    )
    return {"quarter": data.quarter.isoformat(), "score": f"{data.score:.1f}", "grade": str(grade.label)}


def _leave(steward: Steward, data: StepData, by: Actor) -> dict[str, Any]:
    steward.left_on = today()
    free = steward.commitments.filter(Q(line=None), month__gt=steward.left_on)
    return {"left_on": steward.left_on.isoformat(), "released": free.delete()[0]}


EFFECTS: Mapping[str, Effect] = {
    "pass_interview": _set_score,
    "refuse_interview": _set_score,
    "publish": _show,
    "object": _object,
    "dismiss_objection": _decide(Objection.State.DISMISSED),
    "uphold_objection": _decide(Objection.State.UPHELD),
    "start_duty": _begin,
    "assess": _assess,
    "leave": _leave,
}


def grade_of(score: Decimal) -> Grade:
    """90 and above is excellent, 60 and above qualified."""
    return Grade.EXCELLENT if score >= 90 else Grade.QUALIFIED if score >= 60 else Grade.FAILED
