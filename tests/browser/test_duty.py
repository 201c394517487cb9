"""Duty: places are filled by keyboard, a position is shared by a switch, and who is summoned arrives in two taps."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Dialog, expect

from dispatch.models import Position, Summons, Watch
from dispatch.services.whistles import raise_whistle
from lianqin.kernel import clock
from tests.browser.conftest import HERE, Office
from tests.chromium import Browsers
from tests.dispatch.rosters import shift_at, watch

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
LON, LAT = HERE[0], round(HERE[1] + 0.0005, 6)  # 55 m north of the middle of the grid.
LOCATED: dict[str, Any] = {
    "permissions": ["geolocation"],
    "geolocation": {"longitude": LON, "latitude": LAT, "accuracy": 20},
}


def test_a_place_by_keyboard_and_a_position_by_a_switch(office: Office, browser: Browsers) -> None:
    centre = office.ground.sub_center
    watch(shift_at(centre, -1), office.cast.user("street_dispatcher"))
    coming = shift_at(centre, 20, duty_officer=1, dispatcher=1)
    page = browser.page(sign_in="street_dispatcher", **LOCATED)
    page.goto(f"/duty/roster/?week={timezone.localdate(coming.starts_at).isoformat()}")
    place = f'[data-slot][data-shift="{coming.pk}"]'
    page.locator(f'{place}[data-post="duty_officer"] [data-add]').focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("[data-find-person]")).to_be_focused()
    page.keyboard.type("dispatcher2")
    expect(page.locator(".roster-person")).to_have_count(1)
    page.keyboard.press("Enter")
    taken = page.locator(f'{place}[data-post="dispatcher"]')
    expect(taken.locator(".roster-chip")).to_contain_text("street_dispatcher2")
    assert Watch.objects.get(shift=coming).user == office.cast.user("street_dispatcher2")
    expect(taken.locator("[data-add]")).to_be_focused()
    asked: list[str] = []

    def refuse(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.dismiss()

    page.once("dialog", refuse)
    page.keyboard.press("Delete")
    assert "移出" in asked[0]
    expect(taken.locator(".roster-chip")).to_have_count(1)
    page.once("dialog", lambda dialog: dialog.accept())
    taken.get_by_role("button", name="移出 street_dispatcher2").click()
    expect(taken.locator(".roster-chip")).to_have_count(0)
    page.get_by_role("button", name="撤销").click()
    expect(taken.locator(".roster-chip")).to_contain_text("street_dispatcher2")
    page.once("dialog", lambda dialog: dialog.accept())
    taken.locator("[data-add]").press("Delete")
    expect(taken.locator(".roster-chip")).to_have_count(0)

    page.goto("/duty/")
    switch, says = page.get_by_role("switch"), page.locator("[data-share-says]")
    switch.check()
    expect(says).to_contain_text("已共享，最近一次")
    shared = Position.objects.get()
    assert (shared.user, shared.lon, shared.lat) == (office.cast.user("street_dispatcher"), LON, LAT)
    switch.uncheck()
    expect(says).to_have_text("已停止共享，位置已删除")
    assert not Position.objects.exists()


def test_no_error_of_a_position_before_somebody_tries(office: Office, browser: Browsers) -> None:
    mine = shift_at(office.ground.sub_center, -1)
    watch(mine, office.cast.user("street_dispatcher"))
    page = browser.page(sign_in="street_dispatcher")
    page.goto("/duty/")
    switch, says = page.get_by_role("switch"), page.locator("[data-share-says]")
    expect(says).to_have_text("打开后，派单时看得到您离现场多远。自愿；只留最近一次，下班即删除")
    Position.objects.create(
        user=office.cast.user("street_dispatcher"), lon=LON, lat=LAT, accuracy_m=9, at=clock.now(), until=mine.ends_at
    )
    page.reload()
    expect(switch).to_be_checked()
    page.wait_for_timeout(300)
    expect(says).to_contain_text("最近一次")
    switch.uncheck()
    expect(says).to_have_text("已停止共享，位置已删除")
    switch.click()
    expect(says).to_have_text("没有得到本机位置，请在浏览器中允许定位")
    expect(switch).not_to_be_checked()


def test_who_is_summoned_arrives_in_two_taps(office: Office, browser: Browsers) -> None:
    order = office.registered(title="门前积水")
    raised = raise_whistle(
        kind="community", order_number=order.number, units=[office.ground.urban_squad.code],
        due_at=clock.now() + dt.timedelta(hours=1), by=office.cast.street_dispatcher,
    )  # fmt: skip
    desk = browser.page(sign_in="street_dispatcher")
    desk.goto(f"/whistles/{raised.pk}/")
    expect(desk.locator("#comers .whistle-comer")).to_contain_text("未回复")
    expect(desk.locator("[data-part=whistle-facts] [data-countdown]")).to_have_text(re.compile(r"^5\d:\d\d$"))
    note = desk.get_by_label("谁到场")
    note.fill("张队长")
    phone = browser.phone(sign_in="handler", **LOCATED)
    phone.goto(f"/whistles/{raised.pk}/")
    phone.get_by_role("button", name="收到，预计 15 分钟").tap()
    expect(phone.get_by_role("button", name="收到，预计 15 分钟")).to_have_count(0)
    # The page is there again, with its scripts.
    expect(phone.locator(".whistle-map.leaflet-container")).to_be_visible()
    phone.get_by_role("button", name="我已到达").tap()
    expect(phone.locator("#comers .whistle-comer")).to_contain_text("已到场")
    desk.evaluate("document.dispatchEvent(new CustomEvent('lianqin:notice'))")
    expect(desk.locator("[data-part=whistle-state]")).to_have_text("全部到场")
    expect(note).to_have_value("张队长")
    note.fill("")
    note.blur()
    desk.evaluate("document.dispatchEvent(new CustomEvent('lianqin:notice'))")
    expect(desk.locator("#comers .whistle-comer")).to_contain_text("已到场")
    came = Summons.objects.get(whistle=raised)
    assert (came.how, came.arrived_by, came.accuracy_m) == ("position", office.cast.user("handler"), 20)
    assert came.distance_m is not None
    assert 54 <= came.distance_m <= 57
