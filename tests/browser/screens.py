"""What a person does on the screens: one verb each, by roles, labels and data attributes."""

from __future__ import annotations

import io
import re
from typing import Any

from PIL import Image
from playwright.sync_api import Locator, Page, Request, expect

from tests.browser.conftest import HERE

NUMBER = re.compile(r"/orders/([A-Z]{2}\d{8}-\d{6})/")


def picture(name: str = "现场.jpg") -> dict[str, Any]:
    """A small photograph as a file to choose."""
    data = io.BytesIO()
    Image.new("RGB", (640, 480), (90, 140, 160)).save(data, "JPEG")
    return {"name": name, "mimeType": "image/jpeg", "buffer": data.getvalue()}


class Screen:
    """The window of one person."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._looks: set[Request] = set()
        page.on("request", lambda asked: self._looks.add(asked) if "/orders/" in asked.url else None)
        page.on("requestfinished", lambda asked: self._looks.discard(asked))
        page.on("requestfailed", lambda asked: self._looks.discard(asked))

    def still(self) -> Screen:
        """Wait until no look at the orders is under way: one that the server has begun is drawn whatever comes."""
        while self._looks:
            self.page.wait_for_timeout(50)
        return self

    def open(self, number: str) -> Screen:
        self.page.goto(f"/orders/{number}/")
        return self

    def live(self) -> Screen:
        """Wait until the stream speaks."""
        expect(self.page.locator("[data-stream-state][data-state=live]")).to_have_count(1)
        return self

    @property
    def status(self) -> Locator:
        return self.page.locator("[aria-labelledby=order-title] .order-meta")

    @property
    def timeline(self) -> Locator:
        return self.page.locator(".timeline")

    @property
    def parties(self) -> Locator:
        return self.page.locator("[data-part=side] .unit")

    def row(self, number: str) -> Locator:
        return self.page.locator(f'[data-row="{number}"]')

    def is_offered(self, action: str) -> bool:
        return self._openers(action).count() > 0

    def start(self, action: str) -> Locator:
        """Open the form of an action, from the bar or from 更多."""
        opener = self._openers(action)
        opener.first.wait_for(state="attached")
        visible = opener.locator("visible=true")
        if not visible.count():
            self.page.locator(".actions details[data-menu] > summary").click()
        visible.first.click()
        dialog = self.page.locator("dialog[open]")
        dialog.wait_for()
        return dialog

    def act(self, action: str, **values: str | list[str] | bool) -> None:
        """Take an action: fill in its form, confirm, and see the form gone."""
        dialog = self.start(action)
        self.fill(dialog, **values)
        self.confirm(dialog)
        dialog.wait_for(state="hidden")

    def fill(self, form: Locator, **values: str | list[str] | bool) -> None:
        for name, value in values.items():
            field = form.locator(f'[name="{name}"]')
            if isinstance(value, list):
                for each in value:
                    form.locator(f'[name="{name}"][value="{each}"]').check(force=True)
            elif isinstance(value, bool):
                field.set_checked(value)
            elif field.first.get_attribute("type") == "radio":
                form.locator(f'[name="{name}"][value="{value}"]').check(force=True)
            else:
                field.fill(value)

    def confirm(self, dialog: Locator) -> None:
        dialog.locator("[data-submit]").click()

    def attach(self, form: Locator, *names: str) -> None:
        form.locator("input[type=file]").set_input_files([picture(name) for name in names])  # type: ignore[arg-type]
        expect(form.locator("[data-previews] figure")).to_have_count(len(names))

    def pick_on_map(self, box: Locator, lon: float = HERE[0], lat: float = HERE[1]) -> None:
        """Put the pin there: two clicks tell how far a degree is on this screen, the third one is meant."""
        box.locator(".leaflet-interactive, canvas").first.wait_for()
        size = box.bounding_box()
        assert size is not None
        x, y = size["width"] / 2, size["height"] / 2
        first, second = self._click(box, x, y), self._click(box, x + 60, y + 60)
        x += (lon - first[0]) / (second[0] - first[0]) * 60
        y += (lat - first[1]) / (second[1] - first[1]) * 60
        found = self._click(box, x, y)
        assert abs(found[0] - lon) < 0.002
        assert abs(found[1] - lat) < 0.002

    def _click(self, box: Locator, x: float, y: float) -> tuple[float, float]:
        lon, lat = self.page.locator("form [data-lon]"), self.page.locator("form [data-lat]")
        before = lon.input_value()
        box.click(position={"x": x, "y": y})
        expect(lon).not_to_have_value(before)
        return float(lon.input_value()), float(lat.input_value())

    def _openers(self, action: str) -> Locator:
        # An action on one assignment carries its number.
        return self.page.locator(
            f'[data-open-dialog="form-{action}"], [data-open-dialog^="form-{action}-"]:not([data-open-dialog*="_"])'
            if "_" not in action
            else f'[data-open-dialog="form-{action}"], [data-open-dialog^="form-{action}-"]'
        )

    @property
    def number(self) -> str:
        found = NUMBER.search(self.page.url)
        assert found is not None
        return found[1]
