"""The bell shows the latest; the list is gone through and marked with the keyboard."""

from __future__ import annotations

import pytest
from django.db import transaction
from playwright.sync_api import expect

from accounts.models import User
from dispatch.services import send_notice
from tests.browser.conftest import Office
from tests.chromium import Browsers

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


def tell(number: int, kind: str, gravity: str) -> None:
    person = User.objects.get(username="handler")
    with transaction.atomic():
        send_notice(key=f"n{number}", kind=kind, gravity=gravity, facts={}, users=[person.pk], url="/notices/settings/")


def test_the_bell_and_the_list_by_keyboard(office: Office, browser: Browsers) -> None:
    for number, kind in enumerate(("whistle", "swap", "no_show", "handover_due", "announcement", "urged")):
        tell(number, kind, "critical" if number == 5 else "info")
    page = browser.page(sign_in="handler")
    page.goto("/notices/")
    bell = page.locator("[data-bell]")
    expect(page.locator("[data-bell-count]")).to_have_text("6")
    bell.click()
    lines = page.locator("[data-bell-list] a")
    expect(lines).to_have_count(5)
    expect(lines.first).to_contain_text("请尽快办理")
    page.keyboard.press("Escape")
    expect(page.locator("[data-bell-menu]")).to_be_hidden()

    for key in ("j", "x", "j", "x"):
        page.keyboard.press(key)
    page.get_by_role("button", name="所选标为已读").click()
    expect(page.locator("[data-bell-count]")).to_have_text("4")
    expect(page.locator("[data-pick]")).to_have_count(4)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/notices/settings/")
