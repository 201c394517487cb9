"""Progress for who brings a code: what it shows, what it never shows, and what one may do there."""

from __future__ import annotations

import datetime as dt
import re
import secrets
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from citizens import services
from citizens.models import Receipt, Satisfaction, SatisfactionChange
from citizens.rules import progress
from dispatch.models import Notice
from grids.selectors.people import passer_by
from tests.memory import forget
from tests.workorders.conftest import HERE, Desk
from workorders import services as work
from workorders.models import WorkOrder

Shift = Callable[[dt.timedelta], None]


@pytest.fixture(autouse=True)
def _nobody_asked_yet() -> None:
    forget()


class Report:
    """A report of a passer-by, followed by its code."""

    def __init__(self, desk: Desk, **told: object) -> None:
        self.desk = desk
        data = {"title": "路灯不亮", "description": "门口的灯", "source": "citizen", "category": "T01", **told}
        self.order, _new = work.report(by=passer_by(), data={"lon": HERE[0], "lat": HERE[1], **data})
        self.receipt, self.code = services.open_receipt(order_id=self.order.pk, client_key=uuid.uuid4())
        self.client = Client()

    @property
    def address(self) -> str:
        return f"/citizen/track/{self.code}/"

    def page(self) -> str:
        answer = self.client.get(self.address)
        assert answer.status_code == 200
        assert "lianqin_session" not in answer.cookies
        return answer.content.decode()

    def post(self, **data: str) -> int:
        return self.client.post(self.address, data).status_code

    def now(self) -> WorkOrder:
        return WorkOrder.objects.get(pk=self.order.pk)

    def do(self, action: str, by: str, **data: object) -> None:
        self.desk.do(self.order, action, getattr(self.desk.cast, by), **data)

    def close(self) -> None:
        self.do("register", "street_dispatcher", conditions_confirmed=True)
        self.finish()

    def finish(self, by: str = "street_dispatcher") -> None:
        self.do("dispatch", by, lead=self.desk.ground.urban_squad.code, instruction="内部要求甲")
        self.do("acknowledge", "handler")
        self.do("submit_result", "handler", result="已换灯泡，联系 13812345678")
        self.do("comment", "street_dispatcher", comment="内部话乙")
        self.do("verify", by, comment="内部话丙")


@pytest.fixture
def report(desk: Desk) -> Report:
    return Report(desk)


def test_a_receipt_tells_how_far_it_is_whenever_it_is_looked_at(report: Report) -> None:
    _receipt, joined = services.open_receipt(order_id=report.order.pk, client_key=uuid.uuid4(), joined=True)

    def told() -> tuple[list[str], bool]:
        page = Client().get(f"/citizen/receipt/{joined}/").content.decode()
        return re.findall(r'<li class="now"[^>]*><b>(.*?)</b>', page), "前给您答复" in page

    assert told() == (["已收到"], True)
    report.do("register", "street_dispatcher", conditions_confirmed=True)
    assert told() == (["已立案"], False)
    report.finish()
    assert told() == ([], False)
    page = Client().get(f"/citizen/receipt/{joined}/").content.decode()
    assert ("已经办结。" in page, page.count('<li class="done"')) == (True, 5)


def test_the_code_is_typed_as_one_likes(report: Report, client: Client) -> None:
    typed = f" {report.code[:4].lower()} {report.code[4:]} "
    answer = client.get("/citizen/track/", {"code": typed})
    spelled = f"{report.code[:4]}-{report.code[4:8]}-{report.code[8:]}"
    assert (answer.status_code, answer["Location"]) == (302, f"/citizen/track/{spelled}/")
    assert report.order.number in client.get(answer["Location"]).content.decode()


def test_an_unknown_code_is_answered_kindly_and_all_alike(report: Report, client: Client) -> None:
    pages = [client.get("/citizen/track/", {"code": "123"}), client.get("/citizen/track/0000-0000-0000/")]
    for page in pages:
        assert page.status_code == 404
        assert "没有找到这个查询码" in page.content.decode()


def test_lookups_are_limited_and_the_address_is_kept_nowhere(report: Report, settings: Any) -> None:
    settings.LIANQIN_PUBLIC_LIMITS = ["track.near=60/60/600"]
    here = f"2001:db8:{secrets.token_hex(2)}:{secrets.token_hex(2)}::1"  # Of no test before.
    answers = [report.client.get("/citizen/track/0000-0000-0000/", REMOTE_ADDR=here) for _ in range(61)]
    assert {each.status_code for each in answers[:60]} == {404}
    assert answers[60].status_code == 429
    assert report.client.get(report.address, REMOTE_ADDR="198.51.100.78").status_code == 200


def test_progress_in_plain_words(report: Report) -> None:
    page = report.page()
    for words in ("已经收到", "东街联勤指挥分中心", "承诺时间", " 前答复是否立案", "路灯不亮", "门口的灯", "撤回"):
        assert words in page
    report.do("register", "street_dispatcher", conditions_confirmed=True)
    report.do("dispatch", "street_dispatcher", lead=report.desk.ground.urban_squad.code)
    page = report.page()
    assert "等待他们签收" in page
    assert report.desk.ground.urban_squad.name in page
    assert "确认撤回" not in page


def test_nothing_internal_and_nobody_is_named(report: Report) -> None:
    report.close()
    page = report.page()
    assert "已换灯泡" in page
    for never in ("13812345678", "内部要求甲", "内部话乙", "内部话丙"):
        assert never not in page
    for name in ("handler", "street_dispatcher"):
        assert report.desk.cast.user(name).get_full_name() not in page


def test_who_joined_sees_the_course_and_nobody_s_words(report: Report) -> None:
    _receipt, code = services.open_receipt(order_id=report.order.pk, client_key=uuid.uuid4(), joined=True)
    page = report.client.get(f"/citizen/track/{code}/").content.decode()
    assert "已经收到" in page
    for never in ("路灯不亮", "门口的灯", "确认撤回", "补充一句话"):
        assert never not in page
    refused = report.client.post(f"/citizen/track/{code}/", {"do": "withdraw", "words": "算了"})
    assert (refused.status_code, report.now().status) == (404, "reported")


def test_adding_a_sentence_and_withdrawing(report: Report) -> None:
    assert report.post(do="comment", words="晚上更黑") == 302
    assert Desk.events(report.order) == ["report", "comment"]
    assert report.post(do="withdraw", words="") == 400
    assert report.post(do="withdraw", words="已经亮了") == 302
    assert report.now().status == "voided"
    assert "已经撤回" in report.page()


def test_a_refusal_is_told_with_its_reason_and_contested_once(report: Report) -> None:
    report.do("decline", "street_dispatcher", reason="不属于城市管理范围，已致电 13812345678 说明")
    request = report.order.requests.get()
    work.decide(request_id=request.pk, approve=True, by=report.desk.cast.street_dispatcher2, answer="内部意见丁")
    page = report.page()
    assert "不属于城市管理范围" in page
    assert "提出异议" in page
    assert ("内部意见丁" in page, "13812345678" in page) == (False, False)
    assert report.post(do="contest", words="灯确实不亮") == 302
    assert (report.now().status, report.now().level) == ("reported", "district")


def test_three_answers_are_kept_apart_changed_and_remembered(report: Report) -> None:
    assert report.post(do="answer", solved="5") == 409
    report.close()
    assert "问题解决了吗" in report.page()
    assert report.post(do="answer") == 400
    assert report.post(do="answer", solved="5", attitude="9") == 302
    assert report.post(do="answer", solved="1", satisfied="2", words="又坏了", **{"from": "sms"}) == 302
    (kept,) = Satisfaction.objects.values_list("solved", "satisfied", "attitude", "words", "way")
    assert kept == (1, 2, None, "又坏了", "sms")
    assert list(SatisfactionChange.objects.values_list("solved", "way")) == [(5, "page"), (1, "sms")]
    (notice,) = Notice.objects.filter(kind="low_satisfaction")
    assert notice.unit == report.desk.ground.sub_center


def test_answers_change_for_seven_days(report: Report, shift: Shift) -> None:
    report.close()
    assert report.post(do="answer", solved="5") == 302
    shift(dt.timedelta(days=8))
    assert report.post(do="answer", solved="1") == 409
    assert "修改评价" not in report.page()


def test_the_reporter_reopens_once(report: Report) -> None:
    report.close()
    assert "要求重新办理" in report.page()
    assert report.post(do="reopen", words="还是不亮") == 302
    assert (report.now().status, report.now().level) == ("registered", "district")
    report.order = report.now()
    report.do("dispatch", "district_dispatcher", lead=report.desk.ground.urban_squad.code)
    report.do("acknowledge", "handler")
    report.do("submit_result", "handler", result="再换一次")
    report.do("verify", "district_dispatcher")
    page = report.page()
    assert ('value="reopen"' in page, "已经重新办理过一次，不能再次要求" in page) == (False, True)
    assert report.post(do="reopen", words="第二次") == 409
    report.do("reopen", "supervisor", reason="抽查不合格")
    assert report.now().status == "registered"


def test_reopening_ends_after_seven_days_for_the_reporter_alone(report: Report, shift: Shift) -> None:
    report.close()
    shift(dt.timedelta(days=6, hours=23))
    assert "要求重新办理" in report.page()
    shift(dt.timedelta(hours=2))
    page = report.page()
    assert ('value="reopen"' in page, "办结已经超过七天" in page) == (False, True)
    assert report.post(do="reopen", words="太晚了") == 409
    report.do("reopen", "street_supervisor", reason="抽查不合格")
    assert report.now().status == "registered"


def test_steps_are_typed_out() -> None:
    states = {status: [step.state for step in progress.steps(status, {})] for status in progress.AT}
    assert states["reported"] == ["now", "", "", "", ""]
    assert states["handling"] == ["done", "done", "now", "", ""]
    assert states["submitted"] == ["done", "done", "done", "now", ""]
    assert states["closed"] == ["done"] * 5
    assert len(progress.steps("declined", {})) == 2


def test_one_s_list_says_it_in_the_words_of_the_progress_page(desk: Desk) -> None:
    report, other = Report(desk), Report(desk, title="另一盏")
    citizen = desk.cast.user("citizen")
    Receipt.objects.update(user=citizen)
    report.client.force_login(citizen, backend="django.contrib.auth.backends.ModelBackend")

    def told() -> list[str]:
        page = report.client.get("/citizen/me/").content.decode()
        return re.findall(r'<span class="tag">(.*?)</span>', page)

    assert told() == ["已收到", "已收到"]
    report.do("register", "street_dispatcher", conditions_confirmed=True)
    report.do("dispatch", "street_dispatcher", lead=desk.ground.urban_squad.code)
    other.do("merge", "street_dispatcher", master=report.order.number)
    assert told() == ["处理中", "处理中"]
    report.do("acknowledge", "handler")
    report.do("submit_result", "handler", result="好了")
    report.do("verify", "street_dispatcher")
    assert told() == ["办结", "办结"]
    Report(desk, title="第三盏").post(do="withdraw", words="亮了")
    Receipt.objects.update(user=citizen)
    assert told() == ["已撤回或作废", "办结", "办结"]


def test_dates_are_said_as_people_say_them() -> None:
    now = dt.datetime(2026, 11, 22, 9, 0, tzinfo=dt.UTC)
    said = [
        progress.said(dt.datetime(*day, 18, 0, tzinfo=dt.UTC), now)
        for day in ((2026, 11, 22), (2026, 11, 25), (2027, 1, 4))
    ]
    assert said == ["今天 18:00", "11月25日（周三） 18:00", "2027年1月4日（周一） 18:00"]
    assert progress.without_numbers("打 138 1234 5678，3 号楼") == "打 ×××，3 号楼"


def test_receipts_of_nobody_stay_so(report: Report) -> None:
    assert Receipt.objects.get().user_id is None
