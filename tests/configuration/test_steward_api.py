"""What programs do with stewards and training, with a token."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from knox.models import AuthToken

from grids.models import Community, Course, PublicNotice, Steward, TrainingRecord
from grids.rules import add_months, quarter_of
from grids.services import today
from tests.cast import Cast, SmallGround

ROOT = "/api/v1/setup/"


class Program:
    def __init__(self, cast: Cast, who: str) -> None:
        self.client, self.token = Client(), AuthToken.objects.create(user=cast.user(who))[1]

    def __call__(self, method: str, address: str, data: Any = None, status: int = 200, key: str = "") -> Any:
        headers = {"Authorization": f"Token {self.token}", **({"Idempotency-Key": key} if key else {})}
        answer = getattr(self.client, method)(ROOT + address, data, content_type="application/json", headers=headers)
        assert answer.status_code == status, (address, answer.status_code, answer.content.decode())
        return answer.json() if answer.content else None


@pytest.fixture
def program(cast: Cast) -> Program:
    return Program(cast, "sysadmin")


@pytest.fixture
def place(small_ground: SmallGround) -> Community:
    Community.objects.filter(pk=small_ground.community.pk).update(households=520)
    return Community.objects.get(pk=small_ground.community.pk)


def applied(program: Program, place: Community) -> int:
    call = {"community": place.code, "title": "征集", "places": 2, "opens_on": f"{today()}", "closes_on": f"{today()}"}
    made = program("post", "steward-recruitments/", call, 201)
    person = {"name": "赵小兰", "phone": "13912345678", "birth_year": 1975}
    told = program("post", f"steward-recruitments/{made['id']}/applications/", person, 201, key="once")
    again = program("post", f"steward-recruitments/{made['id']}/applications/", person, 201, key="once")
    assert told == again  # The same intention twice is one file.
    assert told["phone"] == "139****5678"
    return int(told["id"])


def test_from_the_call_to_the_notice(program: Program, place: Community) -> None:
    pk = applied(program, place)
    program("post", f"stewards/{pk}/steps/pass_review/", {})
    refused = program("post", f"stewards/{pk}/steps/pass_review/", {}, 409)
    assert refused["code"] == "transition_not_allowed"
    lacking = program("post", f"stewards/{pk}/steps/pass_interview/", {"score": "20"}, 400)
    assert list(lacking["errors"]) == ["score"]
    program("post", f"stewards/{pk}/steps/pass_interview/", {"score": "80"})
    notice = program("post", "steward-notices/", {"title": "公示", "stewards": [pk]}, 201)
    assert (notice["days"], notice["ended_at"]) == (5, None)
    program("post", f"stewards/{pk}/steps/end_notice/", {}, 403)  # The clock's alone.
    told = program("get", f"stewards/{pk}/")
    assert [event["action"] for event in reversed(told["events"])] == [
        "apply", "pass_review", "pass_interview", "publish",
    ]  # fmt: skip
    assert program("post", f"stewards/{pk}/phone/") == {"phone": "13912345678"}
    assert PublicNotice.objects.count() == 1


def test_places_quotas_rules_and_buildings(program: Program, place: Community) -> None:
    told = {row["community"]: row["gap"] for row in program("get", "steward-places/")}
    assert told[place.code] == 5
    program("put", f"steward-quotas/{place.code}/", {"places": 7, "reason": "老旧小区"}, 204)
    assert next(row for row in program("get", "steward-places/") if row["by_hand"])["places"] == 7
    assert program("patch", "steward-policy/", {"notice_days": 7})["notice_days"] == 7
    program("patch", "steward-policy/", {"notice_days": 0}, 400)
    built = {"code": "L1", "name": "一区1栋", "community": place.code, "households": 98}
    assert program("post", "buildings/", built)["community"] == place.code
    assert [row["code"] for row in program("get", "buildings/")] == ["L1"]


def test_money_and_four_eyes(cast: Cast, program: Program, place: Community) -> None:
    quarter = add_months(quarter_of(today()), -3)
    pk = applied(program, place)
    Steward.objects.filter(pk=pk).update(state="on_duty", on_duty_since="2025-01-01")
    program("post", f"stewards/{pk}/steps/assess/", {"score": "70", "quarter": f"{quarter}"})
    plan = {"community": place.code, "year": quarter.year, "planned": "150.00"}
    assert program("post", "steward-budgets/", plan)["available"] == "150.00"
    month = {"community": place.code, "month": f"{quarter}"}
    assert program("post", "steward-commitments/", month)["added"] == 1
    over = program("post", "steward-commitments/", {**month, "month": f"{add_months(quarter, 1)}"}, 409)
    assert (over["code"], over["over"]) == ("over_budget", "50.00")
    made = program("post", "steward-payments/", {"community": place.code, "quarter": f"{quarter}"}, 201)
    assert made["total"] == "80.00"
    seen = program("post", f"steward-payments/{made['id']}/submit/")["submitted_at"]
    yes = {"approve": True, "seen": seen}
    program("post", f"steward-payments/{made['id']}/decide/", yes, 403)
    commander = Program(cast, "commander")
    assert commander("post", f"steward-payments/{made['id']}/decide/", yes)["state"] == "approved"
    figures = {row["community"]: row for row in program("get", f"steward-budgets/?year={quarter.year}")}[place.code]
    assert (figures["paid"], figures["committed"], figures["available"]) == ("80.00", "0.00", "70.00")
    assert commander("get", f"steward-payments/{made['id']}/")["lines"][0]["share"] == 80


def test_courses_sittings_and_marks(cast: Cast, program: Program) -> None:
    rule = {"role": "grid_worker", "post": "full_time_worker", "since": f"{today()}"}
    course = {"code": "W1", "name": "岗前培训", "hours": "8.0", "valid_months": 12, "requirements": [rule]}
    assert program("post", "courses/", course)["requirements"] == [rule]
    held = {"course": "W1", "held_on": f"{today()}", "place": "社区", "teacher": "李老师"}
    session = program("post", "training-sessions/", held, 201)
    marks = {"marks": [{"person": "grid_worker", "passed": True, "score": "88.0"}]}
    assert program("post", f"training-sessions/{session['id']}/marks/", marks) == {"changed": 1}
    unknown = {"marks": [{"person": "nobody-at-all", "passed": True}]}
    assert list(program("post", f"training-sessions/{session['id']}/marks/", unknown, 400)["errors"]) == ["marks.0"]
    gaps = program("get", "training-gaps/")
    assert (gaps["count"], gaps["results"][0]["person"]) == (1, "other_grid_worker")
    assert program("get", "training-records/")[0]["person"] == "grid_worker"
    assert (Course.objects.count(), TrainingRecord.objects.count()) == (1, 1)


@pytest.mark.parametrize("address", ["stewards/", "courses/", "training-gaps/", "steward-places/", "steward-payments/"])
def test_who_has_no_business_there_reads_nothing(cast: Cast, address: str) -> None:
    Program(cast, "grid_worker")("get", address, None, 403)
    Program(cast, "citizen")("get", address, None, 403)
