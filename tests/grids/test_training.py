"""Courses that a post requires: who may take it up, who is listed as to be trained."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import AuditEntry
from grids import services
from grids.errors import TrainingMissing
from grids.models import Course, Membership, TrainingRecord
from grids.rules import add_months
from grids.selectors.training import gap_counts, missing_courses, records, training_gaps
from grids.services import Mark, Required, today
from lianqin.kernel.errors import Invalid, NotAllowed, NotVisible
from tests.cast import Cast, SmallGround

WORKER = "full_time_worker"


def course(cast: Cast, *required: Required, code: str = "WGY", **more: Any) -> Course:
    told = {"name": "网格员岗前培训", "hours": Decimal(8), "valid_months": 12, **more}
    return services.save_course(by=cast.sysadmin, code=code, requirements=list(required), **told)


def passed(cast: Cast, who: str, known: Course, on: dt.date, **more: Any) -> None:
    mark = Mark(user_id=cast.user(who).pk, **{"passed": True, **more})
    services.record_training(by=cast.sysadmin, course=known, held_on=on, mark=mark)


def take_up(cast: Cast, ground: SmallGround, on: dt.date | None = None, post: str = WORKER) -> Membership:
    """The outsider becomes a worker of the second grid."""
    return services.appoint(
        user=cast.user("outsider"), role="grid_worker", grid=ground.grid2, post=post, starts_on=on,
        by=cast.secadmin,
    )  # fmt: skip


def test_a_post_is_refused_without_its_course(cast: Cast, small_ground: SmallGround) -> None:
    course(cast, Required("grid_worker", WORKER, today()))
    with pytest.raises(TrainingMissing) as refused:
        take_up(cast, small_ground)
    assert (refused.value.status, refused.value.code) == (409, "training_missing")
    assert refused.value.extra == {"courses": ["WGY"]}
    assert "“网格员岗前培训”（WGY）" in str(refused.value.fields["user"][0])
    assert not Membership.objects.filter(user=cast.user("outsider")).exists()
    assert take_up(cast, small_ground, post="part_time_worker").pk  # Another post of the role asks for nothing.


def test_whoever_passed_may_take_it_up_from_that_day(cast: Cast, small_ground: SmallGround) -> None:
    known = course(cast, Required("grid_worker", WORKER, today() - dt.timedelta(days=30)))
    passed(cast, "outsider", known, today())
    with pytest.raises(TrainingMissing):  # The day before, it was not there.
        take_up(cast, small_ground, today() - dt.timedelta(days=1))
    assert take_up(cast, small_ground, today()).starts_on == today()


@pytest.mark.parametrize(("days", "missing"), [(0, 0), (364, 0), (367, 1)], ids=["same day", "still valid", "lapsed"])
def test_a_record_holds_as_long_as_the_course_says(cast: Cast, days: int, missing: int) -> None:
    known = course(cast, Required("grid_worker", "", dt.date(2020, 1, 1)))
    passed(cast, "outsider", known, dt.date(2026, 3, 1))
    on = dt.date(2026, 3, 1) + dt.timedelta(days=days)
    assert len(missing_courses(cast.user("outsider"), "grid_worker", WORKER, on)) == missing


def test_a_role_requires_it_of_each_of_its_posts_a_failure_does_not_help(cast: Cast) -> None:
    known = course(cast, Required("grid_worker", "", today()))
    passed(cast, "outsider", known, today(), passed=False, score=Decimal(40))
    for post in ("grid_leader", WORKER, "part_time_worker"):
        assert missing_courses(cast.user("outsider"), "grid_worker", post, today()) == [known]
    assert missing_courses(cast.user("outsider"), "supervisor", "", today()) == []


def test_nothing_is_asked_before_the_first_day_nor_by_a_course_out_of_use(cast: Cast) -> None:
    known = course(cast, Required("grid_worker", "", today() + dt.timedelta(days=1)))
    user = cast.user("outsider")
    assert missing_courses(user, "grid_worker", WORKER, today()) == []
    assert missing_courses(user, "grid_worker", WORKER, today() + dt.timedelta(days=1)) == [known]
    course(cast, Required("grid_worker", "", today()), active=False)
    assert missing_courses(user, "grid_worker", WORKER, today()) == []


def test_who_is_to_be_trained(cast: Cast) -> None:
    """Two workers are in office since before the rule: one never came, one lapsed; the leader expires soon."""
    known = course(
        cast, Required("grid_worker", WORKER, today()), Required("grid_worker", "grid_leader", today()), valid_months=1
    )
    passed(cast, "other_grid_worker", known, today() - dt.timedelta(days=60))
    passed(cast, "grid_leader", known, today() - dt.timedelta(days=20))
    found, count = training_gaps()
    assert count == 3
    told = [(gap.kind, gap.login, gap.before_rule) for gap in found]
    assert told == [
        ("lapsed", "other_grid_worker", True), ("never", "grid_worker", True), ("expiring", "grid_leader", True),
    ]  # fmt: skip
    assert gap_counts() == {"never": 1, "lapsed": 1, "expiring": 1}
    assert found[0].until == add_months(today() - dt.timedelta(days=60), 1)
    assert Membership.objects.filter(user=cast.user("grid_worker"), ends_on=None).exists()  # The post stays.
    assert training_gaps(kind="lapsed")[1] == 1
    assert [gap.login for gap in training_gaps(text="leader")[0]] == ["grid_leader"]
    assert training_gaps(limit=1, offset=2)[0][0].login == "grid_leader"
    passed(cast, "grid_worker", known, today())  # Valid for a month: soon to expire at once.
    assert gap_counts()["never"] == 0


def test_a_sitting_is_written_at_once_or_not_at_all(cast: Cast) -> None:
    known = course(cast)
    session = services.hold_session(by=cast.sysadmin, course=known, held_on=today(), place="社区", teacher="李老师")
    marks = [Mark(passed=True, user_id=cast.user("grid_worker").pk, score=Decimal(88), certificate="A-1")]
    wrong = Mark(passed=True, user_id=cast.user("grid_leader").pk, score=Decimal(120))
    with pytest.raises(Invalid) as refused:
        services.record_attendance(by=cast.sysadmin, session_id=session.pk, marks=[*marks, wrong])
    assert list(refused.value.fields) == ["marks.1"]
    assert not TrainingRecord.objects.exists()
    assert services.record_attendance(by=cast.sysadmin, session_id=session.pk, marks=marks) == 1
    assert services.record_attendance(by=cast.sysadmin, session_id=session.pk, marks=marks) == 0  # The same again.
    second = Mark(passed=True, user_id=cast.user("grid_leader").pk, certificate="A-1")
    with pytest.raises(Invalid):  # A certificate is one person's.
        services.record_attendance(by=cast.sysadmin, session_id=session.pk, marks=[second])
    record = TrainingRecord.objects.get()
    assert (record.valid_until, record.recorded_by_id) == (add_months(today(), 12), cast.sysadmin.user_id)


def test_a_correction_says_what_was_before(cast: Cast) -> None:
    known = course(cast)
    passed(cast, "grid_worker", known, today(), score=Decimal(88))
    passed(cast, "grid_worker", known, today(), passed=False, score=Decimal(50))
    assert TrainingRecord.objects.count() == 1
    entry = AuditEntry.objects.filter(action="grids.training_recorded").order_by("-pk")[0]
    assert (entry.detail["before"]["passed"], entry.detail["after"]["passed"]) == (True, False)
    assert [record.passed for record in records(only="failed")] == [False]


@pytest.mark.parametrize("who", ["secadmin", "commander", "outsider"])
def test_only_the_system_administrator_keeps_the_record(cast: Cast, who: str) -> None:
    by = getattr(cast, who)
    with pytest.raises(NotAllowed):
        services.save_course(by=by, code="X", name="X", hours=Decimal(1))
    with pytest.raises(NotAllowed):
        services.record_attendance(by=by, session_id=1, marks=[])
    assert not Course.objects.exists()


def test_a_sitting_that_is_not_there(cast: Cast) -> None:
    with pytest.raises(NotVisible):
        services.record_attendance(by=cast.sysadmin, session_id=987654, marks=[])


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"code": "含中文"}, "code"),
        ({"hours": Decimal(0)}, "hours"),
        ({"valid_months": 0}, "valid_months"),
        ({"requirements": [Required("mayor", "", dt.date(2026, 1, 1))]}, "requirements"),
        ({"requirements": [Required("supervisor", WORKER, dt.date(2026, 1, 1))]}, "requirements"),
    ],
)
def test_what_a_course_must_be(cast: Cast, told: dict[str, Any], field: str) -> None:
    usual = {"code": "X", "name": "课程", "hours": Decimal(8), **told}
    with pytest.raises(Invalid) as refused:
        services.save_course(by=cast.sysadmin, **usual)
    assert list(refused.value.fields) == [field]
    assert not Course.objects.exists()
