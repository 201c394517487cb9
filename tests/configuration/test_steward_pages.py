"""Building stewards through the pages: what an officer clicks from the call to the payment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import AuditEntry
from grids import services
from grids.models import (
    AllowanceBudget,
    Building,
    Community,
    Objection,
    PaymentList,
    PublicNotice,
    Recruitment,
    Steward,
)
from grids.rules import add_months, quarter_of
from grids.services import today
from tests.cast import Cast, SmallGround
from tests.configuration.deciding import decide
from tests.workorders.conftest import shift

__all__ = ["shift"]

HERE = "/configuration/stewards/"
ADDRESSES = ["", "pipeline/", "files/", "recruitments/", "notices/", "assessments/", "budget/", "buildings/"]


def client_of(cast: Cast, who: str) -> Client:
    client = Client()
    client.force_login(cast.user(who), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def admin(cast: Cast) -> Client:
    return client_of(cast, "sysadmin")


@pytest.fixture
def place(small_ground: SmallGround) -> Community:
    Community.objects.filter(pk=small_ground.community.pk).update(households=520)
    return Community.objects.get(pk=small_ground.community.pk)


def call(client: Client, place: Community, **changed: str) -> Recruitment:
    sent = {"community": place.code, "title": "征集公告", "places": "3", "opens_on": today().isoformat(),
            "closes_on": (today() + dt.timedelta(days=9)).isoformat(), "text": "", **changed}  # fmt: skip
    answer = client.post(f"{HERE}recruitments/new/", sent)
    assert answer.status_code == 302, answer.content.decode()[:3000]
    return Recruitment.objects.order_by("-pk")[0]


def apply(client: Client, made: Recruitment, name: str = "赵小兰", phone: str = "13912345678") -> Steward:
    sent = {"name": name, "phone": phone, "birth_year": "1975", "building": "", "statement": "住了十年"}
    answer = client.post(f"{HERE}recruitments/{made.pk}/apply/", sent)
    assert answer.status_code == 302
    return Steward.objects.get(name=name)


def act(client: Client, steward: Steward, action: str, **data: str) -> int:
    return client.post(f"{HERE}files/{steward.pk}/", {"action": action, **data}).status_code


@pytest.mark.parametrize("who", ["sysadmin", "secadmin", "commander"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_who_answers_for_the_ground_reads(cast: Cast, address: str, who: str) -> None:
    assert client_of(cast, who).get(HERE + address).status_code == 200


@pytest.mark.parametrize("who", ["auditadmin", "street_dispatcher", "grid_worker", "outsider"])
def test_nobody_else_does(cast: Cast, who: str) -> None:
    for address in ADDRESSES:
        assert client_of(cast, who).get(HERE + address).status_code == 403, address


def test_places_gaps_and_where_to_go(admin: Client, place: Community) -> None:
    text = admin.get(HERE).content.decode()
    assert "缺 5" in text
    assert f"recruitments/new/?community={place.code}&amp;places=5" in text
    assert "缺" not in admin.get(f"{HERE}?q=nothing").content.decode().split("<tbody>")[1]
    services_told = admin.get(f"{HERE}?export=1")
    rows = services_told.content.decode("utf-8-sig").splitlines()
    assert rows[0] == "街道,社区代码,社区,户数,名额,在岗,在办,空缺"
    assert "东街,320999001001,南里社区,520,5,0,0,5" in rows


def test_from_the_call_to_duty(admin: Client, place: Community, shift: Callable[[dt.timedelta], None]) -> None:
    steward = apply(admin, call(admin, place))
    assert act(admin, steward, "pass_review") == 302
    assert act(admin, steward, "pass_interview", score="86") == 302
    board = admin.get(f"{HERE}pipeline/").content.decode()
    assert "赵小兰" in board
    sent = {"steward": [steward.pk], "title": "第一批公示", "days": "5", "contact": "居委会"}
    assert admin.post(f"{HERE}notices/", sent).status_code == 302
    sheet = admin.get(f"{HERE}notices/{PublicNotice.objects.get().pk}/").content.decode()
    assert "第一批公示" in sheet
    assert "赵小兰" in sheet
    assert "5678" not in sheet  # Nobody's telephone number hangs on the board.
    assert act(admin, steward, "object", reason="不在本地居住") == 302
    shift(dt.timedelta(days=7))
    services.end_notices()
    assert "核实之前不会转入培训" in admin.get(f"{HERE}files/{steward.pk}/").content.decode()
    told = {"objection_id": str(Objection.objects.get().pk), "reason": "经核实不属实"}
    assert act(admin, steward, "dismiss_objection", **told) == 302
    services.end_notices()
    assert act(admin, steward, "start_duty") == 302
    text = admin.get(f"{HERE}files/{steward.pk}/").content.decode()
    for words in ("公示期满，无未决异议", "面试通过，成绩 86", "在岗", "经核实不属实"):
        assert words in text


def test_a_wrong_step_is_409_and_says_so(admin: Client, place: Community) -> None:
    steward = apply(admin, call(admin, place))
    answer = admin.post(f"{HERE}files/{steward.pk}/", {"action": "leave", "reason": "迁居"})
    assert answer.status_code == 409
    assert "当前状态不允许" in answer.content.decode()


def test_what_is_lacking_is_asked_for_and_nothing_typed_is_lost(admin: Client, place: Community) -> None:
    steward = apply(admin, call(admin, place))
    act(admin, steward, "pass_review")
    answer = admin.post(f"{HERE}files/{steward.pk}/", {"action": "pass_interview", "score": "30", "reason": "表达欠佳"})
    text = answer.content.decode()
    assert answer.status_code == 400
    assert "低于合格分 60" in text
    assert 'value="30"' in text
    assert "表达欠佳" in text


def test_a_phone_is_masked_until_it_is_asked_for(admin: Client, place: Community) -> None:
    steward = apply(admin, call(admin, place))
    for address in (f"files/{steward.pk}/", "files/"):
        text = admin.get(HERE + address).content.decode()
        assert "139****5678" in text
        assert "13912345678" not in text
    assert not AuditEntry.objects.filter(action="steward_phone_viewed").exists()
    shown = admin.post(f"{HERE}files/{steward.pk}/", {"action": "phone"}).content.decode()
    assert "13912345678" in shown
    assert AuditEntry.objects.filter(action="steward_phone_viewed").count() == 1


def test_too_many_places_are_refused_beside_the_field(admin: Client, place: Community) -> None:
    sent = {
        "community": place.code,
        "title": "征集",
        "places": "6",
        "opens_on": "2026-01-01",
        "closes_on": "2099-01-01",
    }
    answer = admin.post(f"{HERE}recruitments/new/", sent)
    assert answer.status_code == 409
    assert "最多还可征集 5 名" in answer.content.decode()
    assert not Recruitment.objects.exists()


def test_who_only_reads_finds_no_buttons_and_is_refused(cast: Cast, admin: Client, place: Community) -> None:
    steward = apply(admin, call(admin, place))
    reader = client_of(cast, "commander")
    assert "审核通过" not in reader.get(f"{HERE}files/{steward.pk}/").content.decode()
    assert act(reader, steward, "pass_review") == 403
    assert reader.get(f"{HERE}recruitments/new/").status_code == 403
    assert Steward.objects.get(pk=steward.pk).state == "applied"


def test_quarter_assessed_drafted_and_approved(cast: Cast, admin: Client, place: Community) -> None:
    quarter = add_months(quarter_of(today()), -3)
    steward = apply(admin, call(admin, place))
    Steward.objects.filter(pk=steward.pk).update(state="on_duty", on_duty_since=dt.date(2025, 1, 1))
    sent = {"community": place.code, "quarter": quarter.isoformat(), f"score-{steward.pk}": "92"}
    assert admin.post(f"{HERE}assessments/", sent).status_code == 302
    money = f"{HERE}budget/{place.code}/"
    year = str(quarter.year)
    assert admin.post(money, {"action": "plan", "planned": "150", "year": year}).status_code == 302
    month = f"{quarter:%Y-%m}"
    assert admin.post(money, {"action": "commit", "month": month, "year": year}).status_code == 302
    second = f"{add_months(quarter, 1):%Y-%m}"
    refused = admin.post(money, {"action": "commit", "month": second, "year": year})
    assert refused.status_code == 409
    assert "超出 50.00 元" in refused.content.decode()
    assert admin.post(money, {"action": "draft", "quarter": quarter.isoformat(), "year": year}).status_code == 302
    page = f"{HERE}payments/{PaymentList.objects.get().pk}/"
    assert admin.post(page, {"action": "submit"}).status_code == 302
    assert admin.post(page, {"action": "approve"}).status_code == 403
    commander = client_of(cast, "commander")
    assert page in commander.get("/configuration/approvals/").content.decode()
    assert "批准发放" in commander.get(page).content.decode()
    assert commander.post(page, {"action": "approve"}).status_code == 409
    assert decide(commander, page, {"action": "approve"}).status_code == 302
    assert PaymentList.objects.get().state == "approved"
    assert AllowanceBudget.objects.get().planned == 150


def test_wrong_marks_change_nothing(admin: Client, place: Community) -> None:
    steward = apply(admin, call(admin, place))
    Steward.objects.filter(pk=steward.pk).update(state="on_duty", on_duty_since=dt.date(2025, 1, 1))
    for typed in ("abc", "101", "NaN"):
        sent = {"community": place.code, "quarter": quarter_of(today()).isoformat(), f"score-{steward.pk}": typed}
        answer = admin.post(f"{HERE}assessments/", sent)
        assert answer.status_code == 400
        assert f'value="{typed}"' in answer.content.decode()
    assert not steward.assessments.exists()


def test_rules_quota_and_buildings_are_forms(admin: Client, place: Community) -> None:
    rules = {"households_each": "260", "notice_days": "7", "pass_score": "70", "monthly_allowance": "120.50",
             "excellent_share": "100", "qualified_share": "90", "failed_share": "0"}  # fmt: skip
    assert admin.post(f"{HERE}policy/", rules).status_code == 302
    assert "缺 2" in admin.get(HERE).content.decode()
    wrong = admin.post(f"{HERE}policy/", {**rules, "notice_days": "abc"})
    assert (wrong.status_code, "请填写整数" in wrong.content.decode()) == (400, True)
    assert admin.post(f"{HERE}quotas/{place.code}/", {"places": "9", "reason": "老旧小区"}).status_code == 302
    assert "缺 9" in admin.get(HERE).content.decode()
    built = {"code": "L1", "name": "一区1栋", "community": place.code, "households": "98", "active": "1"}
    assert admin.post(f"{HERE}buildings/new/", built).status_code == 302
    assert Building.objects.get().pinyin == "yiqu1dong"
    again = admin.post(f"{HERE}buildings/L1/", {**built, "code": "L2", "name": "一区2栋"})
    assert again.status_code == 302
    assert Building.objects.get().code == "L1"  # A code is for good.


@pytest.mark.parametrize("address", ["files/99999/", "notices/99999/", "payments/99999/", "budget/none/"])
def test_what_is_not_there(admin: Client, address: str) -> None:
    assert admin.get(HERE + address).status_code == 404
