"""Training through the pages: a course with its rule, a sitting with its marks, who is left."""

from __future__ import annotations

import pytest
from django.test import Client

from grids.models import Course, CourseRequirement, TrainingRecord, TrainingSession
from grids.services import today
from tests.cast import Cast
from tests.configuration.test_steward_pages import client_of

HERE = "/configuration/training/"
ADDRESSES = ["", "sessions/", "gaps/", "records/"]
COURSE = {"code": "WGY-01", "name": "岗前培训", "hours": "8", "valid_months": "12", "outline": "", "active": "1"}


@pytest.fixture
def admin(cast: Cast) -> Client:
    return client_of(cast, "sysadmin")


@pytest.fixture
def session(admin: Client) -> TrainingSession:
    """A sitting of a course that full-time workers must have passed from today on."""
    sent = {**COURSE, "since-grid_worker-full_time_worker": today().isoformat()}
    assert admin.post(f"{HERE}courses/new/", sent).status_code == 302
    held = {"course": "WGY-01", "held_on": today().isoformat(), "place": "=cmd()", "teacher": "李老师", "note": ""}
    answer = admin.post(f"{HERE}sessions/new/", held)
    made = TrainingSession.objects.get()
    assert answer.headers["Location"] == f"{HERE}sessions/{made.pk}/"
    return made


@pytest.mark.parametrize("who", ["sysadmin", "secadmin", "commander"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_who_answers_for_the_ground_reads(cast: Cast, address: str, who: str) -> None:
    assert client_of(cast, who).get(HERE + address).status_code == 200


@pytest.mark.parametrize("who", ["auditadmin", "street_dispatcher", "grid_worker", "outsider"])
def test_nobody_else_does(cast: Cast, who: str) -> None:
    for address in ADDRESSES:
        assert client_of(cast, who).get(HERE + address).status_code == 403


def test_a_course_with_its_rule(admin: Client, session: TrainingSession) -> None:
    rule = CourseRequirement.objects.get()
    assert (rule.role, rule.post, rule.since) == ("grid_worker", "full_time_worker", today())
    assert "专职网格员" in admin.get(HERE).content.decode()
    assert admin.post(f"{HERE}courses/WGY-01/", {**COURSE, "name": "新名称"}).status_code == 302
    assert Course.objects.get().name == "新名称"
    assert not CourseRequirement.objects.exists()  # No date, no rule.


def test_a_wrong_course_keeps_what_was_typed(admin: Client) -> None:
    answer = admin.post(f"{HERE}courses/new/", {**COURSE, "hours": "eight", "since-supervisor-": "2026-02-30"})
    text = answer.content.decode()
    assert answer.status_code == 400
    assert "请填写数字" in text
    assert 'value="eight"' in text
    assert 'value="岗前培训"' in text
    assert not Course.objects.exists()


def test_marks_are_entered_on_one_table(cast: Cast, admin: Client, session: TrainingSession) -> None:
    page = f"{HERE}sessions/{session.pk}/"
    worker, leader = cast.user("grid_worker"), cast.user("grid_leader")
    assert f'value="u{worker.pk}"' in admin.get(f"{page}?q=grid_worker").content.decode()
    one, two = f"u{worker.pk}", f"u{leader.pk}"
    assert "未保存" in admin.get(f"{page}?add={one}").content.decode()
    sent = {
        "person": [one, two], f"result-{one}": "passed", f"score-{one}": "88", f"certificate-{one}": "A-1",
        f"result-{two}": "failed", f"score-{two}": "四十", f"certificate-{two}": "",
    }  # fmt: skip
    wrong = admin.post(page, sent)
    assert wrong.status_code == 400
    assert "成绩须为数字" in wrong.content.decode()
    assert 'value="四十"' in wrong.content.decode()
    assert not TrainingRecord.objects.exists()
    assert admin.post(page, {**sent, f"score-{two}": "40"}).status_code == 302
    assert dict(TrainingRecord.objects.values_list("user__username", "passed")) == {
        "grid_worker": True, "grid_leader": False,
    }  # fmt: skip


def test_who_is_left_and_the_file_of_it(cast: Cast, admin: Client, session: TrainingSession) -> None:
    text = admin.get(f"{HERE}gaps/").content.decode()
    assert "other_grid_worker" in text
    assert "规则前在任" in text
    assert "other_grid_worker" not in admin.get(f"{HERE}gaps/?kind=lapsed").content.decode()
    rows = admin.get(f"{HERE}gaps/?export=1").content.decode("utf-8-sig").splitlines()
    assert len(rows) == 3
    assert rows[0].startswith("情况,课程代码,课程,姓名")
    person = admin.get(f"{HERE}people/{cast.user('grid_worker').pk}/").content.decode()
    assert "现任岗位还缺" in person


def test_no_cell_of_a_file_is_computed(cast: Cast, admin: Client, session: TrainingSession) -> None:
    one = f"u{cast.user('grid_worker').pk}"
    sent = {"person": [one], f"result-{one}": "passed", f"score-{one}": "", f"certificate-{one}": "=1+1"}
    admin.post(f"{HERE}sessions/{session.pk}/", sent)
    text = admin.get(f"{HERE}records/?export=1").content.decode()
    assert ",'=1+1," in text
    assert ",=1+1," not in text


def test_who_only_reads_changes_nothing(cast: Cast, session: TrainingSession) -> None:
    reader = client_of(cast, "secadmin")
    assert reader.get(f"{HERE}sessions/{session.pk}/").status_code == 200
    assert reader.post(f"{HERE}sessions/{session.pk}/", {"person": []}).status_code == 403
    assert reader.post(f"{HERE}courses/new/", COURSE).status_code == 403
