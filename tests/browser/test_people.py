"""One-time passwords for a page of people: chosen at the foot of the view, downloaded, and said."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Office
from tests.chromium import Browsers

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


def test_a_sheet_of_passwords_is_downloaded_and_said(office: Office, browser: Browsers) -> None:
    page = browser.page(sign_in="sysadmin", size=(1366, 500))
    page.goto("/configuration/people/?role=department_handler")
    give = page.get_by_role("button", name="发放并下载表格")
    expect(give).to_be_in_viewport()
    expect(give).to_be_disabled()
    expect(page.locator("[data-tick]").last).not_to_be_in_viewport()
    page.locator(".people-all").check()
    with page.expect_download() as waiting:
        give.click()
    assert waiting.value.suggested_filename == "一次性密码.csv"
    assert "一次性密码" in Path(waiting.value.path()).read_text("utf-8-sig")
    expect(page.locator(".toast")).to_contain_text("已发放并下载；密码只在这个文件里")
