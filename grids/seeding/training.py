"""Write made-up courses and records: most full-time workers passed, some lapsed, some never came."""

from __future__ import annotations

import datetime as dt
import random

from accounts.models import User

from ..models import (
    BUILDING_STEWARD,
    Course,
    CourseRequirement,
    Membership,
    Post,
    Role,
    TrainingRecord,
    TrainingSession,
)
from ..rules import add_months

# code, name, hours, valid months, outline
COURSES = (
    ("WGY-01", "网格员岗前培训", "16", 24, "网格职责、巡查要点、工单上报与核查、群众工作方法。"),
    ("WGY-02", "消防与燃气隐患识别", "6", 12, "出租房、九小场所、燃气使用的常见隐患与上报口径。"),
    ("LDZ-01", "楼栋长岗前培训", "8", 36, "楼栋长职责、入户须知、信息保护、应急联络。"),
    ("TJ-01", "矛盾纠纷调解实务", "8", 24, "邻里、物业、噪声纠纷的调解步骤与文书。"),
    ("PQ-01", "派遣员业务规范", "12", 24, "立案条件、权责清单、时限与督办。"),
)


def write_training(today: dt.date) -> None:
    """Write courses, sittings and records of the full-time workers. Run it on empty tables only."""
    courses = {
        code: Course(
            code=code, name=name, pinyin=code.lower(), hours=hours, valid_months=months, outline=outline, synthetic=True
        )
        for code, name, hours, months, outline in COURSES
    }
    Course.objects.bulk_create(courses.values())
    since = dt.date(today.year, 9, 1) if today.month > 9 else dt.date(today.year - 1, 9, 1)
    worker = {"role": Role.GRID_WORKER, "post": Post.FULL_TIME_WORKER}
    CourseRequirement.objects.bulk_create(
        [
            CourseRequirement(course=courses["WGY-01"], since=since, **worker),
            CourseRequirement(course=courses["WGY-02"], since=since, **worker),
            CourseRequirement(course=courses["LDZ-01"], role=BUILDING_STEWARD, since=dt.date(since.year, 1, 1)),
        ]
    )
    workers = Membership.objects.filter(post=Post.FULL_TIME_WORKER, ends_on=None).order_by("grid__code")
    people = list(workers.values_list("user", flat=True))
    dice = random.Random(18)
    _sit(courses["WGY-01"], people, [today - dt.timedelta(days=days) for days in (400, 260, 712, 30)], dice, never=23)
    _sit(courses["WGY-02"], people, [today - dt.timedelta(days=days) for days in (90, 200, 350, 380)], dice, never=31)


def _sit(course: Course, people: list[int], days: list[dt.date], dice: random.Random, *, never: int) -> None:
    """Spread people over sittings on those days; the last ``never`` of a shuffled list have not come yet."""
    sittings = TrainingSession.objects.bulk_create(
        TrainingSession(course=course, held_on=day, place="区社会治理学院", teacher="演示讲师", synthetic=True)
        for day in days
    )
    shuffled = dice.sample(people, len(people))
    keeper = User.objects.filter(officer="sysadmin").values_list("pk", flat=True).first()
    weights = (55, 30, 8, 7)
    records = []
    for number, person in enumerate(shuffled[: len(shuffled) - never]):
        sitting = dice.choices(sittings, weights)[0]
        score = dice.randint(52, 99)
        until = add_months(sitting.held_on, course.valid_months or 12)
        records.append(
            TrainingRecord(
                user_id=person, course=course, session=sitting, held_on=sitting.held_on, passed=score >= 60,
                score=score, certificate=f"{course.code}-{number + 1:04d}" if score >= 60 else "",
                valid_until=until if score >= 60 else None, recorded_by_id=keeper,
            )
        )  # fmt: skip
    TrainingRecord.objects.bulk_create(records)
