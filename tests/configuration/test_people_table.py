"""People and their posts from a spreadsheet: accounts now, posts when they are confirmed, all of it taken back."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import AuditEntry, User
from accounts.services import create_person
from configuration.models import ImportJob, ImportLine
from grids.models import AppointmentLine, AppointmentList, Membership
from grids.services import change_account, confirm_appointments, hand_out_passwords
from lianqin.kernel.actors import SYSTEM
from tests.cast import Cast
from tests.configuration.files import Office, csv_file, faults

pytestmark = pytest.mark.django_db
HEAD = ["用户名", "姓名", "电话", "角色", "岗位", "单位代码", "网格代码", "副职或B角", "职务"]
FANG = ["", "王芳", "13800005678", "网格员", "专职网格员", "", "320999001001002", "", ""]
LEI = ["lilei", "李雷", "13800005679", "负责人", "", "320999001-centre", "", "", "分中心主任"]
MEI = ["hanmei", "韩梅", "", "负责人", "", "320999001-centre", "", "副职", ""]
IDLE = ["", "王芳", "13800005680", "", "", "", "", "", ""]


@pytest.fixture
def office(cast: Cast, settings: Any, tmp_path: Any) -> Office:
    settings.MEDIA_ROOT = tmp_path
    return Office(cast)


def people_file(*rows: list[str]) -> Any:
    return csv_file([HEAD, *rows], name="人员.csv")


def read_in(office: Office, *rows: list[str]) -> ImportJob:
    job = office.checked("people", people_file(*rows))
    assert job.state == "checked", faults(job)
    return office.step(job, "apply")


def test_accounts_at_once_posts_when_they_are_confirmed(office: Office, cast: Cast) -> None:
    checked = office.checked("people", people_file(FANG, MEI, LEI, IDLE))
    assert (checked.state, checked.new) == ("checked", 4), faults(checked)
    assert not User.objects.filter(username="lilei").exists()
    job = office.step(checked, "apply")
    assert job.state == "applied", job.message
    named = dict(User.objects.filter(full_name__in=("王芳", "李雷", "韩梅")).values_list("username", "phone"))
    assert named == {"wangfang": "13800005678", "wangfang2": "13800005680", "lilei": "13800005679", "hanmei": ""}
    assert not any(user.has_usable_password() for user in User.objects.filter(username__in=named))
    assert not Membership.objects.filter(user__username__in=named).exists()
    made = AppointmentList.objects.get()
    assert (made.state, made.lines.count()) == ("submitted", 3)
    confirm_appointments(list_id=made.pk, by=cast.secadmin)
    deputy = Membership.objects.get(user__username="hanmei")
    assert deputy.deputy_of is not None
    assert deputy.deputy_of.user.username == "lilei"


def test_the_same_file_again_changes_nothing(office: Office, cast: Cast) -> None:
    read_in(office, LEI, MEI)
    again = office.checked("people", people_file(LEI, MEI))
    assert (again.new, again.changed, again.same) == (0, 0, 2)
    confirm_appointments(list_id=AppointmentList.objects.get().pk, by=cast.secadmin)
    assert office.checked("people", people_file(LEI, MEI)).same == 2


def test_a_name_and_a_telephone_find_the_account_that_is_there(office: Office) -> None:
    create_person(full_name="王芳", phone="13800005678", by=SYSTEM)
    read_in(office, FANG)
    assert list(User.objects.filter(full_name="王芳").values_list("username", flat=True)) == ["wangfang"]
    assert AppointmentLine.objects.get().user.username == "wangfang"


def test_every_fault_names_its_row(office: Office) -> None:
    job = office.checked(
        "people",
        people_file(
            ["sysadmin", "甲", "", "督查员", "", "320999-centre", "", "", ""],
            ["citizen", "乙", "", "", "", "", "", "", ""],
            ["ding", "丁", "", "督查员", "", "320999-nowhere", "", "", ""],
            ["wu", "戊", "", "网格员", "专职网格员", "", "999", "", ""],
            ["ji", "己", "", "", "专职网格员", "", "", "", ""],
            ["geng", "庚", "", "区指挥长", "", "320999001-centre", "", "", ""],
            ["1x", "辛", "", "", "", "", "", "", ""],
            ["ren", "壬", "", "皇帝", "", "", "", "", ""],
            LEI,
            LEI,
        ),
    )
    told = {number: (header, message) for number, header, message in faults(job)}
    assert told[2] == ("用户名", "三员账号不得担任业务岗位")
    assert told[3] == ("用户名", "用户名已被市民或来源平台占用")
    assert told[4] == ("单位代码", "没有这个代码的启用单位")
    assert told[5] == ("网格代码", "没有这个代码的网格")
    assert told[6] == ("角色", "填写了单位、网格或岗位的，须填写角色")
    assert told[7] == ("单位代码", "该角色不能在此单位或网格任职：区指挥长应在联勤指挥中心任职")
    assert told[8][1] == "须以小写字母开头，由小写字母、数字和 . _ - 组成"
    assert told[9][0] == "角色"
    assert told[11] == ("用户名", "此人的同一岗位在表中已有一行")
    assert not AppointmentList.objects.exists()
    assert not User.objects.filter(username="ding").exists()


def test_an_account_is_never_renamed_by_a_row(office: Office) -> None:
    create_person(full_name="赵建国", username="zhaojianguo", phone="13800000001", by=SYSTEM)
    other = ["zhaojianguo", "张敏", "13800000002", "负责人", "", "320999001-centre", "", "", ""]
    job = office.checked("people", people_file(other, ["newone", "新一", *LEI[2:]], ["newone", "新二", *IDLE[2:]]))
    told = {number: (header, message) for number, header, message in faults(job)}
    assert told[2] == ("用户名", "用户名 zhaojianguo 已属于赵建国；同一人请改用同样的姓名，另一人请换用户名")
    assert told[4] == ("用户名", "用户名 newone 已属于新一；同一人请改用同样的姓名，另一人请换用户名")
    assert User.objects.get(username="zhaojianguo").full_name == "赵建国"


def test_a_post_for_an_account_with_another_telephone_shows_both_numbers(office: Office) -> None:
    create_person(full_name="李雷", username="lilei", phone="13800000001", by=SYSTEM)
    job = office.checked("people", people_file(LEI))
    assert (job.new, job.changed, job.wrong) == (0, 1, 0), faults(job)
    line = job.lines.get()
    assert (line.before or {})["phone"] == "138****0001"
    assert (line.after or {})["phone"] == "13800005679"
    assert "138****0001" in office.page(job)
    office.step(job, "apply")
    assert User.objects.get(username="lilei").phone == "13800005679"
    assert AppointmentLine.objects.get().user.username == "lilei"


def test_a_file_without_user_names_can_be_read_in_again(office: Office, cast: Cast) -> None:
    """Held posts, posts that wait, posts that begin later and people without a telephone: all are there already."""
    head = [*HEAD, "到任日期"]
    rows = [
        [*FANG, "2020-01-01"],
        ["", "韩梅", "13800005681", "负责人", "", "320999001-centre", "", "", "", "2099-01-01"],
        ["", "何无", "", "督查员", "", "320999001-centre", "", "", "", ""],
        ["", "何有", "", "", "", "", "", "", "", ""],
    ]

    def again() -> tuple[int, int, int, int]:
        job = office.checked("people", csv_file([head, *rows], name="人员.csv"))
        return job.new, job.changed, job.same, job.wrong

    office.step(office.checked("people", csv_file([head, *rows], name="人员.csv")), "apply")
    assert again() == (0, 0, 4, 0)
    confirm_appointments(list_id=AppointmentList.objects.get().pk, by=cast.secadmin)
    assert again() == (0, 0, 4, 0)
    assert AppointmentList.objects.count() == 1


def test_one_person_on_two_rows_without_a_user_name_is_one_account(office: Office) -> None:
    second = ["", "王芳", "13800005678", "督查员", "", "320999001-centre", "", "", ""]
    read_in(office, FANG, second)
    assert list(User.objects.filter(full_name="王芳").values_list("username", flat=True)) == ["wangfang"]
    again = office.checked("people", people_file(FANG, second))
    assert (again.new, again.changed, again.same) == (0, 0, 2)


def test_a_post_is_told_what_it_lacks(office: Office) -> None:
    boss = ["boss1", "甲长", "", "区指挥长", "", "320999-centre", "", "", ""]
    job = office.checked(
        "people",
        people_file(
            ["jia", "甲", "abc", "", "", "", "", "", ""],
            ["yi", "乙", "123", "", "", "", "", "", ""],
            ["bing", "丙", "025-58880001", "网格员", "", "", "320999001001002", "", ""],
            ["ding", "丁", "138****0001", "", "", "", "", "", ""],
            boss,
        ),
    )
    told = {number: (header, message) for number, header, message in faults(job)}
    assert told[2] == ("电话", "应为 7 到 20 位数字，可带 + 和 -")
    assert told[3] == told[2]
    assert told[4] == ("岗位", "网格员必填")
    assert told[5] == ("电话", "新账号须填写完整的电话，不能带 *")
    assert told[6][0] == "角色"
    assert "已有区指挥长" in told[6][1]


def test_undo_takes_back_accounts_posts_and_corrections(office: Office) -> None:
    create_person(full_name="韩梅", username="hanmei", phone="13800000001", by=SYSTEM)
    job = read_in(office, LEI, ["hanmei", "韩梅", "13800000002", "", "", "", "", "", ""])
    assert User.objects.get(username="hanmei").phone == "13800000002"
    office.step(job, "undo")
    assert job.state == "undone", job.message
    assert not User.objects.filter(username="lilei").exists()
    assert not AppointmentList.objects.exists()
    back = User.objects.get(username="hanmei")
    assert (back.full_name, back.phone) == ("韩梅", "13800000001")


@pytest.mark.parametrize("username", ["hanmei", "lilei"])
def test_nothing_is_taken_back_once_an_account_was_corrected(office: Office, cast: Cast, username: str) -> None:
    """An account that the import changed, and one that it has opened."""
    create_person(full_name="韩梅", username="hanmei", phone="13800000001", by=SYSTEM)
    job = read_in(office, LEI, ["hanmei", "韩梅", "13800000002", "", "", "", "", "", ""])
    user = User.objects.get(username=username)
    change_account(user=user, full_name=f"{user.full_name}梅", phone="13900000003", by=cast.sysadmin)
    office.step(job, "undo")
    assert (job.state, job.message) == ("applied", f"导入之后有数据已被改动或使用，不能撤销：{username}")
    assert list(User.objects.filter(username=username).values_list("full_name", "phone")) == [
        (f"{user.full_name}梅", "13900000003")
    ]
    assert AppointmentList.objects.exists()


def test_nothing_is_taken_back_once_it_was_decided(office: Office, cast: Cast) -> None:
    job = read_in(office, LEI)
    confirm_appointments(list_id=AppointmentList.objects.get().pk, by=cast.secadmin)
    office.step(job, "undo")
    assert job.state == "applied"
    assert Membership.objects.filter(user__username="lilei").exists()


def test_an_export_is_masked_and_comes_back_as_it_went(office: Office, cast: Cast) -> None:
    read_in(office, FANG, LEI)
    hand_out_passwords(users=[User.objects.get(username="lilei")], by=cast.sysadmin)
    answer = office.client.get("/configuration/tables/people/export.csv")
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    text = body.decode("utf-8-sig")
    assert "138****5679" in text
    assert "13800005679" not in text
    assert "pbkdf2" not in text
    assert "密码" not in text
    file = people_file()
    file.file.write(body)
    file.file.seek(0)
    file.size = len(body)
    job = office.checked("people", file)
    assert (job.state, job.new, job.changed, job.wrong) == ("checked", 0, 0, 0), faults(job)
    assert User.objects.get(username="lilei").phone == "13800005679"


def test_the_security_officer_reads_in_nobody(cast: Cast, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    assert Office(cast, "secadmin").upload("people", people_file(LEI)).status_code in (400, 403)
    assert not ImportJob.objects.filter(table="people").exists()


def test_no_telephone_number_stays_in_the_audit_log(office: Office) -> None:
    read_in(office, FANG)
    assert "13800005678" not in str(list(AuditEntry.objects.values()))
    assert ImportLine.objects.exists()
