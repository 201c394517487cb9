"""Somebody whose network is noisy reports as ever: the browser works for a moment, and nobody sees it."""

from __future__ import annotations

import urllib.error
import urllib.parse
import urllib.request
import uuid

import pytest
from playwright.sync_api import expect

from citizens.models import Receipt
from tests.chromium import Browsers
from tests.live import Platform

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
NETWORK = {"X-Forwarded-For": "198.51.100.7"}
FREE = 20


def test_a_neighbour_of_a_flood_reports_without_noticing(platform: Platform, browser: Browsers) -> None:
    assert [post(platform) for _ in range(FREE + 1)] == [200] * FREE + [429]
    browser.expect(r"status of 429")
    page = browser.phone(at="/citizen/report/", extra_http_headers=NETWORK)
    page.wait_for_selector("[data-report][novalidate]")
    page.get_by_label("什么事").fill("小区东门路灯不亮")
    page.get_by_label("在哪里").fill("人民路 5 号门口")
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_text("已收到，谢谢您")).to_be_visible(timeout=15_000)
    assert Receipt.objects.count() == FREE + 1


def post(platform: Platform) -> int:
    """One report of the flood: its status, that of the receipt where it was admitted."""
    told = {"words": "洪水", "address": "人民路", "client_key": str(uuid.uuid4())}
    body = urllib.parse.urlencode(told).encode()
    sent = urllib.request.Request(f"{platform.address}/citizen/report/", body, NETWORK)
    try:
        with urllib.request.urlopen(sent, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return int(refused.code)
