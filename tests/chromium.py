"""Chromium for tests of pages: an error in the console or a request to another host fails the test."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import connections
from django.test import Client
from django.urls import reverse
from playwright._impl._api_structures import SetCookieParam
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from tests.live import Platform

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
DESKTOP = (1366, 768)
PHONE = (390, 844)
PATIENCE = 20_000  # milliseconds
PASSWORD = "browser-password-1"


@cache
def _hashed_password() -> str:
    """Hash as the web process does, which knows nothing of the cheap hasher of the tests; once, for it is slow."""
    hasher = PBKDF2PasswordHasher()
    return hasher.encode(PASSWORD, hasher.salt())


class Browsers:
    """Windows of different people; each ``page`` has its own cookies, each ``tab`` shares those of another."""

    def __init__(self, chromium: Browser, address: str) -> None:
        self.chromium = chromium
        self.address = address
        self.contexts: list[BrowserContext] = []
        self.complaints: list[str] = []
        self._expected: list[re.Pattern[str]] = []

    def page(self, *, sign_in: str = "", at: str = "", size: tuple[int, int] = DESKTOP, **options: Any) -> Page:
        """Open a window, at that path if one is given; with ``sign_in`` as that account, which signed in before."""
        context = self.chromium.new_context(
            base_url=self.address,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            viewport={"width": size[0], "height": size[1]},
            **options,
        )
        self.contexts.append(context)
        context.set_default_timeout(PATIENCE)
        if sign_in:
            context.add_cookies([self._session_of(sign_in)])
        page = self._watched(context.new_page())
        if at:
            page.goto(at)
        return page

    def phone(self, *, sign_in: str = "", at: str = "", **options: Any) -> Page:
        """Open a window on a telephone."""
        return self.page(
            sign_in=sign_in, at=at, size=PHONE, has_touch=True, is_mobile=True, device_scale_factor=2, **options
        )

    def tab(self, beside: Page) -> Page:
        """Open another tab of the same browser."""
        return self._watched(beside.context.new_page())

    def _session_of(self, username: str) -> SetCookieParam:
        """The cookie of somebody who signed in; the form costs a second, and has its own test."""
        client = Client()
        client.force_login(get_user_model().objects.get(username=username), "django.contrib.auth.backends.ModelBackend")
        name = settings.SESSION_COOKIE_NAME
        return {"name": name, "value": client.cookies[name].value, "url": self.address}

    def sign_in(self, page: Page, username: str) -> None:
        """Sign in through the form."""
        get_user_model().objects.filter(username=username).update(password=_hashed_password())
        page.goto(reverse("accounts:signin"))
        page.fill("input[name=username]", username)
        page.fill("input[name=password]", PASSWORD)
        page.press("input[name=password]", "Enter")
        page.wait_for_url(lambda url: reverse("accounts:signin") not in url)

    def expect(self, pattern: str) -> None:
        """Forgive complaints that match: the test provokes them."""
        self._expected.append(re.compile(pattern))

    def unexpected(self) -> list[str]:
        return [said for said in self.complaints if not any(known.search(said) for known in self._expected)]

    def close(self) -> None:
        for context in self.contexts:
            context.close()

    def _watched(self, page: Page) -> Page:
        page.on("console", lambda said: self._hear(said.type, said.text, said.location.get("url", "")))
        page.on("pageerror", lambda error: self.complaints.append(f"page error: {error}"))
        page.on("request", lambda request: self._see(request.url))
        return page

    def _hear(self, kind: str, text: str, where: str) -> None:
        if kind == "error":
            self.complaints.append(f"console: {text} ({where})")

    def _see(self, url: str) -> None:
        host = urlsplit(url)
        if host.scheme in {"http", "https"} and host.netloc != urlsplit(self.address).netloc:
            self.complaints.append(f"request to another host: {url}")


@pytest.fixture(scope="session")
def playwright_driver() -> Iterator[Playwright]:
    # The driver keeps an event loop in this thread; the ORM beside it is used synchronously all the same, on the
    # connections that the thread already has.
    kept = threading.local()
    for alias in connections:
        setattr(kept, alias, connections[alias])
    setattr(connections, "_connections", kept)  # noqa: B010 -- Django's own store, which its stubs do not know.
    # On a busy machine; what must be quick is measured.
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as driver:
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
        yield driver


@pytest.fixture(scope="session")
def chromium(playwright_driver: Playwright) -> Iterator[Browser]:
    if not CHROMIUM.exists():
        if os.environ.get("CI"):
            pytest.fail(f"{CHROMIUM} is missing: apt-get install chromium fonts-noto-cjk")
        pytest.skip(f"{CHROMIUM} is missing")
    launched = playwright_driver.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
    yield launched
    launched.close()


@pytest.fixture
def browser(chromium: Browser, platform: Platform, live_address: str) -> Iterator[Browsers]:
    """Windows on a live platform; fails the test afterwards when a page complained."""
    windows = Browsers(chromium, live_address)
    yield windows
    windows.close()
    complaints = windows.unexpected()
    assert complaints == [], f"{complaints}\n{platform.logs()}"
