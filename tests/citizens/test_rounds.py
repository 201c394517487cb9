"""A report that was handled by several, and more than once, as who reported it sees it."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Callable

import pytest
from django.test import Client

from citizens import services
from tests.citizens.test_following import Report
from tests.workorders.conftest import Desk
from workorders import services as work

Shift = Callable[[dt.timedelta], None]


@pytest.fixture
def report(desk: Desk) -> Report:
    return Report(desk)


def steps(page: str) -> list[tuple[str, bool]]:
    """The titles of the first road on a page, and whether each has a time."""
    road = page.split('<ol class="steps">')[1].split("</ol>")[0]
    return [(re.findall(r"<b>(.*?)</b>", each)[0], "<time" in each) for each in road.split("<li")[1:]]


def by_two(report: Report, by: str = "street_dispatcher") -> None:
    ground = report.desk.ground
    report.do("dispatch", by, lead=ground.urban_squad.code, assists=[ground.market_squad.code])
    report.do("acknowledge", "handler")
    report.do("acknowledge", "handler2")
    report.do("submit_result", "handler", result="灯杆已经换新")
    report.do("submit_result", "handler2", result="已配合断电")


def test_the_lead_is_told_first_and_each_unit_is_named(report: Report) -> None:
    report.do("register", "street_dispatcher", conditions_confirmed=True)
    by_two(report)
    report.do("verify", "street_dispatcher")
    told = report.page().split("办理结果</h2>")[1].split("</section>")[0]
    said = re.findall(r"<(?:h3|p)[^>]*>(.*?)</", told)
    ground = report.desk.ground
    assert said == [ground.urban_squad.name, "灯杆已经换新", ground.market_squad.name, "已配合断电"]


def test_every_step_that_happened_has_its_time(report: Report) -> None:
    assert steps(report.page())[:2] == [("已收到", True), ("已立案", False)]
    report.do("register", "street_dispatcher", conditions_confirmed=True)
    report.do("dispatch", "street_dispatcher", lead=report.desk.ground.urban_squad.code)
    assert [has for _title, has in steps(report.page())] == [True, True, True, False, False]
    report.do("acknowledge", "handler")
    report.do("submit_result", "handler", result="好了")
    report.do("verify", "street_dispatcher")
    assert [has for _title, has in steps(report.page())] == [True] * 5


def test_what_was_before_a_reopening_stays_to_be_read(report: Report, shift: Shift) -> None:
    report.close()
    report.post(do="answer", solved="1", words="只换了一盏")
    shift(dt.timedelta(days=1))
    assert report.post(do="reopen", words="另一盏还黑") == 302
    page = report.page()
    assert steps(page) == [("已收到", True), ("已立案", True), ("处理中", False), ("核查", False), ("办结", False)]
    now, before = page.split('<details class="card earlier">')
    assert ("第二次办理" in now, "已换灯泡" in now, "只换了一盏" in now) == (True, False, False)
    for words in ("第一次办理", "您要求重新办理", "已换灯泡", "没有解决", "只换了一盏", "另一盏还黑"):
        assert words in before
    assert [has for _title, has in steps(before)] == [True] * 5
    first, second = (re.findall(r"<time[^>]*>(.*?)</time>", part.split("</ol>")[0]) for part in (before, now))
    assert first[1] != second[1]
    for never in ("13812345678", "内部要求甲", "内部话乙", "内部话丙"):
        assert never not in page


def test_a_second_ending_tells_its_own_result(report: Report) -> None:
    report.close()
    report.post(do="reopen", words="还是不亮")
    report.order = report.now()
    by_two(report, "district_dispatcher")
    report.do("verify", "district_dispatcher")
    now, before = report.page().split('<details class="card earlier">')
    assert ("灯杆已经换新" in now, "已换灯泡" in now, "请您评价" in now) == (True, False, True)
    assert ("已换灯泡" in before, "灯杆已经换新" in before) == (True, False)


def test_a_refusal_that_was_contested_stays_to_be_read(report: Report) -> None:
    report.do("decline", "street_dispatcher", reason="不属于城市管理范围")
    work.decide(request_id=report.order.requests.get().pk, approve=True, by=report.desk.cast.street_dispatcher2)
    assert report.post(do="contest", words="灯确实不亮") == 302
    now, before = report.page().split('<details class="card earlier">')
    assert ("第二次办理" in now, "不属于城市管理范围" in now) == (True, False)
    for words in ("您对没有立案提出了异议", "不予立案", "不属于城市管理范围", "灯确实不亮"):
        assert words in before


def test_what_staff_reopens_tells_nobody_s_reason(report: Report) -> None:
    report.close()
    report.do("reopen", "street_supervisor", reason="内部理由戊")
    page = report.page()
    assert ("第二次办理" in page, "这件事后来重新办理" in page, "内部理由戊" in page) == (True, True, False)


def test_a_sentence_that_was_added_is_shown_to_its_author_alone(report: Report) -> None:
    _receipt, joined = services.open_receipt(order_id=report.order.pk, client_key=uuid.uuid4(), joined=True)
    report.post(do="comment", words="晚上更黑")
    report.do("comment", "street_dispatcher", comment="内部话乙")
    page = report.page()
    assert ("您补充的话" in page, "晚上更黑" in page, "内部话乙" in page) == (True, True, False)
    other = Client().get(f"/citizen/track/{joined}/").content.decode()
    assert ("您补充的话" in other, "晚上更黑" in other) == (False, False)


def test_words_brought_from_another_order_are_not_shown(report: Report) -> None:
    other = Report(report.desk, title="灯坏了")
    other.do("merge", "street_dispatcher", master=report.order.number)
    assert other.post(do="comment", words="我家门口") == 302
    assert ("我家门口" in other.page(), "我家门口" in report.page()) == (True, False)


def test_who_joined_reads_nobody_s_answers_and_nobody_s_contest(report: Report) -> None:
    _receipt, joined = services.open_receipt(order_id=report.order.pk, client_key=uuid.uuid4(), joined=True)
    report.close()
    report.post(do="answer", solved="1", words="只换了一盏")
    report.post(do="reopen", words="另一盏还黑")
    page = Client().get(f"/citizen/track/{joined}/").content.decode()
    assert ("第一次办理" in page, "已换灯泡" in page) == (True, True)
    for never in ("只换了一盏", "另一盏还黑", "您的评价", "您要求重新办理"):
        assert never not in page
