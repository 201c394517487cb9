"""The way of a building steward: every pair of action and state, against a copy of the table typed by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import AuditEntry
from grids import services
from grids.errors import (
    RecruitmentShut,
    StewardMoveNotAllowed,
    StewardPlacesTaken,
    TrainingMissing,
)
from grids.models import PublicNotice, Recruitment, Steward, StewardEvent
from grids.services import Mark, Required, StepData, today
from grids.states import ACTIONS, STEPS, By, StewardState, step_for
from lianqin.kernel import clock
from lianqin.kernel.actors import SYSTEM
from lianqin.kernel.errors import Conflict, DomainError, Invalid, NotAllowed
from tests.cast import Cast, SmallGround
from tests.workorders.conftest import shift

__all__ = ["shift"]

STATES = ["applied", "reviewed", "interviewed", "on_notice", "training", "on_duty", "left", "refused", "withdrawn"]
# Rows are actions, columns the states above; "." is no move.
MATRIX = """
apply               .         .           .         .        .       .      .  .  .
pass_review         reviewed  .           .         .        .       .      .  .  .
refuse_review       refused   .           .         .        .       .      .  .  .
pass_interview      .         interviewed .         .        .       .      .  .  .
refuse_interview    .         refused     .         .        .       .      .  .  .
publish             .         .           on_notice .        .       .      .  .  .
object              .         .           .         on_notice .      .      .  .  .
dismiss_objection   .         .           .         on_notice .      .      .  .  .
uphold_objection    .         .           .         refused  .       .      .  .  .
end_notice          .         .           .         training .       .      .  .  .
start_duty          .         .           .         .        on_duty .      .  .  .
refuse_training     .         .           .         .        refused .      .  .  .
assess              .         .           .         .        .       on_duty left . .
leave               .         .           .         .        .       left   .  .  .
withdraw            withdrawn withdrawn   withdrawn withdrawn withdrawn .    .  .  .
"""
TYPED = {
    (row.split()[0], state): target
    for row in MATRIX.strip().splitlines()
    for state, target in zip(STATES, row.split()[1:], strict=True)
}


def test_the_table_is_the_typed_one() -> None:
    assert set(ACTIONS) == {action for action, _state in TYPED}
    assert set(StewardState.values) == set(STATES)
    found = {pair: (row.target if (row := step_for(*pair)) else ".") for pair in TYPED}
    assert found == TYPED
    assert [step.action for step in STEPS if step.source is None] == ["apply"]
    assert [step.action for step in STEPS if step.by == By.CLOCK] == ["end_notice"]
    assert len(STEPS) == 1 + sum(target != "." for target in TYPED.values())


@pytest.fixture
def call(cast: Cast, small_ground: SmallGround) -> Recruitment:
    """A call for three stewards in a community of 800 households: eight places."""
    community = small_ground.community
    type(community).objects.filter(pk=community.pk).update(households=800)
    community.refresh_from_db()
    return services.open_recruitment(
        by=cast.sysadmin, community=community, title="征集", places=3, opens_on=today(),
        closes_on=today() + dt.timedelta(days=10),
    )  # fmt: skip


def applicant(cast: Cast, call: Recruitment, name: str = "王一", phone: str = "13800000001") -> Steward:
    return services.apply_as_steward(by=cast.sysadmin, recruitment_id=call.pk, name=name, phone=phone, birth_year=1980)


def step(cast: Cast, steward: Steward, action: str, **data: object) -> Steward:
    told = StepData(**data)  # type: ignore[arg-type]
    return services.advance_steward(steward_id=steward.pk, action=action, by=cast.sysadmin, data=told)


def interviewed(cast: Cast, call: Recruitment, **who: str) -> Steward:
    steward = applicant(cast, call, **who)
    step(cast, steward, "pass_review")
    return step(cast, steward, "pass_interview", score=Decimal(80))


def shown(cast: Cast, *stewards: Steward, days: int | None = None) -> PublicNotice:
    return services.publish_notice(
        by=cast.sysadmin, steward_ids=[each.pk for each in stewards], title="公示", days=days
    )


def state_of(steward: Steward) -> str:
    return Steward.objects.get(pk=steward.pk).state


def actions_of(steward: Steward) -> list[str]:
    return list(StewardEvent.objects.filter(steward=steward).order_by("seq").values_list("action", flat=True))


@pytest.mark.parametrize("state", STATES)
def test_no_row_no_move(cast: Cast, call: Recruitment, state: str) -> None:
    steward = applicant(cast, call)
    notice = PublicNotice.objects.create(title="x", days=1, ends_at=clock.now() + dt.timedelta(days=2))
    Steward.objects.filter(pk=steward.pk).update(state=state, notice=notice, on_duty_since=today())
    for action in {action for action, _state in TYPED}:
        if TYPED[action, state] != ".":
            continue
        for actor in (cast.sysadmin, SYSTEM, cast.outsider):  # The state is answered before the permission.
            with pytest.raises(StewardMoveNotAllowed) as refused:
                services.advance_steward(steward_id=steward.pk, action=action, by=actor)
            assert (refused.value.status, refused.value.code) == (409, "transition_not_allowed")
    assert state_of(steward) == state
    assert actions_of(steward) == ["apply"]


@pytest.mark.parametrize("who", ["outsider", "secadmin", "auditadmin", "commander", "grid_worker", "citizen"])
def test_only_the_office_takes_steps(cast: Cast, call: Recruitment, who: str) -> None:
    steward = applicant(cast, call)
    with pytest.raises(NotAllowed):
        services.advance_steward(steward_id=steward.pk, action="pass_review", by=getattr(cast, who))
    assert actions_of(steward) == ["apply"]


def test_a_whole_life(cast: Cast, call: Recruitment, shift: Callable[[dt.timedelta], None]) -> None:
    course = services.save_course(
        by=cast.sysadmin, code="LDZ", name="岗前培训", hours=Decimal(8),
        requirements=[Required("building_steward", "", today())],
    )  # fmt: skip
    steward = interviewed(cast, call)
    shown(cast, steward)
    shift(dt.timedelta(days=6, minutes=1))
    assert services.end_notices() == 1
    assert services.end_notices() == 0
    with pytest.raises(TrainingMissing) as refused:
        step(cast, steward, "start_duty")
    assert refused.value.extra["courses"] == ["LDZ"]
    session = services.hold_session(by=cast.sysadmin, course=course, held_on=today(), place="社区", teacher="李老师")
    marks = [Mark(steward_id=steward.pk, passed=True, score=Decimal(88))]
    assert services.record_attendance(by=cast.sysadmin, session_id=session.pk, marks=marks) == 1
    on_duty = step(cast, steward, "start_duty")
    assert on_duty.on_duty_since == today()
    step(cast, steward, "assess", score=Decimal(91), quarter=services.today().replace(month=10, day=1))
    step(cast, steward, "leave", reason="迁居")
    assert actions_of(steward) == [
        "apply", "pass_review", "pass_interview", "publish", "end_notice", "start_duty", "assess", "leave",
    ]  # fmt: skip
    last = StewardEvent.objects.filter(steward=steward).order_by("-seq")[0]
    assert (last.user_id, last.reason, last.state) == (cast.sysadmin.user_id, "迁居", "left")
    clockwork = StewardEvent.objects.get(steward=steward, action="end_notice")
    assert clockwork.user_id is None
    audited = AuditEntry.objects.filter(action="grids.steward_leave").get()
    assert audited.detail == {"before": "on_duty", "after": "left"}
    assert "王一" not in audited.object_label


@pytest.mark.parametrize(
    ("action", "data", "field"),
    [
        ("refuse_review", {}, "reason"),
        ("withdraw", {"reason": "  "}, "reason"),
        ("pass_interview", {}, "score"),
        ("pass_interview", {"score": Decimal("59.5")}, "score"),
        ("pass_interview", {"score": Decimal("100.5")}, "score"),
        ("refuse_interview", {"score": Decimal(50)}, "reason"),
        ("publish", {}, "notice"),
    ],
)
def test_what_a_step_needs(cast: Cast, call: Recruitment, action: str, data: dict[str, object], field: str) -> None:
    steward = applicant(cast, call)
    if action in ("pass_interview", "refuse_interview"):
        step(cast, steward, "pass_review")
    if action == "publish":
        steward = interviewed(cast, call, name="李二", phone="13800000002")
    before = actions_of(steward)
    with pytest.raises(Invalid) as refused:
        step(cast, steward, action, **data)
    assert list(refused.value.fields) == [field]
    assert actions_of(steward) == before


def test_applications_only_while_the_call_is_open(
    cast: Cast, call: Recruitment, shift: Callable[[dt.timedelta], None]
) -> None:
    shift(dt.timedelta(days=10))
    applicant(cast, call)
    shift(dt.timedelta(days=1))
    with pytest.raises(RecruitmentShut):
        applicant(cast, call, "李二", "13800000002")


@pytest.mark.parametrize(
    ("person", "field"),
    [
        ({"name": "王"}, "name"),
        ({"phone": "12345"}, "phone"),
        ({"birth_year": 2015}, "birth_year"),
        ({"birth_year": 1930}, "birth_year"),
    ],
)
def test_who_may_apply(cast: Cast, call: Recruitment, person: dict[str, object], field: str) -> None:
    usual: dict[str, object] = {"name": "王一", "phone": "13800000001", "birth_year": 1980, **person}
    with pytest.raises(Invalid) as refused:
        services.apply_as_steward(by=cast.sysadmin, recruitment_id=call.pk, **usual)  # type: ignore[arg-type]
    assert list(refused.value.fields) == [field]


def test_one_open_file_a_person(cast: Cast, call: Recruitment) -> None:
    first = applicant(cast, call)
    with pytest.raises(Conflict) as refused:
        applicant(cast, call)
    assert refused.value.code == "steward_already_on_file"
    step(cast, first, "withdraw", reason="本人放弃")
    assert applicant(cast, call).number == "320999001001-0002"


def test_no_more_are_called_or_on_duty_than_there_are_places(cast: Cast, call: Recruitment) -> None:
    community = call.community
    services.set_steward_quota(by=cast.sysadmin, community=community, places=1, reason="小区合并")
    with pytest.raises(StewardPlacesTaken) as refused:
        services.open_recruitment(
            by=cast.sysadmin, community=community, title="再征集", places=2, opens_on=today(), closes_on=today()
        )
    assert refused.value.extra == {"places": 1, "taken": 0}
    one, other = applicant(cast, call), applicant(cast, call, "李二", "13800000002")
    Steward.objects.filter(pk__in=[one.pk, other.pk]).update(state="training")
    step(cast, one, "start_duty")
    with pytest.raises(StewardPlacesTaken) as taken:
        step(cast, other, "start_duty")
    assert taken.value.extra == {"places": 1, "taken": 1}
    step(cast, one, "leave", reason="迁居")
    assert step(cast, other, "start_duty").state == "on_duty"


def test_the_history_cannot_be_altered(cast: Cast, call: Recruitment) -> None:
    steward = applicant(cast, call)
    for statement in ("UPDATE grids_stewardevent SET reason = 'x'", "DELETE FROM grids_stewardevent"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert actions_of(steward) == ["apply"]


def test_a_phone_is_shown_to_the_office_and_noted(cast: Cast, call: Recruitment) -> None:
    steward = applicant(cast, call)
    assert services.reveal_phone(steward_id=steward.pk, by=cast.sysadmin) == "13800000001"
    assert AuditEntry.objects.get(action="steward_phone_viewed").object_label == steward.number
    with pytest.raises(DomainError):
        services.reveal_phone(steward_id=steward.pk, by=cast.secadmin)
    assert AuditEntry.objects.filter(action="steward_phone_viewed").count() == 1
