"""Allowances of stewards: figures typed by hand. Eight stewards at 100 yuan a month."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from grids import services
from grids.errors import OverBudget
from grids.models import AllowanceCommitment, Community, PaymentList, Steward
from grids.rules import add_months, places_for, quarter_of
from grids.selectors.allowances import budget_of
from grids.services import StepData, today
from lianqin.kernel.errors import Conflict, DomainError, Invalid, NotAllowed
from tests.cast import Cast, SmallGround


@pytest.fixture
def quarter(db: None) -> dt.date:
    """The quarter before this one, so that all of its months have begun."""
    return add_months(quarter_of(today()), -3)


@pytest.fixture
def place(small_ground: SmallGround, quarter: dt.date) -> Community:
    """A community with three stewards on duty since long ago."""
    community = Community.objects.get(pk=small_ground.community.pk)
    Steward.objects.bulk_create(
        Steward(
            number=f"{community.code}-{number:04d}", name=f"王{number}", phone=f"1380000000{number}", birth_year=1970,
            community=community, state="on_duty", applied_on=dt.date(2025, 1, 1), on_duty_since=dt.date(2025, 2, 1),
        )
        for number in (1, 2, 3)
    )  # fmt: skip
    return community


def mark(cast: Cast, place: Community, quarter: dt.date, *scores: int) -> None:
    for steward, score in zip(Steward.objects.filter(community=place).order_by("number"), scores, strict=False):
        data = StepData(score=Decimal(score), quarter=quarter)
        services.advance_steward(steward_id=steward.pk, action="assess", by=cast.sysadmin, data=data)


def plan(cast: Cast, place: Community, quarter: dt.date, planned: int) -> None:
    services.set_budget(by=cast.sysadmin, community=place, year=quarter.year, planned=Decimal(planned))


def figures(place: Community, quarter: dt.date) -> tuple[int, int, int, int]:
    found = budget_of(place.pk, quarter.year)
    return int(found.planned), int(found.committed), int(found.paid), int(found.available)


def test_a_quarter_from_plan_to_payment(cast: Cast, place: Community, quarter: dt.date) -> None:
    plan(cast, place, quarter, 1000)
    for months in range(3):
        month = add_months(quarter, months)
        assert services.commit_month(by=cast.sysadmin, community=place, month=month) == 3
        assert services.commit_month(by=cast.sysadmin, community=place, month=month) == 0  # Nobody twice.
    assert figures(place, quarter) == (1000, 900, 0, 100)
    mark(cast, place, quarter, 95, 70)  # The third was not assessed.
    payment = services.draft_payment(by=cast.sysadmin, community=place, quarter=quarter)
    lines = payment.lines.order_by("steward__number").values_list("months", "committed", "grade", "share", "amount")
    assert list(lines) == [
        (3, Decimal(300), "excellent", 100, Decimal(300)),
        (3, Decimal(300), "qualified", 80, Decimal(240)),
    ]
    assert payment.total == 540
    services.submit_payment(by=cast.sysadmin, payment_id=payment.pk)
    assert figures(place, quarter) == (1000, 900, 0, 100)  # Nothing is paid before a second person says so.
    services.decide_payment(by=cast.commander, payment_id=payment.pk, approve=True)
    assert figures(place, quarter) == (1000, 300, 540, 160)  # What the second lost is free again.
    with pytest.raises(Invalid):
        services.draft_payment(by=cast.sysadmin, community=place, quarter=quarter)
    with pytest.raises(Conflict) as settled:
        mark(cast, place, quarter, 60)
    assert settled.value.code == "assessment_settled"


def test_over_budget_is_refused_with_the_figures(cast: Cast, place: Community, quarter: dt.date) -> None:
    plan(cast, place, quarter, 500)
    services.commit_month(by=cast.sysadmin, community=place, month=quarter)
    with pytest.raises(OverBudget) as refused:
        services.commit_month(by=cast.sysadmin, community=place, month=add_months(quarter, 1))
    assert refused.value.extra == {"planned": "500.00", "used": "300.00", "wanted": "300.00", "over": "100.00"}
    assert "超出 100.00 元" in str(refused.value.fields["planned"][0])
    assert AllowanceCommitment.objects.count() == 3
    with pytest.raises(OverBudget):
        plan(cast, place, quarter, 299)
    plan(cast, place, quarter, 300)
    assert figures(place, quarter) == (300, 300, 0, 0)


def test_four_eyes(cast: Cast, place: Community, quarter: dt.date) -> None:
    plan(cast, place, quarter, 1000)
    services.commit_month(by=cast.sysadmin, community=place, month=quarter)
    mark(cast, place, quarter, 95, 95, 95)
    payment = services.draft_payment(by=cast.sysadmin, community=place, quarter=quarter)
    services.submit_payment(by=cast.sysadmin, payment_id=payment.pk)
    for who in ("sysadmin", "secadmin", "street_dispatcher"):  # A commander is in office: nobody else approves.
        with pytest.raises(NotAllowed):
            services.decide_payment(by=getattr(cast, who), payment_id=payment.pk, approve=True)
    with pytest.raises(Invalid):
        services.decide_payment(by=cast.commander, payment_id=payment.pk, approve=False)
    services.decide_payment(by=cast.commander, payment_id=payment.pk, approve=False, opinion="名单有误")
    assert PaymentList.objects.get().state == "refused"
    services.withdraw_payment(by=cast.sysadmin, payment_id=payment.pk)
    again = services.draft_payment(by=cast.sysadmin, community=place, quarter=quarter)
    assert again.total == 300  # What the withdrawn list held may be listed again.
    PaymentList.objects.filter(pk=again.pk).update(drafted_by=cast.commander.user_id, state="submitted")
    with pytest.raises(DomainError) as own:
        services.decide_payment(by=cast.commander, payment_id=again.pk, approve=True)
    assert own.value.code == "second_person_needed"


def test_who_leaves_is_paid_for_the_months_served(cast: Cast, place: Community, quarter: dt.date) -> None:
    plan(cast, place, quarter, 2000)
    month = today().replace(day=1)
    plan_year = StepData(reason="迁居")
    services.set_budget(by=cast.sysadmin, community=place, year=month.year, planned=Decimal(2000))
    services.commit_month(by=cast.sysadmin, community=place, month=month)
    one = Steward.objects.get(number=f"{place.code}-0001")
    services.advance_steward(steward_id=one.pk, action="leave", by=cast.sysadmin, data=plan_year)
    assert one.commitments.count() == 1  # The month of leaving stays.
    with pytest.raises(Invalid):
        services.commit_month(by=cast.sysadmin, community=place, month=add_months(month, 1))
    data = StepData(score=Decimal(90), quarter=quarter_of(month))
    services.advance_steward(steward_id=one.pk, action="assess", by=cast.sysadmin, data=data)
    assert one.assessments.get().grade == "excellent"


@pytest.mark.parametrize(
    ("score", "grade"),
    [(100, "excellent"), (90, "excellent"), (89, "qualified"), (60, "qualified"), (59, "failed"), (0, "failed")],
)
def test_grades(cast: Cast, place: Community, quarter: dt.date, score: int, grade: str) -> None:
    mark(cast, place, quarter, score)
    assert Steward.objects.get(number=f"{place.code}-0001").assessments.get().grade == grade


@pytest.mark.parametrize("wrong", [dt.date(2024, 10, 1), dt.date(2026, 2, 1), dt.date(2099, 1, 1), None])
def test_only_quarters_of_duty_are_assessed(cast: Cast, place: Community, wrong: dt.date | None) -> None:
    steward = Steward.objects.filter(community=place)[0]
    data = StepData(score=Decimal(80), quarter=wrong)
    with pytest.raises(Invalid) as refused:
        services.advance_steward(steward_id=steward.pk, action="assess", by=cast.sysadmin, data=data)
    assert list(refused.value.fields) == ["quarter"]


@pytest.mark.parametrize(("households", "places"), [(0, 0), (1, 1), (149, 1), (151, 2), (66308, 663)])
def test_places_follow_households(households: int, places: int) -> None:
    assert places_for(households, 100) == places


def test_677_stewards_for_66308_households() -> None:
    assert places_for(66308, 98) == 677


def test_the_rules_are_bounded(cast: Cast, small_ground: SmallGround) -> None:
    with pytest.raises(Invalid) as refused:
        services.set_steward_policy(by=cast.sysadmin, district=small_ground.district, notice_days=0, households_each=0)
    assert sorted(refused.value.fields) == ["households_each", "notice_days"]
    with pytest.raises(NotAllowed):
        services.set_steward_policy(by=cast.secadmin, district=small_ground.district, notice_days=7)
    policy = services.set_steward_policy(by=cast.sysadmin, district=small_ground.district, notice_days=7)
    assert policy.notice_days == 7


def test_a_building_lies_in_its_community(cast: Cast, small_ground: SmallGround) -> None:
    here, there = small_ground.community, small_ground.community2
    told: dict[str, Any] = {"by": cast.sysadmin, "code": "L1", "name": "一区1栋", "lon": 118.605, "lat": 32.055}
    built = services.save_building(community=here, households=98, **told)
    assert built.grid_id == small_ground.grid.pk
    with pytest.raises(Invalid) as refused:
        services.save_building(community=there, **told)
    assert list(refused.value.fields) == ["lon"]
