"""A citizen follows a report on a phone: to its end, with three answers, and once more if it was not the end."""

from __future__ import annotations

import uuid

import pytest
from playwright.sync_api import expect

from citizens.models import Satisfaction
from citizens.services import open_receipt
from grids.selectors.people import passer_by
from tests.browser.conftest import CATEGORY, HERE, Office
from tests.chromium import Browsers
from workorders import services
from workorders.models import WorkOrder

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


def finished(office: Office, order: WorkOrder, centre: str) -> None:
    for action, by, told in (
        ("dispatch", centre, {"lead": office.ground.urban_squad.code}),
        ("acknowledge", "handler", {}),
        ("submit_result", "handler", {"result": "已责令清洗油烟管道"}),
        ("verify", centre, {}),
    ):
        office.do(order, action, by, **told)


def test_three_answers_and_reopening_once(office: Office, browser: Browsers) -> None:
    browser.expect(r"409 \(Conflict\)")
    told = {"title": "夜间油烟扰民", "source": "citizen", "category": CATEGORY, "lon": HERE[0], "lat": HERE[1]}
    order, _new = services.report(by=passer_by(), data=told)
    _receipt, code = open_receipt(order_id=order.pk, client_key=uuid.uuid4())
    page = browser.phone(at=f"/citizen/track/{code}/")
    expect(page.get_by_role("heading", name="已经收到")).to_be_visible()
    office.do(order, "register", "street_dispatcher", conditions_confirmed=True)
    finished(office, order, "street_dispatcher")
    page.reload()
    expect(page.get_by_text("已责令清洗油烟管道")).to_be_visible()
    for question, answer in (("解决了吗", "没有解决"), ("满意吗", "不满意"), ("态度好吗", "很好")):
        page.get_by_role("group", name=question).get_by_label(answer, exact=True).check()
    page.get_by_role("button", name="提交评价").click()
    expect(page.get_by_text("谢谢您的评价")).to_be_visible()
    assert Satisfaction.objects.values_list("solved", "satisfied", "attitude").get() == (1, 2, 5)

    # Another window, in which the same is asked for too late.
    other = browser.tab(page)
    other.goto(f"/citizen/track/{code}/")
    for window in (page, other):
        window.locator("summary", has_text="要求重新办理").click()
        window.get_by_label("哪里没有办好").fill("晚上还是有油烟")
    page.get_by_role("button", name="要求重新办理").click()
    expect(page.get_by_text("已经重新办理，由区联勤指挥中心负责")).to_be_visible()
    finished(office, order, "district_dispatcher")
    other.get_by_role("button", name="要求重新办理").click()
    expect(other.get_by_role("alert")).to_contain_text("一次")
    expect(other.get_by_text("可以重新反映一次")).to_be_visible()
    assert WorkOrder.objects.get(pk=order.pk).status == "closed"
