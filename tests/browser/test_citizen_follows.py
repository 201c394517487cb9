"""A citizen follows a report on a phone: to its end, with three answers, and once more if it was not the end."""

from __future__ import annotations

import io
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from playwright.sync_api import expect

from citizens.models import Satisfaction
from citizens.services import open_receipt
from grids.selectors.people import passer_by
from tests.browser.conftest import CATEGORY, HERE, Office
from tests.chromium import Browsers
from workorders import services
from workorders.models import WorkOrder
from workorders.services.attachments import attach

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


def finished(office: Office, order: WorkOrder, centre: str) -> None:
    for action, by, told in (
        ("dispatch", centre, {"lead": office.ground.urban_squad.code}),
        ("acknowledge", "handler", {}),
        ("submit_result", "handler", {"result": "已责令清洗油烟管道"}),
        ("verify", centre, {}),
    ):
        office.do(order, action, by, **told)


def photographed(office: Office, order: WorkOrder) -> None:
    out = io.BytesIO()
    Image.new("RGB", (640, 480), "#8a6").save(out, "JPEG")
    upload = SimpleUploadedFile("a.jpg", out.getvalue(), "image/jpeg")
    attach(order_id=order.pk, by=office.cast.street_dispatcher, upload=upload, stage="before", written=[])


def a_rectangle_is_drawn(browser: Browsers, order: WorkOrder) -> None:
    """Fields are seen only for what was drawn, or asked for; a tap leaves none."""
    page = browser.page(sign_in="street_dispatcher", at=f"/citizen-desk/pictures/{order.number}/")
    rows, picture = page.locator(".blur-row:visible"), page.locator("[data-blur]")
    expect(page.get_by_role("button", name="用数字填一处")).to_be_visible()
    expect(rows).to_have_count(0)
    box = picture.bounding_box()
    assert box is not None
    picture.click(position={"x": 20, "y": 20})
    expect(rows).to_have_count(0)
    page.mouse.move(box["x"] + box["width"] / 4, box["y"] + box["height"] / 4)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.up()
    expect(rows).to_have_count(1)
    assert [round(int(field.input_value()), -1) for field in rows.locator("input").all()] == [250] * 4
    page.get_by_role("button", name="用数字填一处").click()
    expect(rows).to_have_count(2)
    page.close()


def test_three_answers_and_reopening_once(office: Office, browser: Browsers, settings: Any, state_folder: Path) -> None:
    settings.MEDIA_ROOT = str(state_folder / "media")
    browser.expect(r"409 \(Conflict\)")
    told = {"title": "夜间油烟扰民", "source": "citizen", "category": CATEGORY, "lon": HERE[0], "lat": HERE[1]}
    order, _new = services.report(by=passer_by(), data=told)
    _receipt, code = open_receipt(order_id=order.pk, client_key=uuid.uuid4())
    page = browser.phone(at=f"/citizen/track/{code}/")
    expect(page.get_by_role("heading", name="已经收到")).to_be_visible()
    office.do(order, "register", "street_dispatcher", conditions_confirmed=True)
    photographed(office, order)
    finished(office, order, "street_dispatcher")
    a_rectangle_is_drawn(browser, order)
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
