"""Write 677 made-up building stewards, candidates in every state, a notice that runs, and a year of allowances."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.models import User
from lianqin.kernel import clock
from lianqin.kernel.drafts import DraftState

from ..models import (
    AllowanceBudget,
    AllowanceCommitment,
    Building,
    Community,
    Course,
    Grade,
    Grid,
    Objection,
    PaymentLine,
    PaymentList,
    PublicNotice,
    Recruitment,
    Steward,
    StewardAssessment,
    StewardEvent,
    TrainingRecord,
)
from ..rules import add_months, months_of, places_for, quarter_of
from ..states import StewardState
from .names import made_up_name

ON_DUTY, HOUSEHOLDS_EACH, MONTHLY = 677, 100, Decimal(100)
PILOT_STREET = "320111004"
# Candidates: how many wait in each state, and the steps that led there.
WAITING = (
    (StewardState.APPLIED, 9, ("apply",)),
    (StewardState.REVIEWED, 6, ("apply", "pass_review")),
    (StewardState.INTERVIEWED, 5, ("apply", "pass_review", "pass_interview")),
    (StewardState.ON_NOTICE, 6, ("apply", "pass_review", "pass_interview", "publish")),
    (StewardState.TRAINING, 4, ("apply", "pass_review", "pass_interview", "publish", "end_notice")),
    (StewardState.REFUSED, 3, ("apply", "refuse_review")),
    (StewardState.WITHDRAWN, 2, ("apply", "withdraw")),
)
LIFE = ("apply", "pass_review", "pass_interview", "publish", "end_notice", "start_duty")
AFTER = {
    "apply": StewardState.APPLIED, "pass_review": StewardState.REVIEWED, "refuse_review": StewardState.REFUSED,
    "pass_interview": StewardState.INTERVIEWED, "publish": StewardState.ON_NOTICE, "end_notice": StewardState.TRAINING,
    "start_duty": StewardState.ON_DUTY, "withdraw": StewardState.WITHDRAWN,
}  # fmt: skip


def write_stewards() -> None:
    """Write buildings, stewards, candidates and money, beginning in the pilot street. Run it on empty tables only."""
    today, dice = timezone.localdate(clock.now()), random.Random(677)
    keeper = User.objects.filter(officer="sysadmin").values_list("pk", flat=True).first()
    found = Community.objects.defer("boundary").order_by("code")
    communities = sorted(found, key=lambda each: (not each.code.startswith(PILOT_STREET), each.code))
    on_duty = _on_duty(communities, today, dice)
    _write_buildings(on_duty)
    Steward.objects.bulk_create(on_duty)
    _write_history([(steward, LIFE) for steward in on_duty], today, keeper)
    _write_records(on_duty)
    _write_candidates(communities, today, dice, keeper)
    _write_money(on_duty, today, dice, keeper)


def _on_duty(communities: list[Community], today: dt.date, dice: random.Random) -> list[Steward]:
    """Fill community after community, leaving none to two places of each, until there are 677."""
    made: list[Steward] = []
    for community in communities:
        places = places_for(community.households, HOUSEHOLDS_EACH)
        filled = min(places - dice.choice((0, 0, 0, 1, 1, 2)), ON_DUTY - len(made))
        since = today - dt.timedelta(days=dice.randint(200, 500))
        applied = since - dt.timedelta(days=25)
        made += [
            _steward(community, number + 1, dice, applied, on_duty_since=since, score=dice.randint(65, 96))
            for number in range(filled)
        ]
        if len(made) == ON_DUTY:
            break
    return made


def _steward(community: Community, number: int, dice: random.Random, applied: dt.date, **more: Any) -> Steward:
    name, pinyin = made_up_name(dice)
    return Steward(
        number=f"{community.code}-{number:04d}", name=name, pinyin=pinyin, community=community, applied_on=applied,
        phone=f"13{dice.randint(0, 9)}****{dice.randint(0, 9999):04d}", birth_year=dice.randint(1956, 1996),
        synthetic=True, **{"state": StewardState.ON_DUTY, **more},
    )  # fmt: skip


def _write_buildings(stewards: list[Steward]) -> None:
    """A building for each steward, at a grid of the community."""
    grids: dict[int, list[tuple[int, float, float]]] = defaultdict(list)
    for community, pk, lon, lat in Grid.objects.order_by("code").values_list(
        "community", "pk", "label_lon", "label_lat"
    ):
        grids[community].append((pk, lon or 0.0, lat or 0.0))
    for serial, steward in enumerate(stewards):
        number = int(steward.number[-4:])
        near = grids[steward.community_id]
        grid, lon, lat = near[number % len(near)]
        shift = (serial % 7 - 3) * 1e-4
        steward.building = Building(
            code=f"{steward.community.code}-L{number:03d}", name=f"{number // 6 + 1}区{number % 6 + 1}栋",
            pinyin=f"{number // 6 + 1}qu{number % 6 + 1}dong", community=steward.community, grid_id=grid,
            lon=round(lon + shift, 6), lat=round(lat - shift, 6), households=90 + serial % 21, synthetic=True,
        )  # fmt: skip
    Building.objects.bulk_create(steward.building for steward in stewards if steward.building)


def _write_history(lives: list[tuple[Steward, tuple[str, ...]]], today: dt.date, keeper: int | None) -> None:
    noon = timezone.make_aware(dt.datetime.combine(today, dt.time(10, 30)))
    StewardEvent.objects.bulk_create(_events(lives, noon, today, keeper), batch_size=2000)


def _events(
    lives: list[tuple[Steward, tuple[str, ...]]], noon: dt.datetime, today: dt.date, keeper: int | None
) -> Iterator[StewardEvent]:
    for steward, actions in lives:
        age = (today - steward.applied_on).days
        for seq, action in enumerate(actions, 1):
            days = {"end_notice": 15, "start_duty": 20}.get(action, 3 * (seq - 1))
            detail = {"score": str(steward.score)} if action == "pass_interview" else {}
            detail |= {"days": "5"} if action == "publish" else {}
            yield StewardEvent(
                steward=steward, seq=seq, action=action, state=AFTER[action], detail=detail,
                at=noon - dt.timedelta(days=max(0, age - days)), user_id=None if action == "end_notice" else keeper,
                reason={"refuse_review": "不在本社区居住", "withdraw": "家中有事"}.get(action, ""),
            )  # fmt: skip


def _write_records(stewards: list[Steward]) -> None:
    course = Course.objects.filter(code="LDZ-01").first()
    if course is None:
        return
    TrainingRecord.objects.bulk_create(
        TrainingRecord(
            steward=steward, course=course, held_on=steward.on_duty_since, passed=True, score=80 + serial % 20,
            valid_until=add_months(steward.on_duty_since, course.valid_months or 36),
            certificate=f"LDZ-{serial + 1:05d}",
        )
        for serial, steward in enumerate(stewards) if steward.on_duty_since
    )  # fmt: skip


def _write_candidates(communities: list[Community], today: dt.date, dice: random.Random, keeper: int | None) -> None:
    """Calls in communities that have none yet, and people in every state."""
    free = [each for each in communities if not each.stewards.exists()][:4]
    calls = Recruitment.objects.bulk_create(
        Recruitment(
            community=community, title=f"{community.short_name}楼栋长征集公告", places=12, synthetic=True,
            opens_on=today - dt.timedelta(days=30), closes_on=today + dt.timedelta(days=10), created_by_id=keeper,
            text="热心公益、熟悉居民，能经常联系本楼栋住户。",
        )
        for community in free
    )  # fmt: skip
    past = _notice(f"{today.year} 年第三批楼栋长拟任人选公示", 16, keeper)
    notice = _notice(f"{today.year} 年第四批楼栋长拟任人选公示", 2, keeper)
    turn, numbers = itertools.cycle(calls), {call.community_id: itertools.count(1) for call in calls}
    lives: list[tuple[Steward, tuple[str, ...]]] = []
    for state, count, actions in WAITING:
        for _each in range(count):
            call = next(turn)
            applied = today - dt.timedelta(
                days=dice.randint(22, 30) if "end_notice" in actions else dice.randint(11, 20)
            )
            steward = _steward(
                call.community, next(numbers[call.community_id]), dice, applied, state=state, recruitment=call,
                notice=past if "end_notice" in actions else notice if "publish" in actions else None,
                score=dice.randint(65, 96) if "pass_interview" in actions else None,
            )  # fmt: skip
            lives.append((steward, actions))
    _write_buildings([steward for steward, _actions in lives])
    Steward.objects.bulk_create(steward for steward, _actions in lives)
    _write_history(lives, today, keeper)
    disputed = next(steward for steward, actions in lives if actions[-1] == "publish")
    said = Objection.objects.create(steward=disputed, notice=notice, text="反映其平时不在小区居住", said_by="")
    StewardEvent.objects.create(
        steward=disputed, seq=5, action="object", state=StewardState.ON_NOTICE, user_id=keeper,
        reason="反映其平时不在小区居住", detail={"objection": said.pk},
    )  # fmt: skip


def _notice(title: str, days_ago: int, keeper: int | None) -> PublicNotice:
    """A notice of five days that was published some days ago; over, if that is long ago."""
    now = clock.now()
    begun = now - dt.timedelta(days=days_ago)
    midnight = dt.datetime.combine(timezone.localdate(begun) + dt.timedelta(days=6), dt.time())
    ends = timezone.make_aware(midnight)
    return PublicNotice.objects.create(
        title=title, days=5, starts_at=begun, ends_at=ends, ended_at=ends if ends <= now else None,
        contact="所在社区居委会，工作日 9 时至 17 时", published_by_id=keeper, synthetic=True,
    )  # fmt: skip


def _write_money(stewards: list[Steward], today: dt.date, dice: random.Random, keeper: int | None) -> None:
    """A plan for the year, the last whole quarter committed and assessed, one list paid and one waiting."""
    last = add_months(quarter_of(today), -3)
    by_place: dict[int, list[Steward]] = defaultdict(list)
    for steward in stewards:
        by_place[steward.community_id].append(steward)
    AllowanceBudget.objects.bulk_create(
        AllowanceBudget(community_id=pk, year=last.year, planned=len(held) * MONTHLY * 12 + 1200)
        for pk, held in by_place.items()
    )
    marks = {steward.pk: dice.choices((95, 86, 72, 55), (20, 50, 27, 3))[0] for steward in stewards}
    StewardAssessment.objects.bulk_create(
        StewardAssessment(steward=steward, quarter=last, score=score, grade=_grade(score))
        for steward, score in ((each, marks[each.pk]) for each in stewards)
    )
    now, commander = clock.now(), User.objects.filter(username="commander").first()
    decided: dict[str, Any] = {"state": DraftState.APPROVED, "decided_by": commander, "decided_at": now}
    payments = [
        PaymentList(community_id=pk, quarter=last, drafted_by_id=keeper, submitted_at=now, **more)
        for pk, more in zip(by_place, (decided, {"state": DraftState.SUBMITTED}), strict=False)
    ]
    PaymentList.objects.bulk_create(payments)
    shares = {Grade.EXCELLENT: 100, Grade.QUALIFIED: 80, Grade.FAILED: 0}
    lines = {}
    for payment in payments:
        for steward in by_place[payment.community_id]:
            grade = _grade(marks[steward.pk])
            lines[steward.pk] = PaymentLine(
                payment=payment, steward=steward, months=3, committed=3 * MONTHLY, grade=grade, share=shares[grade],
                amount=3 * MONTHLY * shares[grade] / 100,
            )  # fmt: skip
            payment.total += lines[steward.pk].amount
    PaymentLine.objects.bulk_create(lines.values())
    PaymentList.objects.bulk_update(payments, ["total"])
    AllowanceCommitment.objects.bulk_create(
        AllowanceCommitment(
            steward=steward, community_id=steward.community_id, month=month, amount=MONTHLY,
            line=lines.get(steward.pk),
        )
        for steward in stewards for month in months_of(last)
    )  # fmt: skip


def _grade(score: int) -> Grade:
    return Grade.EXCELLENT if score >= 90 else Grade.QUALIFIED if score >= 60 else Grade.FAILED
