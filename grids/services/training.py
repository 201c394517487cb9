"""Courses, sittings, and who passed: the record that a post may require."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from pypinyin import lazy_pinyin

from accounts.models import User
from accounts.services import audit
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import Invalid, NotAllowed, NotVisible

from ..errors import TrainingMissing
from ..models import BUILDING_STEWARD, Course, CourseRequirement, Post, Role, Steward, TrainingRecord, TrainingSession
from ..permissions import Action, can
from ..rules import add_months
from ..selectors.training import missing_courses

MOST_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Required:
    """A role, with a post or for all of its posts, and the first day of the rule."""

    role: str
    post: str
    since: dt.date


@dataclass(frozen=True, slots=True)
class Mark:
    """What one person (an account or a steward) did in a sitting. ``score`` is out of 100."""

    passed: bool
    user_id: int | None = None
    steward_id: int | None = None
    score: Decimal | None = None
    certificate: str = ""


def require_courses(*, user: User, role: str, post: str, on: dt.date) -> None:
    """Raise TrainingMissing unless every course that the post requires on that day was passed and still holds then."""
    missing = missing_courses(user, role, post, on)
    if missing:
        names = "、".join(f"“{course.name}”（{course.code}）" for course in missing)
        told = _("%(day)s 上岗须先培训合格：%(courses)s") % {"day": on.isoformat(), "courses": names}
        raise TrainingMissing(fields={"user": [told]}, courses=[course.code for course in missing])


@transaction.atomic
def save_course(
    *,
    by: Actor,
    code: str,
    name: str,
    hours: Decimal,
    outline: str = "",
    valid_months: int | None = None,
    active: bool = True,
    requirements: Sequence[Required] | None = None,
) -> Course:
    """Write a course, new or known by its code; ``requirements`` replace what stands. Raise NotAllowed, Invalid."""
    _allow(by)
    _check_course(code=code, name=name, hours=hours, valid_months=valid_months)
    course = Course.objects.select_for_update().filter(code=code).first() or Course(code=code)
    before = None if course.pk is None else _course_facts(course)
    course.name, course.outline, course.hours = name, outline, hours
    course.valid_months, course.active = valid_months, active
    course.pinyin = "".join(lazy_pinyin(name))
    course.save()
    if requirements is not None:
        _replace_requirements(course, requirements)
    after = _course_facts(course)
    if before != after:
        _note(by, "grids.course_saved", f"{course.code} {course.name}", before=before, after=after)
    return course


@transaction.atomic
def hold_session(
    *, by: Actor, course: Course, held_on: dt.date, place: str, teacher: str, note: str = ""
) -> TrainingSession:
    """Put a sitting of a course on the calendar. Raise NotAllowed, Invalid."""
    _allow(by)
    lacking = {name: [_("请填写")] for name, value in (("place", place), ("teacher", teacher)) if not value.strip()}
    if not course.active:
        lacking["course"] = [_("课程已停用")]
    if lacking:
        raise Invalid(fields=lacking)
    session = TrainingSession.objects.create(
        course=course, held_on=held_on, place=place.strip(), teacher=teacher.strip(), note=note.strip()
    )
    _note(by, "grids.training_session_held", str(session), place=place, teacher=teacher)
    return session


@transaction.atomic
def record_attendance(*, by: Actor, session_id: int, marks: Iterable[Mark]) -> int:
    """Write what people did in a sitting, all or nothing; a second mark of a person corrects the first.

    Return how many rows changed. Raise NotAllowed, NotVisible, Invalid (``fields`` by the place in ``marks``).
    """
    _allow(by)
    session = TrainingSession.objects.select_for_update(of=("self",)).select_related("course").filter(pk=session_id)
    held = session.first()
    if held is None:
        raise NotVisible
    listed = list(marks)
    if len(listed) > MOST_AT_ONCE:
        raise Invalid(fields={"marks": [_("一次最多登记 %d 人") % MOST_AT_ONCE]})
    return sum(
        record_training(by=by, course=held.course, held_on=held.held_on, mark=mark, session=held, row=index)
        for index, mark in enumerate(listed)
    )


@transaction.atomic
def record_training(
    *,
    by: Actor,
    course: Course,
    held_on: dt.date,
    mark: Mark,
    session: TrainingSession | None = None,
    valid_until: dt.date | None = None,
    row: int | None = None,
) -> bool:
    """Write one record; a second one of the person, course and day corrects the first. Return whether it changed.

    ``valid_until`` follows from the course unless it is given. Raise NotAllowed, Invalid.
    """
    _allow(by)
    _check_mark(mark, row)
    whose = {"user_id": mark.user_id} if mark.user_id else {"steward_id": mark.steward_id}
    if valid_until is None and course.valid_months:
        valid_until = add_months(held_on, course.valid_months)
    known = TrainingRecord.objects.select_for_update().filter(course=course, held_on=held_on, **whose).first()
    record = known or TrainingRecord(course=course, held_on=held_on, **whose)
    before = _record_facts(known) if known else None
    record.session = session or record.session
    record.passed, record.score, record.certificate = mark.passed, mark.score, mark.certificate.strip()
    record.valid_until = valid_until if mark.passed else None
    after = _record_facts(record)
    if before == after:
        return False
    record.recorded_by_id = by.user_id
    try:
        with transaction.atomic():
            record.save()
    except IntegrityError as error:
        raise _at(row, _("人员不存在，或证书编号已用于另一条记录")) from error
    _note(by, "grids.training_recorded", f"{course.code} {held_on} #{record.pk}", before=before, after=after)
    return True


def _replace_requirements(course: Course, wanted: Sequence[Required]) -> None:
    for each in wanted:
        known_role = each.role in (*Role.values, BUILDING_STEWARD)
        fits = each.post in Post.values and each.role == Role.GRID_WORKER if each.post else True
        if not known_role or not fits:
            raise Invalid(fields={"requirements": [_("没有这个角色或岗位：%s %s") % (each.role, each.post)]})
    if len({(each.role, each.post) for each in wanted}) != len(wanted):
        raise Invalid(fields={"requirements": [_("同一角色与岗位只能要求一次")]})
    course.requirements.all().delete()
    CourseRequirement.objects.bulk_create(
        CourseRequirement(course=course, role=each.role, post=each.post, since=each.since) for each in wanted
    )


def _check_course(*, code: str, name: str, hours: Decimal, valid_months: int | None) -> None:
    wrong: dict[str, list[str]] = {}
    if not code.strip() or len(code) > 20 or not code.isascii() or " " in code:
        wrong["code"] = [_("1 至 20 位字母、数字或连字符")]
    if not name.strip() or len(name) > 80:
        wrong["name"] = [_("请填写课程名称，不超过 80 字")]
    if not Decimal("0.5") <= hours <= 999:
        wrong["hours"] = [_("学时应在 0.5 与 999 之间")]
    if valid_months is not None and not 1 <= valid_months <= 120:
        wrong["valid_months"] = [_("有效期应在 1 与 120 个月之间，留空为长期有效")]
    if wrong:
        raise Invalid(fields=wrong)


def _check_mark(mark: Mark, row: int | None) -> None:
    if bool(mark.user_id) == bool(mark.steward_id):
        raise _at(row, _("须指明一名工作人员或一名楼栋长"))
    if mark.score is not None and not 0 <= mark.score <= 100:
        raise _at(row, _("成绩应在 0 与 100 之间"))
    if len(mark.certificate) > 40:
        raise _at(row, _("证书编号不超过 40 位"))
    if mark.steward_id and not Steward.objects.filter(pk=mark.steward_id).exists():
        raise _at(row, _("没有这名楼栋长"))


def _at(row: int | None, text: str) -> Invalid:
    return Invalid(fields={"mark" if row is None else f"marks.{row}": [text]})


def _allow(by: Actor) -> None:
    if not can(by, Action.KEEP_TRAINING):
        raise NotAllowed


def _course_facts(course: Course) -> Mapping[str, Any]:
    return {
        "name": course.name,
        "hours": f"{Decimal(course.hours):.1f}",
        "valid_months": course.valid_months,
        "outline": course.outline,
        "active": course.active,
        "requirements": [f"{r.label} {r.since}" for r in course.requirements.order_by("role", "post")],
    }


def _record_facts(record: TrainingRecord) -> Mapping[str, Any]:
    return {
        "user": record.user_id,
        "steward": record.steward_id,
        "passed": record.passed,
        "score": None if record.score is None else f"{record.score:.1f}",
        "certificate": record.certificate,
        "valid_until": record.valid_until and record.valid_until.isoformat(),
    }


def _note(by: Actor, action: str, label: str, **detail: Any) -> None:
    audit(actor_id=by.user_id, action=action, object_label=label, detail=detail)


@transaction.atomic
def drop_record(*, by: Actor, record_id: int) -> None:
    """Take back a record that an import brought by mistake; what it said stays in the audit log. Raise NotVisible."""
    _allow(by)
    record = TrainingRecord.objects.select_for_update(of=("self",)).filter(pk=record_id).first()
    if record is None:
        raise NotVisible
    facts, label = _record_facts(record), f"#{record.pk}"
    record.delete()
    _note(by, "grids.training_record_dropped", label, before=facts, after=None)
