"""A citizen reports on a phone: offline in the middle of it, and without any script."""

from __future__ import annotations

import io
import re
import wave
from typing import Any, cast

import pytest
from django.test import RequestFactory
from playwright.sync_api import FilePayload, expect

from citizens.models import BlockAppeal, Receipt
from citizens.rules.limits import DEVICE
from citizens.services.blocks import block
from citizens.services.contacts import citizen_of
from citizens.services.visitors import COOKIE, device_of, mark
from lianqin.local.processes import wait_until
from relay.models import Channel
from tests.browser.conftest import HERE, Office
from tests.browser.screens import picture
from tests.chromium import Browsers
from tests.live import Platform

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
# In large letters nothing is wider than the phone, and no link that stands alone is smaller than a thumb.
SEEN = (
    "/citizen/",
    "/citizen/privacy/",
    "/citizen/appeal/",
    "/citizen/feeds/",
    "/citizen/statistics/",
    "/citizen/track/",
)
KEPT = """async () => {
    const pages = [];
    for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        const urls = (await cache.keys()).map(({ url }) => url).filter((url) => url.endsWith("/"));
        for (const url of urls) pages.push(await (await cache.match(url)).text());
    }
    const codes = (await self.lianqinQueue.all("sent")).length;
    return { pages: pages.length, mine: pages.some((text) => text.includes("139****1111")), codes };
}"""
TOO_SMALL = """() => [
    ...(document.documentElement.scrollWidth > innerWidth ? ["wide"] : []),
    ...[...document.querySelectorAll(".lines a, .foot a, .hint > a, .note a, th a, .button, summary")]
        .filter((each) => each.offsetHeight > 0 && each.offsetHeight < 48).map((each) => each.textContent),
]"""
# What a browser says of a line that was cut, of the worker's own script as well.
OFFLINE = r"ERR_INTERNET_DISCONNECTED|error occurred when fetching the script"


def test_offline_in_the_middle_of_a_report_it_is_kept_and_sent_once(platform: Platform, browser: Browsers) -> None:
    browser.expect(OFFLINE)
    page = browser.phone(at="/citizen/report/")
    page.wait_for_selector("[data-report][novalidate]")
    page.get_by_label("什么事").fill("小区东门路灯不亮")
    page.context.set_offline(True)
    expect(page.get_by_text("现在没有网络")).to_be_visible()
    page.get_by_label("在哪里").fill("人民路 5 号门口")
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_text("已保存在本机，联网后自动发送").first).to_be_visible()
    assert Receipt.objects.count() == 0
    page.context.set_offline(False)
    expect(page.get_by_role("heading", name="我的上报")).to_be_visible(timeout=15_000)
    assert wait_until(lambda: Receipt.objects.count() == 1, 10)
    page.reload()
    page.get_by_role("link", name="看回执").click()
    expect(page.locator("[data-code]")).to_have_text(re.compile(r"^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$"))
    assert Receipt.objects.count() == 1


def test_what_waits_leaves_from_any_page_and_its_code_is_offered(platform: Platform, browser: Browsers) -> None:
    browser.expect(OFFLINE)
    page = browser.phone(at="/citizen/report/", service_workers="block")
    page.wait_for_selector("[data-report][novalidate]")
    page.get_by_label("什么事").fill("小区东门路灯不亮")
    page.get_by_label("在哪里").fill("人民路 5 号门口")
    page.context.set_offline(True)
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_text("已保存在本机，联网后自动发送").first).to_be_visible()
    other = browser.tab(page)
    page.close()
    other.context.set_offline(False)
    assert Receipt.objects.count() == 0
    other.goto("/citizen/")
    told = other.locator("[data-late]")
    expect(told.get_by_text("已收到您的反映")).to_be_visible()
    expect(told).to_contain_text(re.compile(r"查询码 [0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}"))
    assert Receipt.objects.count() == 1
    other.goto("/citizen/track/")
    other.get_by_role("link", name="看进度").click()
    expect(other.get_by_text("小区东门路灯不亮")).to_be_visible()


def test_what_the_worker_sends_is_said_on_whichever_page_is_open(platform: Platform, browser: Browsers) -> None:
    browser.expect(OFFLINE)
    page = browser.phone(at="/citizen/report/")
    page.wait_for_selector("[data-report][novalidate]")
    page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
    receipt = {"code": "c", "spelled": "0ABC-1DEF-VGHJ", "link": "/citizen/", "title": "以前的事", "at": 1}
    page.evaluate("receipt => self.lianqinQueue.keepReceipt(receipt)", receipt)
    page.context.set_offline(True)
    page.get_by_label("什么事").fill("小区东门路灯不亮")
    page.get_by_label("在哪里").fill("人民路 5 号门口")
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_text("已保存在本机，联网后自动发送").first).to_be_visible()
    other = browser.tab(page)
    page.close()
    other.goto("/citizen/track/")
    expect(other.get_by_role("heading", name="现在没有网络")).to_be_visible()
    expect(other.get_by_text("0ABC-1DEF-VGHJ")).to_be_visible()
    other.context.set_offline(False)
    expect(other.get_by_role("heading", name="查进度")).to_be_visible()
    expect(other.locator("[data-late]").get_by_text("小区东门路灯不亮")).to_be_visible()
    assert Receipt.objects.count() == 1
    other.goto("/citizen/")
    expect(other.get_by_role("heading", name="身边的事，说一声")).to_be_visible()
    other.wait_for_timeout(300)
    expect(other.locator("[data-late]")).to_be_hidden()


def test_of_who_signed_in_nothing_is_kept_on_the_device(platform: Platform, browser: Browsers) -> None:
    browser.expect(OFFLINE)
    me = citizen_of("13900001111")
    page = browser.phone(sign_in=me.username, at="/citizen/report/")

    def told(words: str, *, offline: bool = False) -> None:
        page.context.set_offline(offline)
        page.goto("/citizen/report/")
        page.wait_for_selector("[data-report][novalidate]")
        expect(page.get_by_label("什么事")).to_have_value("")
        page.get_by_label("什么事").fill(words)
        page.get_by_label("在哪里").fill("人民路 5 号门口")

    def sent(number: int) -> Receipt:
        assert wait_until(lambda: Receipt.objects.count() == number, 10)
        return Receipt.objects.latest("pk")

    expect(page.get_by_text("可以打 139****1111 回访我")).to_be_visible()
    page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
    told("登录后写的")
    page.get_by_role("checkbox", name="我已阅读并同意").check()
    page.get_by_role("button", name="提交").click()
    page.wait_for_selector("[data-code]")
    assert sent(1).user == me
    page.goto("/citizen/report/")
    page.wait_for_selector("[data-report][novalidate]")
    assert page.evaluate(KEPT) == {"pages": 2, "mine": False, "codes": 0}
    # Without a network the page is anybody's, and what is written on it nobody's.
    told("断网时写的", offline=True)
    assert "1111" not in page.content()
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_text("已保存在本机，联网后自动发送").first).to_be_visible()
    page.context.set_offline(False)
    assert sent(2).user is None
    # What was begun goes with who signs out.
    told("没写完的")
    expect(page.get_by_text("可以打 139****1111 回访我")).to_be_visible()
    page.wait_for_timeout(400)
    # Beside it lies what was begun without a network: neither takes the other's place.
    told("断网时没写完的", offline=True)
    page.wait_for_timeout(400)
    page.context.set_offline(False)
    page.goto("/citizen/report/")
    expect(page.get_by_label("什么事")).to_have_value("没写完的")
    assert (
        page.evaluate("self.lianqinQueue.get('drafts', 'draft').then((kept) => kept?.fields.words)") == "断网时没写完的"
    )
    page.evaluate("self.lianqinQueue.drop('drafts', 'draft')")
    page.goto("/citizen/me/")
    page.get_by_role("button", name="退出登录").click()
    expect(page.get_by_label("手机号")).to_be_visible()
    told("别人写的", offline=True)
    assert page.evaluate(KEPT) == {"pages": 2, "mine": False, "codes": 1}
    page.context.set_offline(False)
    page.goto("/citizen/track/")
    page.get_by_role("button", name="从本机移除").click()
    expect(page.get_by_text("这部手机上的查询码")).to_be_hidden()


def test_what_the_system_reads_is_shown_as_such_and_who_is_kept_out_is_told_why(
    office: Office, browser: Browsers
) -> None:
    browser.expect("403")
    page = browser.phone(at="/citizen/report/", service_workers="block")
    code = page.locator(".chip").first.get_attribute("data-code")
    name = page.locator(".chip").first.text_content()
    told = {"category": {"code": code, "name": name}, "places": []}
    page.route("**/reading/suggest/", lambda route: route.fulfill(json=told))
    page.wait_for_selector("[data-report][novalidate]")
    page.get_by_label("什么事").fill("小区东门路灯不亮")
    guess = page.get_by_text("类别是系统按您写的话猜的，可以改。")
    expect(guess).to_be_visible()
    page.locator("[data-kind] > summary").click()
    expect(page.locator(".chip").first).to_have_attribute("aria-pressed", "false")
    page.locator(".chip").first.click()
    expect(guess).to_be_hidden()
    expect(page.locator("[data-kind-name]")).to_have_text(name or "")
    expect(page.locator(".chip").first).to_have_attribute("aria-pressed", "true")

    by = office.cast.supervisor
    page.request.post("/citizen/report/near/")
    given = next(each for each in page.context.cookies() if each["name"] == COOKIE)["value"]
    device = mark(DEVICE, device_of(RequestFactory(headers={"cookie": f"{COOKIE}={given}"}).get("/")))
    made = block(measure="device", value=device, reason="反复提交广告", days=1, by=by)
    page.get_by_label("在哪里").fill("人民路 5 号门口")
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_text("反复提交广告")).to_be_visible()
    expect(page.get_by_text("自动恢复")).to_be_visible()
    expect(page.get_by_label("什么事")).to_have_value("小区东门路灯不亮")
    page.get_by_role("link", name="我要申诉").click()
    page.get_by_label("为什么不该限制").fill("一栋楼的人共用这个网络")
    page.get_by_role("button", name="提交申诉").click()
    expect(page.get_by_role("heading", name="申诉已收到")).to_be_visible()
    page.wait_for_function("async () => (await self.lianqinQueue?.all('sent'))?.length")
    page.goto("/citizen/track/")
    page.get_by_role("link", name="看进度").click()
    expect(page.get_by_role("heading", name="申诉已收到")).to_be_visible()
    assert BlockAppeal.objects.get().block == made


def test_a_recording_is_sent_without_a_word(platform: Platform, browser: Browsers) -> None:
    browser.expect("400")
    Channel.objects.create(kind="sms", name="短信", address="https://sms.example.com/", active=True)
    page = browser.phone(at="/citizen/report/")
    page.wait_for_selector("[data-report][novalidate]")
    page.locator("[data-file-ways]").wait_for()
    page.get_by_role("button", name="提交").click()
    expect(page.locator(".field-wrong")).to_have_count(2)
    page.get_by_label("什么事").fill("路" * 2003)
    expect(page.get_by_text("已写 2003 个字，最多 2000 个")).to_be_visible()
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_text("请删去 3 个")).to_be_visible()
    page.get_by_label("什么事").fill("")
    sound = io.BytesIO()
    with wave.open(sound, "wb") as out:
        out.setparams((1, 2, 16_000, 0, "NONE", ""))
        out.writeframes(bytes(16_000))
    recording: FilePayload = {"name": "a.wav", "mimeType": "audio/wav", "buffer": sound.getvalue()}
    fake: FilePayload = {"name": "假的.jpg", "mimeType": "image/jpeg", "buffer": b"no picture"}
    page.locator("[data-album]").set_input_files([recording, fake])
    expect(page.get_by_text("假的.jpg 不是可以接受的照片、视频或录音")).to_be_visible()
    expect(page.locator("[data-thumbs] li")).to_have_text(["录音 1 秒×"])
    page.locator("[data-album]").set_input_files(
        [cast(FilePayload, picture(f"{number}.jpg")) for number in range(2, 8)]
    )
    expect(page.get_by_text("最多 6 个文件，7.jpg 没有加上")).to_be_visible()
    page.get_by_label("在哪里").fill("人民路 5 号门口")
    expect(page.locator(".field-wrong")).to_have_count(0)
    number = page.locator("[data-number]")
    number.locator("summary").click()
    page.get_by_label("手机号").fill("13900001111")
    number.get_by_role("checkbox").check()
    page.get_by_role("button", name="提交").click()
    expect(number.locator(".wrong:visible")).to_have_text(["请先获取验证码；不想留号码就把它清空"])
    number.get_by_role("button", name="获取验证码").click()
    page.get_by_label("短信里的 6 位数字").fill("000000")
    expect(number.locator(".wrong:visible")).to_have_text(["验证码不对，请核对短信"])
    page.get_by_role("button", name="提交").click()
    expect(number.locator(".wrong:visible")).to_have_text(["请填写验证码；不想留号码就把它清空"])
    page.get_by_label("手机号").fill("")
    page.get_by_role("button", name="提交").click()
    expect(page.locator("[data-code]")).to_be_visible()
    assert Receipt.objects.get().order.text.title == "语音反映：人民路 5 号门口"


def test_the_map_names_the_place_however_near_one_looks(office: Office, browser: Browsers) -> None:
    lon, lat = HERE
    here: dict[str, Any] = {"longitude": lon, "latitude": lat}
    page = browser.phone(at="/citizen/report/", permissions=["geolocation"], geolocation=here)
    page.wait_for_selector("[data-report][novalidate]")
    page.get_by_role("button", name="提交").click()
    expect(page.locator("#address-wrong")).to_be_visible()
    page.get_by_role("button", name="地图上选").click()
    names = page.locator(".where-map .map-name")
    expect(names.filter(has_text="南里社区").first).to_be_visible()
    for _nearer in range(3):
        page.get_by_role("button", name="放大").click()
    page.locator(".where-map").click(position={"x": 160, "y": 120})
    expect(names.filter(has_text="南里社区").first).to_be_visible()
    told = page.locator("[data-place]")
    expect(told).to_have_text(re.compile("东街.* · 南里社区"))
    expect(page.locator("#address-wrong")).to_be_hidden()
    page.get_by_label("什么事").fill("小区东门路灯不亮")
    page.wait_for_timeout(400)
    page.get_by_role("button", name="大字版").click()
    expect(page.locator("html")).to_have_attribute("data-type", "large")
    expect(told).to_have_text(re.compile("东街.* · 南里社区"))
    faults = {address: page.goto(address) and page.evaluate(TOO_SMALL) for address in SEEN}
    assert faults == {address: [] for address in SEEN}


def test_without_a_script_the_form_works_as_well(platform: Platform, browser: Browsers) -> None:
    page = browser.phone(at="/citizen/report/", java_script_enabled=False)
    page.get_by_label("什么事").fill("小区东门路灯不亮")
    page.get_by_label("在哪里").fill("人民路 5 号门口")
    page.get_by_label("在哪里").press("Enter")
    expect(page.get_by_text("已收到，谢谢您")).to_be_visible()
    assert Receipt.objects.count() == 1
